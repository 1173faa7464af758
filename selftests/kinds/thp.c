// SPDX-License-Identifier: GPL-2.0
/* Transparent huge pages: whole, split, partly unmapped, shared by fork. */
#include "selftest.h"

#include "owners/counted.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define NEED_THP() do {							\
	if (!thp_on())							\
		SKIP(return, "kernel has no transparent huge pages");	\
} while (0)

/* Makes two huge pages by a write of one byte to each. */
static char *two_huge(void)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[HUGE] = 1;
	return at;
}

static void whole(void *arg)
{
	two_huge();
}

TEST(mapped_whole)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED_THP();
	pid = child_start(whole, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * PER_HUGE, vma, RSS);
	EXPECT_PAGES(2 * PER_HUGE, vma, THP);
	EXPECT_PAGES(2 * PER_HUGE, vma, ANON_THP);
	EXPECT_PAGES(2 * PER_HUGE, vma, ANON);
	EXPECT_PAGES(2 * PER_HUGE, vma, USS);
	EXPECT_PAGES(2 * PER_HUGE, vma, PSS);
	EXPECT_PAGES(2 * PER_HUGE, vma, DIRTY);
	EXPECT_PAGES(0, vma, SHMEM_THP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* If a mapping ends inside a huge page, that page is mapped by small entries. */
static void split(void *arg)
{
	need(!mprotect(two_huge() + 7 * PAGE, PAGE, PROT_READ), "mprotect");
}

TEST(split_by_mprotect)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED_THP();
	pid = child_start(split, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);

	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(7, vma, VSS);
	EXPECT_PAGES(7, vma, RSS);
	EXPECT_PAGES(7, vma, USS);
	EXPECT_PAGES(0, vma, THP);

	ASSERT_VMA(&census, PLACE(0) + 7 * PAGE, vma);
	EXPECT_PAGES(1, vma, VSS);
	EXPECT_PAGES(1, vma, RSS);
	EXPECT_PAGES(1, vma, USS);
	EXPECT_PAGES(0, vma, THP);

	ASSERT_VMA(&census, PLACE(0) + 8 * PAGE, vma);
	EXPECT_PAGES(2 * PER_HUGE - 8, vma, RSS);
	EXPECT_PAGES(2 * PER_HUGE - 8, vma, USS);
	EXPECT_PAGES(2 * PER_HUGE - 8, vma, PSS);
	EXPECT_PAGES(PER_HUGE, vma, THP);

	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static const unsigned long dropped = 100;

static void partly(void *arg)
{
	need(!madvise(two_huge() + 50 * PAGE, dropped * PAGE, MADV_DONTNEED),
	     "MADV_DONTNEED");
}

TEST(partly_unmapped)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED_THP();
	pid = child_start(partly, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * PER_HUGE, vma, VSS);
	EXPECT_PAGES(2 * PER_HUGE - dropped, vma, RSS);
	EXPECT_PAGES(2 * PER_HUGE - dropped, vma, USS);
	EXPECT_PAGES(2 * PER_HUGE - dropped, vma, PSS);
	EXPECT_PAGES(PER_HUGE, vma, THP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void hidden(void *arg)
{
	need(!mprotect(two_huge(), HUGE, PROT_NONE), "mprotect");
}

/* It stays mapped as a huge page, also where smaps leaves it out: see equal.h. */
TEST(hidden_by_mprotect)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED_THP();
	pid = child_start(hidden, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(PER_HUGE, vma, VSS);
	EXPECT_PAGES(PER_HUGE, vma, RSS);
	EXPECT_PAGES(PER_HUGE, vma, ANON_THP);
	EXPECT_PAGES(PER_HUGE, vma, USS);
	EXPECT_PAGES(PER_HUGE, vma, PSS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void fork_child(void *arg)
{
	write_pages(PLACE(0) + 20 * PAGE, *(unsigned long *)arg);
}

static void fork_parent(void *arg)
{
	volatile unsigned long *word = arg;
	pid_t pid;

	two_huge();
	pid = child_start(fork_child, arg);
	need(pid > 0, "child");
	*word = pid;
}

/*
 * The child writes to three pages, which are copied. It maps the rest of the first
 * huge page by small entries, while the parent still maps it by one.
 */
TEST(forked_and_written)
{
	const unsigned long written = 3, shared = 2 * PER_HUGE - written;
	unsigned long *word;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	NEED_THP();
	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	*word = written;
	pids[0] = child_start(fork_parent, word);
	ASSERT_LT(0, pids[0]);
	pids[1] = *word;

	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(2 * PER_HUGE, vma, RSS);
		EXPECT_PAGES(2 * PER_HUGE, vma, ANON);
		EXPECT_PAGES(i ? PER_HUGE : 2 * PER_HUGE, vma, THP);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		EXPECT_PAGES(shared, vma, SHARED);
		EXPECT_PAGES(written, vma, USS);
		EXPECT_EQ(written * PAGE + shared * PAGE / 2, figure(&vma->f, MEMCENSUS_F_PSS));
		census_free(&census);
	}
	child_end(pids[0]);
}

static void shmem(void *arg)
{
	int fd = memfd("huge", PER_HUGE);
	char *at = map(PLACE(0), HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);

	need(!madvise(at, HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
}

/* child_start() of what may make huge pages in shmem; 0: the kernel has none. */
static pid_t start_with_shmem(void (*body)(void *arg))
{
	pid_t pid;

	if (!write_file(THP_SYS "shmem_enabled", "advise"))
		return 0;
	pid = child_start(body, NULL);
	write_file(THP_SYS "shmem_enabled", "never");
	return pid;
}

TEST(in_shmem)
{
	const struct smaps_vma *theirs;
	const struct census_vma *vma;
	struct census census;
	struct smaps smaps;
	bool huge;
	pid_t pid;

	NEED_THP();
	pid = start_with_shmem(shmem);
	if (!pid)
		SKIP(return, "kernel has no huge pages in shmem");
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, smaps_read(pid, &smaps));
	theirs = smaps_vma_at(&smaps, PLACE(0));
	huge = theirs && theirs->f.value[MEMCENSUS_F_SHMEM_THP];
	smaps_free(&smaps);
	/* With CONFIG_BASE_FULL=n the page cache has no entries of this size. */
	if (!huge)
		SKIP(return, "kernel makes no huge pages in shmem");
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(PER_HUGE, vma, RSS);
	EXPECT_PAGES(PER_HUGE, vma, SHMEM);
	EXPECT_PAGES(PER_HUGE, vma, SHMEM_THP);
	EXPECT_PAGES(PER_HUGE, vma, THP);
	EXPECT_PAGES(PER_HUGE, vma, USS);
	EXPECT_PAGES(0, vma, ANON_THP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Bytes of the folios of the next test, the pages that it drops, and its mapping */
static size_t folio;
#define DROPPED		1
#define FOLIOS		(PLACE(0) + HUGE - folio)

/*
 * Two folios, each of them written to, in two tables: no huge page has room. A page of the second
 * one is dropped, and where arm64 maps a block of entries as one it no longer does so.
 */
static void mthp(void *arg)
{
	char *at = map_private(FOLIOS, 2 * folio);

	need(!madvise(at, 2 * folio, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[folio] = 1;
	need(!madvise(at + folio + PAGE, DROPPED * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
}

/* Shares both with a child and unshares the first page. */
static void mthp_forked(void *arg)
{
	volatile pid_t *child = arg;

	mthp(NULL);
	*child = child_start((void (*)(void *))child_stop, NULL);
	need(*child > 0, "child");
	*(volatile char *)FOLIOS = 2;
}

static void check_mthp(struct __test_metadata *_metadata, volatile pid_t *child)
{
	const unsigned long all = 2 * folio / PAGE - DROPPED;
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(mthp, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, FOLIOS, vma);
	EXPECT_PAGES(all, vma, RSS);
	EXPECT_PAGES(all, vma, ANON);
	EXPECT_PAGES(all, vma, USS);
	EXPECT_PAGES(all, vma, PSS);
	EXPECT_PAGES(0, vma, THP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);

	pid = child_start(mthp_forked, (void *)child);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, FOLIOS, vma);
	EXPECT_PAGES(all, vma, RSS);
	EXPECT_PAGES(1, vma, USS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	ASSERT_CENSUS(*child, &census);
	ASSERT_VMA(&census, FOLIOS, vma);
	EXPECT_PAGES(all, vma, RSS);
	EXPECT_PAGES(1, vma, USS);
	EXPECT_EQUAL_SMAPS(*child);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Large folios of each size below that of a table; each of their pages has its own entry. */
TEST(of_each_size)
{
	volatile pid_t *child = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int found = 0;
	char enabled[128];

	NEED_THP();
	ASSERT_NE(MAP_FAILED, child);
	for (folio = 2 * PAGE; folio < HUGE; folio *= 2) {
		snprintf(enabled, sizeof(enabled), THP_SYS "hugepages-%zukB/enabled",
			 folio >> 10);
		if (access(enabled, W_OK))
			continue;
		ASSERT_TRUE(write_file(enabled, "madvise"));
		check_mthp(_metadata, child);
		write_file(enabled, "never");
		found++;
	}
	if (!found)
		SKIP(return, "kernel has no huge pages below the size of a table");
}

/* Two huge pages of a file in a private mapping: one is only read, one page of the other copied. */
static void copy_page(void *arg)
{
	int fd = memfd("huge", 2 * PER_HUGE);
	char *at = map(PLACE(0), 2 * HUGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[HUGE] = 1;
	need(!munmap(at, 2 * HUGE), "munmap");
	at = map(PLACE(0), 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	read_pages(at, 1);
	at[HUGE] = 1;
}

TEST(copied_in_part)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED_THP();
	pid = start_with_shmem(copy_page);
	if (!pid)
		SKIP(return, "kernel has no huge pages in shmem");
	ASSERT_LT(0, pid);
	ASSERT_FRAMES(&pid, 1, &census);
	ASSERT_FRAMES_VMA(&census, pid, PLACE(0), vma);
	if (figure(&vma->f, MEMCENSUS_F_RSS) < HUGE) {
		census_free(&census);
		child_end(pid);
		SKIP(return, "kernel maps no huge page of shmem privately");
	}
	EXPECT_PAGES(PER_HUGE + 1, vma, RSS);
	EXPECT_PAGES(1, vma, ANON);
	EXPECT_PAGES(PER_HUGE, vma, SHMEM_THP);
	EXPECT_PAGES(0, vma, ANON_THP);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	child_end(pid);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * What only struct page and its entry tell of known memory: dirty, referenced, lazyfree. KSM is
 * in ksm.c, files in file_map.c. Each is also what smaps has.
 */
#include <fcntl.h>
#include <sched.h>

#include "selftest.h"

static const unsigned long pages = 100, touched = 10, freed = 30;

static const unsigned int flags[] = {
	MEMCENSUS_F_DIRTY, MEMCENSUS_F_REFERENCED, MEMCENSUS_F_KSM, MEMCENSUS_F_LAZYFREE,
};

/* Expects @pages pages, in the census and in smaps. */
#define EXPECT_BOTH(pages, pid, vma, name) do {				\
	EXPECT_PAGES(pages, vma, name);					\
	EXPECT_EQ((uint64_t)(pages) * PAGE,				\
		  smaps_bytes_at(pid, (void *)(vma)->start, MEMCENSUS_F_##name)); \
} while (0)

/* Takes a census of @pid and expects @pages pages of the figure at PLACE(0). */
#define EXPECT_NOW(pages, pid, name) do {				\
	const struct census_vma *__now;					\
	struct census __taken;						\
	ASSERT_CENSUS(pid, &__taken);					\
	ASSERT_VMA(&__taken, PLACE(0), __now);				\
	EXPECT_BOTH(pages, pid, __now, name);				\
	census_free(&__taken);						\
} while (0)

/* The CPU sets no bit of an entry that it has in its TLB, which clear_refs leaves as it is. */
static void flush(char *at, size_t size)
{
	need(!mprotect(at, size, PROT_READ), "mprotect");
}

/* Written, and read after its references were cleared. */
static void written(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	child_stop();
	flush(at, pages * PAGE);
	read_pages(at, touched);
}

static bool clear_references(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/clear_refs", pid);
	return write_file(path, "1");
}

TEST(dirty_and_referenced)
{
	const pid_t pid = child_start(written, NULL);
	const struct census_vma *vma;
	struct census census;

	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_BOTH(pages, pid, vma, DIRTY);
	EXPECT_BOTH(pages, pid, vma, REFERENCED);
	EXPECT_BOTH(0, pid, vma, LAZYFREE);
	EXPECT_LE(pages * PAGE, figure(&census.tasks->f, MEMCENSUS_F_DIRTY));
	census_free(&census);

	ASSERT_TRUE(clear_references(pid));
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_BOTH(pages, pid, vma, DIRTY);
	EXPECT_BOTH(0, pid, vma, REFERENCED);
	census_free(&census);

	ASSERT_TRUE(child_next(pid));
	EXPECT_NOW(touched, pid, REFERENCED);
	EXPECT_EQUAL_SMAPS(pid);
	child_end(pid);
}

static void huge(void *arg)
{
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[HUGE] = 1;
	child_stop();
	flush(at, 2 * HUGE);
	read_pages(at, 1);
}

/* Both have one entry, and so one bit, for all of their pages. */
TEST(huge_pages)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	if (!thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	pid = child_start(huge, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * PER_HUGE, vma, ANON_THP);
	EXPECT_BOTH(2 * PER_HUGE, pid, vma, DIRTY);
	census_free(&census);

	ASSERT_TRUE(clear_references(pid));
	EXPECT_NOW(0, pid, REFERENCED);

	ASSERT_TRUE(child_next(pid));
	EXPECT_NOW(PER_HUGE, pid, REFERENCED);
	EXPECT_EQUAL_SMAPS(pid);
	child_end(pid);
}

/* The kernel marks them in batches of each CPU, which mlock() flushes. */
static void lazily_freed(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	need(!sched_setaffinity(0, sizeof(first), &first), "sched_setaffinity");
	write_pages(at, pages);
	need(!mlock(map_private(PLACE(1), PAGE), PAGE), "mlock");
	need(!madvise(at, freed * PAGE, MADV_FREE), "MADV_FREE");
	need(!mlock(map_private(PLACE(2), PAGE), PAGE), "mlock");
	child_stop();
	write_pages(at, touched);
}

TEST(lazyfree)
{
	const pid_t pid = child_start(lazily_freed, NULL);
	const struct census_vma *vma;
	struct census census;

	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_BOTH(freed, pid, vma, LAZYFREE);
	EXPECT_BOTH(pages - freed, pid, vma, DIRTY);
	census_free(&census);

	/* What is written again is not freed. */
	ASSERT_TRUE(child_next(pid));
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_BOTH(freed - touched, pid, vma, LAZYFREE);
	EXPECT_BOTH(pages - freed + touched, pid, vma, DIRTY);
	census_free(&census);
	EXPECT_EQUAL_SMAPS(pid);
	child_end(pid);
}

static void clean(void *arg)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	char *at = map(PLACE(0), 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	read_pages(at, 8);
	write_pages(at, 3);
}

/* Of the pages of a program only the copies are dirty. */
TEST(clean_file)
{
	const pid_t pid = child_start(clean, NULL);
	const struct census_vma *vma;
	struct census census;

	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(8, vma, RSS);
	EXPECT_PAGES(3, vma, ANON);
	EXPECT_PAGES(smaps_bytes_at(pid, PLACE(0), MEMCENSUS_F_DIRTY) / PAGE, vma, DIRTY);
	/* A root file system in memory has no clean pages. */
	EXPECT_LE(3 * PAGE, figure(&vma->f, MEMCENSUS_F_DIRTY));
	EXPECT_EQUAL_SMAPS(pid);
	census_free(&census);
	child_end(pid);
}

/* Without FLAGS they are unknown, not 0. */
TEST(not_requested)
{
	const uint32_t pid = getpid();
	const struct census_request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS, .pids = &pid, .n_pids = 1,
	};
	struct census census;
	unsigned int i;

	ASSERT_EQ(0, census_take(&request, &census, NULL));
	ASSERT_EQ(1, census.n_tasks);
	ASSERT_LT(0, census.n_vmas);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(FIGURE_UNKNOWN, figure(&census.tasks->f, flags[i]));
		EXPECT_EQ(FIGURE_UNKNOWN, figure(&census.vmas->f, flags[i]));
	}
	census_free(&census);
}

TEST_HARNESS_MAIN

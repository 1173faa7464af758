// SPDX-License-Identifier: GPL-2.0
/*
 * Protections other than reading and writing: only execution; on arm64 tags of memory (MTE) and
 * targets of branches (BTI). Their entries have bits of their own.
 */
#ifdef __aarch64__
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#endif

#include "selftest.h"

#include "owners/counted.h"
#include "memory/zram.h"

#define RW	(PROT_READ | PROT_WRITE)

static const unsigned long pages = 64, written = 40;

static void map_execute_only(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, written);
	need(!mprotect(at, pages * PAGE, PROT_EXEC), "mprotect");
}

TEST(execute_only)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_execute_only, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_STREQ("--xp", vma->mode);
	EXPECT_PAGES(pages, vma, VSS);
	EXPECT_PAGES(written, vma, RSS);
	EXPECT_PAGES(written, vma, USS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

#ifdef __aarch64__
#define NEED(cap, bit, what) do {				\
	if (!(getauxval(cap) & (bit)))				\
		SKIP(return, "machine has no " what);		\
} while (0)

static const unsigned long forked = 10;

/* From here on an access by a pointer without the tag of its memory is a fault. */
static void check_tags(void)
{
	need(!prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | PR_MTE_TCF_SYNC, 0, 0, 0),
	     "PR_SET_TAGGED_ADDR_CTRL");
}

/* Gives each granule of @nr pages the tag @tag, and writes to each page. */
static void tag_pages(char *at, unsigned long nr, unsigned long tag)
{
	char *tagged = (char *)((uintptr_t)at | tag << 56);
	size_t i;

	for (i = 0; i < nr * PAGE; i += 16)
		asm volatile(".arch_extension memtag\n\tstg %0, [%0]"
			     : : "r"(tagged + i) : "memory");
	for (i = 0; i < nr; i++)
		((volatile char *)tagged)[i * PAGE] = 1 + (char)i;
}

static char *map_tagged(int flags, int fd)
{
	return map(PLACE(0), pages * PAGE, RW | PROT_MTE, flags, fd, 0);
}

static void tag_in_child(void *arg)
{
	tag_pages(PLACE(0), forked, 5);
}

static void tag_and_fork(void *arg)
{
	volatile pid_t *child = arg;

	check_tags();
	tag_pages(map_tagged(MAP_PRIVATE | MAP_ANONYMOUS, -1), written, 3);
	*child = child_start(tag_in_child, NULL);
	need(*child > 0, "child");
}

/* A child copies some pages and their tags. */
TEST(tagged_and_forked)
{
	volatile pid_t *child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	NEED(AT_HWCAP2, HWCAP2_MTE, "memory tags");
	ASSERT_NE(MAP_FAILED, child);
	pids[0] = child_start(tag_and_fork, (void *)child);
	ASSERT_LT(0, pids[0]);
	pids[1] = *child;
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(written, vma, RSS);
		EXPECT_PAGES(forked, vma, USS);
		EXPECT_PAGES(written - forked, vma, SHARED);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
}

static void tag_huge(void *arg)
{
	char *at = map(PLACE(0), 2 * HUGE, RW | PROT_MTE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	check_tags();
	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	tag_pages(at, 1, 3);
	tag_pages(at + HUGE, 1, 4);
}

TEST(tagged_huge)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED(AT_HWCAP2, HWCAP2_MTE, "memory tags");
	if (!thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	pid = child_start(tag_huge, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(2 * PER_HUGE, vma, RSS);
	EXPECT_PAGES(2 * PER_HUGE, vma, USS);
	EXPECT_PAGES(2 * PER_HUGE, vma, THP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void tag_shared(void *arg)
{
	char *at = map_tagged(MAP_SHARED, *(int *)arg);

	check_tags();
	tag_pages(at, written, 3);
}

/* Two processes map one file: it has one set of tags. */
TEST(tagged_shmem)
{
	int fd = memfd("tagged", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	NEED(AT_HWCAP2, HWCAP2_MTE, "memory tags");
	for (i = 0; i < 2; i++) {
		pids[i] = child_start(tag_shared, &fd);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(written, vma, RSS);
		EXPECT_PAGES(written, vma, SHMEM);
		EXPECT_PAGES(0, vma, USS);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
	child_end(pids[1]);
	close(fd);
}

/* The kernel keeps the tags of a page in swap apart; they come back with the page. */
static void swap_tagged(void *arg)
{
	char *at = map_tagged(MAP_PRIVATE | MAP_ANONYMOUS, -1);

	check_tags();
	tag_pages(at, written, 3);
	page_out(at, written);
	((volatile char *)((uintptr_t)at | 3UL << 56))[0] = 1;
}

TEST(tagged_in_swap)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED(AT_HWCAP2, HWCAP2_MTE, "memory tags");
	NEED_ZRAM();
	pid = child_start(swap_tagged, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(1, vma, RSS);
	EXPECT_PAGES(written - 1, vma, SWAP);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
	EXPECT_TRUE(zram_off());
}

static void map_targets(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, written);
	need(!mprotect(at, pages * PAGE, PROT_READ | PROT_EXEC | PROT_BTI), "mprotect");
}

TEST(branch_targets)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	NEED(AT_HWCAP2, HWCAP2_BTI, "branch targets");
	pid = child_start(map_targets, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_STREQ("r-xp", vma->mode);
	EXPECT_PAGES(written, vma, RSS);
	EXPECT_PAGES(written, vma, USS);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}
#endif

TEST_HARNESS_MAIN

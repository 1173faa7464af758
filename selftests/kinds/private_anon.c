// SPDX-License-Identifier: GPL-2.0
/* Private anonymous memory: reserved, and partly written. */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long reserved = 1000, touched = 300;

static void body(void *arg)
{
	write_pages(map_private(PLACE(0), reserved * PAGE), touched);
}

TEST(reserved_and_touched)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(body, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);

	EXPECT_PAGES(reserved, vma, VSS);
	EXPECT_PAGES(touched, vma, RSS);
	EXPECT_PAGES(touched, vma, USS);
	EXPECT_PAGES(touched, vma, USS_ANON);
	EXPECT_PAGES(touched, vma, PSS);
	EXPECT_PAGES(touched, vma, ANON);
	EXPECT_PAGES(touched, vma, DIRTY);
	EXPECT_PAGES(0, vma, SHARED);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_PAGES(0, vma, SHMEM);
	EXPECT_PAGES(0, vma, SWAP);
	EXPECT_PAGES(0, vma, SPECIAL);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();

	census_free(&census);
	child_end(pid);
}

static void grow(void *arg)
{
	char *at = map_private(PLACE(0), reserved * PAGE);

	write_pages(at, 1);
	child_stop();
	write_pages(at, touched + 1);
	child_stop();
	madvise(at, (touched + 1) * PAGE, MADV_DONTNEED);
}

/*
 * The figures of the whole process change by the number of pages touched. The
 * figures of sharing do not: the parent copies pages that it shares with the
 * child.
 */
TEST(process_grows_and_shrinks)
{
	struct census before, after, last;
	pid_t pid;

	pid = child_start(grow, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &before);
	ASSERT_TRUE(child_next(pid));
	ASSERT_CENSUS(pid, &after);
	ASSERT_TRUE(child_next(pid));
	ASSERT_CENSUS(pid, &last);

#define GREW(from, to, name)						\
	((to)->tasks->f.value[MEMCENSUS_F_##name] -			\
	 (from)->tasks->f.value[MEMCENSUS_F_##name])
	EXPECT_EQ(touched * PAGE, GREW(&before, &after, RSS));
	EXPECT_EQ(touched * PAGE, GREW(&before, &after, ANON));
	EXPECT_EQ(0, GREW(&before, &after, VSS));
	EXPECT_EQ((touched + 1) * PAGE, GREW(&last, &after, RSS));
	EXPECT_EQ((touched + 1) * PAGE, GREW(&last, &after, ANON));
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();

	census_free(&before);
	census_free(&after);
	census_free(&last);
	child_end(pid);
}

TEST_HARNESS_MAIN

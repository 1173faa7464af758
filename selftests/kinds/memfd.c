// SPDX-License-Identifier: GPL-2.0
/* memfds: in two processes, twice in one process, and mapped privately. */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 64, written = 10;

#define RW	(PROT_READ | PROT_WRITE)

static void map_once(void *arg)
{
	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0),
		    pages);
}

TEST(in_one_process)
{
	int fd = memfd("one", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_once, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages, vma, SHMEM);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(pages, vma, PSS);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_PAGES(0, vma, SHARED);
	EXPECT_STREQ("/memfd:one (deleted)", vma->name ?: "none");
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST(in_two_processes)
{
	int fd = memfd("two", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(map_once, &fd);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, SHARED);
		EXPECT_PAGES(pages / 2, vma, PSS);
		EXPECT_PAGES(pages / 2, vma, PSS_SHMEM);
		EXPECT_PAGES(0, vma, USS);
		EXPECT_EQUAL_SMAPS(pids[i]);
		EXPECT_EQUAL_OWNERS();
		census_free(&census);
	}
	child_end(pids[0]);
	child_end(pids[1]);
}

static void map_twice(void *arg)
{
	map_once(arg);
	write_pages(map(PLACE(1), pages * PAGE, RW, MAP_SHARED, *(int *)arg, 0),
		    pages);
}

/*
 * Each page is mapped twice and has a map count of two: smaps, and so the mapcount
 * basis, calls it shared, although no other process maps it.
 */
TEST(twice_in_one_process)
{
	int fd = memfd("twice", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;
	int i;

	pid = child_start(map_twice, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_VMA(&census, PLACE(i), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages / 2, vma, PSS);
		EXPECT_PAGES(pages, vma, SHARED);
		EXPECT_PAGES(0, vma, USS);
	}
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void map_privately(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, RW, MAP_PRIVATE, *(int *)arg, 0);

	read_pages(at, pages);
	write_pages(at, written);
}

/* Written pages become anonymous; the rest stays in the memfd. */
TEST(mapped_privately)
{
	int fd = memfd("private", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_privately, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(written, vma, ANON);
	EXPECT_PAGES(pages - written, vma, SHMEM);
	EXPECT_PAGES(written, vma, PSS_ANON);
	EXPECT_PAGES(pages - written, vma, PSS_SHMEM);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(0, vma, FILE);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* Maps the second half only; the offset shows this. */
static void map_half(void *arg)
{
	write_pages(map(PLACE(0), pages / 2 * PAGE, RW, MAP_SHARED,
			*(int *)arg, pages / 2 * PAGE), 1);
}

TEST(from_an_offset)
{
	int fd = memfd("half", pages);
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(map_half, &fd);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages / 2, vma, VSS);
	EXPECT_PAGES(1, vma, RSS);
	EXPECT_EQ(pages / 2 * PAGE, vma->offset);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* Locked memory: a whole mapping, a part of it, and on fault. */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 100, locked = 30;

static void lock(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, 10);
	need(!mlock(at, locked * PAGE), "mlock");
}

/* mlock faults in the pages that it locks: more than were written. */
TEST(part_of_a_mapping)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(lock, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(locked, vma, VSS);
	EXPECT_PAGES(locked, vma, RSS);
	ASSERT_VMA(&census, PLACE(0) + locked * PAGE, vma);
	EXPECT_PAGES(pages - locked, vma, VSS);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(locked, census.tasks, MLOCKED);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

static void lock_on_fault(void *arg)
{
	char *at = map_private(PLACE(0), pages * PAGE);

	need(!mlock2(at, pages * PAGE, MLOCK_ONFAULT), "mlock2");
	write_pages(at, locked);
}

/* VmLck counts locked virtual memory, present or not. */
TEST(on_fault)
{
	const struct census_vma *vma;
	struct census census;
	pid_t pid;

	pid = child_start(lock_on_fault, NULL);
	ASSERT_LT(0, pid);
	ASSERT_CENSUS(pid, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, VSS);
	EXPECT_PAGES(locked, vma, RSS);
	EXPECT_PAGES(pages, census.tasks, MLOCKED);
	EXPECT_EQUAL_SMAPS(pid);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pid);
}

/* VmLck counts a page that two processes map in each, and PSS half of it. */
static void lock_shared(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, *(int *)arg, 0);

	need(!mlock(at, pages * PAGE), "mlock");
}

TEST(shared)
{
	const struct census_vma *vma;
	struct census census;
	int fd = memfd("locked", pages);
	pid_t pids[2];
	int i;

	for (i = 0; i < 2; i++) {
		pids[i] = child_start(lock_shared, &fd);
		ASSERT_LT(0, pids[i]);
	}
	ASSERT_CENSUS(pids[0], &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_PAGES(pages, vma, RSS);
	EXPECT_PAGES(pages / 2, vma, PSS);
	EXPECT_PAGES(pages, census.tasks, MLOCKED);
	EXPECT_EQUAL_SMAPS(pids[0]);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
	child_end(pids[0]);
	child_end(pids[1]);
}

TEST_HARNESS_MAIN

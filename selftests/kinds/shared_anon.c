// SPDX-License-Identifier: GPL-2.0
/* MAP_SHARED anonymous memory: shmem; a process maps what it touches. */
#include "selftest.h"

#include "owners/counted.h"

static const unsigned long pages = 256, parent_touches = 200, child_touches = 64;

static void child(void *arg)
{
	write_pages(PLACE(0), child_touches);
}

static void parent(void *arg)
{
	volatile pid_t *pid = arg;

	write_pages(map_shared(PLACE(0), pages * PAGE), parent_touches);
	*pid = child_start(child, NULL);
	need(*pid > 0, "child");
}

TEST(inherited_by_a_child)
{
	const unsigned long touches[2] = { parent_touches, child_touches };
	const unsigned long shared = child_touches;
	const struct census_vma *vma;
	struct census census;
	volatile pid_t *word;
	pid_t pids[2];
	int i;

	word = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, word);
	pids[0] = child_start(parent, (void *)word);
	ASSERT_LT(0, pids[0]);
	pids[1] = *word;

	/* fork does not copy entries of shared memory: each maps what it touches. */
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, VSS);
		EXPECT_PAGES(touches[i], vma, RSS);
		EXPECT_PAGES(touches[i], vma, SHMEM);
		EXPECT_PAGES(0, vma, ANON);
		EXPECT_PAGES(0, vma, FILE);
		EXPECT_PAGES(shared, vma, SHARED);
		EXPECT_PAGES(touches[i] - shared, vma, USS);
		EXPECT_PAGES(touches[i] - shared + shared / 2, vma, PSS);
		EXPECT_STREQ("rw-s", vma->mode);
		census_free(&census);
		EXPECT_EQUAL_SMAPS(pids[i]);
	}
	EXPECT_EQUAL_OWNERS();
	child_end(pids[0]);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* Anonymous memory shared by fork, and pages that one side writes later. */
#include "selftest.h"

#include "owners/counted.h"

/* Parameters of both sides; the child's PID is returned in the first word. */
struct family {
	volatile pid_t child[8];
	unsigned int children;
	unsigned long pages, child_writes, parent_writes;
};

static void child(void *arg)
{
	struct family *family = arg;

	write_pages(PLACE(0), family->child_writes);
}

static void parent(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), family->pages * PAGE);
	unsigned int i;

	write_pages(at, family->pages);
	for (i = 0; i < family->children; i++) {
		family->child[i] = child_start(child, family);
		need(family->child[i] > 0, "child");
	}
	write_pages(at + (family->pages - family->parent_writes) * PAGE,
		    family->parent_writes);
}

FIXTURE(family)
{
	struct family *shared;
	pid_t parent;
};

FIXTURE_SETUP(family)
{
	self->shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
}

FIXTURE_TEARDOWN(family)
{
	child_end(self->parent);
}

TEST_F(family, both_sides_write)
{
	const unsigned long pages = 600, child_writes = 100, parent_writes = 50;
	const unsigned long shared = pages - child_writes - parent_writes;
	const unsigned long alone = pages - shared;
	const struct census_vma *vma;
	struct census census;
	pid_t pids[2];
	int i;

	*self->shared = (struct family) {
		.children = 1,
		.pages = pages,
		.child_writes = child_writes,
		.parent_writes = parent_writes,
	};
	self->parent = child_start(parent, self->shared);
	ASSERT_LT(0, self->parent);
	pids[0] = self->parent;
	pids[1] = self->shared->child[0];

	/* After a write by one side, each side has an exclusive page. */
	for (i = 0; i < 2; i++) {
		ASSERT_CENSUS(pids[i], &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, ANON);
		EXPECT_PAGES(shared, vma, SHARED);
		EXPECT_PAGES(pages, vma, DIRTY);
		EXPECT_PAGES(alone, vma, USS);
		EXPECT_PAGES(alone + shared / 2, vma, PSS);
		census_free(&census);
		EXPECT_EQUAL_SMAPS(pids[i]);
	}
	EXPECT_EQUAL_OWNERS();
}

TEST_F(family, one_of_four)
{
	const unsigned long pages = 400, owners = 4;
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	*self->shared = (struct family) {
		.children = owners - 1,
		.pages = pages,
	};
	self->parent = child_start(parent, self->shared);
	ASSERT_LT(0, self->parent);

	for (i = 0; i < owners; i++) {
		pid_t pid = i ? self->shared->child[i - 1] : self->parent;

		ASSERT_CENSUS(pid, &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		EXPECT_PAGES(pages, vma, RSS);
		EXPECT_PAGES(pages, vma, SHARED);
		EXPECT_PAGES(0, vma, USS);
		EXPECT_PAGES(pages / owners, vma, PSS);
		census_free(&census);
	}
	EXPECT_EQUAL_SMAPS(self->parent);
	EXPECT_EQUAL_OWNERS();
}

/*
 * A third of a page is not a multiple of 1/4096 byte: rounding loses less than
 * that for each page, so less than one byte for 300 pages.
 */
TEST_F(family, one_of_three)
{
	const unsigned long pages = 300, owners = 3;
	const struct census_vma *vma;
	struct census census;

	*self->shared = (struct family) {
		.children = owners - 1,
		.pages = pages,
	};
	self->parent = child_start(parent, self->shared);
	ASSERT_LT(0, self->parent);

	ASSERT_CENSUS(self->parent, &census);
	ASSERT_VMA(&census, PLACE(0), vma);
	EXPECT_EQ(pages / owners * PAGE - 1,
		  figure(&vma->f, MEMCENSUS_F_PSS));
	EXPECT_PAGES(pages, vma, SHARED);
	EXPECT_EQUAL_SMAPS(self->parent);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

/* After the child's exit the parent has all pages exclusively. */
TEST_F(family, child_exits)
{
	const unsigned long pages = 128;
	const struct census_vma *vma;
	struct census census;
	int tries = 0;

	*self->shared = (struct family) { .children = 1, .pages = pages };
	self->parent = child_start(parent, self->shared);
	ASSERT_LT(0, self->parent);
	kill(self->shared->child[0], SIGKILL);

	/* The dead child frees its memory later. */
	do {
		ASSERT_CENSUS(self->parent, &census);
		ASSERT_VMA(&census, PLACE(0), vma);
		if (figure(&vma->f, MEMCENSUS_F_SHARED) == 0)
			break;
		census_free(&census);
		sleep_ms(10);
	} while (tries++ < 1000);
	EXPECT_PAGES(pages, vma, USS);
	EXPECT_PAGES(pages, vma, PSS);
	EXPECT_PAGES(0, vma, SHARED);
	EXPECT_EQUAL_SMAPS(self->parent);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);
}

TEST_HARNESS_MAIN

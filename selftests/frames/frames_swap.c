// SPDX-License-Identifier: GPL-2.0
/* Owners: swap slots with one, two and three owners. */
#include "selftest.h"

#include "owners/counted.h"
#include "memory/zram.h"

#define OWNERS_MAX	3

static const unsigned long pages = 256, back = 40, out = pages - back;

struct family {
	volatile pid_t child[OWNERS_MAX - 1];
	unsigned int children;
};

FIXTURE(zram)
{
	bool on;
	struct family *family;
	pid_t pids[OWNERS_MAX];
};

FIXTURE_SETUP(zram)
{
	NEED_ZRAM();
	self->on = true;
	self->family = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->family);
}

FIXTURE_TEARDOWN(zram)
{
	child_end(self->pids[0]);
	if (self->on)
		EXPECT_TRUE(zram_off());
}

static void write_back(void *arg)
{
	write_pages(PLACE(0), back);
}

/* The first child swaps some pages in; these slots lose an owner. */
static void parent(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), pages * PAGE);
	unsigned int i;

	write_pages(at, pages);
	page_out(at, pages);
	for (i = 0; i < family->children; i++) {
		family->child[i] = child_start(i ? (void (*)(void *))child_stop :
					       write_back, NULL);
		need(family->child[i] > 0, "child");
	}
	if (!family->children)
		write_back(NULL);
}

#define START_FAMILY(n) do {						\
	unsigned int __i;						\
	self->family->children = (n) - 1;				\
	self->pids[0] = child_start(parent, self->family);		\
	ASSERT_LT(0, self->pids[0]);					\
	for (__i = 1; __i < (n); __i++)					\
		self->pids[__i] = self->family->child[__i - 1];		\
} while (0)

TEST_F(zram, of_one)
{
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	START_FAMILY(1);
	ASSERT_FRAMES(self->pids, 1, &census);
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(0), vma);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(back, vma, USS);
	EXPECT_PAGES(back, vma, PSS);
	EXPECT_PAGES(out, vma, SWAP);
	EXPECT_PAGES(out, vma, SWAP_USS);
	EXPECT_PAGES(out, vma, SWAP_PSS);
	EXPECT_PAGES(0, vma, SPECIAL);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* Slots that the child no longer has are exclusive to the parent. */
TEST_F(zram, of_two)
{
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	START_FAMILY(2);
	ASSERT_FRAMES(self->pids, 2, &census);
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(0), vma);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, FRAMES);
	EXPECT_PAGES(pages, vma, SWAP);
	EXPECT_PAGES(back, vma, SWAP_USS);
	EXPECT_PAGES(back + out / 2, vma, SWAP_PSS);

	ASSERT_FRAMES_VMA(&census, self->pids[1], PLACE(0), vma);
	EXPECT_PAGES(back, vma, RSS);
	EXPECT_PAGES(back, vma, USS);
	EXPECT_PAGES(out, vma, SWAP);
	EXPECT_PAGES(0, vma, SWAP_USS);
	EXPECT_PAGES(out / 2, vma, SWAP_PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

TEST_F(zram, of_three)
{
	const struct census_vma *vma;
	struct census census;
	unsigned int i;

	if (!self->on)
		return;
	START_FAMILY(3);
	ASSERT_FRAMES(self->pids, 3, &census);
	for (i = 0; i < 3; i++) {
		ASSERT_FRAMES_VMA(&census, self->pids[i], PLACE(0), vma);
		EXPECT_PAGES(i == 1 ? back : 0, vma, RSS);
		EXPECT_PAGES(i == 1 ? out : pages, vma, SWAP);
		EXPECT_PAGES(0, vma, SWAP_USS);
		EXPECT_SHARE((i == 1 ? 0 : share(back, 2)) + share(out, 3), vma,
			     SWAP_PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* Both processes show the memfd's swap slots, and no share of them. */
static void map_shmem(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, *(int *)arg, 0);

	write_pages(at, back);
}

static void swap_shmem(void *arg)
{
	char *at = map(PLACE(0), pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED, *(int *)arg, 0);

	write_pages(at, pages);
	page_out(at, pages);
}

TEST_F(zram, shmem)
{
	int fd = memfd("swapped", pages), i;
	const struct census_vma *vma;
	struct census census;

	if (!self->on)
		return;
	self->pids[0] = child_start(swap_shmem, &fd);
	ASSERT_LT(0, self->pids[0]);
	self->pids[1] = child_start(map_shmem, &fd);
	ASSERT_LT(0, self->pids[1]);
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		ASSERT_FRAMES_VMA(&census, self->pids[i], PLACE(0), vma);
		EXPECT_PAGES(i ? back : 0, vma, RSS);
		EXPECT_PAGES(i ? back : 0, vma, USS);
		EXPECT_PAGES(out, vma, SWAP);
		EXPECT_PAGES(0, vma, SWAP_USS);
		EXPECT_PAGES(0, vma, SWAP_PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
	child_end(self->pids[1]);
}

TEST_HARNESS_MAIN

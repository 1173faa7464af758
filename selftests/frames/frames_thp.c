// SPDX-License-Identifier: GPL-2.0
/*
 * Owners: several processes map different parts of huge pages, or the same
 * part by one entry and by many.
 */
#include "selftest.h"

#include "owners/counted.h"

/* Base pages in a huge page; the tests use two huge pages. */

#define CHILDREN_MAX	4

struct family {
	volatile pid_t child[CHILDREN_MAX];
	unsigned int children, number;
	void (*body)(void *arg);
};

static void child(void *arg)
{
	struct family *family = arg;

	family->body(family);
}

static void parent(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(0), 2 * HUGE);

	need(!madvise(at, 2 * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	at[0] = 1;
	at[HUGE] = 1;
	for (family->number = 0; family->number < family->children;
	     family->number++) {
		pid_t pid = child_start(child, family);

		need(pid > 0, "child");
		family->child[family->number] = pid;
	}
	child_stop();
	write_pages(at + 20 * PAGE, 3);
}

FIXTURE(family)
{
	struct family *shared;
	pid_t pids[CHILDREN_MAX + 1];
};

FIXTURE_SETUP(family)
{
	if (!thp_on())
		SKIP(return, "kernel has no transparent huge pages");
	self->shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
}

FIXTURE_TEARDOWN(family)
{
	child_end(self->pids[0]);
}

#define START_FAMILY(n, what) do {					\
	unsigned int __i;						\
	self->shared->children = n;					\
	self->shared->body = what;					\
	self->pids[0] = child_start(parent, self->shared);		\
	ASSERT_LT(0, self->pids[0]);					\
	for (__i = 0; __i < (n); __i++)					\
		self->pids[__i + 1] = self->shared->child[__i];		\
} while (0)

static void drop_half(void *arg)
{
	need(!madvise(PLACE(0), HUGE / 2, MADV_DONTNEED), "MADV_DONTNEED");
}

static void unmap_half(void *arg)
{
	need(!munmap(PLACE(0) + HUGE / 2, HUGE / 2), "munmap");
}

static void expect_half(struct __test_metadata *_metadata, const pid_t *pids)
{
	const unsigned long shared = PER_HUGE + PER_HUGE / 2;
	struct census census;

	ASSERT_FRAMES(pids, 2, &census);
	EXPECT_PLACED(2 * PER_HUGE, &census, pids[0], RSS);
	EXPECT_PLACED(2 * PER_HUGE, &census, pids[0], FRAMES);
	EXPECT_PLACED(2 * PER_HUGE, &census, pids[0], THP);
	EXPECT_PLACED(PER_HUGE / 2, &census, pids[0], USS);
	EXPECT_PLACED(PER_HUGE / 2 + shared / 2, &census, pids[0], PSS);

	EXPECT_PLACED(shared, &census, pids[1], RSS);
	EXPECT_PLACED(shared, &census, pids[1], FRAMES);
	EXPECT_PLACED(PER_HUGE, &census, pids[1], THP);
	EXPECT_PLACED(0, &census, pids[1], USS);
	EXPECT_PLACED(shared / 2, &census, pids[1], PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

TEST_F(family, child_drops_half)
{
	if (!self->shared)
		return;
	START_FAMILY(1, drop_half);
	expect_half(_metadata, self->pids);
}

TEST_F(family, child_unmaps_half)
{
	if (!self->shared)
		return;
	START_FAMILY(1, unmap_half);
	expect_half(_metadata, self->pids);
}

/* Splits the mapping of the first; the parent still maps it whole. */
static void protect_page(void *arg)
{
	need(!mprotect(PLACE(0) + 7 * PAGE, PAGE, PROT_READ), "mprotect");
}

TEST_F(family, one_entry_and_many)
{
	const unsigned long written = 3;
	struct census census;
	int i;

	if (!self->shared)
		return;
	START_FAMILY(1, protect_page);
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		EXPECT_PLACED(2 * PER_HUGE, &census, self->pids[i], FRAMES);
		EXPECT_PLACED(i ? PER_HUGE : 2 * PER_HUGE, &census, self->pids[i], THP);
		EXPECT_PLACED(0, &census, self->pids[i], USS);
		EXPECT_PLACED(PER_HUGE, &census, self->pids[i], PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();

	/* The parent's writes copy pages; the child keeps the old ones. */
	ASSERT_TRUE(child_next(self->pids[0]));
	ASSERT_FRAMES(self->pids, 2, &census);
	for (i = 0; i < 2; i++) {
		EXPECT_PLACED(2 * PER_HUGE, &census, self->pids[i], FRAMES);
		EXPECT_PLACED(PER_HUGE, &census, self->pids[i], THP);
		EXPECT_PLACED(written, &census, self->pids[i], USS);
		EXPECT_PLACED_SHARE(share(written, 1) +
				    share(2 * PER_HUGE - written, 2),
				    &census, self->pids[i], PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* Child n, from 0, unmaps the first (n + 1) * step pages. */
static const unsigned long step = 64;

static void drop_steps(void *arg)
{
	struct family *family = arg;

	need(!madvise(PLACE(0), (family->number + 1) * step * PAGE,
		      MADV_DONTNEED), "MADV_DONTNEED");
}

/* The first pages have one owner, the parent; the next have two, and so on. */
TEST_F(family, one_more_owner_at_each_step)
{
	const unsigned int n = CHILDREN_MAX;
	const unsigned long all = 2 * PER_HUGE - n * step;
	struct census census;
	unsigned int i, j;

	if (!self->shared)
		return;
	START_FAMILY(n, drop_steps);
	ASSERT_FRAMES(self->pids, n + 1, &census);
	for (i = 0; i <= n; i++) {
		uint64_t pss = share(all, n + 1);

		for (j = i; j < n; j++)
			pss += share(step, j + 1);
		EXPECT_PLACED(2 * PER_HUGE - i * step, &census, self->pids[i],
			      FRAMES);
		EXPECT_PLACED(i ? 0 : step, &census, self->pids[i], USS);
		EXPECT_PLACED_SHARE(pss, &census, self->pids[i], PSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* More huge pages than a block has bits, some of which each child splits or drops in part. */
#define MANY 70

static void split_some(void *arg)
{
	struct family *family = arg;
	unsigned int i;

	for (i = family->number; i < MANY; i += 3) {
		char *at = PLACE(1) + i * HUGE;

		if (i % 2)
			need(!mprotect(at + i * PAGE, PAGE, PROT_READ), "mprotect");
		else
			need(!madvise(at, (i + 1) * PAGE, MADV_DONTNEED), "MADV_DONTNEED");
	}
}

static void parent_of_many(void *arg)
{
	struct family *family = arg;
	char *at = map_private(PLACE(1), MANY * HUGE);
	unsigned int i;

	need(!madvise(at, MANY * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	for (i = 0; i < MANY; i++)
		at[i * HUGE] = 1;
	parent(family);
}

TEST_F(family, more_than_a_block)
{
	const unsigned long all = MANY + 2;
	struct census census;
	unsigned long dropped[3] = {};
	unsigned int i;

	if (!self->shared)
		return;
	for (i = 0; i < MANY; i += 2)
		dropped[i % 3] += i + 1;
	self->shared->children = 2;
	self->shared->body = split_some;
	self->pids[0] = child_start(parent_of_many, self->shared);
	ASSERT_LT(0, self->pids[0]);
	for (i = 0; i < 2; i++)
		self->pids[i + 1] = self->shared->child[i];
	ASSERT_FRAMES(self->pids, 3, &census);
	for (i = 0; i < 3; i++) {
		EXPECT_PLACED(all * PER_HUGE - (i ? dropped[i - 1] : 0), &census, self->pids[i],
			      FRAMES);
		EXPECT_PLACED(0, &census, self->pids[i], USS);
	}
	EXPECT_PLACED(all * PER_HUGE, &census, self->pids[0], THP);
	/* What one child dropped has two owners, all else three. */
	EXPECT_PLACED_SHARE(share(all * PER_HUGE - dropped[0] - dropped[1], 3) +
			    share(dropped[0] + dropped[1], 2), &census, self->pids[0], PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

/* One process maps a memfd's huge page by one entry, another all but a page. */
struct shmem {
	int fd;
	unsigned long from;
};

static void map_shmem(void *arg)
{
	const struct shmem *s = arg;
	size_t size = HUGE - s->from * PAGE;
	char *at = map(PLACE(0), size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       s->fd, s->from * PAGE);

	if (!s->from)
		need(!madvise(at, size, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	write_pages(at, size / PAGE);
}

TEST(in_shmem)
{
	struct shmem whole = { memfd("huge", PER_HUGE), 0 }, part = { whole.fd, 1 };
	struct census census;
	pid_t pids[2];

	if (!thp_on() || !write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	pids[0] = child_start(map_shmem, &whole);
	write_file(THP_SYS "shmem_enabled", "never");
	ASSERT_LT(0, pids[0]);
	pids[1] = child_start(map_shmem, &part);
	ASSERT_LT(0, pids[1]);

	ASSERT_FRAMES(pids, 2, &census);
	if (!counted_placed(&census, pids[0], MEMCENSUS_F_THP))
		SKIP(goto out, "kernel makes no huge pages in shmem");
	EXPECT_PLACED(PER_HUGE, &census, pids[0], SHMEM_THP);
	EXPECT_PLACED(PER_HUGE, &census, pids[0], FRAMES);
	EXPECT_PLACED(1, &census, pids[0], USS);
	EXPECT_PLACED_SHARE(share(1, 1) + share(PER_HUGE - 1, 2), &census, pids[0],
			    PSS);
	EXPECT_PLACED(0, &census, pids[1], THP);
	EXPECT_PLACED(PER_HUGE - 1, &census, pids[1], FRAMES);
	EXPECT_PLACED(PER_HUGE - 1, &census, pids[1], SHMEM);
	EXPECT_PLACED(0, &census, pids[1], USS);
	EXPECT_PLACED_SHARE(share(PER_HUGE - 1, 2), &census, pids[1], PSS);
	EXPECT_EQUAL_OWNERS();
out:
	census_free(&census);
	child_end(pids[0]);
	child_end(pids[1]);
}

/* A file's huge pages at one place, and all but its first page at another, by PTEs. */
struct twice {
	int fd;
	bool huge_first;
};

#define TWICE 2

static void map_twice(void *arg)
{
	const struct twice *t = arg;
	const int rw = PROT_READ | PROT_WRITE;
	char *huge = map(PLACE(!t->huge_first), TWICE * HUGE, rw, MAP_SHARED, t->fd, 0);
	char *small;

	need(!madvise(huge, TWICE * HUGE, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	write_pages(huge, TWICE * PER_HUGE);
	small = map(PLACE(t->huge_first), TWICE * HUGE - PAGE, rw, MAP_SHARED, t->fd, PAGE);
	write_pages(small, TWICE * PER_HUGE - 1);
}

static void expect_once(struct __test_metadata *_metadata, bool huge_first)
{
	struct twice twice = { memfd("twice", TWICE * PER_HUGE), huge_first };
	struct shmem once = { twice.fd, 0 };
	struct census census;
	pid_t pids[2];

	if (!thp_on() || !write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	pids[0] = child_start(map_twice, &twice);
	ASSERT_LT(0, pids[0]);
	ASSERT_FRAMES(pids, 1, &census);
	if (!counted_placed(&census, pids[0], MEMCENSUS_F_THP))
		SKIP(goto out, "kernel makes no huge pages in shmem");
	EXPECT_PLACED(TWICE * PER_HUGE, &census, pids[0], SHMEM_THP);
	EXPECT_PLACED(2 * TWICE * PER_HUGE - 1, &census, pids[0], RSS);
	EXPECT_PLACED(TWICE * PER_HUGE, &census, pids[0], FRAMES);
	EXPECT_PLACED(TWICE * PER_HUGE, &census, pids[0], USS);
	EXPECT_EQUAL_OWNERS();
	census_free(&census);

	pids[1] = child_start(map_shmem, &once);
	ASSERT_LT(0, pids[1]);
	ASSERT_FRAMES(pids, 2, &census);
	EXPECT_PLACED(TWICE * PER_HUGE, &census, pids[0], FRAMES);
	EXPECT_PLACED((TWICE - 1) * PER_HUGE, &census, pids[0], USS);
	EXPECT_PLACED(PER_HUGE, &census, pids[1], THP);
	EXPECT_PLACED(0, &census, pids[1], USS);
	EXPECT_PLACED_SHARE(share(PER_HUGE, 2), &census, pids[1], PSS);
	EXPECT_EQUAL_OWNERS();
	child_end(pids[1]);
out:
	write_file(THP_SYS "shmem_enabled", "never");
	census_free(&census);
	child_end(pids[0]);
}

TEST(huge_pages_first)
{
	expect_once(_metadata, true);
}

TEST(huge_pages_second)
{
	expect_once(_metadata, false);
}

/* Huge pages of a file, each in a block of its own, since a user chooses their offsets. */
#define FAR	(65 * HUGE)
#define FARS	4

static void map_far(void *arg)
{
	const int *fd = arg;
	char *at = map(PLACE(0), FARS * FAR, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	unsigned int i;

	need(!madvise(at, FARS * FAR, MADV_HUGEPAGE), "MADV_HUGEPAGE");
	for (i = 0; i < FARS; i++)
		write_pages(at + i * FAR, PER_HUGE);
}

/* By PTEs, all but the first page of each but the first. */
static void map_far_parts(void *arg)
{
	const int *fd = arg;
	unsigned int i;

	for (i = 1; i < FARS; i++)
		write_pages(map(PLACE(0) + 2 * i * HUGE, HUGE - PAGE, PROT_READ | PROT_WRITE,
				MAP_SHARED, *fd, i * FAR + PAGE), PER_HUGE - 1);
}

TEST(far_apart)
{
	const unsigned long common = (FARS - 1) * (PER_HUGE - 1);
	int fd = memfd("far", FARS * FAR / PAGE);
	struct census census;
	pid_t pids[2];

	if (!thp_on() || !write_file(THP_SYS "shmem_enabled", "advise"))
		SKIP(return, "kernel has no huge pages in shmem");
	pids[0] = child_start(map_far, &fd);
	write_file(THP_SYS "shmem_enabled", "never");
	ASSERT_LT(0, pids[0]);
	pids[1] = child_start(map_far_parts, &fd);
	ASSERT_LT(0, pids[1]);
	ASSERT_FRAMES(pids, 2, &census);
	if (!counted_placed(&census, pids[0], MEMCENSUS_F_THP))
		SKIP(goto out, "kernel makes no huge pages in shmem");
	EXPECT_PLACED(FARS * PER_HUGE, &census, pids[0], THP);
	EXPECT_PLACED(FARS * PER_HUGE, &census, pids[0], FRAMES);
	EXPECT_PLACED(FARS * PER_HUGE - common, &census, pids[0], USS);
	EXPECT_PLACED_SHARE(share(FARS * PER_HUGE - common, 1) + share(common, 2), &census,
			    pids[0], PSS);
	EXPECT_PLACED(common, &census, pids[1], FRAMES);
	EXPECT_PLACED(0, &census, pids[1], USS);
	EXPECT_EQUAL_OWNERS();
out:
	census_free(&census);
	child_end(pids[0]);
	child_end(pids[1]);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* Owners: hugetlb pages have owners too, and are not in the RSS. */
#include <linux/memfd.h>

#include "selftest.h"

#include "owners/counted.h"

#define POOL	huge_pool(HUGE, "nr_hugepages")
#define RW	(PROT_READ | PROT_WRITE)

FIXTURE(pool)
{
	long before;
	pid_t pids[3];
};

/* The pool has eight more pages. */
FIXTURE_SETUP(pool)
{
	char text[32];
	int i;

	for (i = 0; i < 3; i++)
		self->pids[i] = -1;
	self->before = read_number(POOL);
	if (self->before < 0)
		SKIP(return, "kernel has no hugetlb pages of 2 MiB");
	snprintf(text, sizeof(text), "%ld", self->before + 8);
	ASSERT_TRUE(write_file(POOL, text));
	ASSERT_EQ(self->before + 8, read_number(POOL));
}

FIXTURE_TEARDOWN(pool)
{
	char text[32];
	int i;

	for (i = 2; i >= 0; i--)
		child_end(self->pids[i]);
	snprintf(text, sizeof(text), "%ld", self->before);
	if (self->before >= 0)
		write_file(POOL, text);
}

static void map_huge(void *arg)
{
	char *at = map(PLACE(0), 3 * HUGE, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_HUGETLB | MAP_HUGE_SIZE(HUGE), -1, 0);

	at[0] = 1;
	at[HUGE] = 1;
}

TEST_F(pool, private)
{
	const struct census_vma *vma;
	struct census census;

	if (self->before < 0)
		return;
	self->pids[0] = child_start(map_huge, NULL);
	ASSERT_LT(0, self->pids[0]);
	ASSERT_FRAMES(self->pids, 1, &census);
	ASSERT_FRAMES_VMA(&census, self->pids[0], PLACE(0), vma);
	EXPECT_PAGES(2 * PER_HUGE, vma, HUGETLB);
	EXPECT_PAGES(2 * PER_HUGE, vma, PRIVATE_HUGETLB);
	EXPECT_PAGES(0, vma, SHARED_HUGETLB);
	EXPECT_PAGES(2 * PER_HUGE, vma, HUGETLB_PSS);
	EXPECT_PAGES(0, vma, RSS);
	EXPECT_PAGES(0, vma, FRAMES);
	EXPECT_PAGES(0, vma, USS);
	EXPECT_PAGES(0, vma, PSS);
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

static void fork_huge(void *arg)
{
	volatile pid_t *child = arg;
	int i;

	map_huge(NULL);
	for (i = 0; i < 2; i++) {
		child[i] = child_start((void (*)(void *))child_stop, NULL);
		need(child[i] > 0, "child");
	}
	*(volatile char *)PLACE(0) = 2;
}

/* Two pages have three owners; the parent writes to one and so copies it. */
TEST_F(pool, private_forked)
{
	volatile pid_t *child;
	struct census census;
	pid_t pids[3];
	int i;

	if (self->before < 0)
		return;
	child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, child);
	self->pids[0] = child_start(fork_huge, (void *)child);
	ASSERT_LT(0, self->pids[0]);
	pids[0] = self->pids[0];
	pids[1] = child[0];
	pids[2] = child[1];
	ASSERT_FRAMES(pids, 3, &census);
	for (i = 0; i < 3; i++) {
		EXPECT_PLACED(2 * PER_HUGE, &census, pids[i], HUGETLB);
		EXPECT_PLACED(i ? 0 : PER_HUGE, &census, pids[i], PRIVATE_HUGETLB);
		EXPECT_PLACED(i ? 2 * PER_HUGE : PER_HUGE, &census, pids[i],
			      SHARED_HUGETLB);
		EXPECT_PLACED_SHARE(share(PER_HUGE, i ? 2 : 1) + share(PER_HUGE, 3),
				    &census, pids[i], HUGETLB_PSS);
		EXPECT_PLACED(0, &census, pids[i], RSS);
	}
	census_free(&census);
	EXPECT_EQUAL_OWNERS();
}

struct shared {
	int fd, times;
};

static void map_shared_huge(void *arg)
{
	const struct shared *s = arg;
	int i;

	for (i = 0; i < s->times; i++) {
		char *at = map(PLACE(i), 2 * HUGE, RW, MAP_SHARED, s->fd, 0);

		at[0] = 1;
		at[HUGE] = 1;
	}
}

/* The first process maps it twice and is one owner. */
TEST_F(pool, shared)
{
	struct shared twice = { .times = 2 }, once = { .times = 1 };
	struct census census;
	int i, n;

	if (self->before < 0)
		return;
	twice.fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	ASSERT_LE(0, twice.fd);
	once.fd = twice.fd;
	ASSERT_EQ(0, ftruncate(twice.fd, 2 * HUGE));
	for (n = 1; n <= 3; n++) {
		self->pids[n - 1] = child_start(map_shared_huge,
						n == 1 ? &twice : &once);
		ASSERT_LT(0, self->pids[n - 1]);
		ASSERT_FRAMES(self->pids, n, &census);
		for (i = 0; i < n; i++) {
			const pid_t pid = self->pids[i];

			EXPECT_PLACED(2 * PER_HUGE, &census, pid, HUGETLB);
			EXPECT_PLACED(n == 1 ? 2 * PER_HUGE : 0, &census, pid,
				      PRIVATE_HUGETLB);
			EXPECT_PLACED(n == 1 ? 0 : 2 * PER_HUGE, &census, pid,
				      SHARED_HUGETLB);
			EXPECT_PLACED_SHARE(share(2 * PER_HUGE, n), &census, pid,
					    HUGETLB_PSS);
		}
		census_free(&census);
	}
	EXPECT_EQUAL_OWNERS();

	/* By map counts, as in smaps, pages that one process maps twice are shared. */
	child_end(self->pids[1]);
	child_end(self->pids[2]);
	self->pids[1] = -1;
	self->pids[2] = -1;
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(2 * HUGE, smaps_bytes_at(self->pids[0], PLACE(i),
						   MEMCENSUS_F_SHARED_HUGETLB));
		EXPECT_EQ(0, smaps_bytes_at(self->pids[0], PLACE(i),
					    MEMCENSUS_F_PRIVATE_HUGETLB));
	}
}

/* What a table of huge pages maps: mappings of that size, and aligned to it, share one. */
#define TABLE		(HUGE * PER_HUGE)
#define SPACE		(100UL << 40)

static void map_often(void *arg)
{
	const struct shared *s = arg;
	int i;

	for (i = 0; i < s->times; i++)
		*map(PLACE(0) + i * TABLE, TABLE, RW, MAP_SHARED | MAP_NORESERVE, s->fd, 0) = 1;
}

/*
 * More entries than a walk reads in any case, a million, in one table: this is in the size of the
 * page tables as often as it is mapped, so the process does not seem to move its memory.
 */
TEST_F(pool, one_table_mapped_often)
{
	const struct census_request frames = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	struct shared often = { .times = (3UL << 19) / PER_HUGE };
	const struct census_task *task;
	struct census census;

	if (self->before < 0)
		return;
	if (often.times * TABLE > SPACE)
		SKIP(return, "the address space is too small");
	often.fd = memfd_create("huge", MFD_HUGETLB | MAP_HUGE_SIZE(HUGE));
	ASSERT_LE(0, often.fd);
	ASSERT_EQ(0, ftruncate(often.fd, TABLE));
	self->pids[0] = child_start(map_often, &often);
	ASSERT_LT(0, self->pids[0]);
	ASSERT_EQ(0, census_take(&frames, &census, NULL));
	task = census_task_of(&census, self->pids[0]);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, task->state);
	EXPECT_EQ(HUGE, figure(&task->f, MEMCENSUS_F_HUGETLB));
	census_free(&census);
	ASSERT_CENSUS(self->pids[0], &census);
	EXPECT_EQ(MEMCENSUS_STATE_WALKED, census.tasks->state);
	EXPECT_EQ(HUGE, figure(&census.tasks->f, MEMCENSUS_F_HUGETLB));
	census_free(&census);
	close(often.fd);
}

static bool has_hugetlb(pid_t pid)
{
	return smaps_bytes_at(pid, PLACE(0), MEMCENSUS_F_SHARED_HUGETLB) ||
	       smaps_bytes_at(pid, PLACE(0), MEMCENSUS_F_PRIVATE_HUGETLB);
}

/*
 * Kernels with ptdesc_pmd_is_shared() omit the page in one fork of ten:
 * copy_hugetlb_page_range() treats the child's PUD table as a PMD table and reads
 * its sharer count, but only PMD tables have one. The value there differs from
 * table to table, so the test tries another child.
 */
static void fork_gigantic(void *arg)
{
	volatile pid_t *child = arg;
	int tries;

	map_gigantic(NULL);
	for (tries = 1; tries <= 20; tries++) {
		*child = child_start((void (*)(void *))child_stop, NULL);
		need(*child > 0, "child");
		if (has_hugetlb(*child))
			return;
		diag("fork %d left the page of 1 GiB out", tries);
		child_end(*child);
	}
	*child = -1;
}

static void fork_gigantic_hidden(void *arg)
{
	fork_gigantic(arg);
	need(!mprotect(PLACE(0), 1UL << 30, PROT_NONE), "PROT_NONE");
}

#define GIGANTIC_PAGES	((1UL << 30) / PAGE)

/* Starts @body, whose page of 1 GiB a fork has too, and puts both into @pids; or skips. */
#define START_GIGANTIC(body, pids) do {						\
	volatile pid_t *__child;						\
	if (self->before < 0)							\
		return;								\
	if (read_number(huge_pool(1UL << 30, "free_hugepages")) < 1) \
		SKIP(return, "machine has no free page of 1 GiB");		\
	__child = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);	\
	ASSERT_NE(MAP_FAILED, __child);						\
	self->pids[0] = child_start(body, (void *)__child);			\
	ASSERT_LT(0, self->pids[0]);						\
	ASSERT_LT(0, *__child)							\
		TH_LOG("no fork took the page of 1 GiB along");			\
	(pids)[0] = self->pids[0];						\
	(pids)[1] = *__child;							\
} while (0)

/* Expects that the first two of @pids share their page of 1 GiB. */
#define EXPECT_GIGANTIC_SHARED(census, pids) do {				\
	int __i;								\
	for (__i = 0; __i < 2; __i++) {						\
		EXPECT_PLACED(GIGANTIC_PAGES, census, (pids)[__i], HUGETLB);	\
		EXPECT_PLACED(GIGANTIC_PAGES, census, (pids)[__i], SHARED_HUGETLB); \
		EXPECT_PLACED(GIGANTIC_PAGES / 2, census, (pids)[__i], HUGETLB_PSS); \
	}									\
} while (0)

/* A 1 GiB page and a 2 MiB page: each counts with its size. */
TEST_F(pool, gigantic)
{
	struct census census;
	pid_t pids[3];

	START_GIGANTIC(fork_gigantic, pids);
	self->pids[1] = child_start(map_huge, NULL);
	ASSERT_LT(0, self->pids[1]);
	pids[2] = self->pids[1];
	ASSERT_FRAMES(pids, 3, &census);
	EXPECT_GIGANTIC_SHARED(&census, pids);
	EXPECT_PLACED(2 * PER_HUGE, &census, pids[2], PRIVATE_HUGETLB);
	EXPECT_PLACED(2 * PER_HUGE, &census, pids[2], HUGETLB_PSS);
	census_free(&census);
}

/* PROT_NONE in the parent only: its entry refers to the same page as the child's. */
TEST_F(pool, gigantic_prot_none)
{
	struct census census;
	pid_t pids[2];

	START_GIGANTIC(fork_gigantic_hidden, pids);
	ASSERT_FRAMES(pids, 2, &census);
	EXPECT_GIGANTIC_SHARED(&census, pids);
	census_free(&census);
}

TEST_HARNESS_MAIN

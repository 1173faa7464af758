// SPDX-License-Identifier: GPL-2.0
/*
 * More groups than are compared with each other: the sum over all pairs remains exact, and
 * their number is unknown. And as many processes as a request may name.
 */
#include <sys/prctl.h>

#include "selftest.h"
#include "subject.h"

#define RW	(PROT_READ | PROT_WRITE)
#define MANY	(MEMCENSUS_SHARE_GROUPS_MAX + 40)

static const unsigned long pages = 4;

struct crowd {
	int fd;
	unsigned int number;
};

static void member(void *arg)
{
	const struct crowd crowd = *(struct crowd *)arg;
	char name[16];

	snprintf(name, sizeof(name), "member%u", crowd.number);
	prctl(PR_SET_NAME, name);
	write_pages(map(PLACE(1), PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), 1);
	child_stop();
	write_pages(map(PLACE(0), pages * PAGE, RW, MAP_SHARED, crowd.fd, 0), pages);
}

FIXTURE(crowd)
{
	struct crowd crowd;
	pid_t pids[MANY];
	unsigned int n;
};

FIXTURE_SETUP(crowd)
{
	self->crowd.fd = memfd("crowd", pages);
	for (self->n = 0; self->n < MANY; self->n++) {
		self->crowd.number = self->n;
		self->pids[self->n] = child_start(member, &self->crowd);
		ASSERT_LT(0, self->pids[self->n]);
	}
}

FIXTURE_TEARDOWN(crowd)
{
	while (self->n--)
		child_end(self->pids[self->n]);
}

static void report(const char *what, const struct census *c)
{
	diag("%s: %llu us, %llu KiB, %zu pairs", what,
	     (unsigned long long)c->scan[MEMCENSUS_SCAN_CPU_NS] / 1000,
	     (unsigned long long)c->scan[MEMCENSUS_SCAN_MEMORY] / 1024, c->n_pairs);
}

/* Pages over all pairs, those that are left out too. */
static uint64_t all_pairs(const struct census *c)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < c->n_pairs; i++)
		sum += c->pairs[i].common.value[MEMCENSUS_K_SHMEM] / PAGE;
	return sum;
}

/* Shmem pages of the harness, which all children have too. */
static unsigned long of_harness(const struct census *c, uint32_t pid, uint32_t peer)
{
	size_t i;

	for (i = 0; i < c->n_pairs; i++)
		if (c->pairs[i].pid == pid && c->pairs[i].peer_pid == peer)
			return c->pairs[i].common.value[MEMCENSUS_K_SHMEM] / PAGE;
	return 0;
}

static uint64_t shmem_of_ten(const struct census *c, size_t i)
{
	return c->owned[i].fewest == 10 ? c->owned[i].bytes.value[MEMCENSUS_K_SHMEM] : 0;
}

/* Groups that have @pages more of ten or more groups; both censuses have the same groups. */
static unsigned int groups_with_more(const struct census *before, const struct census *after)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i < after->n_owned && i < before->n_owned; i++)
		nr += shmem_of_ten(after, i) == shmem_of_ten(before, i) + pages * PAGE;
	return nr;
}

TEST_F(crowd, groups)
{
	const struct census_request share = {
		.share = true, .group_by = MEMCENSUS_BY_COMM, .limit = 1000,
	}, groups = {
		.group_by = MEMCENSUS_BY_COMM, .parts = MEMCENSUS_PART_TASKS,
	};
	const struct census_pair *last;
	struct census before, after, plain;
	unsigned int i;

	ASSERT_EQ(0, census_take(&share, &before, NULL));
	for (i = 0; i < MANY; i++)
		ASSERT_TRUE(child_next(self->pids[i]));
	ASSERT_EQ(0, census_take(&groups, &plain, NULL));
	ASSERT_EQ(0, census_take(&share, &after, NULL));
	EXPECT_TRUE(census_is_whole(&after));
	report("groups", &plain);
	report("groups, shared", &after);

	EXPECT_LT(MEMCENSUS_SHARE_GROUPS_MAX, after.n_groups);
	ASSERT_EQ(1001, after.n_pairs);
	EXPECT_EQ(pages * MANY * (MANY - 1) / 2, all_pairs(&after) - all_pairs(&before));
	/* Not each has the same before: fork() copies no entries of shared memory. */
	EXPECT_EQ(before.n_owned, after.n_owned);
	EXPECT_EQ(MANY, groups_with_more(&before, &after));
	EXPECT_EQ(0, groups_with_more(&before, &before));
	last = &after.pairs[1000];
	EXPECT_EQ(0, last->known >> MEMCENSUS_PAIR_GROUP & 1);
	EXPECT_EQ(0, last->known >> MEMCENSUS_PAIR_LEFT_OUT & 1);
	census_free(&before);
	census_free(&plain);
	census_free(&after);
}

TEST_F(crowd, processes)
{
	uint32_t pids[MEMCENSUS_SHARE_PIDS_MAX];
	const struct census_request share = {
		.share = true, .pids = pids, .n_pids = MEMCENSUS_SHARE_PIDS_MAX,
		.limit = MEMCENSUS_LIMIT_MAX,
	}, one = {
		.share = true, .pids = pids, .n_pids = 1,
	}, frames = {
		.parts = MEMCENSUS_PART_TASKS,
	};
	unsigned int i, nr = 0;
	unsigned long harness;
	struct census c;

	for (i = 0; i < MEMCENSUS_SHARE_PIDS_MAX; i++)
		pids[i] = self->pids[i];
	ASSERT_EQ(0, census_take(&share, &c, NULL));
	harness = of_harness(&c, pids[0], pids[1]);
	census_free(&c);
	for (i = 0; i < MANY; i++)
		ASSERT_TRUE(child_next(self->pids[i]));
	ASSERT_EQ(0, census_take(&frames, &c, NULL));
	report("census", &c);
	census_free(&c);
	ASSERT_EQ(0, census_take(&one, &c, NULL));
	EXPECT_EQ(MEMCENSUS_LIMIT_DEFAULT + 1, c.n_pairs);
	report("one process", &c);
	census_free(&c);
	ASSERT_EQ(0, census_take(&share, &c, NULL));
	EXPECT_TRUE(census_is_whole(&c));
	report("as many as a request may name", &c);
	for (i = 0; i < c.n_pairs; i++)
		nr += c.pairs[i].common.value[MEMCENSUS_K_SHMEM] == (harness + pages) * PAGE;
	EXPECT_EQ(MEMCENSUS_SHARE_PIDS_MAX * (MANY - 1), nr);
	census_free(&c);
}

PROGRAM_OF(SHARE)

TEST_HARNESS_MAIN

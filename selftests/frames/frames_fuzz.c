// SPDX-License-Identifier: GPL-2.0
/*
 * Random trees of processes, stopped: the census equals the test's own count of owners from
 * pagemap, in each figure of each process and in what each two of them share; and it equals smaps
 * where that counts the same.
 *
 * FUZZ_TREES is the number of trees, one of each flavour by default, FUZZ_SEED the first seed;
 * `make check storm` runs thousands.
 * A seed that failed is printed: FUZZ_SEED=SEED FUZZ_TREES=1 runs its tree again.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "selftest.h"

#include "memory/trees.h"
#include "memory/zram.h"
#include "owners/counted.h"
#include "owners/pairs.h"
#include "subject.h"

#define TRIES	20
#define TREES	5

static unsigned long setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

/**
 * struct sum - what was compared, in shared memory
 * @busy: trees that changed in each try
 * @wrong: trees that differ
 * @again: hugetlb pages of them that a process maps at several addresses
 */
struct sum {
	struct owners_equal owners;
	struct pairs_equal pairs;
	struct equal smaps;
	unsigned long trees, busy, processes, operations, wrong, again;
};

FIXTURE(fuzz)
{
	struct sum *sum;
	bool swap;
};

FIXTURE_SETUP(fuzz)
{
	self->sum = mmap(NULL, sizeof(*self->sum), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->sum);
	self->swap = !zram_on();
	trees_begin();
}

FIXTURE_TEARDOWN(fuzz)
{
	trees_end();
	if (self->swap)
		EXPECT_TRUE(zram_off());
}

/* 0, or -EAGAIN: the system changed in each try. */
static int compare_owners(struct owners_equal *all)
{
	struct owners_equal equal = {};
	int ret = owners_compare(0, NULL, 0, &equal);

	if (ret && ret != -EAGAIN)
		diag("no census: %s", equal.wrong);
	all->mismatches += equal.mismatches + (ret && ret != -EAGAIN);
	all->values += equal.values;
	all->frames += equal.frames;
	return ret;
}

/* The processes of @tree that are still there. */
static unsigned int rows_of(const struct tree *tree, const struct owners *o, uint32_t *pids)
{
	unsigned int i, n = 0;

	for (i = 0; i < tree->n; i++)
		if (tree->pids[i] && owners_of(o, tree->pids[i]))
			pids[n++] = tree->pids[i];
	return n;
}

/* khugepaged may hold a lock for longer than a census waits. */
static bool is_incomplete(const struct census *c)
{
	uint64_t busy = c->scan[MEMCENSUS_SCAN_BUSY], partial = c->scan[MEMCENSUS_SCAN_PARTIAL];

	if (busy || partial)
		diag("census of pairs: %llu address spaces busy, %llu walked in part",
		     (unsigned long long)busy, (unsigned long long)partial);
	return busy || partial;
}

static int compare_pairs(const struct tree *tree, struct owners *before, struct owners *after,
			 struct pairs_equal *equal)
{
	uint32_t pids[TREE_MAX];
	const struct census_request request = {
		.share = true, .limit = MEMCENSUS_LIMIT_MAX, .pids = pids,
		.n_pids = owners_read(before) ? 0 : rows_of(tree, before, pids),
	};
	struct census_error error = {};
	struct census c = {};
	unsigned int i;
	int ret;

	if (!request.n_pids)
		return -EAGAIN;
	ret = census_take(&request, &c, &error);
	if (ret) {
		diag("no census of pairs: %s", error.text);
		equal->mismatches++;
	} else if (is_incomplete(&c) || owners_read(after) || !owners_same(before, after)) {
		ret = -EAGAIN;
	}
	for (i = 0; i < request.n_pids && !ret; i++)
		pairs_compare_row(equal, before, owners_of(before, pids[i]) - before->owners, &c);
	census_free(&c);
	return ret;
}

/* Owners were compared with pagemap: map counts may be higher. */
static void compare_smaps(const struct tree *tree, struct equal *all)
{
	unsigned int i;

	all->at_least = true;
	for (i = 0; i < tree->n; i++)
		if (tree->pids[i])
			equal_smaps(tree->pids[i], all);
}

static unsigned long all_wrong(const struct sum *sum)
{
	return sum->owners.mismatches + sum->pairs.mismatches + sum->smaps.mismatches;
}

/* The module has the SHARE request. */
static bool with_pairs;

static void compare(struct sum *sum, const struct tree *tree)
{
	struct owners before = {}, after = {};
	unsigned long wrong = all_wrong(sum);
	unsigned int i, tries;
	int ret;

	need(!owners_warm_up(&before) && !owners_warm_up(&after), "memory");
	ret = compare_owners(&sum->owners);
	if (!ret && with_pairs) {
		ret = -EAGAIN;
		for (tries = 0; tries < TRIES && ret == -EAGAIN; tries++)
			ret = compare_pairs(tree, &before, &after, &sum->pairs);
	}
	compare_smaps(tree, &sum->smaps);
	sum->busy += ret == -EAGAIN;
	sum->again += before.hugetlb_again / PER_HUGE;
	sum->trees++;
	sum->operations += tree->operations;
	for (i = 0; i < tree->n; i++)
		sum->processes += tree->pids[i] > 0;
	if (all_wrong(sum) == wrong)
		return;
	sum->wrong++;
	diag("the tree of FUZZ_SEED=%llu (%s) differs: %u processes, the first is %d",
	     (unsigned long long)tree->seed, tree->flavour, tree->n, tree->pids[0]);
}

/* In a child, because the memory that counting needs is counted too, and would only grow. */
static void compare_in_child(struct sum *sum, const struct tree *tree)
{
	pid_t pid = fork();

	if (!pid) {
		compare(sum, tree);
		_exit(0);
	}
	need(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
}

static void report(const struct sum *sum)
{
	diag("fuzz: %lu trees, %lu busy, %lu different: %lu processes, %lu operations",
	     sum->trees, sum->busy, sum->wrong, sum->processes, sum->operations);
	diag("fuzz: %llu frames; values compared: %lu of owners, %lu of pairs, %lu of smaps",
	     (unsigned long long)sum->owners.frames, sum->owners.values, sum->pairs.values,
	     sum->smaps.fields);
	diag("fuzz: hugetlb pages that a process maps again: %lu", sum->again);
}

TEST_F_TIMEOUT(fuzz, equals_pagemap, 5000)
{
	unsigned long seed = setting("FUZZ_SEED", 1), left = setting("FUZZ_TREES", TREES);
	uint64_t reported = now_ms();

	with_pairs = !subject_missing(MEMCENSUS_SUBJECT_SHARE);
	for (; left; left--, seed++) {
		struct tree *tree = tree_start(seed);

		ASSERT_NE(NULL, tree)
			TH_LOG("the tree of FUZZ_SEED=%lu did not start", seed);
		compare_in_child(self->sum, tree);
		tree_end(tree);
		if (now_ms() - reported > 60000) {
			reported = now_ms();
			report(self->sum);
		}
	}
	report(self->sum);
	EXPECT_EQ(0, self->sum->owners.mismatches);
	EXPECT_EQ(0, self->sum->pairs.mismatches);
	EXPECT_EQ(0, self->sum->smaps.mismatches);
	EXPECT_EQ(setting("FUZZ_TREES", TREES), self->sum->trees);
	/* In five trees there may be none. */
	EXPECT_TRUE(self->sum->again || self->sum->trees < 100 ||
		    read_number(huge_pool(HUGE, "nr_hugepages")) < 0);
	EXPECT_LE(self->sum->busy, 1 + self->sum->trees / 10);
}

TEST_HARNESS_MAIN

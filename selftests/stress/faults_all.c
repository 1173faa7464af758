// SPDX-License-Identifier: GPL-2.0
/*
 * Lets the n-th allocation fail, for n = 1, 2, 3, ... until none fails: in each
 * file and each kind of request. Then many at random, also in the worker
 * threads. Part of `make check storm`; faults tests a file, a dump and loading.
 */
#include "ko.h"
#include "selftest.h"

#include "owners/counted.h"
#include "memory/fault.h"

#define RW		(PROT_READ | PROT_WRITE)
#define DIR_PATH	"/sys/kernel/debug/memcensus/"
#define TASKS		MEMCENSUS_PART_TASKS

static const unsigned long pages = 100;
static uint32_t pids[3];

#define FILE_OF(text) { .name = text, .path = DIR_PATH text }
#define DUMP_OF(text, ...) {						\
	.name = text, .cmd = MEMCENSUS_CMD_SNAPSHOT,			\
	.what = { __VA_ARGS__ },					\
}

static const struct fault_request requests[] = {
	FILE_OF("summary"), FILE_OF("tasks"), FILE_OF("scan"),
	{ .name = "info", .cmd = MEMCENSUS_CMD_INFO },
	DUMP_OF("all", .parts = TASKS),
	DUMP_OF("users", .parts = TASKS, .group_by = MEMCENSUS_BY_UID),
	DUMP_OF("cgroups", .parts = TASKS, .group_by = MEMCENSUS_BY_CGROUP),
	DUMP_OF("commands", .parts = TASKS, .group_by = MEMCENSUS_BY_COMM),
	DUMP_OF("trees", .parts = TASKS, .group_by = MEMCENSUS_BY_TREE),
	DUMP_OF("sessions", .parts = TASKS, .group_by = MEMCENSUS_BY_SESSION),
	DUMP_OF("named", .parts = TASKS, .pids = pids, .n_pids = 2),
	DUMP_OF("named, no owners", .parts = TASKS, .no_owners = true, .pids = pids,
		.n_pids = 2),
	DUMP_OF("named, one group",
		.parts = TASKS, .group_by = MEMCENSUS_BY_PIDS, .pids = pids,
		.n_pids = 2),
	DUMP_OF("mappings, no owners", .parts = TASKS | MEMCENSUS_PART_VMAS, .no_owners = true,
		.pids = pids, .n_pids = 3),
	DUMP_OF("mappings, flags", .parts = TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_FLAGS,
		.pids = pids, .n_pids = 3),
	DUMP_OF("nodes", .parts = MEMCENSUS_PART_NODES),
};

FIXTURE(faults)
{
	bool ready;
	unsigned int n;
};

/* Memory shared with its parent, and private memory. */
static void grandchild(void *arg)
{
	write_pages(map_private(PLACE(1), pages * PAGE), pages);
}

static void child(void *arg)
{
	write_pages(map_shared(PLACE(0), pages * PAGE), pages);
	need(child_start(grandchild, NULL) > 0, "grandchild");
}

FIXTURE_SETUP(faults)
{
	const char *why = fault_begin();

	if (why)
		SKIP(return, "%s", why);
	for (self->n = 0; self->n < 2; self->n++)
		pids[self->n] = child_start(child, NULL);
	pids[2] = getpid();
	self->ready = true;
}

FIXTURE_TEARDOWN(faults)
{
	struct census census;

	fault_end();
	while (self->n)
		child_end(pids[--self->n]);
	if (!self->ready)
		return;
	if (!ko_is_loaded())
		ASSERT_EQ(0, ko_load(""));
	/* The failures leave no trace. */
	ASSERT_FRAMES_OF_ALL(&census);
	EXPECT_EQ(1, census.scan[MEMCENSUS_SCAN_SLICES]);
	census_free(&census);
}

TEST_F_TIMEOUT(faults, of_each_request, 1800)
{
	unsigned int i;

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		struct fault_course c = {};

		fault_try_all(&requests[i], &c);
		fault_tell(requests[i].name, &c);
		EXPECT_EQ(0, c.wrong);
		EXPECT_LT(0, c.errors);
		EXPECT_EQ(c.failed + 1, c.tries);
	}
}

/* Lets a percentage of all allocations fail, so that fallbacks fail too. */
TEST_F_TIMEOUT(faults, often, 1200)
{
	static const unsigned int percents[] = { 1, 3, 10, 20 };
	const unsigned int times = 40;
	unsigned int i, j;
	char name[64];

	if (!self->ready)
		return;
	for (i = 0; i < ARRAY_SIZE(percents); i++) {
		struct fault_course c = {};

		ASSERT_TRUE(fault_often(percents[i]));
		for (j = 0; j < times; j++)
			fault_try(&requests[j % ARRAY_SIZE(requests)], 0, &c);
		for (j = 0; j < times; j++)
			fault_try(&requests[8], 0, &c);
		fault_often(0);
		snprintf(name, sizeof(name), "%u%% of all", percents[i]);
		fault_tell(name, &c);
		EXPECT_EQ(0, c.wrong);
		EXPECT_LT(0, c.errors + c.marked);
	}
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that `memcensus brief` finds on another node than the CPUs that a process, or the cpuset
 * of a cgroup, may use: as much as this test has bound there.  vm/shapes runs this on a machine
 * with two nodes that have a processor each.
 */
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "brief.h"

#define ROOT	"/sys/fs/cgroup"
#define SET	ROOT "/memcensus-outside"
#define INSIDE	ROOT "/memcensus-inside"
#define SYS	"/sys/devices/system/node/"

/* Nodes: the processors of the first one may be used, the memory is on the second. */
#define FIRST	0
#define SECOND	1

static int cpu;

static void use(int node, size_t bytes)
{
	const unsigned long mask = 1UL << node;

	need(!syscall(SYS_set_mempolicy, MPOL_BIND, &mask, 64), "set_mempolicy");
	write_pages(map_private(PLACE(0), bytes), bytes / PAGE);
}

static size_t of_cgroup(void)
{
	return part() + 7 * MIB;
}

static size_t of_process(void)
{
	return part() + 3 * MIB;
}

static void hold_in_cgroup(void *arg)
{
	prctl(PR_SET_NAME, "o-cgroup");
	need(enter_cgroup(SET), SET);
	use(SECOND, of_cgroup());
}

static void hold_inside(void *arg)
{
	prctl(PR_SET_NAME, "o-inside");
	need(enter_cgroup(INSIDE), INSIDE);
	use(FIRST, of_cgroup());
}

static void hold_alone(void *arg)
{
	cpu_set_t set;

	prctl(PR_SET_NAME, "o-process");
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	need(!sched_setaffinity(0, sizeof(set), &set), "sched_setaffinity");
	use(SECOND, of_process());
}

FIXTURE(outside)
{
	pid_t pids[3];
	char text[TEXT];
};

FIXTURE_SETUP(outside)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(outside)
{
	size_t i;

	for (i = 0; i < sizeof(self->pids) / sizeof(self->pids[0]); i++)
		if (self->pids[i] > 0)
			child_end(self->pids[i]);
	rmdir(SET);
	rmdir(INSIDE);
}

static bool make_set(const char *dir, const char *cpus)
{
	char path[128];
	bool made;

	mkdir(dir, 0700);
	snprintf(path, sizeof(path), "%s/cpuset.cpus", dir);
	made = write_file(path, cpus);
	snprintf(path, sizeof(path), "%s/cpuset.mems", dir);
	return made && write_file(path, "0-1") && !access(dir, R_OK);
}

TEST_F(outside, found)
{
	const struct expected rows[] = {
		{ "outside", "\"who\":\"/memcensus-outside\"", of_cgroup(), of_cgroup() + BESIDE },
		{ "outside", "on node 1, without a CPU of 0 (cpuset), nodes 0-1", of_cgroup(),
		  of_cgroup() + BESIDE },
		{ "away", "o-cgroup", of_cgroup(), of_cgroup() + BESIDE },
		{ "away", "o-process", of_process(), of_process() + BESIDE },
		{ "away", "on node 1, whose CPUs it may not use: policy bind:1", of_process(),
		  of_cgroup() + BESIDE },
	};
	const struct expected inside = { "outside", "memcensus-inside", 0, 0 };
	const struct expected near = { "away", "o-inside", 0, 0 };

	cpu = (int)read_number(SYS "node0/cpulist");
	if (access(SYS "node1/numastat", F_OK) || cpu || read_number(SYS "node1/cpulist") != 1)
		SKIP(return, "no machine with two nodes and a processor each");
	if (!write_file(ROOT "/cgroup.subtree_control", "+memory +cpuset") ||
	    !make_set(SET, "0") || !make_set(INSIDE, "0"))
		SKIP(return, "no cpuset in cgroups of version 2");
	self->pids[0] = child_start(hold_in_cgroup, NULL);
	self->pids[1] = child_start(hold_inside, NULL);
	self->pids[2] = child_start(hold_alone, NULL);
	ASSERT_TRUE(self->pids[0] > 0 && self->pids[1] > 0 && self->pids[2] > 0);
	EXPECT_EQ(0, run_brief("-J", self->text));
	expect_rows(_metadata, self->text, rows, sizeof(rows) / sizeof(rows[0]));
	EXPECT_STREQ("", find_row(self->text, &inside));
	EXPECT_STREQ("", find_row(self->text, &near));
	diag("it says\n%s", self->text);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/* numa_maps of processes, in a /proc that this test makes. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "model/columns.h"
#include "model/on-nodes.h"
#include "os/numa-maps.h"
#include "os/procfs.h"
#include "tap.h"

#define MIB(n)	((uint64_t)(n) << 20)

static char top[32] = "/tmp/memcensus-XXXXXX";

/* NULL: one that nobody writes, as of a process that never lets its lock go. */
static void put_maps(unsigned int pid, const char *text)
{
	char name[64];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%u", top, pid);
	mkdir(name, 0700);
	strcat(name, "/numa_maps");
	unlink(name);
	if (!text && mkfifo(name, 0600))
		abort();
	if (!text)
		return;
	file = fopen(name, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		abort();
}

static void expect_policy(const char *line, bool known, bool bound, uint64_t nodes,
			  const char *text)
{
	const struct numa_policy policy = numa_policy_parse(line);

	ok(policy.known == known && policy.bound == bound && (!bound || policy.nodes == nodes) &&
	   !strcmp(policy.text, text), "policy of '%.*s': %s", (int)strcspn(line, "\n"), line,
	   policy.text);
}

static void test_policies(void)
{
	struct numa_maps maps[3] = { { .pid = 77 }, { .pid = 78 }, { .pid = 79 } };

	expect_policy("55f0 default file=/bin/a", true, false, 0, "default");
	expect_policy("55f0 bind:0-1,3\n", true, true, 11, "bind:0-1,3");
	expect_policy("55f0 bind=static:2 anon=1", true, true, 4, "bind=static:2");
	expect_policy("55f0 bind=static|balancing:63", true, true, 1ULL << 63,
		      "bind=static|balancing:63");
	expect_policy("55f0 interleave:0-1", true, false, 0, "interleave:0-1");
	expect_policy("55f0 prefer (many):0-1 anon=3", true, false, 0, "prefer (many):0-1");
	expect_policy("55f0 bind:64", false, false, 0, "bind:64");
	expect_policy("55f0 bind file=/a:0", false, false, 0, "bind");
	expect_policy("55f0 bind:1-0", false, false, 0, "bind:1-0");
	expect_policy("55f0", false, false, 0, "");

	put_maps(77, "55f000000000 bind:1 file=/bin/a N1=3\n55f1 default\n");
	put_maps(78, NULL);
	put_maps(79, "55f000000000 bind:0\n");
	numa_maps_read(maps, 3, false, 10);
	ok(maps[0].policy.bound && maps[0].policy.nodes == 2, "the policy of the first mapping");
	ok(!maps[1].policy.known, "unknown of one that is stuck");
	ok(maps[2].policy.bound && maps[2].policy.nodes == 1, "and that of the one after it");
	ok(!maps[0].counted && !maps[2].counted, "pages were not asked for");
}

static void test_counts(void)
{
	struct numa_maps maps = { .pid = 80 };

	put_maps(80,
		 "00400000 default file=/bin/a\\040N7=9 mapped=3 N0=1 N1=2 kernelpagesize_kB=4\n"
		 "01000000 default heap\n"
		 "7f000000 prefer (many):1 anon=512 dirty=512 N1=512 kernelpagesize_kB=4\n"
		 "7f800000 bind:1 file=/anon huge anon=3 dirty=3 N1=3 kernelpagesize_kB=2048\n"
		 "7ffc0000 default stack anon=1 dirty=1 N0=1 kernelpagesize_kB=4\n");
	numa_maps_read(&maps, 1, true, 10);
	ok(maps.counted && maps.rss[0] == 2 * 4096 && maps.rss[1] == 514 * 4096,
	   "pages of each node, a name with a space and a policy with one");
	ok(!maps.hugetlb[0] && maps.hugetlb[1] == MIB(6), "hugetlb pages apart, in their size");
	ok(!strcmp(maps.policy.text, "bind:1"), "the policy of most memory: %s", maps.policy.text);

	put_maps(80, "00400000 default anon=1 N64=1 kernelpagesize_kB=4\n");
	numa_maps_read(&maps, 1, true, 10);
	ok(!maps.counted, "a node that is not known: nothing is");
	put_maps(80, "");
	numa_maps_read(&maps, 1, true, 10);
	ok(!maps.counted, "of a process that has ended nothing is known");
}

static void add_task(struct snapshot *snap, uint32_t pid, uint64_t rss)
{
	struct task *task = row_add(&task_rows, snap);

	task->known = 1ULL << MEMCENSUS_TASK_PID;
	task->pid = pid;
	task->figures.known = 1ULL << MEMCENSUS_F_RSS;
	task->figures.v[MEMCENSUS_F_RSS] = rss;
}

/* The largest is stuck: the others are read, and not for longer than it may take. */
static void test_tasks(void)
{
	struct snapshot *snap = snapshot_new();
	struct timespec from, to;
	struct on_node found;

	put_maps(81, "00400000 default anon=1 N3=1 kernelpagesize_kB=4\n");
	put_maps(82, NULL);
	put_maps(83, "00400000 bind:5 anon=2 N5=2 kernelpagesize_kB=4\n");
	add_task(snap, 81, 4096);
	add_task(snap, 82, MIB(9));
	add_task(snap, 83, 8192);
	add_task(snap, 84, 4096);
	clock_gettime(CLOCK_MONOTONIC, &from);
	ok(numa_maps_add(snap) == 2, "two are unknown: one stuck, one gone");
	clock_gettime(CLOCK_MONOTONIC, &to);
	ok(to.tv_sec - from.tv_sec < 8, "one that is stuck is not waited for");
	ok(snap->node_ids.n == 2 && snap->node_ids.v[0] == 3 && snap->node_ids.v[1] == 5,
	   "the nodes where there is memory");
	ok(on_nodes_get(&snap->tasks[0].on, 3, &found) && found.rss == 4096 &&
	   on_nodes_get(&snap->tasks[0].on, 5, &found) && !found.rss, "nothing on the other one");
	ok(!on_nodes_get(&snap->tasks[1].on, 3, &found) && !snap->tasks[1].on.policy,
	   "unknown is not 0");
	ok(!strcmp(snap->tasks[2].on.policy, "bind:5"), "its policy");
	snapshot_free(snap);
}

int main(void)
{
	char remove[64];

	if (!mkdtemp(top))
		return 1;
	procfs_root(top);
	test_policies();
	test_counts();
	test_tasks();
	snprintf(remove, sizeof(remove), "rm -r %s", top);
	ok(!system(remove), "removed");
	return tap_done();
}

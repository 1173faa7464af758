// SPDX-License-Identifier: GPL-2.0
/* The table of limits, by texts of /proc, /sys and cgroups that this test makes. */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/limits.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/hugepages.h"
#include "os/limits-process.h"
#include "os/limits.h"
#include "os/numa-maps.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/tmpfs.h"
#include "tap.h"
#include "tools/leak/uses.h"

#define MIB(n)	((uint64_t)(n) << 20)
#define PID	77

static char top[32] = "/tmp/memcensus-XXXXXX";

/* Writes a file below the directory of this test, with all directories above it. */
static void put_file(const char *path, const char *text)
{
	char name[512], *at;
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s", top, path);
	for (at = name + strlen(top) + 1; (at = strchr(at, '/')); *at++ = '/') {
		*at = '\0';
		mkdir(name, 0700);
	}
	file = fopen(name, "w");
	if (!file)
		abort();
	fputs(text, file);
	fclose(file);
}

static const struct limit *find(const struct limits *limits, enum limit_kind kind,
				const char *whose)
{
	size_t i;

	for (i = 0; i < limits->n; i++)
		if (limits->v[i].kind == kind &&
		    (!whose || (limits->v[i].whose && !strcmp(limits->v[i].whose, whose))))
			return &limits->v[i];
	return NULL;
}

static void expect(const struct limits *limits, enum limit_kind kind, const char *whose,
		   uint64_t limit, uint64_t left, const char *what)
{
	const struct limit *found = find(limits, kind, whose);

	ok(found && found->limit == limit && found->left == left, "%s: %llu left of %llu", what,
	   found ? (unsigned long long)found->left : 0,
	   found ? (unsigned long long)found->limit : 0);
}

static void expect_none(const struct limits *limits, enum limit_kind kind, bool unknown,
			const char *what)
{
	ok(!find(limits, kind, NULL) && (limits->unknown >> kind & 1) == unknown, "%s: %s", what,
	   unknown ? "unknown" : "no limit");
}

static void set_total(struct snapshot *snap, unsigned int number, uint64_t bytes)
{
	snap->totals.bytes.known |= 1ULL << number;
	snap->totals.bytes.v[number] = bytes;
}

static void add_text(struct snapshot *snap, const char *name, const char *text)
{
	proc_texts_add(snap, name, text, strlen(text));
}

/* The limits of the machine, of texts as a record has them; NULL: not this one. */
static struct limits machine_of(const char *vm, const char *meminfo, const char *pools,
				const char *tmpfs)
{
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };

	set_total(snap, MEM_AVAILABLE, MIB(100));
	set_total(snap, MEM_TOTAL, MIB(1000));
	set_total(snap, MEM_SWAP_FREE, MIB(50));
	if (vm)
		add_text(snap, PROC_TEXTS_VM, vm);
	if (meminfo)
		add_text(snap, PROC_TEXTS_MEMINFO, meminfo);
	if (pools)
		add_text(snap, PROC_TEXTS_HUGEPAGES, pools);
	if (tmpfs)
		add_text(snap, PROC_TEXTS_TMPFS, tmpfs);
	limits_of_machine(&limits, snap);
	snapshot_free(snap);
	return limits;
}

static void test_machine(void)
{
	struct limits limits = machine_of("max_map_count 65530\novercommit_memory 2\n"
					  "admin_reserve_kbytes 8192\n",
					  "SwapTotal:         204800 kB\n"
					  "CommitLimit:      1024000 kB\n"
					  "Committed_AS:      921600 kB\n",
					  "2097152 60 50 10 2 5\n1073741824 0 0 0 0 0\n",
					  "0:25 1048576 262144 /run\n0:26 0 4096 /any\n"
					  "0:27 65536 65536 /a\\040b\\012c\n");
	struct snapshot *snap;

	expect(&limits, LIMIT_MEMORY, NULL, MIB(1200), MIB(150), "memory and swap");
	expect(&limits, LIMIT_COMMIT, NULL, MIB(992), MIB(92), "vm.overcommit_memory=2");
	expect(&limits, LIMIT_POOL, "2M", 63 * MIB(2), 43 * MIB(2), "a hugetlb pool");
	ok(!find(&limits, LIMIT_POOL, "1G"), "a pool without pages is none");
	expect(&limits, LIMIT_TMPFS, "/run", MIB(1), 786432, "a tmpfs");
	expect(&limits, LIMIT_TMPFS, "/a b\nc", 65536, 0, "a full one with an odd name");
	ok(!find(&limits, LIMIT_TMPFS, "/any"), "a tmpfs without a size is no limit");
	ok(!(limits.unknown & ~(1ULL << LIMIT_ZONE)), "all of these are known");
	limits_free(&limits);

	limits = machine_of("overcommit_memory 0\n", "CommitLimit: 1 kB\nCommitted_AS: 2 kB\n",
			    "", "");
	expect_none(&limits, LIMIT_COMMIT, false, "vm.overcommit_memory=0");
	expect_none(&limits, LIMIT_POOL, false, "a kernel without pools");
	expect_none(&limits, LIMIT_TMPFS, false, "no tmpfs");
	limits_free(&limits);

	/* A record of an earlier release */
	limits = machine_of(NULL, NULL, NULL, NULL);
	expect_none(&limits, LIMIT_COMMIT, true, "without /proc/sys/vm");
	expect_none(&limits, LIMIT_POOL, true, "without the text of pools");
	expect_none(&limits, LIMIT_TMPFS, true, "without that of tmpfs");
	limits_free(&limits);

	limits = machine_of("overcommit_memory 2x\nadmin_reserve_kbytes\n", "CommitLimit:\n",
			    "2097152 60 50\n2097152 1 2 3 4\n-1\n\n99999999999999999999999 1 1 1 1 1 1\n",
			    "0:25\n0:25 1 1 run\n0:25 1 1\n: : : :\n+2\n");
	expect_none(&limits, LIMIT_COMMIT, true, "damaged lines of vm");
	ok(!find(&limits, LIMIT_POOL, "2M"), "a line of a pool that is cut is none");
	expect_none(&limits, LIMIT_TMPFS, true, "two that were not read");
	limits_free(&limits);

	snap = snapshot_new();
	limits_of_machine(&limits, snap);
	expect_none(&limits, LIMIT_MEMORY, true, "a census without totals");
	limits_free(&limits);
	snapshot_free(snap);
}

/* What limits_read() takes of this machine, which the directories replace. */
static void test_texts(void)
{
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };

	put_file("proc/sys/vm/max_map_count", "65530\n");
	put_file("proc/sys/vm/overcommit_memory", "2\n");
	put_file("proc/sys/vm/admin_reserve_kbytes", "1024\n");
	put_file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "7\n");
	put_file("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "3\n");
	put_file("sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", "1\n");
	put_file("sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages", "0\n");
	put_file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages", "0\n");
	add_text(snap, PROC_TEXTS_MEMINFO, "CommitLimit: 3072 kB\nCommitted_AS: 1024 kB\n");
	limits_read(snap);
	limits_of_machine(&limits, snap);
	expect(&limits, LIMIT_COMMIT, NULL, MIB(2), MIB(1), "vm, read here");
	expect(&limits, LIMIT_POOL, "2M", MIB(14), MIB(4), "a pool, read here");
	limits_free(&limits);
	snapshot_free(snap);
}

static void put_cgroup(const char *path, const char *file, const char *text)
{
	char name[256];

	snprintf(name, sizeof(name), "cgroup%s/%s", path, file);
	put_file(name, text);
}

static void test_cgroups(void)
{
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };
	const struct limit *limit;
	char deep[400] = "";
	size_t i;

	put_cgroup("/a", "memory.current", "73400320\n");
	put_cgroup("/a", "memory.stat", "anon 1\nfile 12582912\nshmem 2097152\n");
	put_cgroup("/a", "memory.max", "max\n");
	put_cgroup("/a", "memory.high", "83886080\n");
	put_cgroup("/a", "memory.swap.current", "1048576\n");
	put_cgroup("/a", "memory.swap.max", "4194304\n");
	put_cgroup("/a/b", "memory.current", "41943040\n");
	put_cgroup("/a/b", "memory.stat", "file 0\nshmem 0\n");
	put_cgroup("/a/b", "memory.max", "41943040\n");
	put_cgroup("/a/b", "memory.high", "max\n");
	put_cgroup("/a/b", "memory.swap.current", "0\n");
	put_cgroup("/a/b", "memory.swap.max", "314572800\n");
	put_cgroup("/a/b", "hugetlb.2MB.max", "16777216\n");
	put_cgroup("/a/b", "hugetlb.2MB.current", "4194304\n");
	put_cgroup("/a/b", "hugetlb.2MB.rsvd.max", "8388608\n");
	put_cgroup("/a/b", "hugetlb.2MB.rsvd.current", "8388608\n");

	set_total(snap, MEM_SWAP_FREE, MIB(200));
	limits_of_cgroup(&limits, snap, "/a/b");
	/* 80 MiB, of which 70 are used and 10 of that are page cache; 3 MiB of swap */
	expect(&limits, LIMIT_CGROUP_HIGH, "/a", MIB(84), MIB(23), "memory.high of the one above");
	expect(&limits, LIMIT_CGROUP_SWAP, "/a", MIB(4), MIB(3), "its memory.swap.max");
	expect(&limits, LIMIT_CGROUP_MAX, "/a/b", MIB(43), MIB(3), "memory.max, full but for swap");
	limit = find(&limits, LIMIT_CGROUP_MAX, NULL);
	ok(limit && limit->swap_of && !strcmp(limit->swap_of, "memory.swap.max of /a"),
	   "which ends with the swap of the one above: %s", limit ? limit->swap_of : "-");
	ok(!find(&limits, LIMIT_CGROUP_MAX, "/a") && !find(&limits, LIMIT_CGROUP_HIGH, "/a/b"),
	   "max is no limit");
	expect(&limits, LIMIT_CGROUP_HUGETLB, "/a/b", MIB(16), MIB(12), "hugetlb.2MB.max");
	expect(&limits, LIMIT_CGROUP_RSVD, "/a/b", MIB(8), 0, "hugetlb.2MB.rsvd.max");
	i = limits.n;
	limits_of_cgroup(&limits, snap, "/a/b");
	ok(limits.n == i, "each is added once");
	limits_free(&limits);

	/* The swap of the machine ends before its own. */
	set_total(snap, MEM_SWAP_FREE, MIB(2));
	limits_of_cgroup(&limits, snap, "/a/b");
	limit = find(&limits, LIMIT_CGROUP_MAX, NULL);
	ok(limit && limit->left == MIB(2) && !strcmp(limit->swap_of, "swap of the machine"),
	   "which ends with the swap of the machine");
	limits_free(&limits);

	/* A census without totals, and a cgroup that is gone */
	snap->totals.bytes.known = 0;
	limits_of_cgroup(&limits, snap, "/gone/too");
	ok(!limits.n, "a cgroup that is gone has no limits");
	for (i = 0; i < 100; i++)
		strcat(deep, "/x");
	limits_of_cgroup(&limits, snap, deep);
	ok(limits.unknown >> LIMIT_CGROUP_MAX & 1, "a hundred levels: not all are known");
	limits_free(&limits);
	snapshot_free(snap);
}

/* A record by cgroup, whose groups are /a and /a/b. */
static void test_groups(void)
{
	static struct group groups[2] = {
		{ .known = 1 << MEMCENSUS_GROUP_CGROUP | 1 << MEMCENSUS_GROUP_ID,
		  .cgroup = 10, .id = 1, .path = "/a" },
		{ .known = 1 << MEMCENSUS_GROUP_CGROUP | 1 << MEMCENSUS_GROUP_ID |
			   1 << MEMCENSUS_GROUP_PARENT,
		  .cgroup = 11, .id = 2, .parent = 1, .path = "/a/b" },
	};
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };

	snap->groups = groups;
	snap->n_groups = 2;
	limits_of_groups(&limits, snap);
	expect_none(&limits, LIMIT_CGROUP_MAX, true, "a record without charges");
	limits_free(&limits);
	add_text(snap, CHARGES_TEXT,
		 "10 1 current=1048576 max=3145728 swap=0 swap_max=0\n"
		 "11 10 hugetlb.2MB.max=4194304 hugetlb.2MB.current=2097152 hugetlb.2XB.max=1\n"
		 "11 10 hugetlb.1GB.rsvd.max=0 hugetlb.1GB.rsvd.current=0 hugetlb.9MB= hugetlb.x\n"
		 "11 10 current=1048576 high=2097152 swap=0 swap_max=8388608\n");
	charges_apply(snap);
	set_total(snap, MEM_SWAP_FREE, MIB(100));
	limits_of_groups(&limits, snap);
	expect(&limits, LIMIT_CGROUP_MAX, "/a", MIB(3), MIB(2), "memory.max of a record");
	expect(&limits, LIMIT_CGROUP_HIGH, "/a/b", MIB(2), MIB(1),
	       "memory.high below one without swap");
	expect(&limits, LIMIT_CGROUP_HUGETLB, "/a/b", MIB(4), MIB(2), "hugetlb.max of a record");
	expect(&limits, LIMIT_CGROUP_RSVD, "/a/b", 0, 0, "hugetlb.rsvd.max of a record");
	ok(!limits.unknown, "all of these are known");
	limits_free(&limits);
	snap->groups = NULL;
	snap->n_groups = 0;
	snapshot_free(snap);
}

static struct zone zone_of(uint64_t node, uint64_t managed, uint64_t free, uint64_t min,
			   const struct numbers *reserve)
{
	return (struct zone){
		.known = 1ULL << MEMCENSUS_ZONE_NODE | 1ULL << MEMCENSUS_ZONE_NAME |
			 1ULL << MEMCENSUS_ZONE_MANAGED | 1ULL << MEMCENSUS_ZONE_FREE |
			 1ULL << MEMCENSUS_ZONE_WMARK_MIN | 1ULL << MEMCENSUS_ZONE_WMARK_LOW |
			 1ULL << MEMCENSUS_ZONE_LOWMEM_RESERVE,
		.name = "Normal", .node = node, .managed = managed, .free = free,
		.wmark_min = min, .wmark_low = 2 * min, .lowmem_reserve = *reserve };
}

/* Node 0 has 300 MiB for a process: 170 + 5 of two zones, 25 of page cache, 100 of swap. */
static void set_nodes(struct snapshot *snap, struct zone *zones, struct node *nodes)
{
	static const uint64_t none[] = { 0, 0 }, some[] = { 0, MIB(20) };
	const uint64_t known = 1ULL << MEMCENSUS_NODE_ID | 1ULL << MEMCENSUS_NODE_ACTIVE_FILE |
			       1ULL << MEMCENSUS_NODE_INACTIVE_FILE;

	zones[0] = zone_of(0, MIB(700), MIB(180), MIB(10), &(struct numbers){ 2, none });
	zones[1] = zone_of(0, MIB(100), MIB(26), MIB(1), &(struct numbers){ 2, some });
	zones[2] = zone_of(1, MIB(700), MIB(5), MIB(10), &(struct numbers){ 2, none });
	nodes[0] = (struct node){ .known = known, .id = 0, .active_file = MIB(20),
				  .inactive_file = MIB(5) };
	nodes[1] = (struct node){ .known = known, .id = 1, .active_file = MIB(1) };
	snap->zones = zones;
	snap->n_zones = 3;
	snap->nodes = nodes;
	snap->n_nodes = 2;
	set_total(snap, MEM_SWAP_FREE, MIB(100));
}

static void test_process(void)
{
	const struct task task = { .known = 1ULL << MEMCENSUS_TASK_PID |
					    1ULL << MEMCENSUS_TASK_MAPPINGS,
				   .pid = PID, .mappings = 65000 };
	struct numa_policy policy;
	const struct limit_process process = { &task, &policy, true };
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };
	struct zone zones[3];
	struct node nodes[2];
	char *name;

	set_nodes(snap, zones, nodes);
	add_text(snap, PROC_TEXTS_VM, "max_map_count 65530\n");
	put_file("proc/77/limits",
		 "Limit                     Soft Limit           Hard Limit           Units\n"
		 "Max data size             1048576              unlimited            bytes\n"
		 "Max locked memory         65536                65536                bytes\n"
		 "Max address space         4194304              unlimited            bytes\n");
	put_file("proc/77/status",
		 "Name:\ta\nVmSize:\t    3072 kB\nVmLck:\t      16 kB\nVmData:\t    2048 kB\n"
		 "CapEff:\t0000000000000000\nMems_allowed_list:\t0-1\n");

	policy = numa_policy_parse("7f00 bind:0 file=/usr/bin/a mapped=1\n");
	limits_of_process(&limits, snap, &process);
	expect(&limits, LIMIT_MAPPINGS, NULL, 65530, 530, "vm.max_map_count");
	expect(&limits, LIMIT_AS, NULL, MIB(4), MIB(1), "RLIMIT_AS");
	expect(&limits, LIMIT_DATA, NULL, MIB(1), 0, "RLIMIT_DATA that was lowered");
	expect(&limits, LIMIT_MEMLOCK, NULL, 65536, 65536 - 16384, "RLIMIT_MEMLOCK");
	expect(&limits, LIMIT_NODE, "0", MIB(900), MIB(300), "bound to node 0");
	name = limit_name(find(&limits, LIMIT_NODE, NULL));
	ok(!strcmp(name, "node 0"), "its name: %s", name);
	free(name);
	ok(!limits.unknown, "all of these are known");
	limits_free(&limits);

	/* Root locks what it wants, and cpuset.mems is a limit too. */
	policy = numa_policy_parse("7f00 prefer:0 anon=3\n");
	put_file("proc/77/status",
		 "VmSize:\t    3072 kB\nCapEff:\t000001ffffffffff\nMems_allowed_list:\t1\n");
	put_file("proc/77/limits", "Max address space         unlimited  unlimited bytes\n"
				   "Max locked memory         65536      65536     bytes\n");
	limits_of_process(&limits, snap, &process);
	expect_none(&limits, LIMIT_MEMLOCK, false, "CAP_IPC_LOCK");
	expect_none(&limits, LIMIT_AS, false, "an unlimited address space");
	expect(&limits, LIMIT_NODE, "1", MIB(800), MIB(101), "cpuset.mems of a full node");
	limits_free(&limits);

	policy = numa_policy_parse("");
	put_file("proc/77/status", "Mems_allowed_list:\t0-1\n");
	limits_of_process(&limits, snap, &process);
	expect_none(&limits, LIMIT_NODE, true, "a policy that was not read");
	limits_free(&limits);
	put_file("proc/77/status", "Mems_allowed_list:\t0\n");
	snap->n_zones = 2;
	limits_of_process(&limits, snap, &process);
	expect_none(&limits, LIMIT_NODE, false, "a machine with one node");
	limits_free(&limits);
	put_file("proc/77/status", "Mems_allowed_list:\t0,70\n");
	limits_of_process(&limits, snap, &process);
	expect_none(&limits, LIMIT_NODE, true, "node 70");
	limits_free(&limits);
	limits_of_process(&limits, snap, &(struct limit_process){ &task, NULL, false });
	expect_none(&limits, LIMIT_AS, true, "a record");
	limits_free(&limits);
	snap->zones = NULL;
	snap->nodes = NULL;
	snap->n_zones = 0;
	snap->n_nodes = 0;
	snapshot_free(snap);
}

static void test_zones(void)
{
	struct snapshot *snap = snapshot_new();
	struct limits limits = { .n = 0 };
	struct zone zones[3];
	struct node nodes[2];

	set_nodes(snap, zones, nodes);
	limits_add_zones(&limits, snap);
	expect(&limits, LIMIT_ZONE, "Normal of node 1", MIB(680), 0, "a zone below its watermark");
	ok(limit_state(find(&limits, LIMIT_ZONE, "Normal of node 1")) == LIMIT_MET &&
	   limit_state(find(&limits, LIMIT_ZONE, "Normal of node 0")) == LIMIT_FAR,
	   "only this one is met");
	limits_free(&limits);
	snap->zones = NULL;
	snap->nodes = NULL;
	snap->n_zones = 0;
	snap->n_nodes = 0;
	snapshot_free(snap);
}

static double one_rate(const struct limit *limit, const void *context)
{
	(void)context;
	return limit->kind == LIMIT_AS ? 0 : (double)MIB(1) / (limit->kind == LIMIT_DATA ? 2 : 1);
}

/* The page has a row for each kind. */
static void test_page(void)
{
	char *text = xcalloc(1, 1 << 20), row[64];
	FILE *file = fopen(TESTS_DATA "/../../../Documentation/leak.rst", "r");
	size_t i;

	if (!file || !fread(text, 1, (1 << 20) - 1, file))
		abort();
	fclose(file);
	for (i = 0; i < LIMITS; i++) {
		snprintf(row, sizeof(row), "\n``%s``", limit_types[i].name);
		ok(strstr(text, row), "leak.rst has %s", limit_types[i].name);
	}
	free(text);
}

static void test_ahead(void)
{
	struct limits limits = { .n = 0 };
	struct limit_ahead ahead[2];
	size_t i;

	limits_ahead(&limits, ahead, one_rate, NULL);
	ok(!ahead[0].limit && !ahead[1].limit, "no limit is met first of none");
	limits_add_own(&limits, LIMIT_AS, 1, MIB(1), 0);
	limits_add_own(&limits, LIMIT_MEMLOCK, 1, MIB(30), 0);
	limits_add_own(&limits, LIMIT_DATA, 1, MIB(10), 0);
	limits_add_tmpfs(&limits, makedev(0, 1), "/t", MIB(40), MIB(39));
	limits_ahead(&limits, ahead, one_rate, NULL);
	ok(ahead[0].limit && ahead[0].limit->kind == LIMIT_TMPFS && ahead[0].seconds == 1,
	   "the earliest");
	ok(ahead[1].limit && ahead[1].limit->kind == LIMIT_DATA && ahead[1].seconds == 20,
	   "the next, by how fast it goes");
	ok(limit_state(ahead[0].limit) == LIMIT_NEAR && limit_state(ahead[1].limit) == LIMIT_FAR,
	   "nine tenths are near");
	for (i = 0; i < LIMITS_MOST + 5; i++)
		limits_add_own(&limits, LIMIT_AS, 1, 1, 0);
	ok(limits.n == LIMITS_MOST && limits.left_out == 9, "further ones are counted");
	limits_free(&limits);
	for (i = 0; i < LIMITS; i++)
		if (!limit_types[i].name || !limit_types[i].then || !limit_types[i].says ||
		    !limit_types[i].left)
			break;
	ok(i == LIMITS, "each kind of limit has a row");
}

/* Takes 4 MiB of huge pages a second, after a start-up of 100 MiB of memory. */
static void test_uses(void)
{
	struct task task = { .known = 1ULL << MEMCENSUS_TASK_MAPPINGS };
	struct uses uses = { .n = 0 };
	struct figures *figures = &task.figures;
	unsigned int i;

	ok(uses_rate(&uses, LIMIT_USE_MEMORY, 0, 1) == 0, "no point: no rate");
	figures->known = 1ULL << MEMCENSUS_F_PRIVATE_HUGETLB | 1ULL << MEMCENSUS_F_VSS |
			 1ULL << MEMCENSUS_F_USS_SHMEM | 1ULL << MEMCENSUS_F_MLOCKED;
	for (i = 0; i < 61; i++) {
		figures->v[MEMCENSUS_F_PRIVATE_HUGETLB] = MIB(4 * i);
		figures->v[MEMCENSUS_F_VSS] = MIB(1000 + 8 * i);
		task.mappings = 100 + 2 * i;
		uses_add(&uses, i, &task, MIB(4 * i + (i < 16 ? 0 : 100)));
	}
	ok(uses_rate(&uses, LIMIT_USE_HUGETLB, 16, MIB(4)) == MIB(4), "all of it are huge pages");
	ok(uses_rate(&uses, LIMIT_USE_MEMORY, 16, MIB(4)) == 0, "none of it is other memory");
	ok(uses_rate(&uses, LIMIT_USE_ADDRESSES, 0, MIB(4)) == MIB(8), "addresses by themselves");
	ok(uses_rate(&uses, LIMIT_USE_MAPPINGS, 0, MIB(4)) == 2, "mappings too");
	ok(uses_rate(&uses, LIMIT_USE_LOCKED, 0, MIB(4)) == 0, "nothing is locked");
	ok(uses_rate(&uses, LIMIT_USE_SHMEM, 0, MIB(4)) == 0, "no shmem");
}

/* A real one, in a mount namespace of this test. */
static void test_tmpfs(void)
{
	struct snapshot *snap = snapshot_new();
	struct tmpfs_list list;
	char at[64], name[80];
	struct tmpfs one;
	struct stat st;
	size_t i;
	int fd;

	snprintf(at, sizeof(at), "%s/a #b", top);
	snprintf(name, sizeof(name), "%s/file", at);
	mkdir(at, 0700);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", at, "tmpfs", 0, "size=1m")) {
		ok(true, "a tmpfs of 1 MiB # SKIP mounting one needs root");
		snapshot_free(snap);
		return;
	}
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fallocate(fd, 0, 0, 262144) || fstat(fd, &st))
		abort();
	close(fd);
	tmpfs_read(snap);
	ok(tmpfs_of_text(snap, &list), "a text of those that are mounted");
	for (i = 0; i < list.n && strcmp(list.v[i].at, at); i++)
		;
	ok(i < list.n && list.v[i].size == MIB(1) && list.v[i].used == 262144 &&
	   list.v[i].device == st.st_dev, "a tmpfs of 1 MiB");
	tmpfs_free(&list);
	ok(tmpfs_of_process((uint32_t)getpid(), st.st_dev, &one) && one.size == MIB(1) &&
	   one.used == 262144 && !strcmp(one.at, at), "as this process sees it");
	free(one.at);
	ok(!tmpfs_of_process((uint32_t)getpid(), st.st_dev + 1000, &one), "another device");
	umount(at);
	snapshot_free(snap);
}

int main(void)
{
	char proc[64], sys[64], cgroup[64], remove[96];

	if (!mkdtemp(top))
		return 1;
	test_tmpfs();
	snprintf(proc, sizeof(proc), "%s/proc", top);
	snprintf(sys, sizeof(sys), "%s/sys", top);
	snprintf(cgroup, sizeof(cgroup), "%s/cgroup", top);
	procfs_root(proc);
	hugepages_root(sys);
	cgroups_root(cgroup);
	test_machine();
	test_texts();
	test_cgroups();
	test_groups();
	test_process();
	test_zones();
	test_ahead();
	test_page();
	test_uses();
	snprintf(remove, sizeof(remove), "rm -r %s", top);
	ok(!system(remove), "removed");
	return tap_done();
}

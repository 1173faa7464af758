// SPDX-License-Identifier: GPL-2.0
/*
 * Facts of 'brief' that a virtual machine does not make: processes and cgroups with memory on other
 * nodes than their CPUs, what grew in two censuses, who has most below a slice, and what is no more
 * unaccounted for.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "brief/cgroups.h"
#include "brief/cpusets.h"
#include "brief/facts.h"
#include "brief/growth.h"
#include "brief/limits.h"
#include "brief/nodes.h"
#include "lib/memory.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/limits-process.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/sysfs.h"
#include "tap.h"

#define MIB(n)	((uint64_t)(n) << 20)
#define GIB(n)	((uint64_t)(n) << 30)

static char top[32] = "/tmp/memcensus-XXXXXX";

/* Two nodes with two CPUs each: the CPUs of a slice are on the second one, its memory on both. */
static const struct {
	const char *path;
	const char *text;
} files[] = {
	{ "devices", NULL },
	{ "devices/system", NULL },
	{ "devices/system/node", NULL },
	{ "devices/system/node/node0", NULL },
	{ "devices/system/node/node0/cpulist", "0-1\n" },
	{ "devices/system/node/node1", NULL },
	{ "devices/system/node/node1/cpulist", "2-3\n" },
	/* A process on node 1, whose memory is bound to node 0. */
	{ "10", NULL },
	{ "10/status", "Name:\ta\nCpus_allowed_list:\t2-3\nMems_allowed_list:\t0-1\n" },
	{ "10/numa_maps", "00400000 bind:0 anon=163840 N0=163840 kernelpagesize_kB=4\n" },
	{ "slice", NULL },
	{ "slice/cpuset.cpus.effective", "2\n" },
	{ "slice/cpuset.mems.effective", "0-1\n" },
	{ "slice/memory.numa_stat", "anon_thp N0=999999999 N1=0\n"
	  "anon N0=62914560 N1=1048576\nfile N0=41943040 N1=2097152\nkernel_stack N0=5 N1=6\n" },
	{ "slice/service", NULL },
	{ "slice/service/cpuset.cpus.effective", "2\n" },
	{ "slice/service/cpuset.mems.effective", "0-1\n" },
	{ "slice/service/memory.numa_stat", "anon N0=62914560 N1=0\nfile N0=41943040 N1=0\n" },
	/* Its CPUs are on both nodes. */
	{ "free", NULL },
	{ "free/cpuset.cpus.effective", "0-3\n" },
	{ "free/cpuset.mems.effective", "0-1\n" },
	{ "free/memory.numa_stat", "anon N0=104857600 N1=104857600\nfile N0=0 N1=0\n" },
	/* It has no cpuset. */
	{ "plain", NULL },
	{ "plain/memory.numa_stat", "anon N0=104857600 N1=104857600\nfile N0=0 N1=0\n" },
};

#define FILES	(sizeof(files) / sizeof(files[0]))

static const char *path_of(const char *path)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s/%s", top, path);
	return text;
}

static void make_files(void)
{
	size_t i;
	FILE *out;

	if (!mkdtemp(top))
		abort();
	for (i = 0; i < FILES; i++) {
		if (!files[i].text) {
			if (mkdir(path_of(files[i].path), 0700))
				abort();
			continue;
		}
		out = fopen(path_of(files[i].path), "w");
		if (!out || fputs(files[i].text, out) < 0 || fclose(out))
			abort();
	}
}

static void remove_files(void)
{
	size_t i;

	for (i = FILES; i-- > 0; )
		if (files[i].text)
			unlink(path_of(files[i].path));
		else
			rmdir(path_of(files[i].path));
	rmdir(top);
}

/* A cgroup that is charged for @total and @swap, of which @kind is all; @parent: number, or 0. */
static void add_nodes(struct snapshot *snap, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n; i++) {
		struct node *node = row_add(&node_rows, snap);

		node->known = 1ULL << MEMCENSUS_NODE_ID;
		node->id = i;
	}
}

static void add_group(struct snapshot *snap, const char *path, uint32_t parent, uint64_t total,
		      uint64_t swap, enum charge kind)
{
	struct group *group = row_add(&group_rows, snap);

	group->known = 1ULL << MEMCENSUS_GROUP_CGROUP | 1ULL << MEMCENSUS_GROUP_MMS |
		       1ULL << MEMCENSUS_GROUP_ID;
	group->id = (uint32_t)snap->n_groups;
	if (parent) {
		group->known |= 1ULL << MEMCENSUS_GROUP_PARENT;
		group->parent = parent;
	}
	group->cgroup = 100 + snap->n_groups;
	group->mms = 1;
	group->path = path;
	group->charges.known = 1ULL << CHARGE_TOTAL | 1ULL << CHARGE_SWAP | 1ULL << kind;
	group->charges.v[CHARGE_TOTAL] = total;
	group->charges.v[CHARGE_SWAP] = swap;
	group->charges.v[kind] = total;
}

static const struct brief_fact *find(const struct brief *brief, enum brief_rule rule,
				     const char *who)
{
	size_t i;

	for (i = 0; i < brief->n; i++)
		if (brief->facts[i].rule == rule &&
		    (!who || (brief->facts[i].who && !strcmp(brief->facts[i].who, who))))
			return &brief->facts[i];
	return NULL;
}

static void test_cpusets(void)
{
	struct snapshot *snap = snapshot_new();
	struct brief brief = { .memory = GIB(1) };
	const struct brief_fact *fact;

	add_nodes(snap, 2);
	add_group(snap, "/slice", 0, MIB(103), 0, CHARGE_ANON);
	add_group(snap, "/slice/service", 1, MIB(103), 0, CHARGE_ANON);
	add_group(snap, "/free", 0, MIB(200), 0, CHARGE_ANON);
	add_group(snap, "/plain", 0, MIB(200), 0, CHARGE_ANON);
	sysfs_root(top);
	cgroups_root(top);
	facts_of_cpusets(&brief, snap);
	fact = find(&brief, BRIEF_OUTSIDE, "/slice");
	ok(brief.n == 1 && fact && fact->amount == MIB(100),
	   "a slice whose CPUs are on node 1 has 100 MiB on node 0, and no other cgroup");
	ok(fact && !strcmp(fact->what,
			   "on node 0, without a CPU of 2 (cpuset), nodes 0-1"),
	   "it says which: %s", fact ? fact->what : "");
	brief_free(&brief);
	snap->n_nodes = 1;
	facts_of_cpusets(&brief, snap);
	ok(!brief.n, "nothing on a machine of one node");
	brief_free(&brief);
	snapshot_free(snap);
}

static struct snapshot *census_at(uint64_t ns)
{
	struct snapshot *snap = snapshot_new();

	snap->scan.known |= 1ULL << MEMCENSUS_SCAN_REALTIME_NS;
	snap->scan.realtime = ns;
	proc_texts_add(snap, CHARGES_TEXT, "", 0);
	return snap;
}

static void set_swap(struct snapshot *snap, const char *meminfo)
{
	proc_texts_add(snap, PROC_TEXTS_MEMINFO, meminfo, strlen(meminfo));
	proc_texts_apply(snap);
}

static void is_grown(const struct brief *brief, const char *who, uint64_t amount,
		     const char *what)
{
	const struct brief_fact *fact = find(brief, BRIEF_GROWN, who);

	ok(fact && fact->amount == amount && fact->since == 1000 && !strcmp(fact->what, what),
	   "%s: %s", what, fact ? fact->what : "no row");
}

static void test_growth(void)
{
	struct snapshot *first = census_at(1000), *last = census_at(2000);
	struct brief brief = { .memory = GIB(1) };
	const struct brief_fact *fact;

	set_swap(first, "SwapTotal: 400000 kB\nSwapFree: 307200 kB\n");
	set_swap(last, "SwapTotal: 400000 kB\nSwapFree: 102400 kB\n");
	add_group(first, "/slice", 0, MIB(60), MIB(10), CHARGE_ANON);
	add_group(first, "/slice/service", 1, MIB(40), MIB(10), CHARGE_ANON);
	add_group(first, "/stays", 0, MIB(40), 0, CHARGE_FILE);
	/* Its removed cgroup left 100 MiB; the service that began again is another cgroup. */
	add_group(last, "/slice", 0, MIB(170), MIB(90), CHARGE_SHMEM);
	add_group(last, "/slice/service", 1, MIB(50), MIB(90), CHARGE_ANON);
	last->groups[1].cgroup = 77;
	add_group(last, "/stays", 0, MIB(39), 0, CHARGE_FILE);
	add_group(last, "/new", 0, MIB(30), 0, CHARGE_FILE);
	facts_of_growth(&brief, first, last);
	is_grown(&brief, "/slice", MIB(100),
		 "more since the record began, most of it shmem: now 120.0M");
	is_grown(&brief, "/slice/service", MIB(90),
		 "more since the record began, most of it swap: now 140.0M");
	is_grown(&brief, "/new", MIB(30),
		 "more since the record began, most of it page cache: now 30.0M");
	ok(!find(&brief, BRIEF_GROWN, "/stays"), "what shrank is no row");
	fact = find(&brief, BRIEF_SWAPPED, NULL);
	ok(fact && fact->amount == MIB(200), "the machine's swap");
	ok(brief.looked[BRIEF_LOOK_RECORD].done, "the record was looked at");
	brief_free(&brief);
	snapshot_free(first);
	snapshot_free(last);
}

static void add_task(struct snapshot *snap, uint32_t pid, uint64_t start, uint64_t uss,
		     uint64_t swap)
{
	struct task *task = row_add(&task_rows, snap);

	task->pid = pid;
	task->start = start;
	task->known = 1ULL << MEMCENSUS_TASK_PID | 1ULL << MEMCENSUS_TASK_START_NS;
	task->figures.known = 1ULL << MEMCENSUS_F_USS | 1ULL << MEMCENSUS_F_SWAP_USS;
	task->figures.v[MEMCENSUS_F_USS] = uss;
	task->figures.v[MEMCENSUS_F_SWAP_USS] = swap;
}

/* A record without cgroups has processes; a PID may be another one's now. */
static void test_processes(void)
{
	struct snapshot *first = snapshot_new(), *last = snapshot_new();
	struct brief brief = { .memory = GIB(1) };
	const struct brief_fact *fact;

	add_task(first, 10, 5, MIB(20), MIB(1));
	add_task(first, 11, 6, MIB(90), 0);
	add_task(last, 10, 5, MIB(10), MIB(61));
	add_task(last, 11, 7, MIB(30), 0);
	facts_of_growth(&brief, first, last);
	fact = find(&brief, BRIEF_GROWN, "10 ?");
	ok(fact && fact->amount == MIB(50), "a process grew into swap");
	fact = find(&brief, BRIEF_GROWN, "11 ?");
	ok(fact && fact->amount == MIB(30), "one that began later has grown from nothing");
	ok(brief.n == 2, "and no other row");
	brief_free(&brief);
	snapshot_free(first);
	snapshot_free(last);
}

static void test_away(void)
{
	struct snapshot *snap = snapshot_new();
	struct brief_ask ask = { .live = true, .left = 100 };
	struct brief brief = { .memory = GIB(4) };
	const struct brief_fact *fact;

	add_task(snap, 10, 5, MIB(643), 0);
	snap->tasks[0].figures.known |= 1ULL << MEMCENSUS_F_RSS;
	snap->tasks[0].figures.v[MEMCENSUS_F_RSS] = MIB(643);
	add_nodes(snap, 2);
	sysfs_root(top);
	procfs_root(top);
	facts_of_nodes(&brief, snap, &ask);
	procfs_root("/proc");
	fact = find(&brief, BRIEF_AWAY, "10 ?");
	ok(fact && fact->amount == MIB(640) &&
	   !strcmp(fact->what, "on node 0, whose CPUs it may not use: policy bind:0"),
	   "640 MiB on the other node, and why: %s", fact ? fact->what : "no row");
	brief_free(&brief);
	snapshot_free(snap);
}

/* Of this process, which has the figures that the test says. */
static bool is_far(uint64_t known, uint64_t vss, uint64_t locked)
{
	struct task task = { .pid = (uint64_t)getpid(), .figures.known = known };

	task.figures.v[MEMCENSUS_F_VSS] = vss;
	task.figures.v[MEMCENSUS_F_MLOCKED] = locked;
	return limits_own_far(&task);
}

static void test_far(void)
{
	const uint64_t known = 1ULL << MEMCENSUS_F_VSS | 1ULL << MEMCENSUS_F_MLOCKED;
	struct rlimit was, limit;

	getrlimit(RLIMIT_AS, &was);
	limit = (struct rlimit){ GIB(10), was.rlim_max };
	setrlimit(RLIMIT_AS, &limit);
	ok(is_far(known, GIB(7), 0), "7 of 10 GiB of addresses: far from the limit");
	ok(!is_far(known, GIB(9), 0), "9 of 10 GiB: it is read");
	ok(!is_far(0, 0, 0), "an unknown number: it is read");
	setrlimit(RLIMIT_AS, &was);
	getrlimit(RLIMIT_MEMLOCK, &was);
	limit = (struct rlimit){ 65536, was.rlim_max };
	setrlimit(RLIMIT_MEMLOCK, &limit);
	ok(is_far(known, MIB(1), 4096) && !is_far(known, MIB(1), 61440), "locked memory");
	setrlimit(RLIMIT_MEMLOCK, &was);
}

static void set_high(struct group *group, uint64_t high)
{
	group->charges.known |= 1ULL << CHARGE_HIGH;
	group->charges.v[CHARGE_HIGH] = high;
}

static void test_high(void)
{
	struct snapshot *snap = census_at(1000);
	struct brief brief = { .memory = GIB(1) };
	const struct brief_fact *fact;

	add_group(snap, "/slice", 0, MIB(70), 0, CHARGE_ANON);
	add_group(snap, "/slice/small", 1, MIB(15), 0, CHARGE_ANON);
	add_group(snap, "/slice/large", 1, MIB(54), 0, CHARGE_ANON);
	add_group(snap, "/slice/large/part", 3, MIB(53), 0, CHARGE_ANON);
	add_group(snap, "/alone", 0, MIB(70), 0, CHARGE_ANON);
	set_high(&snap->groups[0], MIB(64));
	set_high(&snap->groups[4], MIB(64));
	facts_of_cgroups(&brief, snap, false);
	fact = find(&brief, BRIEF_HIGH, "/slice");
	ok(fact && fact->amount == MIB(70) &&
	   !strcmp(fact->what, "70.0M, of memory.high 64.0M, most in /slice/large/part: 53.0M"),
	   "a slice above memory.high: %s", fact ? fact->what : "no row");
	fact = find(&brief, BRIEF_HIGH, "/alone");
	ok(fact && !strcmp(fact->what, "70.0M, of memory.high 64.0M"),
	   "a service above its own: %s", fact ? fact->what : "no row");
	brief_free(&brief);
	snapshot_free(snap);
}

/* A leak that memory.max pushes into swap: what is left is what it may still swap out. */
static void test_swapped_leak(void)
{
	struct snapshot *snap = census_at(1000);
	struct brief_ask ask = { .live = false };
	struct brief brief = { .memory = GIB(1) };
	const struct brief_fact *fact;
	struct charges *charges;
	size_t i, soon = 0, notes = 0;

	set_swap(snap, "SwapTotal: 393216 kB\nSwapFree: 96256 kB\n");
	add_group(snap, "/leaks", 0, MIB(40), MIB(290), CHARGE_ANON);
	charges = &snap->groups[0].charges;
	charges->known |= 1ULL << CHARGE_LIMIT | 1ULL << CHARGE_SWAP_LIMIT;
	charges->v[CHARGE_LIMIT] = MIB(40);
	charges->v[CHARGE_SWAP_LIMIT] = MIB(300);
	facts_of_limits(&brief, snap, &ask);
	brief_judge(&brief);
	for (i = 0; i < brief.n; i++) {
		fact = &brief.facts[i];
		if (strcmp(fact->who, "/leaks"))
			continue;
		soon += brief_urgency(fact) == BRIEF_SOON && fact->amount == MIB(330) &&
			fact->limit == MIB(340);
		notes += fact->lasts && fact->amount == MIB(290) && fact->limit == MIB(300);
	}
	ok(soon == 1, "memory.max with the swap that is left: 330 of 340 MiB, soon");
	ok(notes == 1, "memory.swap.max: 290 of 300 MiB, which may last");
	brief_free(&brief);
	snapshot_free(snap);
}

static void test_unaccounted(void)
{
	struct brief brief = { .memory = GIB(1) };

	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_UNACCOUNTED, .amount = MIB(80) });
	facts_known_unaccounted(&brief);
	ok(brief.facts[0].amount == MIB(80) && !brief.facts[0].what, "nothing else is known");
	brief_add(&brief, &(struct brief_fact){ .rule = BRIEF_BUFFERS, .amount = MIB(30) });
	brief_add(&brief, &(struct brief_fact){
		.rule = BRIEF_BUFFERS, .amount = MIB(32), .uncounted = true });
	facts_known_unaccounted(&brief);
	ok(brief.facts[0].amount == MIB(48) &&
	   !strcmp(brief.facts[0].what, "in no counter of the kernel, beside 32.0M by descriptors"),
	   "less the ring of a socket: %s", brief.facts[0].what);
	brief.facts[2].amount = MIB(100);
	facts_known_unaccounted(&brief);
	ok(!brief.facts[0].amount, "never below 0");
	brief_free(&brief);
}

int main(void)
{
	make_files();
	test_cpusets();
	test_growth();
	test_processes();
	test_away();
	test_far();
	test_high();
	test_swapped_leak();
	test_unaccounted();
	remove_files();
	return tap_done();
}

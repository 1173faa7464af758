// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says of OOM kills.  The lines are those that Linux 6.1 and 7.3 wrote in VMs;
 * names of processes and cgroups are such as a user could choose.
 */
#include <stdlib.h>
#include <string.h>

#include "model/kill.h"
#include "tap.h"

#define MIB	(INT64_C(1) << 20)

/* Reads @text, lines of the log a second apart. */
static struct kills kills_of(const char *text)
{
	struct kills kills = { .v = NULL };
	struct kernel_line line = { .text = NULL };
	char *copy = strdup(text), *at, *save;

	for (at = strtok_r(copy, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		line.sequence++;
		line.boottime += 1000;
		line.realtime = line.boottime + 5;
		line.text = at;
		kills_line(&kills, &line);
	}
	free(copy);
	return kills;
}

static bool is(const char *a, const char *b)
{
	return !a || !b ? a == b : !strcmp(a, b);
}

static bool has(struct amount amount, int64_t bytes)
{
	return amount.known && amount.bytes == bytes;
}

#define ENDS	"UID:7 pgtables:84kB oom_score_adj:-5\n"
#define BEHIND	" total-vm:26416kB, anon-rss:24184kB, file-rss:4kB, shmem-rss:1344kB, " ENDS
#define USAGE	"memory: usage 24576kB, limit 24576kB, failcnt 176\n"
#define ANY	"nodemask=(null),cpuset="
#define FIRST	"/,mems_allowed=0,"
#define REASON	"oom-kill:constraint=CONSTRAINT_"
#define SUMMARY	REASON "MEMCG," ANY FIRST
#define IN	"Memory cgroup out of memory: Killed process "

/* 7.3 writes a line for each figure, 6.1 one for all. */
#define STATS_73 "anon 25038848\nfile 8192\nkernel 126976\nkernel_stack 5\nsock 4096\nshmem 4096\n"
#define LF	"\\x0a"
#define MORE	"shmem 4096" LF "f\n"
#define STATS_61 "anon 25038848" LF "file 8192" LF "kernel 126976" LF "sock 4096" LF MORE

static void test_cgroup(const char *kernel, const char *stats)
{
	struct kills kills;
	const struct kill *kill;
	char text[4096];

	snprintf(text, sizeof(text), "%s%s%s%s",
		 "tail invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		 "CPU: 0 UID: 0 PID: 118 Comm: PID: 7 Not tainted 7.3.4 #1\n"
		 USAGE "Memory cgroup stats for /shop:\n", stats,
		 "[    118]     0   118     6604     6382    84   0    0 tail\n"
		 SUMMARY "oom_memcg=/shop,task_memcg=/shop/a,task=tail,pid=118,uid=7\n"
		 IN "118 (tail)" BEHIND
		 "Tasks in /shop are going to be killed due to memory.oom.group set\n"
		 IN "118 (tail)" BEHIND
		 IN "119 (sleep)" BEHIND,
		 "oom_reaper: reaped process 118 (tail), now anon-rss:0kB, file-rss:0kB\n");
	kills = kills_of(text);
	kill = kills.n ? kills.v[0] : NULL;
	if (!ok(kills.n == 1 && kill->killed == 2 && kill->n_victims == 2,
		"%s: a cgroup that is killed as a whole is one kill", kernel))
		return;
	ok(kill->scope == KILL_CGROUP && is(kill->limited, "/shop") &&
	   is(kill->within, "/shop/a") &&
	   is(kill->as_one, "/shop"), "%s: whose limit, and where the victim was", kernel);
	ok(is(kill->caller, "tail") && kill->caller_pid == 118, "%s: the caller", kernel);
	ok(kill->victims[0].pid == 118 && is(kill->victims[0].comm, "tail") &&
	   kill->victims[0].anon == 24184 << 10 && kill->victims[0].shmem == 1344 << 10 &&
	   kill->victims[0].uid == 7 && kill->victims[0].oom_score_adj == -5 &&
	   kill->victims[1].pid == 119, "%s: the victims", kernel);
	ok(has(kill->charges[KILL_LIMIT], 24 * MIB) && has(kill->charges[KILL_CHARGED], 24 * MIB) &&
	   has(kill->charges[KILL_CHARGED_ANON], 25038848) &&
	   has(kill->charges[KILL_CHARGED_FILE], 8192) &&
	   has(kill->charges[KILL_CHARGED_SHMEM], 4096) &&
	   has(kill->charges[KILL_CHARGED_KERNEL], 126976) &&
	   has(kill->charges[KILL_CHARGED_SOCK], 4096), "%s: what was charged", kernel);
	ok(kill->realtime == kill->boottime + 5 && !kill->memory[KILL_FREE].known,
	   "%s: when; and nothing of the machine", kernel);
	kills_free(&kills);
}

#define BY	" invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order="
#define HEAP	"a" BY "0, oom_score_adj=0\n"
#define NONE	"Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 "
#define SOME	"Node 0 hugepages_total=100 hugepages_free=90 hugepages_surp=0 "
#define POOL	NONE "hugepages_size=1048576kB\n" SOME "hugepages_size=2048kB\n"
#define ANON	" active_anon:2000kB inactive_anon:1000kB isolated(anon):100kB"
#define FILES	" active_file:30kB inactive_file:5kB unevictable:7kB isolated(file):20kB mapped:1664kB"
#define LISTS	ANON FILES " dirty:0kB shmem:18276kB shmem_thp: 3kB"
#define TABLES	" kernel_stack:976kB pagetables:760kB sec_pagetables:40kB all_unreclaimable? yes\n"
#define DMA	" free:100kB boost:0kB min:760kB low:948kB high:1136kB active_anon:0kB"
#define DMA32	" free:200kB boost:0kB min:30220kB low:37772kB high:45324kB present:700288kB"
#define PAGES	"active_anon:703" LF " slab_reclaimable:2310 slab_unreclaimable:6519" LF "\n"
#define MEMORY	"Mem-Info:\n" PAGES "Node 0" LISTS TABLES \
	"Node 0 DMA" DMA " present:15992kB managed:15360kB free_pcp:8kB local_pcp:0kB\n" \
	"lowmem_reserve[]: 0 600 600 600 600\n" \
	"Node 0 DMA32" DMA32 " managed:633896kB free_pcp:16kB local_pcp:4740kB\n" \
	"Node 0 DMA: 1*4kB (M) 1*8kB (U) = 12kB\n" POOL
#define GLOBAL	"global_oom,task_memcg=/"
#define ROOT	GLOBAL ",task=b,pid=120,uid=0\n"
#define PLAIN	"Out of memory: Killed process "

static void test_machine(void)
{
	struct kills kills = kills_of(HEAP "CPU: 0 PID: 9 Comm: a Not tainted\n" MEMORY
		REASON "NONE," ANY FIRST GLOBAL "web,task=b,pid=120,uid=0\n"
		PLAIN "120 (b)" BEHIND
		"Node 0 DMA free:100kB min:7kB low:9kB high:1kB managed:153600kB free_pcp:8kB\n");
	const struct kill *kill = kills.n ? kills.v[0] : NULL;

	if (!ok(kills.n == 1, "a kill by the machine's memory"))
		return;
	ok(kill->scope == KILL_MACHINE && !kill->limited && is(kill->within, "/web") &&
	   !kill->nodes,
	   "no cgroup had a limit, and the victim was in one");
	ok(has(kill->memory[KILL_TOTAL], (15360 + 633896) << 10) &&
	   has(kill->memory[KILL_FREE], (100 + 8 + 200 + 16) << 10) &&
	   has(kill->memory[KILL_ANON], 3100 << 10) &&
	   has(kill->memory[KILL_FILE], 55 << 10) &&
	   has(kill->memory[KILL_LOCKED], 7 << 10) &&
	   has(kill->memory[KILL_SHMEM], 18276 << 10) && has(kill->memory[KILL_STACK], 976 << 10) &&
	   has(kill->memory[KILL_TABLES], 800 << 10), "the sums of its nodes and zones");
	ok(has(kill->memory[KILL_HUGETLB], 200 * MIB), "the pool of huge pages, used or not");
	ok(has(kill->memory[KILL_SLAB], 2310 + 6519), "slab");
	kills_free(&kills);
}

static void test_scopes(void)
{
	struct kills kills = kills_of(HEAP
		REASON "MEMORY_POLICY,nodemask=1,3-4,cpuset=" FIRST ROOT PLAIN "120 (b)" BEHIND
		HEAP REASON "CPUSET," ANY "x,mems_allowed=9,mems_allowed=2," ROOT
		"Out of memory (oom_kill_allocating_task): Killed process 121 (b)" BEHIND
		"kworker/0:1" BY "-1, oom_score_adj=0\n" PLAIN "122 (b)" BEHIND
		PLAIN "123 (b)" BEHIND IN "124 (b)" BEHIND);

	if (!ok(kills.n == 5, "five kills, two without a report"))
		return;
	ok(kills.v[0]->scope == KILL_NODES && is(kills.v[0]->nodes, "1,3-4"),
	   "by a memory policy: of its nodes");
	ok(kills.v[1]->scope == KILL_NODES && is(kills.v[1]->nodes, "2"),
	   "by a cpuset: of its nodes");
	ok(kills.v[2]->scope == KILL_BY_HAND, "by sysrq");
	ok(kills.v[3]->scope == KILL_MACHINE && !kills.v[3]->caller &&
	   kills.v[4]->scope == KILL_CGROUP && !kills.v[4]->limited,
	   "of a kill without a report, what is not said is unknown");
	kills_free(&kills);
}

/* One kill, with the summary @fields behind "cpuset=" and a victim with this name, as written. */
static void expect_names(const char *what, const char *stats_of, const char *fields,
			 const char *comm, const char *limited, const char *within,
			 const char *victim)
{
	struct kills kills;
	char text[4096];

	snprintf(text, sizeof(text), "%s%s%s%s%s%s\n%s5 (%s)%s", HEAP, stats_of ? STATS_61 : "",
		 stats_of ?: "", stats_of ? "\n" : "",
		 REASON "MEMCG," ANY, fields, IN, comm,
		 BEHIND);
	kills = kills_of(text);
	ok(kills.n == 1 && is(kills.v[0]->limited, limited) && is(kills.v[0]->within, within) &&
	   is(kills.v[0]->victims[0].comm, victim) && kills.v[0]->victims[0].pid == 5,
	   "names: %s", what);
	kills_free(&kills);
}

#define LIMIT	FIRST "oom_memcg="
#define PATHS	LIMIT "/a,task_memcg=/a/b,task="
#define TWO	LIMIT "/a,task_memcg=/a/b,task_memcg=/a,task_memcg=/a/b"
#define LAST	",pid=5,uid=7"
#define OF_A	"Memory cgroup stats for /a:"

static void test_names(void)
{
	expect_names("plain", NULL, PATHS "x" LAST, "x", "/a", "/a/b", "x");
	expect_names("blanks and brackets", NULL, PATHS "a) (b c" LAST, "a) (b c", "/a", "/a/b",
		     "a) (b c");
	expect_names("the words behind a name", NULL, PATHS ") total-vm:1kB," LAST,
		     ") total-vm:1kB,", "/a", "/a/b", ") total-vm:1kB,");
	expect_names("a PID", NULL, PATHS "pid=1,uid=0" LAST, "pid=1,uid=0", "/a", "/a/b",
		     "pid=1,uid=0");
	expect_names("the fields of a PID", NULL, PATHS ",pid=1,uid=0" LAST, ",pid=1,uid=0", "/a",
		     "/a/b", ",pid=1,uid=0");
	expect_names("another task", NULL, PATHS "a,task=b" LAST, "a,task=b", "/a", "/a/b",
		     "a,task=b");
	expect_names("line feeds, UTF-8, a backslash", NULL, PATHS "a\\x0a\\xc3\\xa4\\x5cx41" LAST,
		     "a\\x0a\\xc3\\xa4\\x5cx41", "/a", "/a/b", "a\n\xc3\xa4\\x41");
	expect_names("a unit of systemd", NULL,
		     LIMIT "/a\\x5cx2db,task_memcg=/a\\x5cx2db,task=x" LAST, "x",
		     "/a\\x2db", "/a\\x2db", "x");
	expect_names("a name is another in the summary", NULL, PATHS "leader" LAST, "thread", "/a",
		     "/a/b", "thread");
	expect_names("the root's limit is below nothing", NULL,
		     LIMIT "/,task_memcg=/b,task=x" LAST, "x", "/", "/b", "x");
	expect_names("one cgroup begins as the other", NULL,
		     LIMIT "/a,task_memcg=/ab,task=x" LAST, "x", NULL, NULL, "x");
	/* A cgroup called "x,task_memcg=": its path has a second way to be read. */
	expect_names("a cgroup that is a field", NULL,
		     LIMIT "/a,task_memcg=/a/x,task_memcg=/a/x,task=x" LAST, "x",
		     "/a", "/a/x,task_memcg=/a/x", "x");
	expect_names("a cpuset that is a field", NULL,
		     "x,mems_allowed=0,oom_memcg=,oom_memcg=/a,task_memcg=/a/c,task=x" LAST,
		     "x", "/a", "/a/c", "x");
	expect_names("cgroups that are both fields", NULL,
		     LIMIT "/a,task_memcg=/a/x,oom_memcg=/b,task_memcg=/b/c,task=x"
		     LAST, "x", "/a", "/a/x,oom_memcg=/b,task_memcg=/b/c", "x");
	expect_names("two ways to read them", NULL,
		     TWO ",task=x" LAST, "x", NULL, NULL, "x");
	expect_names("the same, and figures of the cgroup",
		     "Memory cgroup stats for /a,task_memcg=/a/b:",
		     TWO ",task=x" LAST, "x", "/a,task_memcg=/a/b", "/a,task_memcg=/a/b", "x");
	expect_names("a summary that is cut off", OF_A, LIMIT "/a,task_m", "x", "/a", NULL, "x");
}

/* No line of another kind begins a kill, whatever a name in it is. */
static void test_others(void)
{
	static const char *const lines[] = {
		"Out of memory: : page allocation failure: order:0, mode:0xcc0(GFP_KERNEL)",
		"Out of memory: Killed process 5 (x) total-vm:1kB",
		"Out of memory: Killed process 5 (x" BEHIND,
		"Out of memory: Killed process (x)" BEHIND,
		"Out of memory: Killed process 5 (x)" BEHIND "x",
		"x Out of memory: Killed process 5 (x)" BEHIND,
		"audit: Out of memory: Killed process 5 (x)" BEHIND,
		"Memory cgroup stats for /Out of memory: Killed process 5 (x)" BEHIND,
		"oom-kill:constr[5]: segfault at 0 ip 0 sp 0 error 4",
		"oom-kill:constraint=", "oom-kill:constraint=CONSTRAINT_MEMCG",
		"oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/,task_memcg=/,task=,pid=,uid=",
		"Tasks in / are going to be killed due to memory.oom.group set",
		"Node 0 DMA free:100kB", "anon 5", "memory: usage 5kB", "", "\\x", "\\x4",
	};
	struct kills kills = { .v = NULL };
	struct kernel_line line = { .sequence = 1 };
	char text[512];
	bool report = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(text, sizeof(text), "%s", lines[i]);
		if (!strchr(lines[i], '\n') || lines[i][strlen(lines[i]) - 1] == '\n')
			text[strcspn(text, "\n")] = '\0';
		line.text = text;
		kills_line(&kills, &line);
		if (kills.n)
			break;
	}
	ok(!kills.n, "no kill by other lines: %s", i < ARRAY_SIZE(lines) ? lines[i] : "");
	kills_free(&kills);
	ok(!kills_need("Node 0 DMA free:100kB", &report) && !kills_need("anon 5", &report) &&
	   kills_need("x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0", &report) &&
	   report &&
	   kills_need("Node 0 DMA free:100kB", &report) && kills_need("anon 5", &report) &&
	   kills_need("CPU: 0 PID: 5 Comm: x", &report) && !kills_need("Call Trace:", &report) &&
	   !kills_need("[    118]     0   118     6604 tail", &report) &&
	   kills_need("Out of memory: Killed process 5 (x) total-vm:1kB", &report) && !report &&
	   !kills_need("CPU: 0 PID: 5 Comm: x", &report), "what is needed of a log");
}

int main(void)
{
	test_cgroup("7.3", STATS_73);
	test_cgroup("6.1", STATS_61);
	test_machine();
	test_scopes();
	test_names();
	test_others();
	return tap_done();
}

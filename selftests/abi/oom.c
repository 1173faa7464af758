// SPDX-License-Identifier: GPL-2.0
/*
 * OOM on purpose, in a cgroup and of the machine: each time the census before it is there,
 * with who was killed.  A kernel without tracepoints says neither whom it kills nor that a
 * cgroup ran out.  OOM_ROUNDS in the environment: how often, 5 by default.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/abi_table.h"
#include "client/client_oom.h"
#include "ko.h"
#include "namespaces.h"
#include "selftest.h"
#include "subject.h"

#define CGROUP		"/sys/fs/cgroup/"
#define LIMITED		CGROUP "limited"
#define MIB		((size_t)1 << 20)
#define SECOND		1000000000ULL

/* Memory of a victim at the census before, and the limit of its cgroup. */
#define HELD		(8 * MIB)
#define LIMIT		(24 * MIB)

static struct ooms ooms;

static unsigned int rounds(void)
{
	const char *text = getenv("OOM_ROUNDS");

	return text ? atoi(text) : 5;
}

#define ASSERT_OOMS(event) do {							\
	ASSERT_EQ(0, ooms_get(event, &ooms))					\
		TH_LOG("no answer: %s", ooms.wrong);				\
	EXPECT_EQ(0, wrong_delays());						\
} while (0)

static uint64_t newest(void)
{
	return ooms.n_events ? ooms.events[0].own.value[MEMCENSUS_OOM_NUMBER] : 0;
}

static uint64_t number_of(const struct oom_numbers *of, unsigned int n)
{
	return of->known >> n & 1 ? of->value[n] : UINT64_MAX;
}

/* What came back is read a second after the last kill: none is earlier, or a minute later. */
static unsigned int wrong_delays(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < ooms.n_events; i++) {
		uint64_t delay = number_of(&ooms.events[i].own, MEMCENSUS_OOM_DELAY_NS);

		if (delay == UINT64_MAX || (delay >= SECOND && delay < 60 * SECOND))
			continue;
		diag("event %llu: a delay of %llu ns",
		     (unsigned long long)number_of(&ooms.events[i].own, MEMCENSUS_OOM_NUMBER),
		     (unsigned long long)delay);
		wrong++;
	}
	return wrong;
}

/* Takes memory until it is killed, in the cgroup @arg unless that is NULL. */
static void eat(void *arg)
{
	const char *dir = arg;

	need(!dir || enter_cgroup(dir), dir);
	eat_memory(HELD, 0);
}

/* Return: whether the OOM killer killed @pid; waits for it. */
static bool was_killed(pid_t pid)
{
	int status = 0;

	return waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
}

/* Whether the kernel says whom it kills, and that a cgroup ran out. */
static bool told;

static void expect_victim(struct __test_metadata *_metadata, const struct oom_victim *victim,
			  uint64_t number, pid_t pid)
{
	EXPECT_EQ(number, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_OOM));
	EXPECT_EQ(pid, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_PID));
	EXPECT_EQ(0, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_UID));
	EXPECT_EQ(1000, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_OOM_SCORE_ADJ));
	EXPECT_EQ(0, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_DYING));
	EXPECT_STREQ("oom", victim->comm);
	/* Counters of an address space may lack pages of each processor. */
	EXPECT_LE(HELD - MIB, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_ANON));
	EXPECT_LE(HELD, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_VSS));
}

/* Expects the newest event to be about @pid, after census @seq, in which it held HELD. */
static void expect_event(struct __test_metadata *_metadata, uint64_t number, unsigned int scope,
			 pid_t pid, uint64_t seq)
{
	const struct oom_event *event = &ooms.events[0];
	uint64_t pss;

	ASSERT_LT(0, ooms.n_events);
	EXPECT_EQ(number, number_of(&event->own, MEMCENSUS_OOM_NUMBER));
	EXPECT_EQ(scope, number_of(&event->own, MEMCENSUS_OOM_SCOPE));
	EXPECT_EQ(seq, number_of(&event->own, MEMCENSUS_OOM_CENSUS));
	EXPECT_LE(number_of(&event->own, MEMCENSUS_OOM_CENSUS_REALTIME_NS),
		  number_of(&event->own, MEMCENSUS_OOM_REALTIME_NS));
	EXPECT_LE(1, ooms.zones);
	EXPECT_LE(1, ooms.nodes);
	EXPECT_EQ(sysconf(_SC_PHYS_PAGES) * PAGE,
		  number_of(&event->bytes, MEMCENSUS_S_TOTAL));
	/* A kill reads nothing that is spread over all processors. */
	EXPECT_EQ(0, ooms.pcps);
	EXPECT_EQ(0, event->bytes.known >> MEMCENSUS_S_COMMITTED & 1);
	EXPECT_EQ(1, ooms.scans);
	EXPECT_EQ(1, ooms.systems);
	EXPECT_EQ(seq, ooms.seq);
	pss = oom_pss_before(&ooms, pid);
	EXPECT_LE(HELD, pss);
	EXPECT_LT(pss, HELD + 4 * MIB);
	if (told) {
		EXPECT_EQ(1, number_of(&event->own, MEMCENSUS_OOM_VICTIMS));
		ASSERT_LT(0, ooms.n_victims);
		expect_victim(_metadata, &ooms.victims[0], number, pid);
	} else {
		EXPECT_EQ(UINT64_MAX, number_of(&event->own, MEMCENSUS_OOM_VICTIMS));
		EXPECT_EQ(0, ooms.n_victims);
	}
}

/* Takes a census of all processes; its number. */
static uint64_t take(struct __test_metadata *_metadata)
{
	const struct census_request all = {};
	struct census_error error = {};
	struct census census;
	uint64_t seq;

	ASSERT_EQ(0, census_take(&all, &census, &error))
		TH_LOG("no census: %s", error.text);
	seq = census.seq;
	census_free(&census);
	return seq;
}

/* Has a process of cgroup @dir killed, after census @seq.  Return: its PID. */
static pid_t kill_in(struct __test_metadata *_metadata, char *dir, uint64_t *seq)
{
	pid_t pid = child_start(eat, dir);

	ASSERT_LT(0, pid);
	*seq = take(_metadata);
	kill(pid, SIGCONT);
	ASSERT_TRUE(was_killed(pid));
	return pid;
}

static pid_t kill_one(struct __test_metadata *_metadata, uint64_t *seq)
{
	return kill_in(_metadata, LIMITED, seq);
}

#define OF(event, name)	number_of(&(event)->own, MEMCENSUS_OOM_##name)

/* Expects the limit of LIMITED to be what the newest event is about, and its charge. */
static void expect_limited(struct __test_metadata *_metadata)
{
	const struct oom_event *event = &ooms.events[0];
	struct stat st;

	ASSERT_EQ(0, stat(LIMITED, &st));
	EXPECT_EQ(st.st_ino, OF(event, CGROUP));
	EXPECT_EQ(LIMIT, OF(event, LIMIT));
	EXPECT_LE(LIMIT - MIB, OF(event, CHARGED));
	EXPECT_GE(LIMIT, OF(event, CHARGED));
	EXPECT_LE(HELD, OF(event, CHARGED_ANON));
	EXPECT_GE(OF(event, CHARGED), OF(event, CHARGED_ANON) + OF(event, CHARGED_FILE) +
		  OF(event, CHARGED_UNEVICTABLE));
}

FIXTURE(oom)
{
	bool cgroup;
	uint64_t before;
};

FIXTURE_SETUP(oom)
{
	told = kernel_has("__traceiter_mark_victim");
	self->cgroup = limit_cgroup(LIMITED, "memory.max", LIMIT) && told;
	ASSERT_OOMS(0);
	self->before = newest();
}

FIXTURE_TEARDOWN(oom)
{
	rmdir(LIMITED);
}

TEST_F_TIMEOUT(oom, in_a_cgroup, 1800)
{
	unsigned int i, before = 0;
	struct stat st;
	uint64_t seq;
	pid_t pid;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	ASSERT_EQ(0, stat(LIMITED, &st));
	for (i = 1; i <= rounds(); i++) {
		pid = kill_one(_metadata, &seq);
		ASSERT_OOMS(0);
		expect_event(_metadata, self->before + i, MEMCENSUS_OOM_SCOPE_CGROUP, pid, seq);
		EXPECT_EQ(st.st_ino, number_of(&ooms.victims[0].own, MEMCENSUS_OOM_VICTIM_CGROUP));
		expect_limited(_metadata);
		EXPECT_STREQ("oom", ooms.events[0].caller);
		EXPECT_EQ(pid, number_of(&ooms.events[0].own, MEMCENSUS_OOM_CALLER_PID));
		EXPECT_GE(MEMCENSUS_OOMS_MAX, ooms.n_events);
		before += ooms.seq == seq;
	}
	diag("oom: %u kills, %u with the census before", rounds(), before);
}

/* The process is in a cgroup below the one with the limit, which has none, or more. */
TEST_F(oom, whose_limit)
{
	static char below[] = LIMITED "/below";
	uint64_t seq;

	if (!self->cgroup || !write_file(LIMITED "/cgroup.subtree_control", "+memory"))
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	ASSERT_EQ(0, mkdir(below, 0700));
	kill_in(_metadata, below, &seq);
	ASSERT_OOMS(0);
	expect_limited(_metadata);
	ASSERT_TRUE(write_file(LIMITED "/below/memory.max", "1G"));
	kill_in(_metadata, below, &seq);
	ASSERT_OOMS(0);
	expect_limited(_metadata);
	ASSERT_EQ(0, rmdir(below));
}

/* What came back is there about a second later: a victim of 16 MiB more, of a busy machine. */
TEST_F(oom, what_came_back)
{
	uint64_t seq, delay;
	unsigned int i;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	kill_one(_metadata, &seq);
	for (i = 0; i < 300; i++) {
		ASSERT_OOMS(0);
		delay = number_of(&ooms.events[0].own, MEMCENSUS_OOM_DELAY_NS);
		if (delay != UINT64_MAX)
			break;
		EXPECT_EQ(0, ooms.events[0].after.known);
		sleep_ms(100);
	}
	EXPECT_LE(SECOND, delay);
	EXPECT_NE(UINT64_MAX, delay);
	EXPECT_EQ(ooms.events[0].bytes.known, ooms.events[0].after.known);
	EXPECT_LT(number_of(&ooms.events[0].after, MEMCENSUS_S_ANON) + HELD,
		  number_of(&ooms.events[0].bytes, MEMCENSUS_S_ANON));
}

#define LOCK_STAT	"/proc/lock_stat"

/* A kernel that counts how long locks are held, as debug-rt-newest, begins anew. */
static void lock_stat_begin(void)
{
	write_file("/proc/sys/kernel/lock_stat", "1");
	write_file(LOCK_STAT, "0");
}

/* Prints how long events_lock was held, in us: the columns behind the eighth. */
static void lock_stat_end(void)
{
	double least, most, all, average;
	char line[512];
	FILE *f = fopen(LOCK_STAT, "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " events_lock: %*s %*s %*s %*s %*s %*s %*s %*s %lf %lf %lf %lf",
			   &least, &most, &all, &average) == 4)
			diag("oom: events_lock was held for %.2f us on average, %.2f at most",
			     average, most);
	if (f)
		fclose(f);
	write_file("/proc/sys/kernel/lock_stat", "0");
}

/* Kills while that of earlier ones is read: ASSERT_OOMS() looks at all delays. */
TEST_F_TIMEOUT(oom, kills_while_it_is_read, 1800)
{
	unsigned int i, j, read = 0;
	pid_t pid;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	lock_stat_begin();
	for (i = 0; i < 2 * rounds(); i++) {
		pid = child_start(eat, LIMITED);
		ASSERT_LT(0, pid);
		kill(pid, SIGCONT);
		ASSERT_TRUE(was_killed(pid));
		ASSERT_OOMS(0);
		for (j = 0; j < ooms.n_events; j++)
			read += !!ooms.events[j].after.known;
	}
	lock_stat_end();
	diag("oom: in %u answers %u events have what came back", i, read);
}

/* A cgroup that is killed as a whole is one event. */
TEST_F(oom, a_whole_cgroup)
{
	pid_t pids[3];
	unsigned int i, j, found;

	if (!self->cgroup || !write_file(LIMITED "/memory.oom.group", "1"))
		SKIP(return, "kernel kills no cgroup as a whole");
	for (i = 0; i < 2; i++) {
		pids[i] = child_start((void (*)(void *))child_stop, NULL);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 0; i < 2; i++) {
		char text[32];

		snprintf(text, sizeof(text), "%d", pids[i]);
		ASSERT_TRUE(write_file(LIMITED "/cgroup.procs", text));
	}
	pids[2] = child_start(eat, LIMITED);
	ASSERT_LT(0, pids[2]);
	take(_metadata);
	kill(pids[2], SIGCONT);
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(was_killed(pids[i]));
	ASSERT_OOMS(0);
	EXPECT_EQ(self->before + 1, newest());
	EXPECT_EQ(3, number_of(&ooms.events[0].own, MEMCENSUS_OOM_VICTIMS));
	for (i = 0; i < 3; i++) {
		for (j = 0, found = 0; j < ooms.n_victims; j++)
			found += number_of(&ooms.victims[j].own, MEMCENSUS_OOM_VICTIM_OOM) ==
				 newest() &&
				 number_of(&ooms.victims[j].own, MEMCENSUS_OOM_VICTIM_PID) ==
				 (uint64_t)pids[i];
		EXPECT_EQ(1, found);
	}
	write_file(LIMITED "/memory.oom.group", "0");
}

/* In the cgroup: holds more than others, then exits, which a tracer holds up. */
static void exit_slowly(void *unused)
{
	need(enter_cgroup(LIMITED), LIMITED);
	need(write_file("/proc/self/oom_score_adj", "1000"), "oom_score_adj");
	write_pages(map_private(PLACE(0), 2 * HELD), 2 * HELD / PAGE);
	need(!ptrace(PTRACE_TRACEME, 0, NULL, NULL), "ptrace");
	child_stop();
	_exit(3);
}

/* The victim of this PID, or NULL. */
static const struct oom_victim *victim_of(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < ooms.n_victims; i++)
		if (number_of(&ooms.victims[i].own, MEMCENSUS_OOM_VICTIM_PID) == (uint64_t)pid)
			return &ooms.victims[i];
	return NULL;
}

/* A process that exits when memory runs out was not killed; one that is chosen after it was. */
TEST_F(oom, was_dying)
{
	const struct oom_victim *victim;
	uint64_t kills, marked;
	pid_t dying, pid;
	unsigned int n;
	int status;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	/* The file exists; an earlier test may have set it. */
	write_file(LIMITED "/memory.oom.group", "0");
	dying = child_start(exit_slowly, NULL);
	ASSERT_LT(0, dying);
	ASSERT_EQ(0, ptrace(PTRACE_SETOPTIONS, dying, NULL, PTRACE_O_TRACEEXIT));
	ASSERT_EQ(0, ptrace(PTRACE_CONT, dying, NULL, NULL));
	ASSERT_EQ(dying, waitpid(dying, &status, 0));
	ASSERT_EQ(SIGTRAP | PTRACE_EVENT_EXIT << 8, status >> 8);
	pid = child_start(eat, LIMITED);
	ASSERT_LT(0, pid);
	kills = vmstat_count("oom_kill");
	kill(pid, SIGCONT);
	ASSERT_TRUE(was_killed(pid));
	kills = vmstat_count("oom_kill") - kills;
	ASSERT_EQ(0, ptrace(PTRACE_CONT, dying, NULL, NULL));
	ASSERT_EQ(dying, waitpid(dying, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	ASSERT_OOMS(0);
	victim = victim_of(dying);
	ASSERT_NE(NULL, victim)
		TH_LOG("the kernel did not choose the process that exits");
	EXPECT_EQ(1, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_DYING));
	EXPECT_LE(2 * HELD - MIB, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_ANON));
	victim = victim_of(pid);
	ASSERT_NE(NULL, victim);
	EXPECT_EQ(0, number_of(&victim->own, MEMCENSUS_OOM_VICTIM_DYING));
	/* The kernel counts as many kills. */
	for (marked = 0, n = 0; n < ooms.n_victims; n++)
		marked += number_of(&ooms.victims[n].own, MEMCENSUS_OOM_VICTIM_OOM) >
			  self->before &&
			  !number_of(&ooms.victims[n].own, MEMCENSUS_OOM_VICTIM_DYING);
	EXPECT_EQ(kills, marked);
}

/* The OOM killer of the machine, called by hand. */
TEST_F_TIMEOUT(oom, called_by_hand, 1800)
{
	unsigned int i, before = 0;
	uint64_t seq;
	pid_t pid;

	for (i = 1; i <= rounds(); i++) {
		pid = child_start(eat, NULL);
		ASSERT_LT(0, pid);
		seq = take(_metadata);
		if (!write_file("/proc/sysrq-trigger", "f")) {
			child_end(pid);
			SKIP(return, "kernel has no sysrq");
		}
		ASSERT_TRUE(was_killed(pid));
		ASSERT_OOMS(0);
		expect_event(_metadata, self->before + i, MEMCENSUS_OOM_SCOPE_MACHINE, pid, seq);
		before += ooms.seq == seq;
	}
	diag("oom: %u kills, %u with the census before", rounds(), before);
}

/* All memory of the machine, most of it by hugetlb, which is quick: no page is written. */
TEST_F(oom, of_the_machine)
{
	uint64_t seq, kib, pool;
	char text[32];
	pid_t pid;

	pool = read_number(huge_pool(HUGE, "nr_hugepages"));
	kib = meminfo_bytes("MemAvailable") >> 10;
	snprintf(text, sizeof(text), "%llu",
		 (unsigned long long)(kib > 128 << 10 ? (kib - (128 << 10)) / (HUGE >> 10) : 0));
	pid = child_start(eat, NULL);
	ASSERT_LT(0, pid);
	seq = take(_metadata);
	write_file(huge_pool(HUGE, "nr_hugepages"), text);
	diag("%llu KiB of %llu are left", (unsigned long long)meminfo_bytes("MemAvailable") >> 10,
	     (unsigned long long)kib);
	kill(pid, SIGCONT);
	EXPECT_TRUE(was_killed(pid));
	snprintf(text, sizeof(text), "%llu", (unsigned long long)pool);
	write_file(huge_pool(HUGE, "nr_hugepages"), text);
	ASSERT_OOMS(0);
	expect_event(_metadata, self->before + 1, MEMCENSUS_OOM_SCOPE_MACHINE, pid, seq);
	/* The zones had hardly any memory. */
	EXPECT_LT(ooms.free, 256 * MIB);
}

/* A number that is not kept is refused. */
TEST_F(oom, unknown_number)
{
	EXPECT_EQ(-EINVAL, ooms_get(self->before + 1000, &ooms));
}

/* Of @number: its event, or NULL; how many victims of it were sent. */
static const struct oom_event *event_of(uint64_t number, unsigned int *victims)
{
	const struct oom_event *found = NULL;
	unsigned int i;

	for (i = 0; i < ooms.n_events; i++)
		if (number_of(&ooms.events[i].own, MEMCENSUS_OOM_NUMBER) == number)
			found = &ooms.events[i];
	for (i = 0, *victims = 0; i < ooms.n_victims; i++)
		*victims += number_of(&ooms.victims[i].own, MEMCENSUS_OOM_VICTIM_OOM) == number;
	return found;
}

#define CHECK(what) do {							\
	if (!(what)) {								\
		diag("in a PID namespace: not so: %s", #what);			\
		return 1;							\
	}									\
} while (0)

#define KNOWN(event, attr)	((event)->own.known >> MEMCENSUS_OOM_##attr & 1)

/* The event of a process outside of the namespace of read_inside(). */
static uint64_t outside;

/* Process 1 of a PID namespace, after event @outside of another one. */
static int read_inside(void)
{
	const struct oom_event *event;
	unsigned int victims;

	CHECK(child_start(eat, LIMITED) == 2);
	CHECK(!kill(2, SIGCONT) && was_killed(2));
	CHECK(!ooms_get(0, &ooms));
	event = event_of(outside, &victims);
	CHECK(event && !victims);
	CHECK(number_of(&event->own, MEMCENSUS_OOM_VICTIMS) == 1);
	CHECK(!KNOWN(event, CALLER_PID) && !KNOWN(event, CALLER_COMM) && !*event->caller);
	event = event_of(outside + 1, &victims);
	CHECK(event && victims == 1);
	CHECK(number_of(&event->own, MEMCENSUS_OOM_CALLER_PID) == 2);
	CHECK(!strcmp("oom", event->caller));
	/* No census was taken in here, so nothing but the event has the number. */
	CHECK(number_of(&ooms.victims[0].own, MEMCENSUS_OOM_VICTIM_PID) == 2);
	CHECK(ooms.n_tasks < 2);
	return 0;
}

/* A reader in a PID namespace learns nothing of processes outside of it but their number. */
TEST_F(oom, in_a_pid_namespace)
{
	unsigned int victims;
	uint64_t seq;
	int status;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	kill_one(_metadata, &seq);
	outside = self->before + 1;
	status = in_namespaces(CLONE_NEWPID, read_inside);
	if (status == NO_NAMESPACES)
		SKIP(return, "kernel has no PID namespaces");
	EXPECT_EQ(0, status);
	/* The initial one sees both. */
	ASSERT_OOMS(0);
	ASSERT_NE(NULL, event_of(self->before + 1, &victims));
	EXPECT_EQ(1, victims);
	ASSERT_NE(NULL, event_of(self->before + 2, &victims));
	EXPECT_EQ(1, victims);
}

/* Any number of kills in cgroups, which users may have at will, leaves that of the machine. */
TEST_F(oom, kept_beside_cgroups)
{
	unsigned int i, machine = 0;
	pid_t pid;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	for (i = 0; i <= MEMCENSUS_OOMS_MAX + 1; i++) {
		pid = child_start(eat, i == 1 ? NULL : LIMITED);
		ASSERT_LT(0, pid);
		if (i != 1)
			kill(pid, SIGCONT);
		else if (!write_file("/proc/sysrq-trigger", "f"))
			SKIP(child_end(pid); return, "kernel has no sysrq");
		ASSERT_TRUE(was_killed(pid));
	}
	ASSERT_OOMS(0);
	EXPECT_EQ(self->before + MEMCENSUS_OOMS_MAX + 2, newest());
	EXPECT_EQ(MEMCENSUS_OOMS_MAX, ooms.n_events);
	for (i = 0; i < ooms.n_events; i++) {
		if (i)
			EXPECT_GT(number_of(&ooms.events[i - 1].own, MEMCENSUS_OOM_NUMBER),
				  number_of(&ooms.events[i].own, MEMCENSUS_OOM_NUMBER));
		if (number_of(&ooms.events[i].own, MEMCENSUS_OOM_SCOPE) ==
		    MEMCENSUS_OOM_SCOPE_MACHINE)
			machine = number_of(&ooms.events[i].own, MEMCENSUS_OOM_NUMBER);
	}
	EXPECT_EQ(self->before + 2, machine);
}

/* A census of some processes, or without processes, is not the one before. */
TEST_F(oom, only_whole_censuses)
{
	const struct census_request zones = { .parts = MEMCENSUS_PART_ZONES };
	struct census census;
	uint64_t seq;
	pid_t pid;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	pid = child_start(eat, LIMITED);
	ASSERT_LT(0, pid);
	seq = take(_metadata);
	ASSERT_CENSUS(pid, &census);
	census_free(&census);
	ASSERT_EQ(0, census_take(&zones, &census, NULL));
	census_free(&census);
	kill(pid, SIGCONT);
	ASSERT_TRUE(was_killed(pid));
	ASSERT_OOMS(0);
	expect_event(_metadata, self->before + 1, MEMCENSUS_OOM_SCOPE_CGROUP, pid, seq);
}

/* Without a census before it, the event has none. */
TEST_F(oom, no_census_before)
{
	pid_t pid;

	if (!self->cgroup)
		SKIP(return, "kernel has no memory cgroups, or does not say whom it kills");
	if (!ko_path())
		SKIP(return, "no file in MEMCENSUS_KO");
	ASSERT_EQ(0, ko_unload_patiently(5000));
	ASSERT_EQ(0, ko_load(""));
	ASSERT_OOMS(0);
	EXPECT_EQ(0, ooms.n_events);
	EXPECT_EQ(0, ooms.zones);
	pid = child_start(eat, LIMITED);
	ASSERT_LT(0, pid);
	kill(pid, SIGCONT);
	ASSERT_TRUE(was_killed(pid));
	ASSERT_OOMS(0);
	ASSERT_EQ(1, ooms.n_events);
	EXPECT_EQ(1, newest());
	EXPECT_EQ(UINT64_MAX, number_of(&ooms.events[0].own, MEMCENSUS_OOM_CENSUS));
	EXPECT_EQ(0, ooms.scans + ooms.n_tasks);
	EXPECT_EQ(pid, number_of(&ooms.victims[0].own, MEMCENSUS_OOM_VICTIM_PID));
}

PROGRAM_OF(OOM)

TEST_HARNESS_MAIN

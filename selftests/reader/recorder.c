// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus record --on-pressure`: it takes censuses while a process stalls at the limit of a
 * cgroup, and no others; it keeps to its budget, and it is locked in memory.  `memcensus -f FILE
 * oom` names the victim and how it grew, also after the recorder was killed, and when all memory
 * of the machine ran out.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

#define CGROUP		"/sys/fs/cgroup/"
#define PRESSED		CGROUP "pressed"
#define RECORD		"/tmp/pressed.record"
#define MIB		((size_t)1 << 20)

/* Where a process that allocates is slowed down. */
#define HIGH		(8 * MIB)

/* Where one is killed; the most bytes of its record. */
#define LIMIT		(24 * MIB)
#define RING		(256 << 10)

/* Under pressure, and for the first census to come, ms. */
#define PRESSURE_TIME	6000
#define PATIENCE	60000

/* Takes memory above HIGH, a page at a time, so that it is always slowed down. */
static void stall(void *arg)
{
	char *at = map_private(PLACE(0), 256 * MIB);
	size_t i;

	(void)arg;
	need(enter_cgroup(PRESSED), PRESSED);
	write_pages(at, HIGH / PAGE);
	child_stop();
	for (i = HIGH / PAGE; i < 256 * MIB / PAGE; i++)
		at[i * PAGE] = 1;
	pause();
}

/* Starts a recorder with @options, words that are separated by blanks. */
static pid_t append_recorder(const char *options)
{
	char *words[16] = { "memcensus", "record", RECORD }, *copy = strdup(options), *save;
	unsigned int n = 3;
	char *word;
	pid_t pid;

	for (word = strtok_r(copy, " ", &save); word && n < 15; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	pid = fork();
	if (!pid) {
		execvp(words[0], words);
		_exit(127);
	}
	free(copy);
	return pid;
}

static pid_t start_recorder(const char *options)
{
	unlink(RECORD);
	return append_recorder(options);
}

/* Whole censuses in the record: chunks of the kind "end", which have no data. */
static unsigned int censuses(void)
{
	unsigned char head[48];
	unsigned int n = 0, len;
	FILE *file = fopen(RECORD, "r");

	while (file && fread(head, sizeof(head), 1, file) == 1) {
		n += head[9] == 4;
		memcpy(&len, head + 12, sizeof(len));
		fseek(file, len, SEEK_CUR);
	}
	if (file)
		fclose(file);
	return n;
}

static bool await_censuses(unsigned int n)
{
	const uint64_t until = now_ms() + PATIENCE;

	while (censuses() < n && now_ms() < until)
		sleep_ms(50);
	return censuses() >= n;
}

/* CPU time of @pid, in seconds. */
static double cpu_of(pid_t pid)
{
	clockid_t clock;
	struct timespec used;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &used))
		return -1;
	return used.tv_sec + used.tv_nsec / 1e9;
}

static bool is_locked(pid_t pid)
{
	char path[64], line[128];
	unsigned long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmLck: %lu", &kib);
	if (file)
		fclose(file);
	return kib;
}

FIXTURE(recorder)
{
	pid_t recorder, stalled;
};

FIXTURE_SETUP(recorder)
{
	if (access("/proc/pressure/memory", R_OK))
		SKIP(return, "kernel has no pressure stall information");
	if (!limit_cgroup(PRESSED, "memory.high", HIGH))
		SKIP(return, "kernel has no memory cgroups");
	self->recorder = -1;
	self->stalled = child_start(stall, NULL);
	ASSERT_LT(0, self->stalled);
}

FIXTURE_TEARDOWN(recorder)
{
	if (self->recorder > 0)
		child_end(self->recorder);
	if (!self->stalled)
		return;
	child_end(self->stalled);
	rmdir(PRESSED);
	unlink(RECORD);
}

static void expect_end(struct __test_metadata *_metadata, pid_t recorder)
{
	int status = 0;

	kill(recorder, SIGINT);
	ASSERT_EQ(recorder, waitpid(recorder, &status, 0));
	EXPECT_EQ(0, status);
}

/* Of the machine and of the cgroup, which is the one that is pressed. */
static void expect_more(struct __test_metadata *_metadata, pid_t *recorder, pid_t stalled,
			const char *options, unsigned int patience)
{
	const uint64_t until = now_ms() + 2 * PATIENCE;
	unsigned int calm;

	*recorder = start_recorder(options);
	ASSERT_TRUE(await_censuses(1));
	sleep_ms(patience);
	calm = censuses();
	sleep_ms(patience / 2);
	EXPECT_EQ(calm, censuses())
		TH_LOG("censuses without pressure");
	/* It locks what the census needed once it has written it. */
	while (!is_locked(*recorder) && now_ms() < until)
		sleep_ms(50);
	EXPECT_TRUE(is_locked(*recorder));
	kill(stalled, SIGCONT);
	EXPECT_TRUE(await_censuses(calm + 3))
		TH_LOG("%u censuses, then %u", calm, censuses());
	diag("%s: %u censuses without pressure, then %u", options, calm, censuses());
	expect_end(_metadata, *recorder);
	*recorder = -1;
	EXPECT_EQ(0, system("memcensus system -J -f " RECORD " >/dev/null"));
}

TEST_F_TIMEOUT(recorder, of_the_machine, 300)
{
	if (!self->stalled)
		return;
	expect_more(_metadata, &self->recorder, self->stalled,
		    "--on-pressure --budget 100% --ring 4M", 0);
}

TEST_F_TIMEOUT(recorder, of_a_cgroup, 300)
{
	if (!self->stalled)
		return;
	/* What was pressure before it started is over. */
	expect_more(_metadata, &self->recorder, self->stalled,
		    "--on-pressure --budget 100% --cgroup /pressed", 4500);
}

/* What is used after the first census is in the budget, but for one census too much. */
TEST_F_TIMEOUT(recorder, within_its_budget, 300)
{
	double first, used, seconds, allowed;
	uint64_t begin;
	unsigned int n;

	if (!self->stalled)
		return;
	self->recorder = start_recorder("--on-pressure --budget 0.1%");
	ASSERT_TRUE(await_censuses(1));
	begin = now_ms();
	first = cpu_of(self->recorder);
	kill(self->stalled, SIGCONT);
	sleep_ms(PRESSURE_TIME);
	used = cpu_of(self->recorder);
	seconds = (now_ms() - begin) / 1e3;
	n = censuses();
	/* A minute's share, what was earned since, and the last census, which costs no more. */
	allowed = 0.001 * (60 + seconds) + first;
	diag("%u censuses in %.1f s: %.0f ms of CPU, %.0f before, %.0f are allowed", n, seconds,
	     1000 * (used - first), 1000 * first, 1000 * allowed);
	EXPECT_LT(0, first);
	EXPECT_LE(used - first, allowed);
	expect_end(_metadata, self->recorder);
	self->recorder = -1;
}

/* The number of the last whole census in the record. */
static uint64_t last_census(void)
{
	unsigned char head[48];
	uint64_t number, last = 0;
	unsigned int len;
	FILE *file = fopen(RECORD, "r");

	while (file && fread(head, sizeof(head), 1, file) == 1) {
		memcpy(&number, head + 16, sizeof(number));
		if (head[9] == 4)
			last = number;
		memcpy(&len, head + 12, sizeof(len));
		fseek(file, len, SEEK_CUR);
	}
	if (file)
		fclose(file);
	return last;
}

/* Waits until the record has census @number. */
static bool await_last(uint64_t number)
{
	const uint64_t until = now_ms() + PATIENCE;

	while (last_census() < number && now_ms() < until)
		sleep_ms(50);
	return last_census() >= number;
}

/* Killed at any time, a full ring has its last censuses, and stays below its size. */
TEST_F_TIMEOUT(recorder, of_a_full_ring, 300)
{
	const uint64_t until = now_ms() + PATIENCE;
	struct stat st;
	int status;

	if (!self->stalled)
		return;
	self->recorder = start_recorder("0.05 -g --ring 64K");
	while (last_census() < 60 && now_ms() < until) {
		sleep_ms(20);
		if (!stat(RECORD, &st))
			EXPECT_GE(64 << 10, st.st_size);
	}
	child_end(self->recorder);
	self->recorder = -1;
	ASSERT_EQ(0, stat(RECORD, &st));
	diag("census %llu of which %u are left, %lld bytes", (unsigned long long)last_census(),
	     censuses(), (long long)st.st_size);
	EXPECT_LE(60, last_census());
	EXPECT_GT(last_census(), censuses());
	EXPECT_LE(2, censuses());
	status = system("memcensus tasks -J -f " RECORD " >/dev/null 2>&1");
	EXPECT_TRUE(WIFEXITED(status) && (!WEXITSTATUS(status) || WEXITSTATUS(status) == 3));
}

/* Takes @grown bytes more than HIGH, stops, and then takes all it gets. */
static void eat_more(size_t grown)
{
	char *at = map_private(PLACE(0), (size_t)1 << 30);
	size_t i;

	need(write_file("/proc/self/oom_score_adj", "1000"), "oom_score_adj");
	no_huge_pages(at, (size_t)1 << 30);
	write_pages(at, HIGH / PAGE);
	child_stop();
	write_pages(at + HIGH, grown / PAGE);
	child_stop();
	for (i = (HIGH + grown) / PAGE; i < ((size_t)1 << 30) / PAGE; i++)
		at[i * PAGE] = 1;
	for (;;)
		write_pages(mmap(NULL, MIB, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MIB / PAGE);
}

static void eat(void *arg)
{
	(void)arg;
	need(enter_cgroup(PRESSED), PRESSED);
	/* The stalled process is in the cgroup too. */
	eat_more(5 * MIB);
}

/* Starts a process that the limit of its cgroup will end, as nothing slows it down before. */
static pid_t start_victim(void)
{
	return limit_cgroup(PRESSED, "memory.high", 256 * MIB) &&
	       limit_cgroup(PRESSED, "memory.max", LIMIT) ? child_start(eat, NULL) : -1;
}

/* A census that began after this call is in the record. */
static bool await_next(void)
{
	return await_last(last_census() + 2);
}

/* Lets @victim grow, waits for a census of that, and then for its end, by the OOM killer. */
static bool grows_and_is_killed(pid_t victim)
{
	int status;

	if (!child_next(victim) || !await_next())
		return false;
	kill(victim, SIGCONT);
	return waitpid(victim, &status, 0) == victim && WIFSIGNALED(status) &&
	       WTERMSIG(status) == SIGKILL;
}

/* What `memcensus -f RECORD oom -J` says; the caller frees.  NULL: it failed. */
static char *said_of_record(void)
{
	FILE *from = popen("memcensus -f " RECORD " oom -J 2>/dev/null", "r");
	char *text = NULL;
	size_t size = 0;
	int status;

	if (getdelim(&text, &size, '\0', from) < 0) {
		free(text);
		text = NULL;
	}
	/* A census that was not complete when the recorder was killed: 3. */
	status = pclose(from);
	if (WIFEXITED(status) && (!WEXITSTATUS(status) || WEXITSTATUS(status) == 3))
		return text;
	free(text);
	return NULL;
}

static unsigned int times(const char *text, const char *word)
{
	unsigned int n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

/* In a list of those who were killed. */
#define KILLED "{\"pid\":%d,\"comm\":"

/* Waits until the record has the event of @victim. */
static bool await_event(pid_t victim)
{
	const uint64_t until = now_ms() + PATIENCE;
	char word[64], *said;
	bool found = false;

	snprintf(word, sizeof(word), KILLED, victim);
	while (!found && now_ms() < until) {
		sleep_ms(100);
		said = said_of_record();
		found = said && times(said, word);
		free(said);
	}
	return found;
}

/*
 * Expects one event, of @victim in @cgroup, which grew by @least bytes or more: on a slow machine
 * the last census before the kill is of a second before it.
 */
static void expect_oom(struct __test_metadata *_metadata, pid_t victim, const char *cgroup,
		       size_t least)
{
	char *said = said_of_record(), word[64], *growth, *at;
	struct stat st;

	ASSERT_NE(NULL, said);
	/* The log may also have kills of other tests. */
	snprintf(word, sizeof(word), KILLED, victim);
	EXPECT_EQ(1, times(said, word))
		TH_LOG("%.3000s", said);
	growth = strstr(said, "\"growth\":{");
	ASSERT_NE(NULL, growth)
		TH_LOG("%.3000s", said);
	snprintf(word, sizeof(word), "{\"pid\":%d,", victim);
	at = strstr(growth, word);
	ASSERT_NE(NULL, at)
		TH_LOG("%.3000s", growth);
	snprintf(word, sizeof(word), "\"cgroup_path\":\"%s\"", cgroup);
	EXPECT_NE(NULL, strstr(at, word));
	at = strstr(at, "\"size\":");
	ASSERT_NE(NULL, at);
	EXPECT_LE((long)least, atol(at + strlen("\"size\":")));
	EXPECT_NE(NULL, strstr(growth, "\"cgroups\":["));
	snprintf(word, sizeof(word), "\"caller_cgroup_path\":\"%s\"", cgroup);
	EXPECT_NE(NULL, strstr(said, word));
	ASSERT_EQ(0, stat(RECORD, &st));
	diag("%lld bytes, %u events", (long long)st.st_size, times(said, "\"scope\":"));
	free(said);
}

/* An OOM kill in a cgroup during a recording; then the recorder is killed, and another starts. */
TEST_F_TIMEOUT(recorder, of_an_oom_kill, 300)
{
	const char *options = "0.2 -g --on-pressure --budget 100% --ring 256K";
	struct stat st;
	pid_t victim;

	if (!self->stalled)
		return;
	victim = start_victim();
	ASSERT_LT(0, victim);
	self->recorder = start_recorder(options);
	ASSERT_TRUE(await_censuses(2));
	ASSERT_TRUE(grows_and_is_killed(victim));
	ASSERT_TRUE(await_event(victim));
	child_end(self->recorder);
	EXPECT_EQ(0, stat(RECORD, &st));
	EXPECT_GE(RING, st.st_size);
	expect_oom(_metadata, victim, "/pressed", 4 * MIB);
	/* What is there remains, and is no second kill, although the log still has it. */
	self->recorder = append_recorder(options);
	EXPECT_TRUE(await_next());
	child_end(self->recorder);
	self->recorder = -1;
	expect_oom(_metadata, victim, "/pressed", 4 * MIB);
}

/* Whether the record has, of the newest kill, what the cgroup was charged after it. */
static bool knows_after(void)
{
	char *said = said_of_record(), *at = said ? strstr(said, "\"figure\":\"charged\"") : NULL;
	bool known;

	at = at ? strstr(at, "\"after\":") : NULL;
	known = at && strncmp(at, "\"after\":null", strlen("\"after\":null"));
	free(said);
	return known;
}

/* Without pressure, and no census is due for ten minutes: the kill is why there are some. */
TEST_F_TIMEOUT(recorder, of_a_kill_between_two_censuses, 300)
{
	const uint64_t until = now_ms() + 2 * PATIENCE;
	pid_t victim;

	if (!self->stalled)
		return;
	victim = start_victim();
	ASSERT_LT(0, victim);
	self->recorder = start_recorder("600 -g --ring 1M --budget 100%");
	ASSERT_TRUE(await_censuses(1));
	ASSERT_TRUE(child_next(victim));
	kill(victim, SIGCONT);
	ASSERT_EQ(victim, waitpid(victim, NULL, 0));
	EXPECT_TRUE(await_event(victim));
	while (!knows_after() && now_ms() < until)
		sleep_ms(100);
	EXPECT_TRUE(knows_after());
	EXPECT_LE(2, censuses());
	expect_end(_metadata, self->recorder);
	self->recorder = -1;
}

/* A cgroup meets its memory.high, and is not killed: its memory.events move, and nothing else. */
TEST_F_TIMEOUT(recorder, of_events_of_a_cgroup, 300)
{
	if (!self->stalled)
		return;
	self->recorder = start_recorder("600 -g --ring 1M --budget 100%");
	ASSERT_TRUE(await_censuses(1));
	sleep_ms(3000);
	EXPECT_EQ(1, censuses());
	kill(self->stalled, SIGCONT);
	EXPECT_TRUE(await_censuses(3));
	expect_end(_metadata, self->recorder);
	self->recorder = -1;
}

/* What is left of the machine for a process to eat, most of the rest is in the pool of hugetlb. */
#define LEFT	(192 * MIB)

static void eat_all(void *arg)
{
	(void)arg;
	eat_more(64 * MIB);
}

/* The growth of figure @name of the system before the newest event, in bytes. */
static long system_growth(const char *said, const char *name)
{
	const char *at = strstr(said, "\"growth\":{");
	char word[64];

	snprintf(word, sizeof(word), "\"%s\":", name);
	at = at ? strstr(at, "\"system\":{") : NULL;
	at = at ? strstr(at, word) : NULL;
	return at ? atol(at + strlen(word)) : 0;
}

/* All memory of the machine: the recorder survives it, and goes on. */
TEST_F_TIMEOUT(recorder, of_a_machine_without_memory, 300)
{
	uint64_t available, pool;
	bool killed;
	char text[32], *said;
	pid_t victim;
	int status;

	if (!self->stalled)
		return;
	victim = child_start(eat_all, NULL);
	ASSERT_LT(0, victim);
	self->recorder = start_recorder("0.2 -g --on-pressure --budget 100% --ring 1M");
	ASSERT_TRUE(await_censuses(2));
	pool = read_number(huge_pool(HUGE, "nr_hugepages"));
	available = meminfo_bytes("MemAvailable");
	snprintf(text, sizeof(text), "%llu",
		 available > LEFT ? (unsigned long long)(available - LEFT) / HUGE : 0);
	write_file(huge_pool(HUGE, "nr_hugepages"), text);
	diag("%llu of %llu MiB are left", (unsigned long long)meminfo_bytes("MemAvailable") / MIB,
	     (unsigned long long)available / MIB);
	killed = grows_and_is_killed(victim);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)pool);
	write_file(huge_pool(HUGE, "nr_hugepages"), text);
	ASSERT_TRUE(killed);
	ASSERT_EQ(0, waitpid(self->recorder, &status, WNOHANG));
	ASSERT_TRUE(await_event(victim));
	EXPECT_TRUE(await_next());
	kill(self->recorder, SIGINT);
	ASSERT_EQ(self->recorder, waitpid(self->recorder, &status, 0));
	self->recorder = -1;
	/* 3: a census was refused, because memory was short. */
	EXPECT_TRUE(WIFEXITED(status) && (!WEXITSTATUS(status) || WEXITSTATUS(status) == 3))
		TH_LOG("status %#x", status);
	expect_oom(_metadata, victim, "/", 32 * MIB);
	said = said_of_record();
	ASSERT_NE(NULL, said);
	EXPECT_LE((long)(32 * MIB), system_growth(said, "anon"));
	EXPECT_GE(-(long)(32 * MIB), system_growth(said, "free"));
	EXPECT_NE(NULL, strstr(said, "\"scope\":\"machine\""));
	free(said);
}

TEST_HARNESS_MAIN

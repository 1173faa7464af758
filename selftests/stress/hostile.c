// SPDX-License-Identifier: GPL-2.0
/*
 * Unprivileged processes that do on purpose what could hurt a census: they replace
 * their leaders by exec while their parents exit, or change their mappings without a
 * pause. The census stays right, and takes at most twice the time that it takes while
 * the same processes are stopped and others compute on all CPUs, plus its budget.
 *
 * HOSTILE_PROCESSES and HOSTILE_SCANS set the size.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "selftest.h"
#include "subject.h"

/* It ends a test that hangs: a busy machine may take many times as long as an idle one. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1800

#define NOBODY	65534
#define EXECS	5

static unsigned int number_of(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

static void become_nobody(void)
{
	need(!setgid(NOBODY) && !setuid(NOBODY), "setuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Executes this program anew in a thread that is not the leader. */
static void *exec_in_thread(void *left)
{
	char name[] = "exec-again";
	char *const argv[] = { name, left, NULL };

	execv("/proc/self/exe", argv);
	_exit(0);
}

static void exec_again(unsigned int left)
{
	char text[16];
	pthread_t id;

	snprintf(text, sizeof(text), "%u", left);
	if (pthread_create(&id, NULL, exec_in_thread, text))
		_exit(0);
	for (;;)
		pause();
}

static void __attribute__((constructor)) executed(int argc, char **argv)
{
	unsigned int left;

	if (argc != 2 || strcmp(argv[0], "exec-again"))
		return;
	left = strtoul(argv[1], NULL, 10);
	if (!left)
		_exit(0);
	exec_again(left - 1);
}

/* The parent of each process that executes exits during that. */
static void execs(void)
{
	struct timespec delay = {};
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		pid = fork();
		if (!pid) {
			if (!fork())
				exec_again(EXECS);
			delay.tv_nsec = rand() % 3000 * 1000L;
			nanosleep(&delay, NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

/* Holds the mmap lock for writing nearly all the time, and often without the CPU. */
static void mprotects(void)
{
	const size_t pages = 512;
	char *at = map_private(PLACE(0), pages * PAGE);

	write_pages(at, pages);
	for (;;) {
		mprotect(at, pages * PAGE, PROT_READ);
		mprotect(at + PAGE, PAGE, PROT_READ | PROT_WRITE);
		mprotect(at, pages * PAGE, PROT_READ | PROT_WRITE);
	}
}

static void sleeps(void)
{
	for (;;)
		pause();
}

/* The host's CPUs are as busy as with processes that change their mappings. */
static void computes(void)
{
	volatile unsigned int n = 0;

	for (;;)
		n++;
}

#define COMPUTING	4

/* @pids: also the process groups of all that they start; those from @nr on sleep */
FIXTURE(hostile)
{
	pid_t *pids;
	pid_t computing[COMPUTING];
	unsigned int nr, all;
};

FIXTURE_VARIANT(hostile)
{
	const char *name;
	void (*body)(void);
	unsigned int processes;
	unsigned int asleep;
};

FIXTURE_VARIANT_ADD(hostile, execs) {
	/* Between the look-up of a process and its record come the records of the others. */
	.name = "execs", .body = execs, .processes = 20, .asleep = 1500,
};

FIXTURE_VARIANT_ADD(hostile, mprotects) {
	.name = "mprotects", .body = mprotects, .processes = 300,
};

FIXTURE_SETUP(hostile)
{
	unsigned int i;

	self->nr = number_of("HOSTILE_PROCESSES", variant->processes);
	self->all = self->nr + variant->asleep;
	self->pids = calloc(self->all, sizeof(*self->pids));
	ASSERT_NE(NULL, self->pids);
	for (i = 0; i < COMPUTING; i++) {
		self->computing[i] = fork();
		if (!self->computing[i]) {
			setpgid(0, 0);
			become_nobody();
			raise(SIGSTOP);
			computes();
		}
		ASSERT_LT(0, self->computing[i]);
		setpgid(self->computing[i], self->computing[i]);
	}
	for (i = self->all; i--;) {
		self->pids[i] = fork();
		if (!self->pids[i]) {
			setpgid(0, 0);
			become_nobody();
			srand(i);
			if (i >= self->nr)
				sleeps();
			variant->body();
		}
		ASSERT_LT(0, self->pids[i]);
		setpgid(self->pids[i], self->pids[i]);
	}
}

static void signal_all(const pid_t *pids, unsigned int nr, int signal)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		kill(-pids[i], signal);
}

FIXTURE_TEARDOWN(hostile)
{
	unsigned int i;

	signal_all(self->computing, COMPUTING, SIGKILL);
	for (i = 0; i < COMPUTING; i++)
		waitpid(self->computing[i], NULL, 0);
	signal_all(self->pids, self->all, SIGKILL);
	for (i = 0; i < self->all; i++)
		waitpid(self->pids[i], NULL, 0);
	free(self->pids);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

#define SCANS_MAX 10000

/**
 * struct times - of several censuses
 * @quarter, @max: wall time of the fastest quarter, which the host does not disturb, and
 *	of the slowest, us
 * @incomplete: sum of busy and partial address spaces
 */
struct times {
	uint64_t quarter, max, incomplete;
};

/* @request: a census of all processes */
static bool take(unsigned int scans, const struct census_request *request, struct times *times)
{
	static uint64_t walls[SCANS_MAX];
	struct census census;
	unsigned int i;
	bool whole;

	*times = (struct times) {};
	for (i = 0; i < scans; i++) {
		if (census_take(request, &census, NULL))
			return false;
		whole = census_is_whole(&census) && !census.scan[MEMCENSUS_SCAN_VIOLATIONS];
		walls[i] = census.scan[MEMCENSUS_SCAN_WALL_NS] / 1000;
		times->incomplete += census.scan[MEMCENSUS_SCAN_BUSY] +
				     census.scan[MEMCENSUS_SCAN_PARTIAL];
		census_free(&census);
		if (!whole)
			return false;
	}
	qsort(walls, scans, sizeof(*walls), compare);
	times->quarter = walls[scans / 4];
	times->max = walls[scans - 1];
	return true;
}

/* The scheduler shares CPUs among runnable tasks; the census is not to wait for its own. */
static void run_first(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
}

TEST_F(hostile, census)
{
	static const struct {
		const char *name;
		struct census_request request;
	} kinds[] = {
		{ "of all", {
				 .parts = MEMCENSUS_PART_TASKS } },
		{ "SHARE", { .share = true, .group_by = MEMCENSUS_BY_COMM } },
	};
	unsigned int scans = number_of("HOSTILE_SCANS", 20), i;
	struct times calm, storm;
	struct census census;
	uint64_t budget;

	ASSERT_GE(SCANS_MAX, scans);
	ASSERT_LT(0, scans);
	sleep_ms(500);
	run_first();
	ASSERT_CENSUS(getpid(), &census);
	budget = census.info.value[MEMCENSUS_INFO_BUSY_BUDGET_NS] / 1000;
	census_free(&census);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].request.share)
			TEST_OF(SHARE);
		ASSERT_TRUE(take(scans, &kinds[i].request, &storm));
		signal_all(self->pids, self->nr, SIGSTOP);
		signal_all(self->computing, COMPUTING, SIGCONT);
		sleep_ms(300);
		ASSERT_TRUE(take(scans, &kinds[i].request, &calm));
		signal_all(self->computing, COMPUTING, SIGSTOP);
		signal_all(self->pids, self->nr, SIGCONT);
		diag("hostile: %u %s, %s: %llu us, at most %llu, %llu busy; stopped: %llu",
		     self->nr, variant->name, kinds[i].name,
		     (unsigned long long)storm.quarter, (unsigned long long)storm.max,
		     (unsigned long long)storm.incomplete,
		     (unsigned long long)calm.quarter);
		EXPECT_LE(storm.quarter, 2 * calm.quarter + budget);
	}
}

TEST_HARNESS_MAIN

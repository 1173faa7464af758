// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus watch -- COMMAND`: the peak of a program and all that it started, where the test
 * knows it; the exit status, signals, orphans.  `memcensus flame -- COMMAND` starts programs in
 * the same way.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "selftest.h"

#define DIR	"/tmp/memcensus-peak"
#define GO	DIR "/go"
#define OUT	DIR "/out"
#define RECORD	DIR "/record"
#define ROLE	"MEMCENSUS_PEAK_ROLE"

#define WORKERS	40
#define EXITS	100
/* Pages of all else, as of the tests' own programs */
#define REST	15000UL

/* Pages that workers share, that each of them has, and that an orphan has */
static const unsigned long shared = 6400, own = 1280, orphan = 1000;

/* How long a plateau lasts, which an interval of 100 ms is to find. */
#define PLATEAU_MS	300

/* Holds still until the test closes its end. */
static void hold(void)
{
	int fd = open(GO, O_RDONLY | O_CLOEXEC);
	char byte;

	need(fd >= 0, GO);
	need(!read(fd, &byte, 1), GO);
}

static void worker(void *arg)
{
	read_pages(PLACE(0), shared);
	write_pages(map_private(PLACE(1), own * PAGE), own);
}

static void start_orphan(void)
{
	int pair[2];
	char byte;
	pid_t pid;

	need(!pipe(pair), "pipe");
	pid = fork();
	if (!pid && fork())
		_exit(0);
	if (!pid) {
		write_pages(map_private(PLACE(2), orphan * PAGE), orphan);
		need(write(pair[1], "", 1) == 1, "pipe");
		for (;;)
			pause();
	}
	need(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
	need(read(pair[0], &byte, 1) == 1, "pipe");
}

/* What the test runs as COMMAND is this program. */
__attribute__((constructor))
static void play(void)
{
	const char *role = getenv(ROLE);
	pid_t workers[WORKERS];
	unsigned int i;

	if (!role)
		return;
	page_size = sysconf(_SC_PAGESIZE);
	unsetenv(ROLE);
	if (!strcmp(role, "plateau")) {
		write_pages(map_private(PLACE(1), shared * PAGE), shared);
		sleep_ms(PLATEAU_MS);
		munmap(PLACE(1), shared * PAGE);
		sleep_ms(PLATEAU_MS);
		_exit(0);
	}
	if (!strcmp(role, "hidden")) {
		write_pages(map_private(PLACE(1), shared * PAGE), shared);
		_exit(0);
	}
	if (!strcmp(role, "leaves")) {
		if (fork())
			_exit(3);
		sleep_ms(PLATEAU_MS);
		write_pages(map_private(PLACE(1), shared * PAGE), shared);
		sleep_ms(PLATEAU_MS);
		_exit(0);
	}
	if (!strcmp(role, "exits")) {
		for (i = 0; i < EXITS; i++) {
			pid_t pid = fork();

			if (!pid)
				_exit(0);
			need(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
			sleep_ms(8);
		}
		_exit(0);
	}
	if (!strcmp(role, "stopped")) {
		raise(SIGSTOP);
		hold();
		_exit(4);
	}
	write_pages(map_shared(PLACE(0), shared * PAGE), shared);
	for (i = 0; i < WORKERS; i++) {
		workers[i] = child_start(worker, NULL);
		need(workers[i] > 0, "worker");
		if (strcmp(role, "turns"))
			continue;
		/* A plateau of one of them is found: it need not be of each. */
		if (i == WORKERS / 2)
			sleep_ms(PLATEAU_MS);
		child_end(workers[i]);
	}
	if (!strcmp(role, "still")) {
		start_orphan();
		hold();
		for (i = 0; i < WORKERS; i++)
			child_end(workers[i]);
	}
	_exit(3);
}

FIXTURE(peak)
{
	char program[256];
	char text[8192];
};

FIXTURE_SETUP(peak)
{
	ssize_t n = readlink("/proc/self/exe", self->program, sizeof(self->program) - 1);

	ASSERT_LT(0, n);
	self->program[n] = '\0';
	mkdir(DIR, 0700);
	/* A test that its time limit ended has left it. */
	unlink(GO);
	ASSERT_EQ(0, mkfifo(GO, 0600));
}

FIXTURE_TEARDOWN(peak)
{
	unlink(GO);
	unlink(OUT);
	unlink(RECORD);
	rmdir(DIR);
}

/* Runs a command of the shell; its exit status, as of a shell. */
static int run(const char *format, ...)
{
	char command[600];
	va_list args;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_out(char *text, size_t size)
{
	FILE *file = fopen(OUT, "r");

	text[0] = '\0';
	if (!file)
		return;
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* The number behind the first @key that follows @after; -1: null, or none. */
static long long number(const char *text, const char *after, const char *key)
{
	const char *at = strstr(text, after);

	at = at ? strstr(at, key) : NULL;
	at = at ? at + strlen(key) : NULL;
	return at && strncmp(at, "null", 4) ? strtoll(at, NULL, 10) : -1;
}

static long long peak_of(const char *text, const char *figure)
{
	char name[40];

	snprintf(name, sizeof(name), "\"figure\":\"%s\"", figure);
	return number(text, name, "\"peak\":");
}

/* The longest time without a sample, ms. */
static long long gap_of(const char *text)
{
	return number(text, "\"run\":", "\"gap_ns\":") / 1000000;
}

/* VmHWM counts pages that are touched in batches, on each processor. */
#define LAG	(256LL * PAGE)

TEST_F(peak, plateau)
{
	ASSERT_EQ(0, run(ROLE "=plateau memcensus watch -J -o " OUT " -- %s", self->program));
	read_out(self->text, sizeof(self->text));
	diag("peak of USS %lld KiB, longest gap %lld ms", peak_of(self->text, "uss") / 1024,
	     gap_of(self->text));
	if (gap_of(self->text) >= PLATEAU_MS)
		SKIP(return, "this machine takes long for a census");
	EXPECT_LE((long long)(shared * PAGE), peak_of(self->text, "uss"));
	EXPECT_GT((long long)(2 * shared * PAGE), peak_of(self->text, "uss"));
	EXPECT_LE(peak_of(self->text, "uss"), number(self->text, "\"run\":", "\"largest_rss\":"));
}

/*
 * The samples as a record: their largest figures are the peaks, which are those of the tree of
 * watch without watch itself.  The record has the test's own tree too, around it, and that has the
 * name of the command's tree.
 */
TEST_F(peak, recorded)
{
	static const char *const kinds[] = { "uss", "rss", "swap" };
	long long most[3], now[3], own, largest[3] = { 0 }, samples, at;
	const char *watch, *command;
	int status;
	size_t k;

	ASSERT_EQ(0, run(ROLE "=plateau memcensus watch --interval 0.05 --record " RECORD
			 " -J -o " OUT " -- %s 2>/dev/null", self->program));
	read_out(self->text, sizeof(self->text));
	samples = number(self->text, "\"run\":", "\"samples\":");
	ASSERT_LT(1, samples);
	for (k = 0; k < 3; k++)
		most[k] = peak_of(self->text, kinds[k]) / 1024;
	for (at = 1; at <= samples; at++) {
		status = run("memcensus -f " RECORD
			     " --at %lld --by tree --raw -H -c name,uss,own_uss,rss,swap >" OUT,
			     at);
		/* 3: the command has ended during this census. */
		ASSERT_TRUE(status == 0 || status == 3);
		read_out(self->text, sizeof(self->text));
		watch = strstr(self->text, "\nmemcensus ");
		ASSERT_NE(NULL, watch);
		command = strstr(watch, "\npeak ");
		ASSERT_NE(NULL, command);
		ASSERT_TRUE(sscanf(watch, " memcensus %lld %lld", &now[0], &own) == 2);
		now[0] -= own;
		ASSERT_TRUE(sscanf(command, " peak %*d %*d %lld %lld", &now[1], &now[2]) == 2);
		diag("census %lld: USS %lld KiB, RSS %lld KiB, swap %lld KiB", at, now[0], now[1],
		     now[2]);
		for (k = 0; k < 3; k++)
			largest[k] = now[k] > largest[k] ? now[k] : largest[k];
	}
	for (k = 0; k < 3; k++)
		EXPECT_EQ(most[k], largest[k]);
}

/* What no census saw: the gap is nearly the whole run, and the largest process is known. */
TEST_F(peak, hidden)
{
	ASSERT_EQ(0, run(ROLE "=hidden memcensus watch --interval 60 -J -o " OUT
			 " -- %s 2>/dev/null", self->program));
	read_out(self->text, sizeof(self->text));
	EXPECT_EQ(0, number(self->text, "\"run\":", "\"samples\":"));
	EXPECT_LE(number(self->text, "\"run\":", "\"wall_ns\":"),
		  number(self->text, "\"run\":", "\"gap_ns\":") + 1000000000);
	EXPECT_LE((long long)(shared * PAGE) - LAG,
		  number(self->text, "\"run\":", "\"largest_rss\":"));
}

/* What the command leaves behind grows after its end: with --wait until it has ended, too. */
TEST_F(peak, left_behind)
{
	ASSERT_EQ(3, run(ROLE "=leaves memcensus watch -J -o " OUT " -- %s", self->program));
	read_out(self->text, sizeof(self->text));
	EXPECT_EQ(1, number(self->text, "\"run\":", "\"left\":"));
	EXPECT_GT((long long)(shared * PAGE), peak_of(self->text, "uss"));
	ASSERT_EQ(3, run(ROLE "=leaves memcensus watch --wait --for 60 -J -o " OUT " -- %s",
			 self->program));
	read_out(self->text, sizeof(self->text));
	EXPECT_EQ(0, number(self->text, "\"run\":", "\"left\":"));
	EXPECT_GT(60000000000, number(self->text, "\"run\":", "\"wall_ns\":"));
	if (gap_of(self->text) >= PLATEAU_MS)
		SKIP(return, "this machine takes long for a census");
	EXPECT_LE((long long)(shared * PAGE), peak_of(self->text, "uss"));
}

/* Many exits: a census is taken at the interval only. */
TEST_F(peak, exits)
{
	long long wall;

	ASSERT_EQ(0, run(ROLE "=exits memcensus watch --interval 0.1 -J -o " OUT " -- %s",
			 self->program));
	read_out(self->text, sizeof(self->text));
	wall = number(self->text, "\"run\":", "\"wall_ns\":");
	diag("%lld samples in %lld ms", number(self->text, "\"run\":", "\"samples\":"),
	     wall / 1000000);
	EXPECT_GE(wall / 100000000, number(self->text, "\"run\":", "\"samples\":"));
}

TEST_F(peak, turns)
{
	ASSERT_EQ(3, run(ROLE "=turns memcensus watch -J -o " OUT " -- %s", self->program));
	read_out(self->text, sizeof(self->text));
	/* One after the other: not all workers, of 30 MiB each. */
	EXPECT_GT((long long)((shared + 3 * own) * PAGE), peak_of(self->text, "uss"));
	if (gap_of(self->text) >= PLATEAU_MS)
		SKIP(return, "this machine takes long for a census");
	EXPECT_LE((long long)((shared + own) * PAGE), peak_of(self->text, "uss"));
	EXPECT_LE((long long)((2 * shared + own) * PAGE), peak_of(self->text, "rss"));
}

static const struct census_group *group_of(const struct census *c, pid_t pid)
{
	size_t i;

	for (i = 0; i < c->n_groups; i++)
		if (c->groups[i].pid == (uint32_t)pid)
			return &c->groups[i];
	return NULL;
}

#define WITHOUT(name) ((long long)(tree->f.value[MEMCENSUS_F_##name] -	\
				   reader->f.value[MEMCENSUS_F_##name]))

/* All at once, and an orphan: to the page what a census has while all of them hold still. */
TEST_F(peak, still)
{
	const struct census_request by_tree = {
		.parts = MEMCENSUS_PART_TASKS, .group_by = MEMCENSUS_BY_TREE };
	const struct census_group *tree;
	const struct census_task *reader;
	struct census census, later;
	uint64_t mine, seq = 0;
	int status, fd;
	pid_t pid;
	size_t i;

	/*
	 * The workers map the same program: what of it this process maps is not theirs alone.  So
	 * it maps all of it now, and not some in a fault that comes between two censuses.
	 */
	ASSERT_EQ(0, mlockall(MCL_CURRENT));
	ASSERT_EQ(0, munlockall());
	ASSERT_TAKEN(&by_tree, &later);
	EXPECT_EQ(NULL, group_of(&later, 1 << 30));
	census_free(&later);
	sleep_ms(1);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		setenv(ROLE, "still", 1);
		execlp("memcensus", "memcensus", "watch", "-J", "-o", OUT, "--", self->program,
		       NULL);
		_exit(99);
	}
	/* There is one who reads: it holds still. */
	while ((fd = open(GO, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		sleep_ms(5);
	ASSERT_TAKEN(&by_tree, &census);
	tree = group_of(&census, pid);
	reader = census_task_of(&census, pid);
	ASSERT_NE(NULL, tree);
	ASSERT_NE(NULL, reader);
	EXPECT_EQ(1 + 1 + WORKERS + 1, tree->mms);
	diag("%d workers: USS %lld KiB, sum of RSS %lld KiB", WORKERS, WITHOUT(USS) / 1024,
	     WITHOUT(RSS) / 1024);
	EXPECT_LE((long long)((shared + orphan) * PAGE), WITHOUT(USS));
	EXPECT_GT((long long)((shared + WORKERS * own + orphan + REST) * PAGE), WITHOUT(USS));
	EXPECT_LE((long long)(WORKERS * shared * PAGE), WITHOUT(RSS));
	/* Until it has taken some since then. */
	for (mine = 1; seq < census.seq + mine + 3; mine++) {
		sleep_ms(20);
		ASSERT_EQ(0, census_take(&by_tree, &later, NULL));
		seq = later.seq;
		census_free(&later);
	}
	close(fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	read_out(self->text, sizeof(self->text));
	EXPECT_EQ(WITHOUT(USS), peak_of(self->text, "uss"));
	EXPECT_EQ(WITHOUT(RSS), peak_of(self->text, "rss"));
	EXPECT_EQ(WITHOUT(SWAP), peak_of(self->text, "swap"));
	/* What it shares with others of the machine may change. */
	EXPECT_LT(llabs(WITHOUT(PSS) - peak_of(self->text, "pss")), 16 * (long long)PAGE);
	EXPECT_EQ(1, number(self->text, "\"run\":", "\"left\":"));
	for (i = 0; i < census.n_tasks; i++)
		if (census.tasks[i].ppid == (uint32_t)pid)
			kill(census.tasks[i].pid, SIGKILL);
	census_free(&census);
}

TEST_F(peak, statuses)
{
	EXPECT_EQ(7, run("memcensus watch -o " OUT " -- sh -c 'exit 7'"));
	EXPECT_EQ(137, run("memcensus watch -o " OUT " -- sh -c 'kill -9 $$'"));
	EXPECT_EQ(127, run("memcensus watch -- no-such-program 2>/dev/null"));
	EXPECT_EQ(126, run("memcensus watch -- /tmp 2>/dev/null"));
	EXPECT_EQ(0, run("memcensus watch --interval 60 -- true 2>" OUT));
	read_out(self->text, sizeof(self->text));
	EXPECT_NE(NULL, strstr(self->text, "no sample"));
}

/* A signal that only the reader gets is passed on. */
TEST_F(peak, signals)
{
	pid_t pid = fork();
	int status, fd;

	ASSERT_LE(0, pid);
	if (!pid) {
		execlp("memcensus", "memcensus", "watch", "-o", OUT, "--", "sh", "-c",
		       "trap 'exit 5' TERM; exec 3<" GO "; while :; do sleep 0.05; done", NULL);
		_exit(99);
	}
	while ((fd = open(GO, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		sleep_ms(5);
	kill(pid, SIGTERM);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(5, WEXITSTATUS(status));
	close(fd);
}

/* Starts watch of this program in @role, in a process group of its own. */
static pid_t start_watch(const char *role, const char *program)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setpgid(0, 0);
	setenv(ROLE, role, 1);
	execlp("memcensus", "memcensus", "watch", "-J", "-o", OUT, "--", program, NULL);
	_exit(99);
}

/* The command, once it is stopped. */
static pid_t wait_stopped(pid_t watch)
{
	char path[64];
	FILE *file;
	int child;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", watch, watch);
	for (;;) {
		child = 0;
		file = fopen(path, "r");
		if (file && fscanf(file, "%d", &child) != 1)
			child = 0;
		if (file)
			fclose(file);
		if (child && process_state(child) == 'T')
			return child;
		sleep_ms(5);
	}
}

/* A command that is stopped has not ended: it is counted until it goes on and ends. */
TEST_F_TIMEOUT(peak, stopped, 300)
{
	pid_t pid = start_watch("stopped", self->program), child;
	struct census census;
	uint64_t mine, first = 0, seq = 0;
	int status, fd;

	ASSERT_LE(0, pid);
	child = wait_stopped(pid);
	for (mine = 0; !mine || seq < first + mine + 3; mine++) {
		sleep_ms(20);
		ASSERT_EQ(0, census_take(&(struct census_request){
			.parts = MEMCENSUS_PART_TASKS, .group_by = MEMCENSUS_BY_TREE }, &census,
			NULL));
		seq = census.seq;
		first = first ? first : seq;
		census_free(&census);
	}
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	kill(child, SIGCONT);
	while ((fd = open(GO, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		sleep_ms(5);
	close(fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(4, WEXITSTATUS(status));
	read_out(self->text, sizeof(self->text));
	EXPECT_LE(2, number(self->text, "\"run\":", "\"samples\":"));
}

/* Ctrl-Z stops the group: both.  fg goes on with both, and the gap says that nobody looked. */
TEST_F_TIMEOUT(peak, suspended, 300)
{
	pid_t pid = start_watch("still", self->program);
	const int suspended_ms = 400;
	int status, fd;

	ASSERT_LE(0, pid);
	while ((fd = open(GO, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		sleep_ms(5);
	kill(-pid, SIGTSTP);
	ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
	EXPECT_TRUE(WIFSTOPPED(status));
	wait_stopped(pid);
	sleep_ms(suspended_ms);
	kill(-pid, SIGCONT);
	close(fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	read_out(self->text, sizeof(self->text));
	EXPECT_LE(suspended_ms, gap_of(self->text));
}

/* Its own picture is for the tests of tools: here it names the command and passes its status. */
TEST(flame)
{
	static const char flame[] =
		"memcensus flame --by faulted -o folded -- sh -c 'exit 7' 2>&1; ";
	char line[256], text[4096];

	snprintf(line, sizeof(line), "cd /tmp; %s echo status $?; cat folded; rm folded", flame);
	EXPECT_EQ(0, command_output(line, text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "following the page faults of sh, 1 process"));
	EXPECT_NE(NULL, strstr(text, "status 7"));
	/* Each page of the program that it touched; the shell of the VMs has no symbols. */
	EXPECT_NE(NULL, strstr(text, "busybox] ")) TH_LOG("%s", text);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus watch -J` on children that grow and end in every way. The kernel's
 * process events give the exit status of other processes; without them only a
 * zombie has it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#define LINE	4096

/* A reader that watches @pid every 0.1 s; the test reads its lines. */
FIXTURE(watch)
{
	pid_t pid;
	FILE *lines;
	char line[LINE];
};

static FILE *start_watch(pid_t pid)
{
	char command[64];

	snprintf(command, sizeof(command), "memcensus watch %d 0.1 -J", pid);
	return popen(command, "r");
}

/* Reads the next line that has @word into @line; false if none comes. */
static bool await_line(FILE *lines, char line[LINE], const char *word)
{
	while (fgets(line, LINE, lines))
		if (strstr(line, word))
			return true;
	return false;
}

/* Does the kernel's configuration have process events? */
static bool has_events(void)
{
	FILE *file = fopen("/proc/net/connector", "r");

	if (file)
		fclose(file);
	return file;
}

/* Steps of the child; the test starts each of them. */
static void walk(void *arg)
{
	char *at;

	(void)arg;
	child_stop();
	at = map_private(PLACE(0), 1000 * PAGE);
	child_stop();
	write_pages(at, 500);
	child_stop();
	munmap(at, 1000 * PAGE);
}

#define TABLES		600

/* One page in each table is touched and given back: the tables stay. */
static void grow_tables(void *arg)
{
	unsigned long i;
	char *at;

	(void)arg;
	at = mmap(PLACE(0), TABLES * HUGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	need(at != MAP_FAILED, "mmap");
	no_huge_pages(at, TABLES * HUGE);
	child_stop();
	for (i = 0; i < TABLES; i++) {
		at[i * HUGE] = 1;
		madvise(at + i * HUGE, PAGE, MADV_DONTNEED);
	}
}

/* Bytes, as a row of JSON says. */
static unsigned long rss_of(const char *line)
{
	const char *rss = strstr(line, "\"rss\":");

	return rss ? strtoul(rss + strlen("\"rss\":"), NULL, 10) : 0;
}

static void wait_for_signal(void *arg)
{
	(void)arg;
}

static void exit_with_seven(void *arg)
{
	(void)arg;
	child_stop();
	_exit(7);
}

static void execute(void *arg)
{
	(void)arg;
	child_stop();
	execlp("sleep", "sleep", "1000", NULL);
}

FIXTURE_SETUP(watch)
{
	self->pid = 0;
	self->lines = NULL;
}

FIXTURE_TEARDOWN(watch)
{
	if (self->pid)
		child_end(self->pid);
	if (self->lines)
		pclose(self->lines);
}

#define START(body) do {						\
	self->pid = child_start(body, NULL);				\
	ASSERT_LT(0, self->pid);					\
	self->lines = start_watch(self->pid);				\
	ASSERT_NE(NULL, self->lines);					\
	ASSERT_TRUE(await_line(self->lines, self->line, "\"growth\":"));	\
} while (0)

#define AWAIT(word)	ASSERT_TRUE(await_line(self->lines, self->line, word))
#define EXPECT_SAYS(text)						\
	EXPECT_NE(NULL, strstr(self->line, text))			\
		TH_LOG("it says %s", self->line)

TEST_F_TIMEOUT(watch, kinds_of_growth, 120)
{
	START(walk);
	ASSERT_TRUE(child_next(self->pid));
	AWAIT("\"growth\":[\"reserved\"");
	ASSERT_TRUE(child_next(self->pid));
	AWAIT("\"touched\"");
	ASSERT_TRUE(child_next(self->pid));
	AWAIT("\"released\"");
}

/* Memory that no page of the process shows. */
TEST_F_TIMEOUT(watch, page_tables, 120)
{
	unsigned long before;

	START(grow_tables);
	before = rss_of(self->line);
	ASSERT_TRUE(child_next(self->pid));
	AWAIT("\"touched\"");
	EXPECT_GT(before + TABLES / 4 * PAGE, rss_of(self->line))
		TH_LOG("it says %s", self->line);
}

TEST_F_TIMEOUT(watch, exit_status, 120)
{
	START(exit_with_seven);
	kill(self->pid, SIGCONT);
	waitpid(self->pid, NULL, 0);
	self->pid = 0;
	AWAIT("\"event\":\"ended\"");
	if (!has_events()) {
		EXPECT_SAYS("\"exit_status\":null");
		SKIP(return, "no process events (CONFIG_PROC_EVENTS)");
	}
	EXPECT_SAYS("\"exit_status\":7,\"signal\":null,\"oom_killed\":false");
}

/* The parent has not waited, so every kernel has the exit status. */
TEST_F_TIMEOUT(watch, zombie, 120)
{
	START(exit_with_seven);
	kill(self->pid, SIGCONT);
	AWAIT("\"event\":\"ended\"");
	EXPECT_SAYS("\"exit_status\":7,\"signal\":null,\"oom_killed\":false");
	/* No process is left to watch, so the reader exits. */
	EXPECT_EQ(NULL, fgets(self->line, LINE, self->lines));
	EXPECT_EQ(0, pclose(self->lines));
	self->lines = NULL;
}

TEST_F_TIMEOUT(watch, signal, 120)
{
	START(wait_for_signal);
	kill(self->pid, SIGKILL);
	AWAIT("\"event\":\"ended\"");
	EXPECT_SAYS("\"exit_status\":null,\"signal\":9,\"oom_killed\":false");
}

TEST_F_TIMEOUT(watch, exec, 120)
{
	START(execute);
	kill(self->pid, SIGCONT);
	/*
	 * exec changes the name well before its event: a census in between shows only
	 * a new name, and the line of exec follows.
	 */
	AWAIT(has_events() ? "\"event\":\"exec\"" : "\"event\":\"renamed\"");
	EXPECT_SAYS("\"comm\":\"sleep\"");
}

/* Watches two processes, one of which continues. */
TEST_F_TIMEOUT(watch, two, 120)
{
	char command[64];
	pid_t other;

	self->pid = child_start(wait_for_signal, NULL);
	other = child_start(wait_for_signal, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_LT(0, other);
	snprintf(command, sizeof(command), "memcensus watch %d,%d 0.1 -J", self->pid, other);
	self->lines = popen(command, "r");
	ASSERT_NE(NULL, self->lines);
	AWAIT("\"growth\":");
	AWAIT("\"growth\":");
	child_end(other);
	AWAIT("\"event\":\"ended\"");
	snprintf(command, sizeof(command), "\"pid\":%d,", other);
	EXPECT_SAYS(command);
	AWAIT("\"growth\":");
	snprintf(command, sizeof(command), "\"pid\":%d,", self->pid);
	EXPECT_SAYS(command);
}

static void eat(void *arg)
{
	(void)arg;
	child_stop();
	write_pages(map_private(PLACE(0), 16384 * PAGE), 16384);
}

#define GROUP	"/tmp/memcensus-watch-cgroup"

/* A cgroup of 16 MiB whose member needs 64. */
TEST_F_TIMEOUT(watch, oom, 120)
{
	char pid[16];

	mkdir(GROUP, 0700);
	if (mount("none", GROUP, "cgroup2", 0, NULL) && errno != EBUSY)
		SKIP(return, "no cgroup2: %s", strerror(errno));
	write_file(GROUP "/cgroup.subtree_control", "+memory");
	mkdir(GROUP "/small", 0700);
	if (!write_file(GROUP "/small/memory.max", "16777216"))
		SKIP(return, "no memory controller");
	write_file(GROUP "/small/memory.swap.max", "0");
	START(eat);
	snprintf(pid, sizeof(pid), "%d", self->pid);
	ASSERT_TRUE(write_file(GROUP "/small/cgroup.procs", pid));
	kill(self->pid, SIGCONT);
	AWAIT("\"event\":\"ended\"");
	EXPECT_SAYS("\"signal\":9,\"oom_killed\":true");
	waitpid(self->pid, NULL, 0);
	self->pid = 0;
	rmdir(GROUP "/small");
	umount(GROUP);
}

TEST_HARNESS_MAIN

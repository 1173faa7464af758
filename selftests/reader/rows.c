// SPDX-License-Identifier: GPL-2.0
/*
 * Rows at an interval of children that grow and end: `memcensus --pid PID INTERVAL` shows what
 * they have, and ends when nothing is left.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

#define LINE	4096
#define RAW	"--raw -H -c pid,vss,anon,comm"
#define PAGE_KIB	(PAGE / 1024)

/* In KiB. */
struct row {
	pid_t pid;
	long vss, anon;
	char comm[64];
};

/* A reader with a row each 0.1 s; the test reads them. */
FIXTURE(rows)
{
	pid_t pid;
	FILE *lines;
	struct row row;
};

static FILE *start_rows(const char *option, pid_t pid)
{
	char command[96];

	snprintf(command, sizeof(command), "memcensus %s %d 0.1 " RAW, option, pid);
	return popen(command, "r");
}

static bool any(const struct row *row, long than)
{
	(void)row;
	(void)than;
	return true;
}

static bool none(const struct row *row, long than)
{
	return !any(row, than);
}

static bool pid_is(const struct row *row, long pid)
{
	return row->pid == pid;
}

static bool vss_is(const struct row *row, long vss)
{
	return row->vss == vss;
}

static bool anon_is(const struct row *row, long anon)
{
	return row->anon == anon;
}

static bool is_sleep(const struct row *row, long unused)
{
	(void)unused;
	return !strcmp(row->comm, "sleep");
}

/* Reads rows until one @is as wanted; false if none comes. */
static bool await_row(FILE *lines, struct row *row, bool (*is)(const struct row *row, long than),
		      long than)
{
	char line[LINE];

	while (fgets(line, LINE, lines))
		if (sscanf(line, "%*s %d %ld %ld %63s", &row->pid, &row->vss, &row->anon,
			   row->comm) == 4 && is(row, than))
			return true;
	return false;
}

static void steps(void (*between)(void))
{
	char *at = map_private(PLACE(0), 1000 * PAGE);

	between();
	write_pages(at, 500);
	between();
	munmap(at, 1000 * PAGE);
}

static void stop_nowhere(void)
{
}

/*
 * Steps of the child; the test starts each of them. What they run maps and copies pages of the
 * program and of libc where it runs for the first time: so it runs once before.
 */
static void walk(void *arg)
{
	(void)arg;
	steps(stop_nowhere);
	child_stop();
	steps(child_stop);
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

FIXTURE_SETUP(rows)
{
	self->pid = 0;
	self->lines = NULL;
}

FIXTURE_TEARDOWN(rows)
{
	if (self->pid)
		child_end(self->pid);
	if (self->lines)
		pclose(self->lines);
}

#define START(body) do {						\
	self->pid = child_start(body, NULL);				\
	ASSERT_LT(0, self->pid);					\
	self->lines = start_rows("--pid", self->pid);			\
	ASSERT_NE(NULL, self->lines);					\
	ASSERT_TRUE(await_row(self->lines, &self->row, any, 0));	\
} while (0)

#define AWAIT(is, than)	ASSERT_TRUE(await_row(self->lines, &self->row, is, than))

/* The rows end, and the reader with them: nothing is left. */
#define EXPECT_END() do {						\
	ASSERT_FALSE(await_row(self->lines, &self->row, none, 0));	\
	EXPECT_EQ(0, pclose(self->lines));				\
	self->lines = NULL;						\
} while (0)

TEST_F_TIMEOUT(rows, growth, 120)
{
	struct row before;

	START(walk);
	before = self->row;
	ASSERT_TRUE(child_next(self->pid));
	AWAIT(vss_is, before.vss + 1000 * PAGE_KIB);
	EXPECT_EQ(before.anon, self->row.anon);
	ASSERT_TRUE(child_next(self->pid));
	AWAIT(anon_is, before.anon + 500 * PAGE_KIB);
	EXPECT_EQ(before.vss + 1000 * PAGE_KIB, self->row.vss);
	ASSERT_TRUE(child_next(self->pid));
	AWAIT(vss_is, before.vss);
	EXPECT_EQ(before.anon, self->row.anon);
}

TEST_F_TIMEOUT(rows, ends, 120)
{
	START(exit_with_seven);
	kill(self->pid, SIGCONT);
	waitpid(self->pid, NULL, 0);
	self->pid = 0;
	EXPECT_END();
}

/* It has no address space any more, though its parent has not waited for it. */
TEST_F_TIMEOUT(rows, zombie, 120)
{
	START(exit_with_seven);
	kill(self->pid, SIGCONT);
	EXPECT_END();
}

TEST_F_TIMEOUT(rows, exec, 120)
{
	START(execute);
	kill(self->pid, SIGCONT);
	AWAIT(is_sleep, 0);
	EXPECT_EQ(self->pid, self->row.pid);
}

/* One of two ends: the other one continues. */
TEST_F_TIMEOUT(rows, two, 120)
{
	char command[96];
	pid_t other;

	self->pid = child_start(wait_for_signal, NULL);
	other = child_start(wait_for_signal, NULL);
	ASSERT_LT(0, self->pid);
	ASSERT_LT(0, other);
	snprintf(command, sizeof(command), "memcensus --pid %d,%d 0.1 " RAW, self->pid, other);
	self->lines = popen(command, "r");
	ASSERT_NE(NULL, self->lines);
	AWAIT(pid_is, self->pid);
	AWAIT(pid_is, other);
	child_end(other);
	/* Of one census that may have begun before, and of two that follow. */
	AWAIT(pid_is, self->pid);
	AWAIT(pid_is, self->pid);
	AWAIT(any, 0);
	EXPECT_EQ(self->pid, self->row.pid);
	AWAIT(any, 0);
	EXPECT_EQ(self->pid, self->row.pid);
	child_end(self->pid);
	self->pid = 0;
	EXPECT_END();
}

TEST_F_TIMEOUT(rows, tree, 120)
{
	self->pid = child_start(wait_for_signal, NULL);
	ASSERT_LT(0, self->pid);
	self->lines = start_rows("--tree", self->pid);
	ASSERT_NE(NULL, self->lines);
	AWAIT(pid_is, self->pid);
	child_end(self->pid);
	self->pid = 0;
	EXPECT_END();
}

TEST_HARNESS_MAIN

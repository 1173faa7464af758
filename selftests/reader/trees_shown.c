// SPDX-License-Identifier: GPL-2.0
/* `memcensus --by tree` and `--tree PID`: a process and its descendants, in each command. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "selftest.h"

#define WORKERS	3
#define RECORD	"/tmp/memcensus-tree-record"

static const unsigned long shared = 200, own = 30;

struct cast {
	volatile pid_t workers[WORKERS];
};

FIXTURE(tree)
{
	struct cast *cast;
	pid_t first;
};

static void worker(void *arg)
{
	write_pages(PLACE(0), shared);
	write_pages(map_private(PLACE(1), own * PAGE), own);
}

static void start_workers(void *arg)
{
	struct cast *cast = arg;
	unsigned int i;

	map_shared(PLACE(0), shared * PAGE);
	for (i = 0; i < WORKERS; i++) {
		cast->workers[i] = child_start(worker, NULL);
		need(cast->workers[i] > 0, "worker");
	}
}

/* Lines that begin with a PID, and the second number of that of @pid. */
struct answer {
	unsigned int rows;
	long value;
	int status;
};

static struct answer ask(pid_t pid, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static struct answer ask(pid_t pid, const char *format, ...)
{
	struct answer answer = { .value = -1 };
	char command[400], line[512];
	va_list args;
	FILE *out;
	long row;
	char *at;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	out = popen(command, "r");
	need(out, command);
	while (fgets(line, sizeof(line), out)) {
		row = strtol(line, &at, 10);
		answer.rows += at != line;
		if (at != line && row == pid)
			answer.value = strtol(at, NULL, 10);
	}
	answer.status = pclose(out);
	if (answer.status)
		diag("%s: status %#x", command, answer.status);
	return answer;
}

FIXTURE_SETUP(tree)
{
	self->cast = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->cast);
	self->first = child_start(start_workers, self->cast);
	ASSERT_LT(0, self->first);
	/*
	 * This process has pages in common with its children until it writes them: what a
	 * question writes, it has written after one.
	 */
	ASSERT_EQ(1, ask(1, "echo 1 1").value);
}

FIXTURE_TEARDOWN(tree)
{
	child_end(self->first);
	unlink(RECORD);
}

#define RAW "--raw -H -c"

TEST_F(tree, by_tree)
{
	struct answer tree = ask(self->first, "memcensus --by tree " RAW " pid,uss");
	struct answer below = ask(self->first, "memcensus --by tree --tree %d " RAW " pid,uss",
				  self->first);
	struct answer sum = ask(WORKERS + 1, "memcensus --tree %d --by all " RAW " mms,uss",
				self->first);
	struct answer one = ask(self->cast->workers[1], "memcensus --by tree " RAW " pid,own_uss");
	struct answer task = ask(self->cast->workers[1], "memcensus " RAW " pid,uss");

	EXPECT_LT(WORKERS + 1, tree.rows);
	EXPECT_EQ(WORKERS + 1, below.rows);
	EXPECT_LE((long)((shared + WORKERS * own) * PAGE), tree.value * 1024);
	EXPECT_GT((long)(WORKERS * (shared + own) * PAGE), tree.value * 1024);
	EXPECT_EQ(tree.value, below.value);
	EXPECT_EQ(tree.value, sum.value);
	EXPECT_EQ(task.value, one.value);
}

TEST_F(tree, by_session)
{
	const pid_t session = getsid(0);
	struct answer all = ask(session, "memcensus --by session " RAW " session,mms");

	if (!session)
		SKIP(return, "the test has no session");
	EXPECT_LE(WORKERS + 2, all.value);
}

TEST_F(tree, selected)
{
	struct answer tasks = ask(self->first, "memcensus --tree %d " RAW " pid,uss", self->first);
	struct answer alone = ask(self->first, "memcensus " RAW " pid,uss");
	struct answer two = ask(self->first, "memcensus --tree %d,%d " RAW " pid,uss",
				self->cast->workers[0], self->cast->workers[1]);

	EXPECT_EQ(WORKERS + 1, tasks.rows);
	EXPECT_EQ(alone.value, tasks.value);
	EXPECT_EQ(2, two.rows);
	EXPECT_EQ(0, ask(0, "memcensus share --if-stopped --tree %d", self->first).status);
	EXPECT_EQ(0, ask(0, "memcensus map --tree %d", self->first).status);
	EXPECT_EQ(WORKERS + 1,
		  ask(self->first, "memcensus --tree %d 0.1 1 " RAW " pid,uss", self->first).rows);
}

TEST_F(tree, recorded)
{
	struct answer live = ask(self->first, "memcensus --by tree " RAW " pid,uss");
	struct answer tasks = ask(self->first, "memcensus --tree %d " RAW " pid,uss", self->first);
	struct answer got;

	ASSERT_EQ(0, ask(0, "memcensus record " RECORD " --tree %d", self->first).status);
	got = ask(self->first, "memcensus -f " RECORD " " RAW " pid,uss");
	EXPECT_EQ(WORKERS + 1, got.rows);
	EXPECT_EQ(tasks.value, got.value);
	unlink(RECORD);
	ASSERT_EQ(0, ask(0, "memcensus record " RECORD " --by tree").status);
	EXPECT_EQ(live.value,
		  ask(self->first, "memcensus -f " RECORD " --by tree " RAW " pid,uss").value);
	got = ask(self->first, "memcensus -f " RECORD " --tree %d " RAW " pid,uss", self->first);
	EXPECT_EQ(WORKERS + 1, got.rows);
	EXPECT_EQ(tasks.value, got.value);
}

TEST_HARNESS_MAIN

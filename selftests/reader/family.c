// SPDX-License-Identifier: GPL-2.0
/*
 * `memcensus share --fork` on a parent and two children that write to known pages: what the
 * family still shares, what that can cost at most, and at what rate it goes.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "selftest.h"

/* Pages that the parent has before it forks. */
static const unsigned long forked = 4000;

/* Pages that the first child writes to, those of the second, and those of both. */
static const unsigned long first = 1000, second = 500, both = 200;

/*
 * Pages of stack and libraries that processes write to when they run, which differ by
 * kernel: at most so many.
 */
#define OTHERS	24

/* PIDs of the children, in memory that is not shared by fork. */
struct cast {
	volatile pid_t children[2];
};

static void child(void *arg)
{
	const unsigned long from = *(unsigned long *)arg ? first - both : 0;
	const unsigned long n = *(unsigned long *)arg ? second : first;

	child_stop();
	write_pages(PLACE(0) + from * PAGE, n);
}

static void parent(void *arg)
{
	struct cast *cast = arg;
	unsigned long i;

	write_pages(map_private(PLACE(0), forked * PAGE), forked);
	for (i = 0; i < 2; i++) {
		cast->children[i] = child_start(child, &i);
		need(cast->children[i] > 0, "child_start");
	}
	child_stop();
	/* Only a parent can wait for its children. */
	for (i = 0; i < 2; i++) {
		need(child_next(cast->children[i]), "child_next");
		child_stop();
	}
}

/* What the reader says of the whole family, in pages; -1: unknown.  All 0: it failed. */
struct said {
	long processes, shared, most;
	double copied, unshared;
};

FIXTURE(family)
{
	struct cast *cast;
	pid_t pid;
};

FIXTURE_SETUP(family)
{
	self->cast = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->cast);
	self->pid = child_start(parent, self->cast);
	ASSERT_LT(0, self->pid);
}

FIXTURE_TEARDOWN(family)
{
	child_end(self->pid);
	munmap(self->cast, PAGE);
}

/* The @nth number of "@key": in @text; false: null. */
static bool number_of(const char *text, const char *key, unsigned int nth, double *number)
{
	char name[64], *end;

	snprintf(name, sizeof(name), "\"%s\":", key);
	do {
		text = strstr(text, name);
		need(text, name);
		text += strlen(name);
	} while (nth--);
	*number = strtod(text, &end);
	return end != text;
}

static long pages_of(const char *text, const char *key)
{
	double bytes;

	return number_of(text, key, 0, &bytes) ? (long)(bytes / PAGE) : -1;
}

/* Pages in the whole interval. */
static double pages_in(const char *text, const char *key, double seconds)
{
	double bytes;

	return number_of(text, key, 0, &bytes) ? bytes * seconds / PAGE : -1;
}

/* Runs the reader.  If @writer is not 0, it continues between the two censuses. */
static void ask(struct said *said, pid_t pid, const char *interval, pid_t writer)
{
	static char text[65536];
	double from, to, n;
	size_t len = 0;
	char word[16];
	int fds[2];
	ssize_t got;
	pid_t reader;
	int status;

	need(!pipe(fds), "pipe");
	snprintf(word, sizeof(word), "%d", pid);
	reader = fork();
	if (!reader) {
		dup2(fds[1], 1);
		close(fds[0]);
		execlp("memcensus", "memcensus", "share", "--fork", word, "--interval", interval,
		       "-J", NULL);
		_exit(127);
	}
	close(fds[1]);
	/* It sleeps only in the interval. */
	if (writer)
		need(child_sleeps(reader) && child_next(writer), "the reader sleeps");
	while ((got = read(fds[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	text[len] = '\0';
	close(fds[0]);
	waitpid(reader, &status, 0);
	*said = (struct said){};
	if (status)
		return;
	number_of(text, "boottime_ns", 0, &from);
	number_of(text, "boottime_ns", 1, &to);
	number_of(text, "processes", 0, &n);
	*said = (struct said){
		.processes = n,
		.shared = pages_of(text, "shared"),
		.most = pages_of(text, "most"),
		.unshared = pages_in(text, "unshared_per_second", (to - from) / 1e9),
		.copied = pages_in(text, "copied_per_second", (to - from) / 1e9),
	};
	diag("%ld processes, %ld pages shared, cost at most %ld; unshared %.1f, copied %.1f",
	     said->processes, said->shared, said->most, said->unshared, said->copied);
}

#define EXPECT_ABOUT(pages, got) do {					\
	EXPECT_LE((long)(pages), (long)(got) + OTHERS);			\
	EXPECT_GE((long)(pages) + OTHERS, (long)(got));			\
} while (0)

/* In each interval one child writes.  A page that one owner is left of is not shared. */
TEST_F(family, known_pages)
{
	struct said before, now;

	ask(&before, self->pid, "0.1", 0);
	EXPECT_EQ(3, before.processes);
	/* Beside them: what the parent has written since the test forked it. */
	EXPECT_LE((long)forked, before.shared);
	EXPECT_GE((long)forked + OTHERS, before.shared);
	EXPECT_EQ(2 * (long)forked, before.most - before.most % 1000);
	EXPECT_EQ(0, (long)before.copied);
	EXPECT_EQ(0, (long)before.unshared);

	ask(&now, self->pid, "3", self->pid);
	EXPECT_ABOUT(first, before.most - now.most);
	EXPECT_ABOUT(first, now.copied);
	EXPECT_ABOUT(0, before.shared - now.shared);
	EXPECT_ABOUT(0, now.unshared);

	before = now;
	ask(&now, self->pid, "3", self->pid);
	EXPECT_ABOUT(second, before.most - now.most);
	EXPECT_ABOUT(second, now.copied);
	EXPECT_ABOUT(both, before.shared - now.shared);
	EXPECT_ABOUT(both, now.unshared);
}

/* Of all processes of a family: what each shares, and its part of the copies, in pages. */
struct columns {
	long shared, most;
};

/* Adds up the rows that `memcensus` prints by @command: lines of JSON. */
static struct columns columns_by(const char *command)
{
	struct columns sum = {};
	char line[4096];
	double bytes;
	FILE *out;

	out = popen(command, "r");
	need(out, command);
	while (fgets(line, sizeof(line), out)) {
		if (!strstr(line, "\"fork_most\":"))
			continue;
		sum.most += number_of(line, "fork_most", 0, &bytes) ? bytes : -(long)PAGE;
		sum.shared += number_of(line, "fork_shared", 0, &bytes) ? bytes : -(long)PAGE;
	}
	pclose(out);
	/* A share is rounded down to bytes, so what it lacks is too much by a byte. */
	return (struct columns){ sum.shared / (long)PAGE, sum.most / (long)PAGE };
}

#define RECORD	"/tmp/memcensus-family.record"

/* The columns of `watch`, by both bases, and of a record are those of the family. */
TEST_F(family, columns)
{
	struct columns counted[3], mapped[3], recorded[3];
	char watch[128], frames[160], record[256];
	unsigned int i;

	snprintf(watch, sizeof(watch), "memcensus watch %d,%d,%d 0.1 1 -J", self->pid,
		 self->cast->children[0], self->cast->children[1]);
	snprintf(frames, sizeof(frames), "%s --basis frames", watch);
	snprintf(record, sizeof(record),
		 "memcensus record " RECORD " && %s -f " RECORD "; rm -f " RECORD, watch);
	for (i = 0; i < 3; i++) {
		if (i)
			ASSERT_TRUE(child_next(self->pid));
		mapped[i] = columns_by(watch);
		counted[i] = columns_by(frames);
		recorded[i] = columns_by(record);
		EXPECT_ABOUT(counted[i].most, recorded[i].most);
		EXPECT_ABOUT(counted[i].shared, recorded[i].shared);
		EXPECT_ABOUT(counted[i].shared, mapped[i].shared);
		diag("%ld pages shared, copies %ld, by map counts %ld and %ld", counted[i].shared,
		     counted[i].most, mapped[i].shared, mapped[i].most);
	}
	EXPECT_LE(3 * (long)forked, counted[0].shared);
	EXPECT_LE(2 * (long)forked, counted[0].most);
	EXPECT_GE(2 * (long)forked + 4 * OTHERS, counted[0].most);
	EXPECT_ABOUT(first, counted[0].shared - counted[1].shared);
	EXPECT_ABOUT(first, counted[0].most - counted[1].most);
	EXPECT_ABOUT(second + both, counted[1].shared - counted[2].shared);
	EXPECT_ABOUT(second, counted[1].most - counted[2].most);
	for (i = 0; i < 3; i++)
		EXPECT_ABOUT(counted[i].most, mapped[i].most);
}

/* A child that ends in the interval: its pages are neither copied nor unmapped by writes. */
TEST_F(family, changes)
{
	struct said now;

	kill(self->cast->children[1], SIGKILL);
	ask(&now, self->pid, "0.1", 0);
	EXPECT_EQ(2, now.processes);
	EXPECT_LE((long)forked, now.most);
	EXPECT_GE((long)forked + 1000, now.most);
	ask(&now, self->cast->children[0], "0.1", 0);
	EXPECT_EQ(0, now.processes);
}

TEST_HARNESS_MAIN

// SPDX-License-Identifier: GPL-2.0
/*
 * fork_shared and fork_most of a parent and two children that write to known pages: what they
 * still share, and what that can cost at most.
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

/* The number of "@key": in @text; false: null. */
static bool number_of(const char *text, const char *key, double *number)
{
	char name[64], *end;

	snprintf(name, sizeof(name), "\"%s\":", key);
	text = strstr(text, name);
	need(text, name);
	text += strlen(name);
	*number = strtod(text, &end);
	return end != text;
}

#define EXPECT_ABOUT(pages, got) do {					\
	EXPECT_LE((long)(pages), (long)(got) + OTHERS);			\
	EXPECT_GE((long)(pages) + OTHERS, (long)(got));			\
} while (0)

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
		sum.most += number_of(line, "fork_most", &bytes) ? bytes : -(long)PAGE;
		sum.shared += number_of(line, "fork_shared", &bytes) ? bytes : -(long)PAGE;
	}
	pclose(out);
	/* A share is rounded down to bytes, so what it lacks is too much by a byte. */
	return (struct columns){ sum.shared / (long)PAGE, sum.most / (long)PAGE };
}

#define RECORD	"/tmp/memcensus-family.record"

/* The columns of `tasks` and of a record are those of the family. */
TEST_F(family, columns)
{
	struct columns counted[3], recorded[3];
	char rows[128], record[256];
	unsigned int i;

	snprintf(rows, sizeof(rows), "memcensus tasks --pid %d,%d,%d -J -c fork_shared,fork_most",
		 self->pid, self->cast->children[0], self->cast->children[1]);
	snprintf(record, sizeof(record),
		 "memcensus record " RECORD " && %s -f " RECORD "; rm -f " RECORD, rows);
	for (i = 0; i < 3; i++) {
		if (i)
			ASSERT_TRUE(child_next(self->pid));
		counted[i] = columns_by(rows);
		recorded[i] = columns_by(record);
		EXPECT_ABOUT(counted[i].most, recorded[i].most);
		EXPECT_ABOUT(counted[i].shared, recorded[i].shared);
		diag("%ld pages shared, copies %ld", counted[i].shared, counted[i].most);
	}
	EXPECT_LE(3 * (long)forked, counted[0].shared);
	EXPECT_LE(2 * (long)forked, counted[0].most);
	EXPECT_GE(2 * (long)forked + 4 * OTHERS, counted[0].most);
	EXPECT_ABOUT(first, counted[0].shared - counted[1].shared);
	EXPECT_ABOUT(first, counted[0].most - counted[1].most);
	EXPECT_ABOUT(second + both, counted[1].shared - counted[2].shared);
	EXPECT_ABOUT(second, counted[1].most - counted[2].most);
}

TEST_HARNESS_MAIN

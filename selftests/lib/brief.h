/* SPDX-License-Identifier: GPL-2.0 */
/* The rows of `memcensus brief -J`, one a line, and what a test expects of them. */
#ifndef _BRIEF_H
#define _BRIEF_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "selftest.h"

#define MIB	1048576UL
#define TEXT	65536

/* What a part of the kernel may take beside the bytes that a fault has. */
#define BESIDE	(2 * MIB)

/**
 * struct expected - a row
 * @rule: its name
 * @who: it contains that; "": the first of the rule
 * @least, @most: bytes, or a number
 */
struct expected {
	const char *rule;
	const char *who;
	uint64_t least;
	uint64_t most;
};

/**
 * struct faults - what a test made, and the rows that it expects for it
 * @pids, @n: processes that hold it
 */
struct faults {
	pid_t pids[24];
	unsigned int n;
	struct expected expected[32];
	unsigned int n_expected;
};

/* What each rule by part of MemTotal sees, with what lower bounds may lack. */
static inline size_t part(void)
{
	const size_t percent = meminfo_bytes("MemTotal") / 100 / MIB * MIB + MIB;

	return (percent < 16 * MIB ? 16 * MIB : percent) + BESIDE;
}

/* Runs @body(@arg) in a process that stops, and is kept until faults_end(). */
static inline void start(struct faults *faults, void (*body)(void *arg), void *arg)
{
	const pid_t pid = child_start(body, arg);

	need(pid > 0, "child_start");
	faults->pids[faults->n++] = pid;
}

/* Runs @body, which ends at its stop, or before it. */
static inline void run_child(void (*body)(void *arg), void *arg)
{
	const pid_t pid = child_start(body, arg);

	need(pid > 0, "child_start");
	child_end(pid);
}

static inline void faults_end(struct faults *faults)
{
	unsigned int i;

	for (i = 0; i < faults->n; i++)
		child_end(faults->pids[i]);
}

static inline void expect(struct faults *faults, const char *rule, const char *who,
			  uint64_t least, uint64_t beside)
{
	faults->expected[faults->n_expected++] =
		(struct expected){ rule, who, least, least + beside };
}

/* Makes the file @name with @bytes, whole MiB.  Returns it, open. */
static inline int fill_file(const char *name, size_t bytes)
{
	static char block[MIB];
	const int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	size_t i;

	need(fd >= 0, name);
	for (i = 0; i < bytes; i += sizeof(block))
		need(write(fd, block, sizeof(block)) == (ssize_t)sizeof(block), name);
	return fd;
}

/* Runs the reader, and returns its status. */
static inline int run_brief(const char *arguments, char *text)
{
	char command[128];

	snprintf(command, sizeof(command), "memcensus brief %s", arguments);
	return WEXITSTATUS(command_output(command, text, TEXT));
}

/* The line of a row of JSON; "": there is none. */
static inline const char *find_row(const char *text, const struct expected *expected)
{
	static char line[4096];
	char rule[64];

	snprintf(rule, sizeof(rule), "\"rule\":\"%s\"", expected->rule);
	while (*text) {
		const size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (strstr(line, rule) && strstr(line, expected->who))
			return line;
		text += len + !!text[len];
	}
	return "";
}

static inline uint64_t figure_of(const char *row)
{
	static const char *const members[] = { "\"bytes\":", "\"number\":", "\"percent\":" };
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const char *at = strstr(row, members[i]);

		if (at && strncmp(at + strlen(members[i]), "null", 4))
			return strtoull(at + strlen(members[i]), NULL, 10);
	}
	return 0;
}

static inline void expect_rows(struct __test_metadata *_metadata, const char *text,
			       const struct expected *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const char *row = find_row(text, &rows[i]);

		EXPECT_LE(rows[i].least, figure_of(row))
			TH_LOG("%s of %s: %s", rows[i].rule, rows[i].who, row);
		EXPECT_GE(rows[i].most, figure_of(row))
			TH_LOG("%s of %s: %s", rows[i].rule, rows[i].who, row);
	}
}

#endif /* _BRIEF_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * What a user without privileges calls its commands and its cgroups chooses no line of the metrics:
 * each line is one of the text format, and each of its cgroups has its own.
 */
#include <errno.h>
#include <grp.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

#define NOBODY	65534
#define ROOT	"/sys/fs/cgroup"
/* A tree that a user may change, as systemd delegates one. */
#define OWN	"/delegated"
#define FILE_OF	"/tmp/names.prom"

/* The directory of a cgroup may have all of these but the last two. */
static const char *const names[] = {
	"\"", "\\", "x\"} 1", "a\"} 1 #", "\\n", "\\\"", "# TYPE x gauge", "\xff\xfe", "\xc3",
	"\xed\xa0\x80", "\r", "\t", "\x1b[2J", "\x7f", "\xe2\x80\xa8", "{", "}", ",", "=", " ",
	"(others)", "\\xff", "-", "#", "$(id)", "`id`", "\n# EOF", "a\"} 1\nx{a=\"",
};

#define NAMES		ARRAY_SIZE(names)
#define DIRECTORIES	(NAMES - 2)

/* A name of a metric, labels with escaped values, a number. */
#define LABEL	"[a-z_]+=\"([^\"\\\\]|\\\\[\"\\\\n])*\""
#define LINE	"^[a-z_]+([{]" LABEL "(," LABEL ")*[}])? ([0-9.e+-]+|NaN)$"
#define COMMENT	"^# (HELP|TYPE) memcensus_[a-z_]+ "

static pid_t *pids;

/* In a cgroup of this name that it makes, if there may be one. */
static void be_called(void *arg)
{
	const size_t i = *(const size_t *)arg;
	char path[128];

	if (i < DIRECTORIES) {
		snprintf(path, sizeof(path), ROOT OWN "/%s", names[i]);
		need(!mkdir(path, 0755) && enter_cgroup(path), path);
	}
	need(!prctl(PR_SET_NAME, names[i]), "PR_SET_NAME");
	write_pages(map_private(PLACE(0), 16 * PAGE), 16);
}

static void be_user(void *arg)
{
	size_t i;

	need(enter_cgroup(ROOT OWN), OWN);
	need(!setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	     !setresuid(NOBODY, NOBODY, NOBODY) && !prctl(PR_SET_PDEATHSIG, SIGKILL), "setresuid");
	for (i = 0; i < NAMES; i++) {
		pids[i] = child_start(be_called, &i);
		need(pids[i] > 0, names[i]);
	}
}

FIXTURE(names)
{
	pid_t user;
};

FIXTURE_SETUP(names)
{
	pids = (pid_t *)map_shared(PLACE(50), PAGE);
	mkdir(ROOT OWN, 0755);
	ASSERT_EQ(0, chown(ROOT OWN, NOBODY, NOBODY));
	ASSERT_EQ(0, chown(ROOT OWN "/cgroup.procs", NOBODY, NOBODY));
	self->user = child_start(be_user, NULL);
	ASSERT_LT(0, self->user);
}

FIXTURE_TEARDOWN(names)
{
	char path[128];
	size_t i;
	int n;

	/* Its children die with it. */
	child_end(self->user);
	for (i = 0; i < DIRECTORIES; i++) {
		snprintf(path, sizeof(path), ROOT OWN "/%s", names[i]);
		for (n = 0; rmdir(path) && errno == EBUSY && n < 1000; n++)
			sleep_ms(10);
	}
	EXPECT_EQ(0, rmdir(ROOT OWN));
	unlink(FILE_OF);
}

TEST_F(names, metrics)
{
	static const char of_process[] = "memcensus_process_uss_bytes{pid=\"";
	static const char of_cgroup[] = "memcensus_cgroup_uss_bytes{cgroup=\"";
	size_t lines = 0, processes = 0, groups = 0, i;
	regex_t line, comment;
	char text[4096];
	FILE *file;
	pid_t pid;

	ASSERT_EQ(0, regcomp(&line, LINE, REG_EXTENDED | REG_NOSUB));
	ASSERT_EQ(0, regcomp(&comment, COMMENT, REG_EXTENDED | REG_NOSUB));
	ASSERT_EQ(0, system("memcensus export --top 0 -o " FILE_OF));
	file = fopen(FILE_OF, "re");
	ASSERT_NE(NULL, file);
	while (fgets(text, sizeof(text), file)) {
		lines++;
		text[strcspn(text, "\n")] = '\0';
		EXPECT_TRUE(!regexec(&comment, text, 0, NULL, 0) ||
			    !regexec(&line, text, 0, NULL, 0))
			TH_LOG("line %zu: %s", lines, text);
		groups += !strncmp(text, of_cgroup, strlen(of_cgroup)) && strstr(text, OWN "/");
		if (strncmp(text, of_process, strlen(of_process)))
			continue;
		pid = atoi(text + strlen(of_process));
		for (i = 0; i < NAMES; i++)
			processes += pid == pids[i];
	}
	fclose(file);
	EXPECT_LT(100, lines);
	EXPECT_EQ(NAMES, processes);
	EXPECT_EQ(DIRECTORIES, groups);
	regfree(&line);
	regfree(&comment);
}

TEST_HARNESS_MAIN

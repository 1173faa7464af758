// SPDX-License-Identifier: GPL-2.0
/*
 * The reader where /proc is not mounted, as in a chroot: the module needs none of it, the programs
 * of the reader are found, and one line says what is missing.
 */
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "selftest.h"

#define SAID	"/tmp/without-proc"

static int status_of(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs the reader with @words; what it prints is in SAID. */
static int reader(const char *words)
{
	char command[256];

	snprintf(command, sizeof(command), "memcensus %s >" SAID " 2>&1", words);
	return status_of(command);
}

#define EXPECT_SAID(status, pattern)					\
	EXPECT_EQ(status, status_of("grep -q '" pattern "' " SAID)) TH_LOG(pattern)

TEST(without_proc)
{
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, umount2("/proc", MNT_DETACH));
	ASSERT_NE(0, access("/proc/self", F_OK));

	EXPECT_EQ(0, reader("-H -c pid,pss,cmdline --raw"));
	EXPECT_SAID(0, "^1 [1-9][0-9]* -$");
	EXPECT_SAID(0, "/proc is not mounted");
	EXPECT_EQ(0, reader("system"));
	EXPECT_SAID(0, "^total *[1-9]");
	EXPECT_SAID(1, "^vmalloc *0");
	EXPECT_EQ(0, reader("export"));
	EXPECT_SAID(0, "^memcensus_command_pss_bytes{.*} [1-9]");
	EXPECT_SAID(1, "not installed");
	EXPECT_EQ(3, reader("share --if-stopped 1"));
	EXPECT_SAID(0, "^threads *-");
	EXPECT_SAID(0, "^pipes *-");
	EXPECT_SAID(1, "gone during");
	reader("flame 1 --for 1");
	EXPECT_SAID(1, "no such process");
	unlink(SAID);
}

TEST_HARNESS_MAIN

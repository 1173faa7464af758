// SPDX-License-Identifier: GPL-2.0
/*
 * The reader without stdin, stdout or stderr: the sockets and files that it opens do not get
 * their numbers, so no table goes to the kernel and no message into a file.
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "selftest.h"

static int status_of(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(no_stdout)
{
	EXPECT_EQ(1, status_of("memcensus >&-"));
	EXPECT_EQ(1, status_of("memcensus -J <&- >&-"));
	EXPECT_EQ(1, status_of("memcensus physical >&- 2>&-"));
}

/* Each census says on stderr how many kernel threads have no address space. */
TEST(no_stderr)
{
	EXPECT_EQ(0, status_of("memcensus export -o /tmp/closed 2>&-"));
	EXPECT_EQ(0, status_of("head -n 1 /tmp/closed | grep '^# HELP'"));
	EXPECT_EQ(0, status_of("memcensus -o /tmp/closed 2>&-"));
	EXPECT_EQ(1, status_of("grep memcensus: /tmp/closed"));
	unlink("/tmp/closed");
}

TEST_HARNESS_MAIN

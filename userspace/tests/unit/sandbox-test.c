// SPDX-License-Identifier: GPL-2.0
/* What a child that parses hostile input can do: it ends with its parent, and reaches no other. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "tap.h"
#include "tools/flame/sandbox.h"

#define NOBODY	65534

/* Another process of the user of the child. */
static pid_t other;

/* Says that it runs, and reads no end of its socket. */
static void spin(int socket)
{
	sandbox_send(socket, "", 1, -1);
	for (;;)
		;
}

/* Error numbers of what it tries. */
static void reach(int socket)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit had;
	int tried[] = {
		prlimit(other, RLIMIT_CPU, &none, NULL) ? errno : 0,
		prlimit(other, RLIMIT_CPU, NULL, &had) ? errno : 0,
		fcntl(socket, F_SETOWN, other) ? errno : 0,
		kill(other, SIGKILL) ? errno : 0,
		getrlimit(RLIMIT_NOFILE, &had) ? errno : 0,
		fcntl(socket, F_GETFL) < 0 ? errno : 0,
	};

	sandbox_send(socket, tried, sizeof(tried), -1);
}

static pid_t start_other(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (!geteuid() && (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)))
		_exit(1);
	for (;;)
		pause();
}

static void test_reach(void)
{
	struct sandbox sandbox;
	struct failure why;
	int tried[6] = { 0 };

	other = start_other();
	ok(!sandbox_start(&sandbox, reach, 0, &why) &&
	   sandbox_receive(sandbox.socket, tried, sizeof(tried), NULL) == sizeof(tried),
	   "a child that tries what it may not");
	sandbox_end(&sandbox);
	ok(tried[0] == EPERM && tried[1] == EPERM, "limits of another process of its user (%d %d)",
	   tried[0], tried[1]);
	ok(tried[2] == EPERM && tried[3] == EPERM, "signals to it (%d %d)", tried[2], tried[3]);
	ok(!tried[4] && !tried[5], "and its own limits and descriptors, which it may (%d %d)",
	   tried[4], tried[5]);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
}

/* A user that has a capability, as by a unit of systemd. */
static bool become_capable(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

	sets[0].permitted = 1U << CAP_SYS_PTRACE;
	sets[0].effective = sets[0].permitted;
	return !prctl(PR_SET_KEEPCAPS, 1) && !setresuid(NOBODY, NOBODY, NOBODY) &&
	       !syscall(SYS_capset, &header, sets);
}

/* Number @key of the status of @pid; -1: not found. */
static long long status_of(pid_t pid, const char *key)
{
	char path[32], line[256];
	long long number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)))
			number = strtoll(line + strlen(key), NULL, 16);
	if (file)
		fclose(file);
	return number;
}

static void test_capabilities(void)
{
	struct sandbox sandbox;
	struct failure why;
	int status = 1;
	pid_t pid;
	char said;

	if (geteuid()) {
		ok(true, "capabilities # SKIP needs root");
		return;
	}
	pid = fork();
	if (!pid) {
		if (!become_capable() || sandbox_start(&sandbox, spin, 0, &why) ||
		    sandbox_receive(sandbox.socket, &said, 1, NULL) != 1)
			_exit(2);
		status = status_of(getpid(), "CapPrm:") != 1 << CAP_SYS_PTRACE ||
			 status_of(sandbox.pid, "CapPrm:") || status_of(sandbox.pid, "CapEff:");
		sandbox_end(&sandbox);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	ok(!status, "the child of a user with a capability has none (%#x)", status);
}

static void test_orphan(void)
{
	pid_t parent, child = 0;
	struct sandbox sandbox;
	struct failure why;
	int status = 0;
	int pair[2];
	char said;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || pipe(pair))
		abort();
	parent = fork();
	if (!parent) {
		if (!sandbox_start(&sandbox, spin, 20, &why) &&
		    sandbox_receive(sandbox.socket, &said, 1, NULL) == 1 &&
		    write(pair[1], &sandbox.pid, sizeof(sandbox.pid)) < 0)
			abort();
		_exit(0);
	}
	close(pair[1]);
	ok(read(pair[0], &child, sizeof(child)) == sizeof(child) && child > 0,
	   "a child whose parent ends");
	close(pair[0]);
	waitpid(parent, NULL, 0);
	/* Else its limit ends it, after this test. */
	alarm(10);
	waitpid(child, &status, 0);
	alarm(0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "is killed (%#x)", status);
}

int main(void)
{
	test_reach();
	test_capabilities();
	test_orphan();
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespaces.h"

/* Runs @body in a child: process 1, if @flags create a PID namespace.  Return: its result. */
int in_namespaces(int flags, int (*body)(void))
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (unshare(flags))
			_exit(NO_NAMESPACES);
		pid = fork();
		if (!pid)
			_exit(body());
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 99);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

// SPDX-License-Identifier: GPL-2.0
/* A child that reads for a time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/signals.h"
#include "os/bounded.h"

bool bounded_start(struct bounded *child, int (*run)(void *context, int to), void *context)
{
	int ends[2], err;

	*child = (struct bounded){ .from = -1 };
	if (pipe2(ends, O_CLOEXEC))
		return false;
	child->pid = fork();
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Else a write would not fail when this process has ended. */
		close(ends[0]);
		_exit(run(context, ends[1]));
	}
	err = errno;
	close(ends[1]);
	child->from = ends[0];
	if (child->pid > 0)
		return true;
	close(ends[0]);
	errno = err;
	return false;
}

ssize_t bounded_read(struct bounded *child, void *buffer, size_t size, uint64_t deadline)
{
	struct pollfd ready = { .fd = child->from, .events = POLLIN };
	uint64_t now;
	ssize_t got;
	int n = -1;

	do {
		now = signals_now();
		if (now >= deadline)
			return -1;
		n = poll(&ready, 1, (int)((deadline - now) / 1000000) + 1);
	} while (n < 0 && errno == EINTR);
	got = n > 0 ? read(child->from, buffer, size) : -1;
	child->ended |= !got;
	return got;
}

int bounded_end(struct bounded *child)
{
	int status = 0;

	if (!child->ended)
		kill(child->pid, SIGKILL);
	/* One that the kernel does not let go yet is reaped by init. */
	waitpid(child->pid, &status, child->ended ? 0 : WNOHANG);
	close(child->from);
	return child->ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

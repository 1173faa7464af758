// SPDX-License-Identifier: GPL-2.0
/* Runs memcensus-flame beside leak. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command-names.h"
#include "tools/leak/stacks.h"

#define LOOK_SIZE	32

/* The table of flame has the look of that of leak, and its width, which a pipe does not have. */
static void set_look(char *look, const struct options *options, size_t columns)
{
	const char *units = options->suffixes ? "k" : options->bytes ? "b" : "";

	snprintf(look, LOOK_SIZE, "%s%s%s%zu", units, options->no_header ? "H" : "",
		 options->raw ? "r" : "", options->raw ? 0 : columns);
}

int leak_stacks_begin(struct leak_stacks *stacks, const struct options *options,
		      const char *call_graph, size_t columns, struct failure *why)
{
	char path[TOOL_PATH_SIZE], pid[16], look[LOOK_SIZE];
	char *const argv[] = {
		path, "flame", pid, "--table", look,
		call_graph ? "--call-graph" : NULL, (char *)call_graph, NULL
	};
	int fds[2];

	if (tool_path("flame", path, why))
		return -1;
	snprintf(pid, sizeof(pid), "%" PRIu64, options->pids[0]);
	set_look(look, options, columns);
	if (pipe2(fds, O_CLOEXEC))
		return fail(why, FAIL_SYSTEM, "no pipe for stacks: %s", strerror(errno));
	stacks->fd = fds[0];
	stacks->pid = fork();
	if (!stacks->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fds[1], STDOUT_FILENO);
		execv(path, argv);
		_exit(EXIT_FAILURE);
	}
	close(fds[1]);
	if (stacks->pid > 0)
		return 0;
	stacks->pid = 0;
	close(stacks->fd);
	return fail(why, FAIL_SYSTEM, "cannot start '%.200s': %s", path, strerror(errno));
}

int leak_stacks_end(struct leak_stacks *stacks, FILE *out, struct failure *why)
{
	char text[4096];
	ssize_t size;
	int status = -1;

	kill(stacks->pid, SIGINT);
	while ((size = read(stacks->fd, text, sizeof(text))) > 0 || (size < 0 && errno == EINTR))
		if (size > 0)
			fwrite(text, 1, (size_t)size, out);
	close(stacks->fd);
	TEMP_FAILURE_RETRY(waitpid(stacks->pid, &status, 0));
	stacks->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return fail(why, FAIL_SYSTEM, "no stacks: the line before says why");
}

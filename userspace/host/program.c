// SPDX-License-Identifier: GPL-2.0
/* Starts programs, held before their exec. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/program.h"

/* The child: waits for the byte, then becomes the program. */
__attribute__((noreturn))
static void become(char **words, int go, int failed)
{
	char byte;
	int error;

	if (read(go, &byte, 1) == 1) {
		execvp(words[0], words);
		error = errno;
		if (write(failed, &error, sizeof(error)) != sizeof(error))
			_exit(PROGRAM_NOT_FOUND);
	}
	_exit(PROGRAM_NOT_FOUND);
}

int program_hold(struct program *program, char **words, struct failure *why)
{
	int go[2], failed[2];

	if (pipe2(go, O_CLOEXEC))
		return fail(why, FAIL_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(failed, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return fail(why, FAIL_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	}
	program->pid = fork();
	if (!program->pid) {
		close(go[1]);
		close(failed[0]);
		become(words, go[0], failed[1]);
	}
	close(go[0]);
	close(failed[1]);
	program->go = go[1];
	program->failed = failed[0];
	if (program->pid > 0)
		return 0;
	program->pid = 0;
	close(go[1]);
	close(failed[0]);
	return fail(why, FAIL_SYSTEM, "cannot start a process: %s", strerror(errno));
}

void program_go(struct program *program)
{
	/* Where it has ended already, program_check() sees it. */
	if (write(program->go, "", 1) < 0)
		errno = 0;
	close(program->go);
	program->go = -1;
}

int program_check(struct program *program, const char *word, int wait_ms, struct failure *why)
{
	struct pollfd wait = { .fd = program->failed, .events = POLLIN };
	int error = 0, n;

	/* Its exec closes the pipe. */
	do {
		n = poll(&wait, 1, wait_ms);
	} while (n < 0 && errno == EINTR);
	if (n <= 0 || read(program->failed, &error, sizeof(error)) != sizeof(error))
		return 0;
	fail(why, FAIL_SYSTEM, "cannot run '%.200s': %s", word, strerror(error));
	return error == ENOENT ? PROGRAM_NOT_FOUND : PROGRAM_NOT_EXECUTABLE;
}

void program_drop(struct program *program)
{
	if (program->pid)
		close(program->failed);
	if (!program->pid || program->go < 0)
		return;
	close(program->go);
	program->go = -1;
	while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
		;
	program->pid = 0;
}

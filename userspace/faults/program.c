// SPDX-License-Identifier: GPL-2.0
/* Starts programs, held before their exec. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults/program.h"

/* The child: waits for the byte, then becomes the program. */
__attribute__((noreturn))
static void become(char **words, int socket)
{
	char byte;
	int error;

	if (read(socket, &byte, 1) == 1) {
		execvp(words[0], words);
		error = errno;
		send(socket, &error, sizeof(error), MSG_NOSIGNAL);
	}
	_exit(PROGRAM_NOT_FOUND);
}

int program_hold(struct program *program, char **words, struct failure *why)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return fail(why, FAIL_SYSTEM, "cannot talk to a child: %s", strerror(errno));
	program->pid = fork();
	if (!program->pid) {
		close(pair[0]);
		become(words, pair[1]);
	}
	close(pair[1]);
	program->socket = pair[0];
	program->held = true;
	if (program->pid > 0)
		return 0;
	program->pid = 0;
	close(pair[0]);
	return fail(why, FAIL_SYSTEM, "cannot start a process: %s", strerror(errno));
}

void program_go(struct program *program)
{
	/* Where it has ended already, program_check() sees it. */
	send(program->socket, "", 1, MSG_NOSIGNAL);
	program->held = false;
}

int program_check(struct program *program, const char *word, int wait_ms, struct failure *why)
{
	struct pollfd wait = { .fd = program->socket, .events = POLLIN };
	int error = 0, n;

	/* Its exec closes the socket. */
	n = TEMP_FAILURE_RETRY(poll(&wait, 1, wait_ms));
	if (n <= 0 || read(program->socket, &error, sizeof(error)) != sizeof(error))
		return 0;
	fail(why, FAIL_SYSTEM, "cannot run '%.200s': %s", word, strerror(error));
	return error == ENOENT ? PROGRAM_NOT_FOUND : PROGRAM_NOT_EXECUTABLE;
}

void program_drop(struct program *program)
{
	if (program->pid)
		close(program->socket);
	if (!program->pid || !program->held)
		return;
	TEMP_FAILURE_RETRY(waitpid(program->pid, NULL, 0));
	program->pid = 0;
}

int program_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/signals.h"
#include "tools/watch/command.h"

/* Signals that end, or tell something to, a command that runs alone. */
static const int passed[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
#define PASSED	(sizeof(passed) / sizeof(*passed))

static volatile pid_t child;

/* A terminal sends a signal to the command too, as it is in the same process group. */
static void pass(int number, siginfo_t *info, void *unused)
{
	const int saved = errno;

	(void)unused;
	if (info->si_code <= 0 && child)
		kill(child, number);
	errno = saved;
}

static void pass_signals(void)
{
	struct sigaction action = { .sa_sigaction = pass, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction before;
	size_t i;

	sigemptyset(&action.sa_mask);
	for (i = 0; i < PASSED; i++) {
		/* nohup ignores SIGHUP, a shell SIGINT in the background: so does the command. */
		sigaction(passed[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(passed[i], &action, NULL);
	}
}

int watched_command_begin(struct watched_command *command, char **words, int *exit,
			  struct failure *why)
{
	struct program *program = &command->program;

	*command = (struct watched_command){ .fd = -1 };
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		return fail(why, FAIL_SYSTEM, "cannot get orphans: %s", strerror(errno));
	if (program_hold(program, words, why))
		return -1;
	child = program->pid;
	pass_signals();
	command->fd = (int)syscall(SYS_pidfd_open, program->pid, 0);
	if (command->fd < 0)
		return fail(why, FAIL_SYSTEM, "cannot wait for a child: %s", strerror(errno));
	program_go(program);
	*exit = program_check(program, words[0], -1, why);
	return *exit ? -1 : 0;
}

void watched_command_wait(struct watched_command *command, uint64_t moment)
{
	struct pollfd poll = { .fd = command->fd, .events = POLLIN };
	int status;
	pid_t pid;

	if (!command->ended)
		signals_poll_until(&poll, 1, moment);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != command->program.pid)
			continue;
		/* Its number may be used again. */
		child = 0;
		command->ended = true;
		command->status = status;
	}
}

void watched_command_end(struct watched_command *command)
{
	child = 0;
	program_drop(&command->program);
	if (command->fd >= 0)
		close(command->fd);
}

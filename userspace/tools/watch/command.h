/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command that watch runs.  This process gets its orphans, passes signals on to it, and
 * returns how it ended.
 */
#ifndef READER_WATCH_COMMAND_H
#define READER_WATCH_COMMAND_H

#include "faults/program.h"

/**
 * struct watched_command - a command that was started
 * @fd: readable when it has ended
 * @ended: it has, with @status as in wait(2)
 */
struct watched_command {
	struct program program;
	int fd;
	bool ended;
	int status;
};

/*
 * Starts @words.  Returns 0, or -1 and @why; then @exit is the status to exit with, 0: any.  The
 * caller calls watched_command_end().
 */
int watched_command_begin(struct watched_command *command, char **words, int *exit,
			  struct failure *why);

/* Waits until @moment, ns of CLOCK_MONOTONIC, or until it has ended.  Reaps orphans. */
void watched_command_wait(struct watched_command *command, uint64_t moment);

void watched_command_end(struct watched_command *command);

#endif /* READER_WATCH_COMMAND_H */

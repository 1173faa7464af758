/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that the reader starts, held until it is ready to follow them.
 */
#ifndef READER_PROGRAM_H
#define READER_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/failure.h"

/* Exit statuses of a program that cannot be executed, as of env(1). */
#define PROGRAM_NOT_EXECUTABLE	126
#define PROGRAM_NOT_FOUND	127

/**
 * struct program - a program that was started
 * @pid: 0: none
 * @socket: a byte lets it go; closing it before ends the program before it begins.  It
 *	gets an error number if the program cannot be executed
 * @held: it has not been let go
 */
struct program {
	pid_t pid;
	int socket;
	bool held;
};

/* Starts @words, held before its exec.  Returns 0, or -1 and @why. */
int program_hold(struct program *program, char **words, struct failure *why);

/* Lets it execute. */
void program_go(struct program *program);

/*
 * Waits up to @wait_ms, for ever if it is negative, until it has executed.  Returns 0, or
 * an exit status and @why: @word, its name, cannot be executed.
 */
int program_check(struct program *program, const char *word, int wait_ms,
		  struct failure *why);

/* Closes its descriptors; ends a program that was not let go. */
void program_drop(struct program *program);

/* What a shell gives as the exit status of a program that ended with @status of wait(). */
int program_exit_status(int status);

#endif /* READER_PROGRAM_H */

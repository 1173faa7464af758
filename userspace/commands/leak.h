/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prints the findings of leak, and the stacks behind it: a child follows the page faults
 * while leak takes censuses.
 */
#ifndef READER_LEAK_H
#define READER_LEAK_H

#include <sys/types.h>

#include "analysis/leak-judge.h"
#include "cli/session.h"
#include "lib/part.h"

void leak_show(const struct leak_report *report, const struct session *session);

/**
 * struct flame_leak - the child
 * @pid: its PID; 0: none
 * @fd: the file that it fills
 */
struct flame_leak {
	pid_t pid;
	int fd;
};

/* Starts to follow the only process of @session. 0, or -1 and @why. */
MAY_BE_LEFT_OUT
int flame_leak_begin(struct flame_leak *leak, const struct session *session,
		     struct failure *why);

/*
 * Ends it and prints on @session->out the stacks whose memory grew, those of the mapping
 * that grew most first.  0, or -1 and @why.
 */
MAY_BE_LEFT_OUT
int flame_leak_end(struct flame_leak *leak, const struct session *session,
		   struct failure *why);

#endif /* READER_LEAK_H */

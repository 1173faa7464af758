/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes and mappings 'tasks' is about; as of struct command.
 */
#ifndef READER_TASKS_H
#define READER_TASKS_H

#include "cli/session.h"
#include "lib/part.h"

/* Has the request name the processes that the filters choose, where it has to. */
int tasks_prepare(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

/* Drops what the filters do not choose, and sums mappings up. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
	MAY_BE_LEFT_OUT;

#endif /* READER_TASKS_H */

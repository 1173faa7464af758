/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the processes and mappings of 'tasks'; callbacks of struct command.
 */
#ifndef READER_TASKS_H
#define READER_TASKS_H

#include "cli/session.h"
#include "lib/part.h"

/* If needed, puts the processes that match the filters into the request. */
int tasks_prepare(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

/* Drops what does not match the filters, and sums up mappings. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
	MAY_BE_LEFT_OUT;

#endif /* READER_TASKS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the processes of 'tasks', and sums up mappings.
 */
#ifndef READER_TASKS_SELECT_H
#define READER_TASKS_SELECT_H

#include "cli/session.h"

/*
 * Of censuses at an interval: requests the processes of --pid as long as they are there.  A record
 * may lack some in a census.
 */
void tasks_name(struct session *session);

/* If needed, puts the selected processes into the request. */
int tasks_prepare(struct session *session, struct failure *why);

/* Drops processes that are not named any more, and sums up mappings. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why);

#endif /* READER_TASKS_SELECT_H */

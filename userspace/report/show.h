/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes and shows a census.
 */
#ifndef READER_SHOW_H
#define READER_SHOW_H

#include "cli/command.h"

/* Filters a new census; returns 0, or -1 and @why. */
typedef int refine_fn(struct session *session, struct snapshot *snap, struct failure *why);

/*
 * Takes a census, filters it by @refine unless that is NULL, shows it by the sections of the
 * command, and prints its warnings on stderr.  Returns 0, or -1 and @why.
 *
 * With an interval, --from or --to, each census: one table below the other, with its time in each
 * row, or several tables below it.  Ends, too, when a later one has nothing of what was selected;
 * of a record, those are skipped.
 */
int show_census(struct session *session, refine_fn *refine, struct failure *why);

#endif /* READER_SHOW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes and shows a census.
 */
#ifndef READER_SHOW_H
#define READER_SHOW_H

#include "cli/command.h"

/* Prints the warnings of a census that @options show; true if the result is partial. */
bool show_warnings(const struct options *options, const struct snapshot *snap);

/* Shows one census, by the sections of the command. */
void show_sections(const struct session *session, const struct snapshot *snap);

/* Filters a new census; returns 0, or -1 and @why. */
typedef int refine_fn(struct session *session, struct snapshot *snap, struct failure *why);

/*
 * Filters @snap by @refine unless that is NULL, shows it by the sections of the command, prints
 * its warnings on stderr, and frees it.  Returns 0, or -1 and @why.
 */
int show_taken(struct session *session, struct snapshot *snap, refine_fn *refine,
	       struct failure *why);

/* The same of the next census. */
int show_census(struct session *session, refine_fn *refine, struct failure *why);

#endif /* READER_SHOW_H */

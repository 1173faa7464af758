/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --words, for the shells, from the arrays of commands, options and columns.
 */
#ifndef READER_COMPLETION_H
#define READER_COMPLETION_H

#include "cli/command.h"

/* --words: whether @what is a known kind of words. */
bool completion_known(const char *what);

/*
 * Prints the words that @options select, one per line, with tabs between its fields:
 *
 *   commands	name, what completes its arguments, summary
 *   options	--name, -letter or "", what completes its value, help; of a command
 *   columns	name, help; of a command
 *   cgroups	path; of all cgroups of this machine
 *
 * The completion of a value is "": it takes none; "-": nothing completes it; "@column";
 * "@columns": separated by commas, perhaps after a '+'; "@pids": separated by commas;
 * "@files"; "@cgroup"; "@program": as "@pids", and after -- a program and its arguments;
 * else a list of words separated by blanks.
 */
void completion_print(FILE *out, const struct options *options);

#endif /* READER_COMPLETION_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds --help, and --words for the shells, from the arrays of commands, options and
 * columns.
 */
#ifndef READER_HELP_H
#define READER_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* Prints the help of the program. */
void help_print(FILE *out);

/* Prints the help of one command. */
void help_print_command(FILE *out, const struct command *command);

/* --words: whether @what is a known kind of words. */
MAY_BE_LEFT_OUT bool words_known(const char *what);

/*
 * Prints the words that @options select, one per line, with tabs between its fields:
 *
 *   commands	name, what completes its arguments, summary
 *   options	--name, -letter or "", what completes its value, help; of a command
 *   columns	name, help; of a command
 *
 * The completion of a value is "": it takes none; "-": nothing completes it; "@column";
 * "@columns": separated by commas, perhaps after a '+'; "@pids": separated by commas;
 * "@files"; else a list of words separated by blanks.
 */
MAY_BE_LEFT_OUT void words_print(FILE *out, const struct options *options);

#endif /* READER_HELP_H */

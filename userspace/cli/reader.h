/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program without the source of its censuses; and --help and, for the shells,
 * --words, from the arrays of commands, options and columns.
 */
#ifndef READER_READER_H
#define READER_READER_H

#include "cli/command.h"
#include "wire/source.h"

/* Exit statuses; --help explains them. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
};

/*
 * Runs the command line on the source that @open opens, prints to stdout and
 * stderr, and returns the exit status.
 */
int reader_run(int argc, char **argv, source_open_fn *open);

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

#endif /* READER_READER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses the command line, by the options of the commands of this program.
 */
#ifndef READER_PARSE_H
#define READER_PARSE_H

#include "cli/command.h"

/*
 * Finds the word that names the command: options may precede it, and which of them take
 * a value depends on the command only where several share a name.  NULL: there is none.
 */
const char *parse_command(int argc, char **argv);

/*
 * Fills @options, but not @chosen, @order and @bound; parse_free() empties it.  @word: of
 * parse_command().  Returns 0, or -1 and @why, which names the wrong word;
 * @options->command is set in both cases.
 */
int parse_arguments(struct options *options, const char *word, int argc, char **argv,
		    struct failure *why);
void parse_free(struct options *options);

#endif /* READER_PARSE_H */

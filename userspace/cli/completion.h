/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memcensus --complete WORD...: what the last word of a command line may become, for the shells,
 * from the arrays of commands, options and columns.
 */
#ifndef READER_COMPLETION_H
#define READER_COMPLETION_H

#include "cli/command.h"

/*
 * Completes the last of the @n @words behind the name of the program; @command is among those
 * before it, NULL: none is.  Prints how, on the first line:
 *
 *   words      one of the words on the next lines
 *   list       the same, and more may follow without a blank
 *   files      the name of a file
 *   program N  as a command line of its own that begins behind @N words
 *
 * Each next line is the whole word, a tab, and its help.  Words that do not begin as the last one
 * are there too.  Users choose the names of cgroups: the shells quote words, and those that are no
 * text, or have control characters, are left out.
 */
void completion_print(FILE *out, const struct command *command, char **words, int n);

#endif /* READER_COMPLETION_H */

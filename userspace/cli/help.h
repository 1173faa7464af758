/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --help, from the arrays of commands, options and columns.
 */
#ifndef READER_HELP_H
#define READER_HELP_H

#include "cli/command.h"

/* Prints the help of all programs. */
void help_print(FILE *out);

/* Prints all that there is to say of one command. */
void help_print_command(FILE *out, const struct command *command);

/* Prints what --help says of a command. */
void help_print_brief(FILE *out, const struct command *command);

/* Prints the columns that -c of @options may name. */
void help_print_columns(FILE *out, const struct options *options);

#endif /* READER_HELP_H */

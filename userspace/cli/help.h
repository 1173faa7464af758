/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --help, from the arrays of commands, options and columns.
 */
#ifndef READER_HELP_H
#define READER_HELP_H

#include "cli/command.h"

/* Prints the help of all programs. */
void help_print(FILE *out);

/* Prints the help of one command. */
void help_print_command(FILE *out, const struct command *command);

#endif /* READER_HELP_H */

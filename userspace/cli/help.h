/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds --help from the arrays of commands, options and columns.
 */
#ifndef READER_HELP_H
#define READER_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* Prints the help of the program. */
void help_print(FILE *out);

/* Prints the help of one command. */
void help_print_command(FILE *out, const struct command *command);

#endif /* READER_HELP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --help, made of the arrays of commands, options and columns.
 */
#ifndef READER_HELP_H
#define READER_HELP_H

#include <stdio.h>

#include "cli/command.h"

/* About the program as a whole. */
void help_print(FILE *out);

/* About one command. */
void help_print_command(FILE *out, const struct command *command);

#endif /* READER_HELP_H */

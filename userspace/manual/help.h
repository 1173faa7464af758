/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sections COMMANDS, OPTIONS and COLUMNS of the manual page, made from what --help prints when
 * the page is built.
 */
#ifndef READER_MANUAL_HELP_H
#define READER_MANUAL_HELP_H

#include <stdio.h>

#include "model/columns.h"

/* Writes in the language of scdoc what each command does, and its own options. */
void manual_commands(FILE *out);

/* Writes what several commands have, and which. */
void manual_options(FILE *out);

/* The types of the rows that -c and -s of a command choose columns of; ended by NULL. */
extern const struct row_type *const manual_types[];

/* Writes what the figures of all types are, then the rest of each. */
void manual_columns(FILE *out);

#endif /* READER_MANUAL_HELP_H */

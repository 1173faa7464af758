/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sections COMMANDS and OPTIONS of the manual page, made from what --help prints when the
 * page is built.
 */
#ifndef READER_MANUAL_HELP_H
#define READER_MANUAL_HELP_H

#include <stdio.h>

/* Writes in the language of scdoc what each command does, and its own options. */
void manual_commands(FILE *out);

/* Writes what several commands have, and which. */
void manual_options(FILE *out);

#endif /* READER_MANUAL_HELP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --words, by which the shells know what to complete: see completions/.
 */
#ifndef READER_WORDS_H
#define READER_WORDS_H

#include <stdio.h>

#include "cli/options.h"

/* Whether there are words of the kind @what. */
bool words_known(const char *what);

/*
 * Prints those that @options ask for, a line each, with tabs between its fields:
 *
 *   commands	name, what completes its arguments, summary
 *   options	--name, -letter or "", what completes its value, help; of a command
 *   columns	name, help; of a command
 *
 * What completes a value is "" where none is taken; "-": nothing does; "@column",
 * "@columns" with commas between and perhaps behind a '+', "@pids" with commas
 * between, "@files"; else words with blanks between.
 */
void words_print(FILE *out, const struct options *options);

#endif /* READER_WORDS_H */

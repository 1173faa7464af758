/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a person must know to read the figures of a snapshot.
 */
#ifndef READER_WARNINGS_H
#define READER_WARNINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "model/snapshot.h"

/*
 * Prints a line for each on @out: an older module, figures that are missing,
 * estimates, counted in another way than the others, or wrong.  True where the result is partial.
 */
bool warnings_print(FILE *out, const struct snapshot *snap);

#endif /* READER_WARNINGS_H */

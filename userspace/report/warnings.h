/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Warnings about the figures of a snapshot.
 */
#ifndef READER_WARNINGS_H
#define READER_WARNINGS_H

#include <stdio.h>

#include "model/snapshot.h"

/*
 * Prints one line on @out for each: an older module, missing figures, estimates,
 * upper bounds, mappings near their limit, a bug, several slices.  True if the result is partial.
 */
bool warnings_print(FILE *out, const struct snapshot *snap);

/* The same of a further census, whose tasks were not asked for: what it has beyond the first. */
bool warnings_of_groups(FILE *out, const struct snapshot *snap, const struct snapshot *first);

/* Why paths of cgroups do not tell all of @snap apart, if it has some. */
void warnings_of_cgroups(FILE *out, const struct snapshot *snap);

/* The same, if rows are tasks although @snap may have groups. */
bool warnings_of_tasks(FILE *out, const struct snapshot *snap);

/* The same, if only sums over all tasks are shown, which @snap does not have. */
bool warnings_of_sums(FILE *out, const struct snapshot *snap);

/* The same, if no figure of tasks is shown, or summed: only of an older module and a torn dump. */
bool warnings_of_system(FILE *out, const struct snapshot *snap);

#endif /* READER_WARNINGS_H */

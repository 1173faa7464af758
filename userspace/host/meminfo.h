/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /proc/meminfo has and a module cannot read.
 */
#ifndef READER_MEMINFO_H
#define READER_MEMINFO_H

#include <stdio.h>

#include "lib/failure.h"
#include "model/snapshot.h"

/*
 * Adds to @snap->meminfo each line of @file, in the form of /proc/meminfo,
 * that no figure of the census stands for.  0, or -1 and @why without memory.
 */
int meminfo_read(struct snapshot *snap, FILE *file, struct failure *why);

/* The line @name; NULL where there is none. */
const struct meminfo_line *meminfo_find(const struct snapshot *snap,
					const char *name);

#endif /* READER_MEMINFO_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps this program in memory: it must not wait for its own pages while it observes how
 * memory runs out.
 */
#ifndef READER_MEMORY_LOCK_H
#define READER_MEMORY_LOCK_H

#include "lib/failure.h"

/* Most resident memory of a program that is locked, bytes. */
#define MEMORY_LOCK_MAX		(64UL << 20)

/* From now on, freed memory is kept for later, up to that. */
void memory_lock_begin(void);

/*
 * Locks all pages that are resident now, and those of the same mappings that will be; to be
 * called again when there are new mappings.  0; or -1 and @why, and nothing is locked.
 */
int memory_lock(struct failure *why);

#endif /* READER_MEMORY_LOCK_H */

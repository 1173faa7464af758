/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fragmentation indices of zones.
 */
#ifndef READER_FRAGMENTATION_H
#define READER_FRAGMENTATION_H

#include "model/snapshot.h"

/*
 * Computes the lists of @zone, by order, signed, in thousandths, from its free blocks:
 * @unusable, the part of free memory in blocks too small for the order, 0 to 1000;
 * @extfrag, EXTFRAG_AVAILABLE or why an allocation of the order would fail: near 0 or
 * below for lack of memory, near 1000 because of fragmentation.  Both stay empty if a
 * block count is unknown.
 */
void fragmentation_compute(struct snapshot *snap, struct zone *zone);

#endif /* READER_FRAGMENTATION_H */

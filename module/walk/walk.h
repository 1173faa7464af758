/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The walk of the page tables of one address space.  walk.c finds and locks the tables, ptes.c
 * reads those of PTEs, image.c compares tables that fork() copied, report.c takes any entry; only
 * these read PTEs.  They do not know what their results are counted for.
 */
#ifndef _CENSUS_WALK_H
#define _CENSUS_WALK_H

#include "walk/report.h"

int census_walk_begin(struct census_walk *walk);
void census_walk_end(struct census_walk *walk);
void census_walk_fetch(struct census_walk *walk, struct vm_area_struct *vma, unsigned long addr,
		       unsigned long end);
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr,
			      unsigned long end);

/* Checks whether there is no room for the masks of another table: the hold must end. */
static inline bool census_walk_full(const struct census_walk *walk)
{
	return walk->nr_masks + CENSUS_PTES_MAX > CENSUS_MASKS_MAX;
}

#endif /* _CENSUS_WALK_H */

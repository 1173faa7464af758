/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads PTE tables, many entries at a time: the quick way to what report.h takes entry by entry.
 * The lock of the table is held.
 */
#ifndef _CENSUS_PTES_H
#define _CENSUS_PTES_H

#include "walk/report.h"

void census_ptes_report(struct census_walk *walk, struct vm_area_struct *vma,
			const pte_t *pte, unsigned int nr, unsigned long addr);

#endif /* _CENSUS_PTES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Converts entries of page tables to the runs, masks and places of walk.h.  It locks nothing:
 * all functions but census_report_flush() are called under the lock of the entry's table,
 * holes also where there is no table.
 */
#ifndef _CENSUS_REPORT_H
#define _CENSUS_REPORT_H

#include <linux/mm_types.h>

#include "base/compat.h"
#include "walk/walk.h"

/* Checks whether a VMA, a private mapping of a file, may map copies of its pages. */
static inline bool census_may_have_copies(const struct census_walk *walk,
					  const struct vm_area_struct *vma)
{
	return walk->copies && READ_ONCE(vma->anon_vma);
}

/* Called under the table's lock, if there is a table. */
static inline void census_report_place(struct census_walk *walk, struct census_place place)
{
	if (!walk->each_page)
		return;
	walk->ops->page(walk->context, &place);
	walk->work++;
}

void census_report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte);
void census_report_pages(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long pfn, unsigned int nr, u8 bits);
void census_report_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, softleaf_t entry, bool exclusive,
			    u8 bits, unsigned int nr, unsigned long skip);
void census_report_hole(struct census_walk *walk, struct vm_area_struct *vma,
			unsigned long addr, unsigned long end);
void census_report_run(struct census_walk *walk, enum census_kind kind, u8 bits,
		       unsigned long pfn, unsigned int nr, u8 swap_type);

/* Passes the runs of a table on: under its lock, and, with all but masks, after it. */
void census_report_locked(struct census_walk *walk);
void census_report_flush(struct census_walk *walk);

#endif /* _CENSUS_REPORT_H */

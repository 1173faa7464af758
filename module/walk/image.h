/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Images of PTE tables, by which tables that fork() copied are counted once.  All functions
 * are called under the lock of the table.
 */
#ifndef _CENSUS_IMAGE_H
#define _CENSUS_IMAGE_H

#include "walk/report.h"

struct census_plain;

/* A table with fewer pages is not kept: each further member of its family is compared with it. */
#define CENSUS_PAGES_PER_IMAGE 64

/*
 * Less masks are not worth a search, except of the first eight entries; those of a table whose
 * frames are in order are less.
 */
#define CENSUS_MASKS_TO_FIND 16
#define CENSUS_MASKS_TO_FIND_OF_8 6

const u64 *census_image_find(struct census_walk *walk, const struct census_plain *plain,
			     const pte_t *pte);
bool census_image_pays(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks);
bool census_image_make(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks);
bool census_image_report(struct census_walk *walk, struct vm_area_struct *vma,
			 const struct census_plain *plain, const u64 *values, const pte_t *pte,
			 unsigned long addr);

#endif /* _CENSUS_IMAGE_H */

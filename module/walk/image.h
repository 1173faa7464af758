/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Images of PTE tables, by which tables that fork() copied are counted once.  All functions
 * but census_image_keep() are called under the lock of the table.
 */
#ifndef _CENSUS_IMAGE_H
#define _CENSUS_IMAGE_H

#include "walk/report.h"

struct census_plain;

/* A table with fewer pages is not kept: each further member of its family is compared with it. */
#define CENSUS_PAGES_PER_IMAGE 64

const u64 *census_image_find(struct census_walk *walk, const struct census_plain *plain,
			     const pte_t *pte);
bool census_image_pays(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks);
bool census_image_make(struct census_walk *walk, const struct census_plain *plain,
		       const pte_t *pte, unsigned int masks);
bool census_image_report(struct census_walk *walk, struct vm_area_struct *vma,
			 const struct census_plain *plain, const u64 *values, const pte_t *pte,
			 unsigned long addr);

void census_image_keep(struct census_walk *walk);

#endif /* _CENSUS_IMAGE_H */

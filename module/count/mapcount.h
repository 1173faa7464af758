/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mapcount basis: struct page gives the number of owners of a page.  It reads no
 * other process.  On a stopped process every sum equals that of smaps.
 */
#ifndef _CENSUS_MAPCOUNT_H
#define _CENSUS_MAPCOUNT_H

#include "owners/account.h"
#include "walk/entries.h"

void census_mapcount_take(struct census_sums *sums, const struct vm_area_struct *vma,
			  const struct census_run *run);

#endif /* _CENSUS_MAPCOUNT_H */

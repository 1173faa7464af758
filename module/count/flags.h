/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only struct page tells of mapped pages, as smaps does: dirty, referenced, merged by KSM,
 * freed by MADV_FREE.
 */
#ifndef _CENSUS_FLAGS_H
#define _CENSUS_FLAGS_H

#include "owners/account.h"
#include "walk/entries.h"

void census_flags_take(struct census_sums *sums, const struct census_place *place);

#endif /* _CENSUS_FLAGS_H */

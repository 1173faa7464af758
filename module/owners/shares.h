/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each owner has, after all pages are marked: see owners.h.
 *
 * Each block is split once by the number of owners: into the pages that have n owners, and the
 * weight 1/n.  Then one pass over the entries adds a few bit counts per block for each owner.
 *
 * Like owners.h, this has no kernel state.
 */
#ifndef _CENSUS_SHARES_H
#define _CENSUS_SHARES_H

#include <linux/types.h>

#include "owners/owners.h"

struct census_forked;

void census_block_finish(struct census_owners *o, u32 block, struct census_totals *totals);
void census_forked_sum(const struct census_owners *o, struct census_forked *t);
u32 census_turn_finish(const struct census_owners *o, u32 turn, u32 begin,
		       struct census_totals *totals);
void census_block_classes(const struct census_owners *o, u32 block, u64 *pages);

#endif /* _CENSUS_SHARES_H */

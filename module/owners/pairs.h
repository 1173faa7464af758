/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What owners have in common: the entries of owners.h, passed once more by other owners.
 *
 * An owner is one or several address spaces, whose turns are passed consecutively.  A page that
 * several of them map counts once: for each block there is the mask of what the current owner has
 * passed.  The steps are passes over all entries:
 *
 * - %CENSUS_PAIRS_RECOUNT: the blocks, emptied before, count these owners instead of address
 *   spaces, and are finished like those of a census.
 * - %CENSUS_PAIRS_NOTE: of some owners, the rows: their masks are chained to their blocks.
 * - %CENSUS_PAIRS_COMPARE: of all owners: the pages by number of owners, and the AND with each mask
 *   of the block.
 *
 * Users choose how many owners a block has.  So the number of rows is bounded: an entry takes at
 * most as many steps as there are rows.
 *
 * Like owners.h, this has no kernel state.
 */
#ifndef _CENSUS_PAIRS_H
#define _CENSUS_PAIRS_H

#include <linux/types.h>

#include "owners/owners.h"

enum census_pairs_step {
	CENSUS_PAIRS_RECOUNT,
	CENSUS_PAIRS_NOTE,
	CENSUS_PAIRS_COMPARE,
};

/**
 * struct census_overlap - what two owners have in common of one kind, in pages
 * @both: pages of both
 * @alone: of these, pages without other owners
 */
struct census_overlap {
	u64 both;
	u64 alone;
};

/**
 * struct census_pairs - passes by owner
 * @o: the marks; its blocks are finished, or recounted
 * @passed: what was passed of each block, by its unit number
 * @masks: of rows
 * @all: increased by a recount: sum over all pairs of owners, what they have in common
 * @common: by kind, then by row from 0: increased for the current owner
 * @nr_rows: number of rows with row 0, which is none
 * @kinds: bit n is set if something of kind n was added to @common
 * @step: of the current pass
 * @turn_of: numbers the owners of all passes; 0: none
 * @row: of the current owner; it is compared with rows of a higher number only, so that a pair of
 *	rows is compared once
 * @by_owners: of the current owner, by census_owner_class(): increased; NULL: not wanted
 */
struct census_pairs {
	struct census_owners *o;
	struct census_pool passed;
	struct census_pool masks;
	census_kinds all;
	struct census_overlap *common;
	u32 nr_rows;
	u32 kinds;
	enum census_pairs_step step;
	u32 turn_of;
	u32 row;
	census_kinds *by_owners;
};

bool census_pairs_begin(struct census_pairs *p);
void census_pairs_owner(struct census_pairs *p, u32 row, census_kinds *by_owners);
u32 census_pairs_turn(void *pairs, u32 turn, u32 begin);
void census_blocks_empty(struct census_owners *o, u32 chunk);
void census_blocks_finish(struct census_owners *o, u32 chunk);

#endif /* _CENSUS_PAIRS_H */

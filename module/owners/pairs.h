/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What owners have in common: bit arithmetic on the marks of owners.h.
 *
 * The pages that two owners share are the bit count of the AND of their masks.  Rows are
 * some address spaces, or groups of them.  Each block refers to the masks of its rows:
 *
 *	block 7  [state] -> [mask, row 9][mask, row 8] -> [mask, row 4]
 *
 * With address spaces as rows, all entries of their blocks are counted first: pages of one
 * owner, of two, of more.  Then each entry is compared with the masks of its block.  With groups,
 * a page that several members map is in the group's mask once; then the masks of each block are
 * compared with each other, and counted like owners.
 *
 * Users choose how many owners a block has.  So the number of rows that are compared is
 * bounded: an entry takes at most as many steps as there are rows.
 *
 * Like owners.h, this has no kernel state.
 */
#ifndef _CENSUS_PAIRS_H
#define _CENSUS_PAIRS_H

#include <linux/types.h>
#include <linux/memcensus.h>

#include "owners/owners.h"

/**
 * struct census_common - what two have in common, in pages
 * @both: pages of both
 * @alone: of these, pages without other owners
 */
struct census_common {
	census_kinds both;
	census_kinds alone;
};

/**
 * struct census_overlap - what two have in common of one kind, in pages
 * @both: pages of both
 * @alone: of these, pages without other owners
 */
struct census_overlap {
	u64 both;
	u64 alone;
};

/**
 * struct census_pair_state - rows of a block
 * @newest: unit of its &struct census_pair_mask added last, 0: none
 * @next: unit of another state with masks, 0: none
 * @one: pages that census_turn_count() has met
 * @two: at least twice
 * @three: at least three times
 */
struct census_pair_state {
	u32 newest;
	u32 next;
	u64 one;
	u64 two;
	u64 three;
};

static_assert(sizeof(struct census_pair_state) == CENSUS_GROUP_UNITS * CENSUS_UNIT_BYTES);

/* Units of the longest run of masks, a power of two. */
#define CENSUS_RUN_UNITS 16

/**
 * struct census_pair_mask - pages of a block that a row has
 * @mask: one bit for each page
 * @row: number of the row: there are less than 2^22 processes, and so groups
 * @kind: of the pages
 * @first: it is the first one of its run: the one before is @older
 * @left: number of units of its run that are free
 * @older: last mask of the run before, 0: none
 *
 * The masks of a block are in runs of consecutive units, which are read faster than elements of a
 * list.  Each run is twice as long as the one before, up to %CENSUS_RUN_UNITS, because most blocks
 * have few masks.
 */
struct census_pair_mask {
	u64 mask;
	u32 row : 23;
	u32 kind : 4;
	u32 first : 1;
	u32 left : 4;
	u32 older;
};

static_assert(sizeof(struct census_pair_mask) == CENSUS_UNIT_BYTES);
static_assert(CENSUS_KINDS_MAX <= BIT(4));
static_assert(CENSUS_RUN_UNITS <= BIT(4));
static_assert(CENSUS_RUN_UNITS <= CENSUS_CHUNK_UNITS);

/**
 * struct census_masks - masks of all rows
 * @masks: &struct census_pair_mask; unit 0 is not used
 * @states: &struct census_pair_state, one for each block, zeroed
 * @first: unit of the first state with masks, 0: none
 * @together: the only row is of several address spaces, which census_turn_count() did not
 *	count
 */
struct census_masks {
	struct census_pool masks;
	const struct census_pool *states;
	u32 first;
	bool together;
};

/**
 * struct census_overlaps - what an owner has in common with each row
 * @common: by kind and row, see census_overlap()
 * @nr_rows: number of rows
 * @kinds: bit n is set if pages of kind n were compared
 */
struct census_overlaps {
	struct census_overlap *common;
	u32 nr_rows;
	u32 kinds;
};

/* What is in common with each row, from 1, of one kind. */
static inline struct census_overlap *census_overlap(const struct census_overlaps *o, u32 kind)
{
	return o->common + kind * (o->nr_rows + 1UL);
}

/* Groups that are compared, and those outside of the caller's PID namespace. */
#define CENSUS_COMPARED_MAX (MEMCENSUS_SHARE_GROUPS_MAX + 1)

/**
 * struct census_matrix - what groups have in common, in pages
 * @nr: number of groups that are compared
 * @nr_disjoint: number of groups that contain no other, with group 0
 * @place: by group: its number among these, from 1; 0: it is not compared
 * @by_owners: %CENSUS_OWNER_CLASSES for each group: its pages by census_owner_class()
 * @common: by census_pair_index()
 * @all: sum over all pairs of groups, compared or not
 * @row: masks of a block that are compared
 */
struct census_matrix {
	u32 nr;
	u32 nr_disjoint;
	u32 *place;
	census_kinds *by_owners;
	struct census_common *common;
	census_kinds all;
	struct census_pair_mask row[CENSUS_COMPARED_MAX];
};

static inline census_kinds *census_group_by_owners(const struct census_matrix *matrix, u32 group)
{
	return &matrix->by_owners[group * CENSUS_OWNER_CLASSES];
}

/* Index of the pair of the places @a and @b, from 1 and different. */
static inline u32 census_pair_index(u32 a, u32 b)
{
	u32 low = a < b ? a : b, high = a < b ? b : a;

	return (high - 1) * (high - 2) / 2 + low - 1;
}

/* Number of pairs of @nr places. */
static inline u32 census_nr_pairs(u32 nr)
{
	return nr ? nr * (nr - 1) / 2 : 0;
}

u32 census_turn_note(struct census_masks *m, const struct census_owners *o, u32 turn,
		     u32 begin, u32 row);
u32 census_turn_count(const struct census_masks *m, const struct census_owners *o, u32 turn,
		      u32 begin);
u32 census_turn_common(const struct census_masks *m, const struct census_owners *o, u32 turn,
		       u32 begin, u32 row, struct census_overlaps *to);
u32 census_state_by_others(const struct census_masks *m, u32 state, census_kinds *pages);
u32 census_state_compare(const struct census_masks *m, u32 state, struct census_matrix *matrix);

#endif /* _CENSUS_PAIRS_H */

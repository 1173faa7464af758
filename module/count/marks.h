/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps keys of pages (walk/keys.h) to the blocks of owners.h, and their memory.
 *
 * Blocks are in sections, which a hash table finds.  A section has 256 blocks (64 MiB of memory,
 * 4 KiB) if neighbours are likely to be in use too, else 8 blocks (2 MiB of a file).
 *
 * Users choose the offsets of file pages.  So what depends on a key's hash, the table and the
 * slice, depends on random numbers too: see table.h.
 *
 * When the memory budget of a census is used up, it starts again and counts in slices:
 * each pass marks only the blocks whose key hashes to this slice, so each slice is exact.
 * One thread takes a census, so marks need no lock.
 */
#ifndef _CENSUS_MARKS_H
#define _CENSUS_MARKS_H

#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "base/budget.h"
#include "base/params.h"
#include "base/table.h"
#include "owners/account.h"
#include "walk/entries.h"
#include "walk/keys.h"

/**
 * struct census_section - consecutive blocks
 * @link: in &struct census_marks.table, by the key of the first block
 * @first: the first block
 * @block: unit number of @first
 */
struct census_section {
	struct census_link link;
	struct census_block *first;
	u32 block;
};

#define CENSUS_SECTION_UNITS 2

static_assert(sizeof(struct census_section) == CENSUS_SECTION_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_slice - the keys that a pass over all address spaces marks
 * @hash: of keys; the same for all slices of a census
 * @number: keys with this hash are marked
 * @nr: number of slices, a power of two; 1: all keys are marked
 */
struct census_slice {
	struct census_hash hash;
	u32 number;
	u32 nr;
};

/* Those of 16 GiB of frames in order, in 8 KiB: a quarter of the first cache of a CPU. */
#define CENSUS_RECENT 256

/**
 * struct census_target - block that a mask is added to
 * @b: the block; NULL if the mask is not counted
 * @block: its unit number
 * @at: census_marks_finish(): the page in the block
 */
struct census_target {
	struct census_block *b;
	u32 block;
	u32 at;
};

/**
 * struct census_marks - marks of all address spaces
 * @owners: blocks, entries, turns
 * @budget: of the census
 * @own: the part of @budget for all that is allocated here
 * @sections: &struct census_section; units 0 and 1 are not used
 * @table: @sections by key
 * @recent: copies of the sections found last, by the low bits of their number
 * @appended: number of entries that the last census_marks_add() added
 * @undivided: memory is missing for what slices do not make smaller
 * @sparse: by kind, first free block in a chunk of small sections; 0: none
 * @hugetlb: sizes met, in base pages, by kind from %CENSUS_OF_HUGETLB on
 * @slice: keys to mark
 * @targets: of the masks that are being marked
 * @totals: sums of what is finished
 */
struct census_marks {
	struct census_owners owners;
	struct census_budget *budget;
	struct census_budget own;
	struct census_pool sections;
	struct census_table table;
	struct census_section recent[CENSUS_RECENT];
	u32 appended;
	bool undivided;
	u32 sparse[CENSUS_KINDS];
	unsigned int hugetlb[CENSUS_HUGETLB_SIZES];
	struct census_slice slice;
	struct census_target targets[CENSUS_MASKS_AT_ONCE];
	struct census_totals totals;
};

struct census_marks *census_marks_begin(struct census_budget *budget);
int census_marks_reset(struct census_marks *m, const struct census_slice *slice);
bool census_marks_lock(struct census_marks *m);
void census_marks_unlock(struct census_marks *m);
void census_marks_drop(struct census_marks *m);
void census_marks_end(struct census_marks *m);

void census_marks_add(struct census_marks *m,
		      const struct census_mask *masks, unsigned int nr);
u64 census_marks_exclusive(const struct census_marks *m, const struct census_mask *mask);
int census_marks_finish(struct census_marks *m);
int census_marks_prepare_groups(struct census_marks *m, struct census_pool *states, u32 units);

bool census_marks_counts(const struct census_marks *m, u64 key);
u64 census_marks_hugetlb_key(struct census_marks *m, unsigned int nr);

/*
 * Checks whether tables that fork() copied may be kept.  Slices do not make them smaller, so
 * they leave half of the memory for what slices make smaller.  What counts is what they use in
 * this slice, not what an earlier one has left to it.
 */
static inline bool census_marks_may_keep(const struct census_marks *m)
{
	u64 units = (u64)m->owners.forked.nr + m->owners.arrays.nr + m->owners.bitmaps.nr +
		    m->owners.families.nr;

	return units * CENSUS_UNIT_BYTES < m->budget->limit / 2;
}

static inline bool census_marks_failed(const struct census_marks *m)
{
	return m->owners.failed;
}

#endif /* _CENSUS_MARKS_H */

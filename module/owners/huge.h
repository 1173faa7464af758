/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Huge pages that several owners map by PMDs: one bit for each, not one for each of its pages.
 *
 * 64 huge pages are a block, of a kind of its own: &enum census_class above
 * %CENSUS_KINDS_MAX.  Its owners are marked and counted as those of any block, and each of its
 * pages counts 1 << %CENSUS_HUGE_SHIFT.
 *
 * A PMD may be split: then one owner maps the huge page by a PMD, and another maps its pages by
 * PTEs, which are marked one by one.  Such a huge page is mixed.  Before blocks are finished, its
 * owners are added to the blocks of its pages.  What each of them has of it is summed up once, as
 * for tables in forked.h:
 *
 *	block of huge pages	[owners][mixed: huge page 5][sums]
 *	blocks of its pages	[owners, plus those of huge page 5] ...
 *
 * Like owners.h, this has no kernel state.
 */
#ifndef _CENSUS_HUGE_H
#define _CENSUS_HUGE_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "owners/owners.h"

/* Blocks of the pages of a huge page; each architecture's has at least one. */
#define CENSUS_HUGE_BLOCKS BIT(CENSUS_HUGE_SHIFT - CENSUS_BLOCK_SHIFT)

/**
 * struct census_huge_block - 64 huge pages; two units
 * @block: owners of those that are not mixed
 * @mixed: huge pages of which some are mapped by PTEs too
 * @sums: unit of splits: the first &struct census_mixed, of those for each of @mixed
 * @unused: fills the units
 */
struct census_huge_block {
	struct census_block block;
	u64 mixed;
	u32 sums;
	u32 unused;
};

#define CENSUS_HUGE_UNITS 2

static_assert(sizeof(struct census_huge_block) == CENSUS_HUGE_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_mixed - what each owner has of a mixed huge page
 * @share: share in all pages with several owners, 1/2^36 page
 * @exclusive: number of pages with one owner
 * @unused: fills the unit
 */
struct census_mixed {
	u64 share;
	u32 exclusive;
	u32 unused;
};

static_assert(sizeof(struct census_mixed) == CENSUS_UNIT_BYTES);

/*
 * Key of the block of a huge page: blocks take two units, so they have each second key.
 * @first: key of the block of number 0; @number: frame of the huge page >> %CENSUS_HUGE_SHIFT.
 */
static inline u64 census_huge_key(u64 first, u64 number)
{
	return first + (number >> CENSUS_BLOCK_SHIFT) * CENSUS_HUGE_UNITS;
}

static inline struct census_huge_block *census_huge_block(struct census_block *b)
{
	return container_of(b, struct census_huge_block, block);
}

static inline struct census_mixed *census_mixed(const struct census_owners *o,
						const struct census_huge_block *h, unsigned int at)
{
	return census_unit(&o->splits, h->sums + census_popcount(h->mixed & ((1ULL << at) - 1)));
}

#endif /* _CENSUS_HUGE_H */

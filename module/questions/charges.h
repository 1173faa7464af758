/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cgroup is charged for each mapped page, beside which one maps it.
 *
 * The kernel charges a page to one cgroup, mostly that of the process that touched it first.
 * struct page has it, so only a request for it reads struct page, under the page table lock.  A
 * page counts once for its payer, no matter which process maps
 * it, and once more if a process of the payer itself maps it.  So a block of 64 pages needs
 * two masks, however many cgroups there are.
 *
 * By file, a cgroup has one more count for each file that it pays for: at most as many as files
 * and cgroups that the walk finds, and as pages that are mapped.
 *
 * The memory of blocks is in the budget of the census: without it, the census counts in slices.
 * There are at most as many payers as the kernel has memory cgroups.
 */
#ifndef _CENSUS_CHARGES_H
#define _CENSUS_CHARGES_H

#include "base/table.h"
#include "count/frames.h"
#include "walk/entries.h"

/**
 * struct census_paid - what a cgroup pays for
 * @link: in &struct census_payers.table
 * @cgroup: its ID; 0: pages that no cgroup pays for
 * @space: of a file: only its pages; 0: all
 * @charged: pages that some process maps
 * @own: of @charged, those that its own processes map
 * @group: number of the group of its own processes, 0: there is none
 */
struct census_paid {
	struct census_link link;
	u64 cgroup;
	u64 charged;
	u64 own;
	u32 group;
	u32 space;
};

/* A power of 2, so that none is in two chunks. */
#define CENSUS_PAID_UNITS 4

static_assert(sizeof(struct census_paid) <= CENSUS_PAID_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_paid_block - pages of a block that were met in this slice
 * @link: in &struct census_payers.blocks
 * @key: of the block
 * @met: one bit for each page
 * @own: of @met, those that a process of the payer maps
 */
struct census_paid_block {
	struct census_link link;
	u64 key;
	u64 met;
	u64 own;
};

#define CENSUS_PAID_BLOCK_UNITS 2

static_assert(sizeof(struct census_paid_block) <= CENSUS_PAID_BLOCK_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_payers - who pays for mapped pages
 * @by_file: also count each file that a cgroup pays for
 * @locked: the part of the budget for all of it, which is found under locks
 * @table: &struct census_paid by cgroup and space
 * @paid: their memory, kept over slices
 * @blocks: &struct census_paid_block by key
 * @masks: their memory
 */
struct census_payers {
	bool by_file;
	struct census_budget locked;
	struct census_table table;
	struct census_pool paid;
	struct census_table blocks;
	struct census_pool masks;
};

#if CENSUS_WITH_SHARE
int census_payers_begin(struct census_payers *p, struct census_budget *budget, bool by_file);
void census_payers_reset(struct census_payers *p, bool all);
void census_payers_end(struct census_payers *p);
bool census_payers_add(struct census_payers *p, const struct census_frames *f,
		       const struct census_place *place, u64 owner);
struct census_paid *census_payers_find(struct census_payers *p, u64 cgroup, u32 space);
#else
static inline int census_payers_begin(struct census_payers *p, struct census_budget *budget,
				      bool by_file)
{
	return 0;
}

static inline void census_payers_reset(struct census_payers *p, bool all)
{
}

static inline void census_payers_end(struct census_payers *p)
{
}

static inline bool census_payers_add(struct census_payers *p, const struct census_frames *f,
				     const struct census_place *place, u64 owner)
{
	return true;
}
#endif

#endif /* _CENSUS_CHARGES_H */

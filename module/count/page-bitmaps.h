/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bitmaps of the pages of one process, by address: mapped, exclusive, huge and in swap.
 *
 * 64 pages at consecutive addresses have a bit each in one bitmap.  Only bitmaps with a bit set
 * are kept, so reserved address space costs nothing.  They stay in the snapshot after the census.
 * Those of all snapshots together have a budget of their own, half of max_mem.
 */
#ifndef _CENSUS_PAGE_BITMAPS_H
#define _CENSUS_PAGE_BITMAPS_H

#include "base/budget.h"
#include "owners/owners.h"

/**
 * struct census_bitmap - 64 pages; bit n is page n
 * @addr: of the first page
 * @resident: mapped
 * @exclusive: of @resident, mapped by no other address space; a page that is mapped at
 *	several addresses has the bit at the first one
 * @huge: of @resident, mapped by a PMD or hugetlb
 * @swap: in swap
 */
struct census_bitmap {
	u64 addr;
	u64 resident;
	u64 exclusive;
	u64 huge;
	u64 swap;
};

#define CENSUS_BITMAP_PAGES CENSUS_BLOCK_PAGES
#define CENSUS_BITMAP_BYTES ((u64)PAGE_SIZE * CENSUS_BITMAP_PAGES)
#define CENSUS_BITMAPS_PER_CHUNK (CENSUS_CHUNK_BYTES / sizeof(struct census_bitmap))

/* Slots that are looked at for one process, in 10 to 40 ms. */
#define CENSUS_BITMAPS_SLOTS 2000000

/**
 * struct census_bitmaps - the pages of one process
 * @start: first requested address
 * @end: end of the requested addresses (exclusive)
 * @walked: address that the walk has reached, at most @end
 * @bitmaps: &struct census_bitmap, by address; @nr counts these, not units
 * @budget: of @bitmaps, as all that is needed under locks
 * @slots_left: slots of page caches that may still be looked at, for pages of shmem in swap
 * @full: they exceed their budget, or what is in swap of a file is unknown
 */
struct census_bitmaps {
	u64 start;
	u64 end;
	u64 walked;
	struct census_pool bitmaps;
	struct census_budget budget;
	u64 slots_left;
	bool full;
};

static inline struct census_bitmap *census_bitmap(const struct census_bitmaps *b, u32 i)
{
	struct census_bitmap *bitmaps =
		census_chunk(b->bitmaps.dirs, i / CENSUS_BITMAPS_PER_CHUNK)->units;

	return &bitmaps[i % CENSUS_BITMAPS_PER_CHUNK];
}

/* What census_bitmaps_note() records of pages; without SWAP they are mapped. */
#define CENSUS_NOTE_SWAP BIT(0)
#define CENSUS_NOTE_HUGE BIT(1)
#define CENSUS_NOTE_EXCLUSIVE BIT(2)

struct census_bitmaps *census_bitmaps_alloc(u64 start, u64 end);
void census_bitmaps_free(struct census_bitmaps *b);
void census_bitmaps_reset(struct census_bitmaps *b);
void census_bitmaps_note(struct census_bitmaps *b, u64 addr, u64 nr, unsigned int bits);

#endif /* _CENSUS_PAGE_BITMAPS_H */

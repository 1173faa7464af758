/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bitmaps of the pages of one process, by address: mapped, exclusive, huge and in swap.
 *
 * Each page that the walk meets is recorded in the bitmaps at once, and kept with the key of
 * its block until owners are finished.  Then the block of that key tells which of
 * its pages have one owner.  So the bits agree with the figures of the same census, even
 * if the process changes during it.
 *
 * 64 pages at consecutive addresses are a block.  Only blocks with a bit set are kept, so
 * reserved address space costs nothing.  Bitmaps stay in the snapshot after the census.
 * Those of all snapshots together have a separate budget, half of max_mem.  Places use
 * the budget for counting owners; if that is used up, they are kept slice by slice, like
 * owners.
 */
#ifndef _CENSUS_PAGES_H
#define _CENSUS_PAGES_H

#include "count/frames.h"
#include "walk/entries.h"

/**
 * struct census_page_block - 64 pages; bit n is page n
 * @addr: of the first page
 * @resident: mapped
 * @exclusive: of @resident, mapped by no other address space; a page that is mapped at
 *	several addresses has the bit at the first one
 * @huge: of @resident, mapped by a PMD or hugetlb
 * @swap: in swap
 */
struct census_page_block {
	u64 addr;
	u64 resident;
	u64 exclusive;
	u64 huge;
	u64 swap;
};

#define CENSUS_PAGE_BLOCK_BYTES ((u64)PAGE_SIZE * CENSUS_BLOCK_PAGES)
#define CENSUS_PAGE_BLOCKS_PER_CHUNK \
	(CENSUS_CHUNK_BYTES / sizeof(struct census_page_block))

/**
 * struct census_pages - the pages of one process
 * @start: first requested address
 * @end: end of the requested addresses (exclusive)
 * @walked: address that the walk has reached, at most @end
 * @blocks: &struct census_page_block, by address; @nr counts these, not units
 * @places: &struct kept_place, until the census ends; unit 0 is not used
 * @blocks_budget: of @blocks, as all that is needed under locks
 * @places_budget: of @places
 * @full: the bitmaps exceed their budget
 */
struct census_pages {
	u64 start;
	u64 end;
	u64 walked;
	struct census_pool blocks;
	struct census_pool places;
	struct census_budget blocks_budget;
	struct census_budget places_budget;
	bool full;
};

static inline struct census_page_block *census_page_block(const struct census_pages *p,
							  u32 i)
{
	struct census_page_block *blocks =
		census_chunk(p->blocks.dirs, i / CENSUS_PAGE_BLOCKS_PER_CHUNK)->units;

	return &blocks[i % CENSUS_PAGE_BLOCKS_PER_CHUNK];
}

void census_pages_init(void);
struct census_pages *census_pages_alloc(u64 start, u64 end);
void census_pages_free(struct census_pages *p);

void census_pages_begin(struct census_pages *p, struct census_budget *budget);
void census_pages_slice(struct census_pages *p);
void census_pages_add(struct census_pages *p, struct census_frames *f,
		      const struct census_place *place, bool later);
void census_pages_note_swap(struct census_pages *p, u64 addr, u64 mask);
int census_pages_finish(struct census_pages *p, const struct census_frames *f);
u64 census_pages_end(struct census_pages *p);

#endif /* _CENSUS_PAGES_H */

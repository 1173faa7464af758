/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pages of one process are where: bitmaps by address, of the pages that are
 * mapped, exclusive, huge and in swap.
 *
 * The walk hands on places.  Each is noted in the bitmaps at once, and kept, with
 * the key that its pages were marked by, until owners are settled: then the block
 * of that key says which of its pages have one owner.  So the bits add up to the
 * figures of the same census, whatever the process does meanwhile.
 *
 * 64 pages at neighbouring addresses are a block; only blocks with a bit set are
 * kept, so reserved memory costs nothing.  Bitmaps outlive the census, in its
 * snapshot: those of all snapshots together have a budget of their own, half of
 * max_mem.  Places share the budget for counting owners; where that is used up they
 * are kept slice by slice, as owners are.
 */
#ifndef _CENSUS_PAGES_H
#define _CENSUS_PAGES_H

#include "frames.h"
#include "walk.h"

/**
 * struct census_page_block - 64 pages; bit n stands for the page n of them
 * @addr: of the first
 * @resident: mapped
 * @exclusive: of @resident, mapped by no other address space; a page that is mapped
 *	at several addresses is so at the first
 * @huge: of @resident, mapped by a PMD or of hugetlb
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
 * @start: first address that was requested
 * @end: first address behind those that were
 * @walked: the walk has come to here, @end at most
 * @blocks: &struct census_page_block, by address; @nr of them, not of units
 * @places: &struct kept_place, until the census ends; unit 0 is not used
 * @full: the bitmaps do not fit into their budget
 */
struct census_pages {
	u64 start;
	u64 end;
	u64 walked;
	struct census_pool blocks;
	struct census_pool places;
	bool full;
};

static inline struct census_page_block *census_page_block(const struct census_pages *p,
							  u32 i)
{
	struct census_page_block *blocks =
		p->blocks.chunks[i / CENSUS_PAGE_BLOCKS_PER_CHUNK].units;

	return &blocks[i % CENSUS_PAGE_BLOCKS_PER_CHUNK];
}

void census_pages_init(void);
struct census_pages *census_pages_alloc(u64 start, u64 end);
void census_pages_free(struct census_pages *p);

void census_pages_begin(struct census_pages *p, struct census_budget *budget);
void census_pages_slice(struct census_pages *p);
u64 census_pages_note(struct census_pages *p, const struct census_place *place);
void census_pages_note_swap(struct census_pages *p, u64 addr, u64 mask);
void census_pages_keep(struct census_pages *p, struct census_frames *f,
		       const struct census_place *place);
int census_pages_settle(struct census_pages *p, const struct census_frames *f);
u64 census_pages_end(struct census_pages *p);

#endif /* _CENSUS_PAGES_H */

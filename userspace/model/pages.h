/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bitmaps of the pages of one process, from the PAGES messages of a snapshot.
 */
#ifndef READER_PAGES_H
#define READER_PAGES_H

#include "model/snapshot.h"

/**
 * struct page_block - MEMCENSUS_BLOCK_PAGES pages; bit n stands for page n of them
 * @address: of the first page, a multiple of the size of a block
 * @resident: mapped
 * @exclusive: of @resident: no other process maps it; at the first address of several
 * @huge: of @resident: mapped by a PMD, or part of a hugetlb page
 * @swap: in swap
 */
struct page_block {
	uint64_t address;
	uint64_t resident;
	uint64_t exclusive;
	uint64_t huge;
	uint64_t swap;
};

/* How many pages; see &struct page_block. */
struct page_counts {
	uint64_t resident;
	uint64_t exclusive;
	uint64_t huge;
	uint64_t swap;
};

/* A place among the blocks of a snapshot; zeroed: before the first. */
struct pages_cursor {
	size_t part;
	size_t i;
};

/* The next block, by address, of a checked @snap; false after the last. */
bool pages_next(const struct snapshot *snap, struct pages_cursor *cursor,
		struct page_block *block);

/* The address up to which the bitmaps of @snap are known; 0: they are not at all. */
uint64_t pages_end(const struct snapshot *snap);

/*
 * The next block with pages between @start and @end from @here on, without the bits of others;
 * false: there is none.  @cursor: what @here begins as; where a call with an @end up to this
 * @start has left it, or zeroed.  It moves up to @end.
 */
bool pages_next_between(const struct snapshot *snap, struct pages_cursor *cursor,
			struct pages_cursor *here, uint64_t start, uint64_t end,
			struct page_block *block);

/* All pages between @start and @end; @cursor as above. */
struct page_counts pages_between(const struct snapshot *snap, struct pages_cursor *cursor,
				 uint64_t start, uint64_t end);

#endif /* READER_PAGES_H */

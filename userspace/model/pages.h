/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pages of one process, by address.
 */
#ifndef READER_PAGES_H
#define READER_PAGES_H

#include "model/snapshot.h"

/* Pages of a block: those of a word. */
#define PAGE_BLOCK	64

/**
 * struct page_block - PAGE_BLOCK pages; bit n stands for page n of them
 * @address: of the first page, a multiple of the size of a block
 * @resident: mapped
 * @exclusive: of @resident: mapped once, by its map count
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

/*
 * The next block of @snap with pages between @start and @end from number *@here on, without the
 * bits of others; false: there is none.  *@at: what *@here begins as; where a call with an @end up
 * to this @start has left it, or 0.  It moves up to @end.
 */
bool pages_next(const struct snapshot *snap, size_t *at, size_t *here, uint64_t start,
		uint64_t end, struct page_block *block);

#endif /* READER_PAGES_H */

// SPDX-License-Identifier: GPL-2.0
/* The pages of one process. */
#include "model/pages.h"

/* Pages of a block from number @first on, up to all. */
static uint64_t bits_from(uint64_t first)
{
	return first < PAGE_BLOCK ? ~0ULL << first : 0;
}

/* Clears the bits of @block whose pages are not between @start and @end. */
static void cut(const struct snapshot *snap, struct page_block *block, uint64_t start, uint64_t end)
{
	const uint64_t size = page_size_of(snap);
	uint64_t mask = ~0ULL;

	if (start > block->address)
		mask &= bits_from((start - block->address + size - 1) / size);
	mask &= end > block->address ? ~bits_from((end - block->address + size - 1) / size) : 0;
	block->resident &= mask;
	block->exclusive &= mask;
	block->huge &= mask;
	block->swap &= mask;
}

bool pages_next(const struct snapshot *snap, size_t *at, size_t *here, uint64_t start,
		uint64_t end, struct page_block *block)
{
	if (*here >= snap->n_pages || snap->pages[*here].address >= end)
		return false;
	*block = snap->pages[(*here)++];
	/* A block that goes on behind @end is met again. */
	if (block->address + page_size_of(snap) * PAGE_BLOCK <= end)
		*at = *here;
	cut(snap, block, start, end);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/* The bitmaps of the pages of one process. */
#include <inttypes.h>

#include "model/columns.h"
#include "model/pages.h"

uint64_t pages_end(const struct snapshot *snap)
{
	return snap->n_pages ? snap->pages[snap->n_pages - 1].end : 0;
}

static int check_part(const struct pages *part, uint64_t bytes, uint64_t *next,
		      struct failure *why)
{
	const uint64_t all = (2ULL << MEMCENSUS_PAGES_SWAP) - (1ULL << MEMCENSUS_PAGES_PID);
	size_t i, n = part->addresses.n;

	if ((part->known & all) != all)
		return fail(why, FAIL_MALFORMED, "malformed message: PAGES lacks an attribute");
	if (part->resident.n != n || part->exclusive.n != n || part->huge.n != n ||
	    part->swap.n != n)
		return fail(why, FAIL_MALFORMED,
			    "malformed message: arrays of PAGES differ in length");
	for (i = 0; i < n; i++) {
		uint64_t address = part->addresses.v[i];

		if (address % bytes || address < *next || address >= part->end)
			return fail(why, FAIL_MALFORMED,
				    "malformed message: block %" PRIx64 " of PAGES out of order",
				    address);
		if ((part->exclusive.v[i] | part->huge.v[i]) & ~part->resident.v[i])
			return fail(why, FAIL_MALFORMED,
				    "malformed message: block %" PRIx64 " of PAGES not in RESIDENT",
				    address);
		*next = address + bytes;
	}
	return 0;
}

static int check_pages(const struct snapshot *snap, struct failure *why)
{
	const uint64_t size = page_size_of(snap), bytes = size * MEMCENSUS_BLOCK_PAGES;
	uint64_t next = 0;
	size_t i;

	if (!snap->n_pages)
		return 0;
	if (!size || size & (size - 1) || size > 1UL << 30)
		return fail(why, FAIL_MALFORMED,
			    "malformed message: PAGES without the size of a page");
	/* The first block may begin below the range. */
	next = snap->pages[0].start & ~(bytes - 1);
	for (i = 0; i < snap->n_pages; i++) {
		const struct pages *part = &snap->pages[i];

		if (part->end < part->start ||
		    (i && (part->start != snap->pages[i - 1].end ||
			   part->pid != snap->pages[0].pid)))
			return fail(why, FAIL_MALFORMED,
				    "malformed message: PAGES messages do not adjoin");
		if (check_part(part, bytes, &next, why))
			return -1;
	}
	return 0;
}

#define PAGES(num, ...)	ATTRIBUTE(pages, MEMCENSUS_PAGES_##num, NULL, __VA_ARGS__)

/* No command lists them as rows. */
static const struct column pages_fields[] = {
	PAGES(PID, pid, U32, ID, "process"),
	PAGES(START, start, U64, ADDRESS, "first address"),
	PAGES(END, end, U64, ADDRESS, "first address behind it"),
	PAGES(ADDRESSES, addresses, U64S, LIST, "of blocks"),
	PAGES(RESIDENT, resident, U64S, LIST, "pages of each that are mapped"),
	PAGES(EXCLUSIVE, exclusive, U64S, LIST, "of these, exclusive"),
	PAGES(HUGE, huge, U64S, LIST, "of these, huge"),
	PAGES(SWAP, swap, U64S, LIST, "pages of each that are in swap"),
};

const struct row_type pages_rows = {
	.name = "pages",
	.fields = COLUMNS_TO(MEMCENSUS_PAGES_MAX, pages_fields),
	IN_SNAPSHOT(pages, n_pages),
	.check = check_pages,
};

bool pages_next(const struct snapshot *snap, struct pages_cursor *cursor,
		struct page_block *block)
{
	const struct pages *part;

	while (cursor->part < snap->n_pages &&
	       cursor->i >= snap->pages[cursor->part].addresses.n) {
		cursor->part++;
		cursor->i = 0;
	}
	if (cursor->part >= snap->n_pages)
		return false;
	part = &snap->pages[cursor->part];
	*block = (struct page_block) {
		.address = part->addresses.v[cursor->i],
		.resident = part->resident.v[cursor->i],
		.exclusive = part->exclusive.v[cursor->i],
		.huge = part->huge.v[cursor->i],
		.swap = part->swap.v[cursor->i],
	};
	cursor->i++;
	return true;
}

/* Pages of a block from number @first on, up to all 64. */
static uint64_t bits_from(uint64_t first)
{
	return first < MEMCENSUS_BLOCK_PAGES ? ~0ULL << first : 0;
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

bool pages_next_between(const struct snapshot *snap, struct pages_cursor *cursor,
			struct pages_cursor *here, uint64_t start, uint64_t end,
			struct page_block *block)
{
	if (!pages_next(snap, here, block) || block->address >= end)
		return false;
	/* A block that goes on behind @end is met again. */
	if (block->address + page_size_of(snap) * MEMCENSUS_BLOCK_PAGES <= end)
		*cursor = *here;
	cut(snap, block, start, end);
	return true;
}

struct page_counts pages_between(const struct snapshot *snap, struct pages_cursor *cursor,
				 uint64_t start, uint64_t end)
{
	struct page_counts counts = { 0 };
	struct pages_cursor here = *cursor;
	struct page_block block;

	while (pages_next_between(snap, cursor, &here, start, end, &block)) {
		counts.resident += __builtin_popcountll(block.resident);
		counts.exclusive += __builtin_popcountll(block.exclusive);
		counts.huge += __builtin_popcountll(block.huge);
		counts.swap += __builtin_popcountll(block.swap);
	}
	return counts;
}

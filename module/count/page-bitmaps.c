// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/params.h"
#include "count/page-bitmaps.h"

/* Of all snapshots: a caller may hold a snapshot for any time. */
static struct census_budget all_bitmaps;

/**
 * census_bitmaps_alloc() - allocate bitmaps without pages
 * @start: first requested address
 * @end: end of the requested addresses (exclusive)
 *
 * Return: to be freed by census_bitmaps_free(), or NULL.
 */
struct census_bitmaps *census_bitmaps_alloc(u64 start, u64 end)
{
	struct census_bitmaps *b = kzalloc(sizeof(*b), CENSUS_GFP);

	if (!b)
		return NULL;
	all_bitmaps.limit = census_params.max_mem / 2;
	b->start = start;
	b->end = end;
	b->walked = start;
	b->slots_left = CENSUS_BITMAPS_SLOTS;
	b->budget = census_budget_locked(&all_bitmaps);
	b->bitmaps.budget = &b->budget;
	return b;
}

/* @b may be NULL. */
void census_bitmaps_free(struct census_bitmaps *b)
{
	if (b)
		census_pool_free(&b->bitmaps);
	kfree(b);
}

/* Discards all pages: the walk starts again. */
void census_bitmaps_reset(struct census_bitmaps *b)
{
	census_pool_free(&b->bitmaps);
	b->walked = b->start;
	b->slots_left = CENSUS_BITMAPS_SLOTS;
	b->full = false;
}

/* Return: the last bitmap, or a new one after it; NULL without memory. */
static struct census_bitmap *bitmap_at(struct census_bitmaps *b, u64 addr)
{
	struct census_pool *pool = &b->bitmaps;
	struct census_bitmap *bitmap;

	if (pool->nr) {
		bitmap = census_bitmap(b, pool->nr - 1);
		if (bitmap->addr == addr)
			return bitmap;
	}
	if (pool->nr / CENSUS_BITMAPS_PER_CHUNK >= pool->nr_chunks &&
	    (pool->nr == U32_MAX || !census_pool_grow(pool)))
		return NULL;
	bitmap = census_bitmap(b, pool->nr++);
	*bitmap = (struct census_bitmap) { .addr = addr };
	return bitmap;
}

/**
 * census_bitmaps_note() - record pages, without those that were not requested
 * @b: the bitmaps; @full is set without memory
 * @addr: of the first page, not below what was recorded before
 * @nr: number of pages
 * @bits: CENSUS_NOTE_*
 *
 * Does not sleep.
 */
void census_bitmaps_note(struct census_bitmaps *b, u64 addr, u64 nr, unsigned int bits)
{
	u64 end = min(addr + nr * PAGE_SIZE, b->end), first, next, mask;
	struct census_bitmap *bitmap;

	for (addr = max(addr, b->start); addr < end && !b->full; addr = next) {
		first = ALIGN_DOWN(addr, CENSUS_BITMAP_BYTES);
		next = min(first + CENSUS_BITMAP_BYTES, end);
		mask = GENMASK_ULL(((next - first) >> PAGE_SHIFT) - 1,
				   (addr - first) >> PAGE_SHIFT);
		bitmap = bitmap_at(b, first);
		if (!bitmap) {
			b->full = true;
			return;
		}
		bitmap->swap |= bits & CENSUS_NOTE_SWAP ? mask : 0;
		bitmap->resident |= bits & CENSUS_NOTE_SWAP ? 0 : mask;
		bitmap->huge |= bits & CENSUS_NOTE_HUGE ? mask : 0;
		bitmap->exclusive |= bits & CENSUS_NOTE_EXCLUSIVE ? mask : 0;
	}
}

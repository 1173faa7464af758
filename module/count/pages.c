// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "base/params.h"
#include "count/pages.h"

/**
 * struct kept_place - pages whose owners are counted, in one unit of a pool
 * @key: of the block in which they were marked; 0: they are exclusive and not marked
 * @where: from bit 12 on the number of the first page, from bit 6 on its bit in the
 *	block, and below the number of pages minus 1; hugetlb: one bit is one huge page
 */
struct kept_place {
	u64 key;
	u64 where;
};

static_assert(sizeof(struct kept_place) == CENSUS_UNIT_BYTES);

#define PLACE_PAGE_SHIFT 12
#define PLACE_AT_SHIFT 6
#define PLACE_MASK (BIT(PLACE_AT_SHIFT) - 1)

/* Bitmaps of all snapshots: a caller may hold a snapshot for any time. */
static struct census_budget blocks_budget;

void census_pages_init(void)
{
	blocks_budget.limit = census_params.max_mem / 2;
}

/**
 * census_pages_alloc() - allocate bitmaps without pages
 * @start: first requested address
 * @end: end of the requested addresses (exclusive)
 *
 * Return: to be freed by census_pages_free(), or NULL.
 */
struct census_pages *census_pages_alloc(u64 start, u64 end)
{
	struct census_pages *p = kzalloc(sizeof(*p), CENSUS_GFP);

	if (!p)
		return NULL;
	p->start = start;
	p->end = end;
	p->blocks_budget = census_budget_locked(&blocks_budget);
	p->blocks.budget = &p->blocks_budget;
	return p;
}

/* @p may be NULL.  After census_pages_begin(), census_pages_end() must be called first. */
void census_pages_free(struct census_pages *p)
{
	if (!p)
		return;
	census_pool_free(&p->blocks);
	kfree(p);
}

/**
 * census_pages_begin() - start a walk, or discard the last one
 * @p: the pages
 * @budget: of the census
 */
void census_pages_begin(struct census_pages *p, struct census_budget *budget)
{
	census_pool_free(&p->blocks);
	census_pool_free(&p->places);
	p->places_budget = census_budget_locked(budget);
	p->places.budget = &p->places_budget;
	p->places.nr = 1;
	p->walked = p->start;
	p->full = false;
}

/* The places of the last slice are finished; their memory is used again. */
void census_pages_slice(struct census_pages *p)
{
	p->places.nr = 1;
}

/* Return: the last block, or a new one after it; NULL without memory. */
static struct census_page_block *block_at(struct census_pages *p, u64 addr)
{
	struct census_pool *pool = &p->blocks;
	struct census_page_block *b;

	if (pool->nr) {
		b = census_page_block(p, pool->nr - 1);
		if (b->addr == addr)
			return b;
	}
	if (pool->nr / CENSUS_PAGE_BLOCKS_PER_CHUNK >= pool->nr_chunks &&
	    (pool->nr == U32_MAX || !census_pool_grow(pool)))
		return NULL;
	b = census_page_block(p, pool->nr++);
	*b = (struct census_page_block) { .addr = addr };
	return b;
}

#define NOTE_SWAP BIT(0)
#define NOTE_HUGE BIT(1)
#define NOTE_EXCLUSIVE BIT(2)

/*
 * Adds pages @mask of the block at @addr, without those that were not requested.
 * @bits: NOTE_*
 */
static void note_block(struct census_pages *p, u64 addr, u64 mask, unsigned int bits)
{
	struct census_page_block *b;

	if (addr < p->start)
		mask &= p->start - addr < CENSUS_PAGE_BLOCK_BYTES ?
			~0ULL << ((p->start - addr) >> PAGE_SHIFT) : 0;
	if (addr + CENSUS_PAGE_BLOCK_BYTES > p->end)
		mask &= p->end > addr ? ~(~0ULL << ((p->end - addr) >> PAGE_SHIFT)) : 0;
	if (!mask || p->full)
		return;
	b = block_at(p, addr);
	if (!b) {
		p->full = true;
		return;
	}
	b->swap |= bits & NOTE_SWAP ? mask : 0;
	b->resident |= bits & NOTE_SWAP ? 0 : mask;
	b->huge |= bits & NOTE_HUGE ? mask : 0;
	b->exclusive |= bits & NOTE_EXCLUSIVE ? mask : 0;
}

/* Adds pages to the bitmaps. */
static void note_place(struct census_pages *p, const struct census_frames *f,
		       const struct census_place *place)
{
	u64 addr = place->addr, end = addr + (u64)place->nr * PAGE_SIZE;
	unsigned int bits = 0;

	if (place->kind == CENSUS_SWAP)
		bits = NOTE_SWAP;
	else if (place->kind == CENSUS_HUGETLB || place->bits & CENSUS_PMD)
		bits = NOTE_HUGE;
	if (place->kind == CENSUS_PRESENT && place->bits & CENSUS_EXCLUSIVE &&
	    census_frames_counts(f, place->key))
		bits |= NOTE_EXCLUSIVE;
	while (addr < end) {
		u64 first = ALIGN_DOWN(addr, CENSUS_PAGE_BLOCK_BYTES);
		u64 next = min(first + CENSUS_PAGE_BLOCK_BYTES, end);

		note_block(p, first, GENMASK_ULL(((next - first) >> PAGE_SHIFT) - 1,
						 (addr - first) >> PAGE_SHIFT), bits);
		addr = next;
	}
}

/* Like note_place() for pages in swap: bit n of @mask is page n from @addr on. */
void census_pages_note_swap(struct census_pages *p, u64 addr, u64 mask)
{
	u64 first = ALIGN_DOWN(addr, CENSUS_PAGE_BLOCK_BYTES);
	unsigned int at = (addr - first) >> PAGE_SHIFT;

	note_block(p, first, mask << at, NOTE_SWAP);
	if (at)
		note_block(p, first + CENSUS_PAGE_BLOCK_BYTES,
			   mask >> (CENSUS_BLOCK_PAGES - at), NOTE_SWAP);
}

/* Keeps pages, of one block, until their owners are known; or one hugetlb page. */
static void keep_place(struct census_pages *p, struct census_frames *f,
		       const struct census_place *place)
{
	u64 where = (u64)place->addr >> PAGE_SHIFT, key = place->key;
	u32 nr = place->nr, at = place->at, unit;

	if (place->addr >= p->end || place->addr + (u64)nr * PAGE_SIZE <= p->start)
		return;
	if (place->kind == CENSUS_HUGETLB) {
		key = census_frames_hugetlb_key(f, place->pfn, nr, &at);
		nr = 1;
	}
	if (!census_frames_counts(f, key))
		return;
	if (place->bits & CENSUS_EXCLUSIVE)
		key = 0;
	where = where << PLACE_PAGE_SHIFT | at << PLACE_AT_SHIFT;
	if (at && p->places.nr > 1) {
		struct kept_place *last = census_unit(&p->places, p->places.nr - 1);
		u64 next = (last->where & ~PLACE_MASK) + ((last->where & PLACE_MASK) + 1) *
			   (BIT_ULL(PLACE_PAGE_SHIFT) + BIT_ULL(PLACE_AT_SHIFT));

		/* The next page, at the next bit. */
		if (last->key == key && where == next) {
			last->where += nr;
			return;
		}
	}
	unit = census_pool_take(&p->places, 1);
	if (!unit) {
		f->owners.failed = true;
		return;
	}
	*(struct kept_place *)census_unit(&p->places, unit) = (struct kept_place) {
		.key = key, .where = where | (nr - 1),
	};
}

/**
 * census_pages_add() - add pages to the bitmaps
 * @p: the pages; @full is set without memory for the bitmaps
 * @f: marks of the pages; its failure is set without memory to keep them
 * @place: PRESENT, HUGETLB or SWAP, not below what was added before
 * @later: an earlier slice has added it: only the owners of its pages may be of this one
 *
 * Does not sleep.
 */
void census_pages_add(struct census_pages *p, struct census_frames *f,
		      const struct census_place *place, bool later)
{
	if (!later)
		note_place(p, f, place);
	if (place->kind != CENSUS_SWAP && (later || !(place->bits & CENSUS_EXCLUSIVE)))
		keep_place(p, f, place);
}

/**
 * struct cursor - a position in the bitmaps, which only goes up
 * @p: the pages
 * @i: number of the block
 */
struct cursor {
	struct census_pages *p;
	u32 i;
};

/* Return: the block at @addr, or NULL if no page of it was recorded. */
static struct census_page_block *cursor_block(struct cursor *c, u64 addr)
{
	struct census_page_block *b;

	for (; c->i < c->p->blocks.nr; c->i++) {
		b = census_page_block(c->p, c->i);
		if (b->addr >= addr)
			return b->addr == addr ? b : NULL;
	}
	return NULL;
}

/* Marks pages as exclusive: bit n of @mask is page number @page + n. */
static void set_exclusive(struct cursor *c, u64 page, u64 mask)
{
	u64 first = ALIGN_DOWN(page, CENSUS_BLOCK_PAGES);
	unsigned int at = page - first;
	struct census_page_block *b = cursor_block(c, first << PAGE_SHIFT);

	if (b)
		b->exclusive |= b->resident & (mask << at);
	if (!at || !(mask >> (CENSUS_BLOCK_PAGES - at)))
		return;
	b = cursor_block(c, (first + CENSUS_BLOCK_PAGES) << PAGE_SHIFT);
	if (b)
		b->exclusive |= b->resident & (mask >> (CENSUS_BLOCK_PAGES - at));
}

static void set_exclusive_hugetlb(struct cursor *c, u64 page, u64 nr)
{
	u64 end = page + nr;

	while (page < end) {
		unsigned int n = min_t(u64, CENSUS_BLOCK_PAGES, end - page);

		set_exclusive(c, page, GENMASK_ULL(n - 1, 0));
		page += n;
	}
}

/* Number of places between two cond_resched(). */
#define PLACES_AT_ONCE 4096

/**
 * census_pages_finish() - set the exclusive bits, after the owners of a slice are counted
 * @p: the pages
 * @f: the marks; blocks and turns are finished; bits of its blocks are cleared
 *
 * A page that is mapped twice has one bit in its block.  The first mapping clears it, so
 * that the number of exclusive bits agrees with the figure.
 *
 * Return: 0, or -EINTR after a fatal signal.
 */
int census_pages_finish(struct census_pages *p, const struct census_frames *f)
{
	struct cursor c = { .p = p };
	u32 i;

	for (i = 1; i < p->places.nr; i++) {
		const struct kept_place *place = census_unit(&p->places, i);
		unsigned int at = place->where >> PLACE_AT_SHIFT & PLACE_MASK;
		unsigned int nr = (place->where & PLACE_MASK) + 1;
		u64 page = place->where >> PLACE_PAGE_SHIFT, mask;
		struct census_block *b;

		if (!(i % PLACES_AT_ONCE)) {
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
		if (!place->key) {
			set_exclusive(&c, page, GENMASK_ULL(nr - 1, 0));
			continue;
		}
		b = census_frames_block(f, place->key);
		if (!b)
			continue;
		mask = b->ones & GENMASK_ULL(at + nr - 1, at);
		b->ones &= ~mask;
		if (!mask)
			continue;
		if (census_key_kind(place->key) >= CENSUS_OF_HUGETLB)
			set_exclusive_hugetlb(&c, page, census_frames_hugetlb_pages(f, place->key));
		else
			set_exclusive(&c, page, mask >> at);
	}
	return 0;
}

/* Ends the census.  Return: bytes that remain allocated. */
u64 census_pages_end(struct census_pages *p)
{
	census_pool_free(&p->places);
	p->places.budget = NULL;
	return sizeof(*p) + (u64)p->blocks.nr_chunks * CENSUS_CHUNK_BYTES;
}

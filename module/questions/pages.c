// SPDX-License-Identifier: GPL-2.0
/*
 * Which pages of one process are mapped, exclusive, huge or in swap: bitmaps by address.
 *
 * Each page that the walk meets is noted in the bitmaps at once, and its place is kept with the key
 * of its block until owners are counted.  Then the block of that key tells which of its pages have
 * one owner.  So the bits agree with the figures of the same census, even if the process changes
 * during it.
 *
 * Places use the budget for counting owners; if that is used up, they are kept slice by slice, like
 * owners.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "count/page-bitmaps.h"
#include "questions/questions.h"

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

/**
 * struct pages - the pages of the only process of the request
 * @bitmaps: in the snapshot
 * @budget: of @places, as all that is needed under locks
 * @places: &struct kept_place of the slice; unit 0 is not used
 */
struct pages {
	struct census_bitmaps *bitmaps;
	struct census_budget budget;
	struct census_pool places;
};

static bool pages_asked(const struct census_request *req)
{
	return req->pages;
}

static int pages_begin(struct census *c, void *state)
{
	struct pages *s = state;

	s->bitmaps = c->snap->bitmaps;
	s->budget = census_budget_locked(&c->budget);
	s->places.budget = &s->budget;
	return 0;
}

static void discard(struct pages *s)
{
	census_bitmaps_reset(s->bitmaps);
	census_pool_free(&s->places);
	s->places.nr = 1;
}

static void pages_restart(struct census *c, void *state)
{
	discard(state);
}

static void pages_forget(void *state, const struct census_mm *m)
{
	if (m->task)
		discard(state);
}

static bool pages_wants(const struct census_tally *t)
{
	return t->m->task;
}

/* Notes pages in the bitmaps. */
static void note_place(struct census_bitmaps *b, const struct census_marks *f,
		       const struct census_place *place)
{
	unsigned int bits = 0;

	if (place->type == CENSUS_SWAP)
		bits = CENSUS_NOTE_SWAP;
	else if (place->type == CENSUS_HUGETLB || place->bits & CENSUS_PMD)
		bits = CENSUS_NOTE_HUGE;
	if (place->type == CENSUS_PRESENT && place->bits & CENSUS_EXCLUSIVE &&
	    census_marks_counts(f, place->key))
		bits |= CENSUS_NOTE_EXCLUSIVE;
	census_bitmaps_note(b, place->addr, place->nr, bits);
}

/* Keeps pages, of one block, until their owners are known; or one hugetlb page. */
static void keep_place(struct pages *s, struct census_marks *f, const struct census_place *place)
{
	u64 where = (u64)place->addr >> PAGE_SHIFT, key = place->key;
	u32 nr = place->nr, at = place->at, unit;

	if (place->addr >= s->bitmaps->end ||
	    place->addr + (u64)nr * PAGE_SIZE <= s->bitmaps->start)
		return;
	if (place->type == CENSUS_HUGETLB) {
		key = census_marks_hugetlb_key(f, place->pfn, nr, &at);
		nr = 1;
	}
	if (!census_marks_counts(f, key))
		return;
	if (place->bits & CENSUS_EXCLUSIVE)
		key = 0;
	where = where << PLACE_PAGE_SHIFT | at << PLACE_AT_SHIFT;
	if (at && s->places.nr > 1) {
		struct kept_place *last = census_unit(&s->places, s->places.nr - 1);
		u64 next = (last->where & ~PLACE_MASK) + ((last->where & PLACE_MASK) + 1) *
			   (BIT_ULL(PLACE_PAGE_SHIFT) + BIT_ULL(PLACE_AT_SHIFT));

		/* The next page, at the next bit. */
		if (last->key == key && where == next) {
			last->where += nr;
			return;
		}
	}
	unit = census_pool_take(&s->places, 1);
	if (!unit) {
		f->owners.failed = true;
		return;
	}
	*(struct kept_place *)census_unit(&s->places, unit) = (struct kept_place) {
		.key = key, .where = where | (nr - 1),
	};
}

/* If an earlier slice has noted the pages, only their owners may be of this one. */
static void pages_page(void *state, const struct census_tally *t, const struct census_place *place)
{
	struct pages *s = state;

	if (!t->later)
		note_place(s->bitmaps, t->marks, place);
	if (place->type != CENSUS_SWAP && (t->later || !(place->bits & CENSUS_EXCLUSIVE)))
		keep_place(s, t->marks, place);
}

/**
 * struct cursor - a position in the bitmaps, which only goes up
 * @bitmaps: the bitmaps
 * @i: number of the bitmap
 */
struct cursor {
	struct census_bitmaps *bitmaps;
	u32 i;
};

/* Return: the bitmap at @addr, or NULL if no page of it was noted. */
static struct census_bitmap *cursor_bitmap(struct cursor *c, u64 addr)
{
	struct census_bitmap *bitmap;

	for (; c->i < c->bitmaps->bitmaps.nr; c->i++) {
		bitmap = census_bitmap(c->bitmaps, c->i);
		if (bitmap->addr >= addr)
			return bitmap->addr == addr ? bitmap : NULL;
	}
	return NULL;
}

/* Marks pages as exclusive: bit n of @mask is page number @page + n. */
static void set_exclusive(struct cursor *c, u64 page, u64 mask)
{
	u64 first = ALIGN_DOWN(page, CENSUS_BITMAP_PAGES);
	unsigned int at = page - first;
	struct census_bitmap *bitmap = cursor_bitmap(c, first << PAGE_SHIFT);

	if (bitmap)
		bitmap->exclusive |= bitmap->resident & (mask << at);
	if (!at || !(mask >> (CENSUS_BITMAP_PAGES - at)))
		return;
	bitmap = cursor_bitmap(c, (first + CENSUS_BITMAP_PAGES) << PAGE_SHIFT);
	if (bitmap)
		bitmap->exclusive |= bitmap->resident & (mask >> (CENSUS_BITMAP_PAGES - at));
}

static void set_exclusive_hugetlb(struct cursor *c, u64 page, u64 nr)
{
	u64 end = page + nr;

	while (page < end) {
		unsigned int n = min_t(u64, CENSUS_BITMAP_PAGES, end - page);

		set_exclusive(c, page, GENMASK_ULL(n - 1, 0));
		page += n;
	}
}

/* Number of places between two cond_resched(). */
#define PLACES_AT_ONCE 4096

/*
 * Sets the exclusive bits of a slice.  A page that is mapped twice has one bit in its block.  The
 * first mapping clears it, so that the number of exclusive bits agrees with the figure.
 */
static int set_slice(struct pages *s, const struct census_marks *f)
{
	struct cursor c = { .bitmaps = s->bitmaps };
	u32 i;

	for (i = 1; i < s->places.nr; i++) {
		const struct kept_place *place = census_unit(&s->places, i);
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
		b = census_marks_block(f, place->key);
		if (!b)
			continue;
		mask = b->ones & GENMASK_ULL(at + nr - 1, at);
		b->ones &= ~mask;
		if (!mask)
			continue;
		if (census_key_kind(place->key) >= CENSUS_OF_HUGETLB)
			set_exclusive_hugetlb(&c, page, census_marks_hugetlb_pages(f, place->key));
		else
			set_exclusive(&c, page, mask >> at);
	}
	s->places.nr = 1;
	return 0;
}

static int pages_count(struct census *c, void *state)
{
	const struct census_tally *t = &c->scan.tally;
	struct pages *s = state;
	struct census_bitmaps *b = s->bitmaps;
	const struct census_mm *m;

	list_for_each_entry(m, &c->scan.collection.mms, link) {
		if (!t->later && m->task && m->state != MEMCENSUS_STATE_VANISHED)
			b->walked = clamp_t(u64, m->state == MEMCENSUS_STATE_WALKED ?
						 b->end : m->next_addr, b->start, b->end);
		cond_resched();
	}
	return set_slice(s, t->marks);
}

static void pages_end(struct census *c, void *state)
{
	struct pages *s = state;

	census_pool_free(&s->places);
	c->snap->cost.memory += sizeof(*s->bitmaps) +
				(u64)s->bitmaps->bitmaps.nr_chunks * CENSUS_CHUNK_BYTES;
}

const struct census_question census_pages = {
	.size = sizeof(struct pages),
	.is_asked = pages_asked,
	.begin = pages_begin,
	.restart = pages_restart,
	.wants = pages_wants,
	.page = pages_page,
	.forget = pages_forget,
	.count = pages_count,
	.end = pages_end,
};

// SPDX-License-Identifier: GPL-2.0
#include "owners/owners.h"

/*
 * Reference to planes: a unit number above two bits for the capacity, 4, 8, 16 or 32
 * planes.  With plane 0 these count up to 2^33 owners.
 */
#define PLANES_SIZE_BITS 2
#define PLANES_MIN 4
#define PLANES_MAX 32

static u32 planes_size(u32 planes)
{
	return planes & (BIT(PLANES_SIZE_BITS) - 1);
}

static u32 planes_capacity(u32 planes)
{
	return PLANES_MIN << planes_size(planes);
}

static u64 *planes_words(const struct census_owners *o, u32 planes)
{
	return census_unit(&o->planes, planes >> PLANES_SIZE_BITS);
}

void census_owners_init(struct census_owners *o)
{
	/* Number 0 means none. */
	o->blocks.nr = 1;
	o->entries.nr = 1;
	o->planes.nr = 1;
	o->splits.nr = 1;
	o->turns.nr = 0;
	o->forked.nr = CENSUS_FORKED_UNITS;
	o->arrays.nr = 1;
	o->bitmaps.nr = 1;
	o->families.nr = CENSUS_FORKED_UNITS;
	o->nr_turns = 0;
	o->chain = NULL;
	o->mm = 0;
	o->turn_first = 1;
	o->mm_first = 1;
	o->resumed = false;
	o->failed = false;
}

/* Adds the last turn to its chain, if it has entries: without, it is used again. */
void census_owners_chain_last(struct census_owners *o)
{
	struct census_chain *chain = o->chain;
	u32 last = o->nr_turns;

	if (!chain || census_turn(o, last - 1)->first == o->entries.nr ||
	    chain->last == last)
		return;
	if (chain->last)
		census_turn(o, chain->last - 1)->next = last;
	else
		chain->first = last;
	chain->last = last;
}

/* Makes the entries of the current address space the newest of their blocks again. */
static void resume_owners(struct census_owners *o)
{
	u32 turn, e;

	for (turn = o->chain->first; turn; turn = census_turn(o, turn - 1)->next) {
		u32 end = census_turn_end(o, turn - 1);

		for (e = census_turn(o, turn - 1)->first; e < end; e++) {
			u32 block = census_entry(o, e)->block;

			if (block)
				census_block(o, block)->newest = e;
			if (!(e % CENSUS_RESCHED_ENTRIES))
				cond_resched();
		}
	}
	o->resumed = o->chain->first;
}

/* Return: a new last turn, or NULL without memory. */
static struct census_turn *add_turn(struct census_owners *o)
{
	u32 unit = o->nr_turns * CENSUS_TURN_UNITS;

	if (unit >> CENSUS_CHUNK_SHIFT >= o->turns.nr_chunks &&
	    (unit > ~0U - CENSUS_TURN_UNITS || !census_pool_grow(&o->turns))) {
		o->failed = true;
		return NULL;
	}
	o->turns.nr = unit + CENSUS_TURN_UNITS;
	return census_turn(o, o->nr_turns++);
}

/**
 * census_owners_turn() - set the owner of the marks that follow
 * @o: the owners
 * @holdings: by kind; census_turn_finish() adds the result, so it must stay until then
 * @mm: number of the owner's address space, from 1: a page that several owners of one
 *	mm map belongs to the first of them
 * @chain: of @mm; it stays until the marks are finished.  If it has entries, and another mm
 *	had turns since, this takes a time proportional to these entries
 *
 * Return: false without memory.
 */
bool census_owners_turn(struct census_owners *o,
			struct census_holding *holdings, u32 mm,
			struct census_chain *chain)
{
	struct census_turn *t = NULL;

	if (o->nr_turns)
		t = census_turn(o, o->nr_turns - 1);
	if (t && t->holdings == holdings && t->mm == mm) {
		/* If it was forgotten before its first entry, it begins again. */
		o->chain = chain;
		return true;
	}
	census_owners_chain_last(o);
	/* Reuse a turn without marks. */
	if (!t || t->first < o->entries.nr)
		t = add_turn(o);
	if (!t)
		return false;
	*t = (struct census_turn) {
		.holdings = holdings, .first = o->entries.nr, .mm = mm,
	};
	o->turn_first = o->entries.nr;
	o->chain = chain;
	if (o->mm != mm) {
		o->mm = mm;
		o->mm_first = o->entries.nr;
		o->resumed = false;
		resume_owners(o);
	}
	return true;
}

/* Makes room for @nr more entries.  Return: false without memory. */
bool census_owners_room(struct census_owners *o, u32 nr)
{
	struct census_pool *p = &o->entries;

	if (p->nr + nr < p->nr)
		o->failed = true;
	while (!o->failed &&
	       (u64)p->nr_chunks << CENSUS_CHUNK_SHIFT < p->nr + nr)
		o->failed = !census_pool_grow(p);
	return !o->failed;
}

/* Checks whether an entry before @o->mm_first belongs to the current address space. */
static bool is_of_mm(const struct census_owners *o, u32 entry)
{
	u32 low = 0, high = o->nr_turns;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (census_turn(o, mid)->first <= entry)
			low = mid;
		else
			high = mid;
	}
	return census_turn(o, low)->mm == o->mm;
}

/**
 * census_mark_slowly() - census_mark() for an mm that may have older entries
 * @o: the owners
 * @m: of @o
 * @b: the block
 * @block: its unit number
 * @mask: one bit for each page
 *
 * Return: the pages that the mm has not marked before.
 */
u64 census_mark_slowly(const struct census_owners *o, struct census_marker *m,
		       struct census_block *b, u32 block, u64 mask)
{
	u32 newest = b->newest, e;

	if (newest < o->mm_first && (!newest || !is_of_mm(o, newest)))
		newest = 0;
	for (e = newest; e; e = census_entry(o, e)->older)
		mask &= ~census_entry(o, e)->mask;
	if (!mask)
		return 0;
	if (newest >= o->turn_first) {
		census_entry(o, newest)->mask |= mask;
		return mask;
	}
	*census_entry(o, m->next) = (struct census_entry) {
		.mask = mask, .block = block, .older = newest,
	};
	b->newest = m->next++;
	return mask;
}

/* Doubles the capacity of a block's planes.  Return: false without memory. */
static bool grow_planes(struct census_owners *o, struct census_block *b)
{
	u32 old = b->planes ? planes_capacity(b->planes) : 0;
	u32 size = b->planes ? planes_size(b->planes) + 1 : 0;
	u32 capacity = PLANES_MIN << size;
	u32 unit = census_pool_take(&o->planes, capacity * sizeof(u64) / CENSUS_UNIT_BYTES);
	u64 *words;

	if (!unit || unit >> (32 - PLANES_SIZE_BITS)) {
		o->failed = true;
		return false;
	}
	words = census_unit(&o->planes, unit);
	if (old)
		memcpy(words, planes_words(o, b->planes), old * sizeof(*words));
	memset(words + old, 0, (capacity - old) * sizeof(*words));
	b->planes = unit << PLANES_SIZE_BITS | size;
	return true;
}

/* Carries into plane 1 the pages whose bit in plane 0 overflowed. */
noinline void census_planes_add(struct census_owners *o, struct census_block *b,
				u64 carry)
{
	u32 plane = 0;

	do {
		u32 end = b->planes ? planes_capacity(b->planes) : 0;
		u64 *words = end ? planes_words(o, b->planes) : NULL;

		for (; plane < end; plane++) {
			u64 before = words[plane];

			words[plane] = before ^ carry;
			carry &= before;
			if (!carry)
				return;
		}
	} while (grow_planes(o, b));
}

/**
 * census_owners_add() - add owners to pages of a block
 * @o: the owners; @failed is set without memory
 * @b: the block
 * @mask: one bit for each page
 * @nr: number of owners
 */
void census_owners_add(struct census_owners *o, struct census_block *b, u64 mask, u32 nr)
{
	u32 end = b->planes ? planes_capacity(b->planes) : 0, plane = 0;
	u64 *words = end ? planes_words(o, b->planes) : NULL;
	u64 add = nr & 1 ? mask : 0, carry = b->ones & add, before;

	b->ones ^= add;
	for (nr >>= 1; nr || carry; nr >>= 1, plane++) {
		if (plane == end) {
			if (!grow_planes(o, b))
				return;
			end = planes_capacity(b->planes);
			words = planes_words(o, b->planes);
		}
		add = nr & 1 ? mask : 0;
		before = words[plane];
		words[plane] = before ^ add ^ carry;
		carry = (before & (add | carry)) | (add & carry);
	}
}

/* Takes an owner away from each page @mask: the inverse of census_mark(). */
void census_planes_subtract(struct census_owners *o, struct census_block *b, u64 mask)
{
	u64 borrow = mask & ~b->ones, before;
	u64 *word = borrow ? planes_words(o, b->planes) : NULL;

	b->ones ^= mask;
	for (; borrow; word++) {
		before = *word;
		*word = before ^ borrow;
		borrow &= ~before;
	}
}

static_assert(CENSUS_ALL_PLANES == PLANES_MAX + 1);

/*
 * Copies the number of owners of each page of a block, before it is finished, to %CENSUS_ALL_PLANES
 * @planes.  Return: the number of those in use.
 */
u32 census_planes_read(const struct census_owners *o, const struct census_block *b, u64 *planes)
{
	u32 end = b->planes ? planes_capacity(b->planes) : 0, i;
	const u64 *words = end ? planes_words(o, b->planes) : NULL;

	planes[0] = b->ones;
	for (i = 0; i < end; i++)
		planes[i + 1] = words[i];
	while (end && !planes[end])
		end--;
	return end + 1;
}

/* Return: the pages of @left that have as many @owners as its first page. */
u64 census_planes_next(const u64 *planes, u32 nr, u64 left, u64 *owners)
{
	unsigned int at = __builtin_ctzll(left), i;

	*owners = 0;
	for (i = 0; i < nr; i++) {
		u64 bit = planes[i] >> at & 1;

		*owners |= bit << i;
		left &= planes[i] ^ (bit - 1);
	}
	return left;
}

// SPDX-License-Identifier: GPL-2.0
#include "owners/forked.h"
#include "owners/huge.h"
#include "owners/owners.h"

/*
 * Reference to planes: a unit number above two bits for the capacity, 4, 8, 16 or 32
 * planes.  With plane 0 these count up to 2^33 owners.
 */
#define PLANES_SIZE_BITS 2
#define PLANES_MIN 4
#define PLANES_MAX 32

/*
 * Number of entries between two cond_resched() or checks for a signal, and few enough that
 * their shares do not overflow 64 bits.
 */
#define ENTRIES_AT_ONCE BIT(16)

/*
 * Of these, tables that fork() copied: each may take as long as all its entries.  A mixed huge page
 * counts as one, because its shares are those of as many pages.
 */
#define TABLES_AT_ONCE (ENTRIES_AT_ONCE / CENSUS_FORKED_ENTRIES)

static u32 planes_capacity(u32 planes)
{
	return PLANES_MIN << (planes & (BIT(PLANES_SIZE_BITS) - 1));
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
	o->nr_turns = 0;
	o->chain = NULL;
	o->space = 0;
	o->turn_first = 1;
	o->space_first = 1;
	o->resumed = false;
	o->failed = false;
}

/* Adds the last turn to its chain, if it has entries: without, it is used again. */
static void chain_last(struct census_owners *o)
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
			if (!(e % ENTRIES_AT_ONCE))
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
 * @space: number of the owner's address space, from 1: a page that several owners of one
 *	space map belongs to the first of them
 * @chain: of @space; it stays until the marks are finished.  If @space has entries, and
 *	another space had turns since, this takes a time proportional to these entries
 *
 * Return: false without memory.
 */
bool census_owners_turn(struct census_owners *o,
			struct census_holding *holdings, u32 space,
			struct census_chain *chain)
{
	struct census_turn *t = NULL;

	if (o->nr_turns)
		t = census_turn(o, o->nr_turns - 1);
	if (t && t->holdings == holdings && t->space == space)
		return true;
	chain_last(o);
	/* Reuse a turn without marks. */
	if (!t || t->first < o->entries.nr)
		t = add_turn(o);
	if (!t)
		return false;
	*t = (struct census_turn) {
		.holdings = holdings, .first = o->entries.nr, .space = space,
	};
	o->turn_first = o->entries.nr;
	o->chain = chain;
	if (o->space != space) {
		o->space = space;
		o->space_first = o->entries.nr;
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

/* Checks whether an entry before @o->space_first belongs to the current address space. */
static bool is_of_space(const struct census_owners *o, u32 entry)
{
	u32 low = 0, high = o->nr_turns;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (census_turn(o, mid)->first <= entry)
			low = mid;
		else
			high = mid;
	}
	return census_turn(o, low)->space == o->space;
}

/**
 * census_mark_slowly() - census_mark() for a space that may have older entries
 * @o: the owners
 * @m: of @o
 * @b: the block
 * @block: its unit number
 * @mask: one bit for each page
 *
 * Return: the pages that the space has not marked before.
 */
u64 census_mark_slowly(const struct census_owners *o, struct census_marker *m,
		       struct census_block *b, u32 block, u64 mask)
{
	u32 newest = b->newest, e;

	if (newest < o->space_first && (!newest || !is_of_space(o, newest)))
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

/* Return: the pages of a block that the current address space has marked. */
u64 census_owners_marked(const struct census_owners *o, const struct census_block *b)
{
	u32 e = b->newest;
	u64 mask = 0;

	if (e < o->space_first && (!e || !is_of_space(o, e)))
		return 0;
	for (; e; e = census_entry(o, e)->older)
		mask |= census_entry(o, e)->mask;
	return mask;
}

/* Doubles the capacity of a block's planes and copies the old ones. */
static bool grow_planes(struct census_owners *o, struct census_block *b)
{
	u32 old = b->planes ? planes_capacity(b->planes) : 0;
	u32 size = old ? (b->planes & (BIT(PLANES_SIZE_BITS) - 1)) + 1 : 0;
	u32 capacity = PLANES_MIN << size;
	u32 unit = census_pool_take(&o->planes,
				    capacity * sizeof(u64) / CENSUS_UNIT_BYTES);
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

/* Adds to plane @plane of those above plane 0. */
static void add_from_plane(struct census_owners *o, struct census_block *b, u64 carry,
			   u32 plane)
{
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
 * census_planes_add() - carry into plane 1
 * @o: the owners
 * @b: a block
 * @carry: pages whose bit in plane 0 overflowed
 */
noinline void census_planes_add(struct census_owners *o, struct census_block *b,
				u64 carry)
{
	add_from_plane(o, b, carry, 0);
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
	u64 carry = b->ones & mask;
	u32 plane;

	if (nr & 1) {
		b->ones ^= mask;
		if (carry)
			add_from_plane(o, b, carry, 0);
	}
	for (plane = 0; nr >>= 1; plane++)
		if (nr & 1)
			add_from_plane(o, b, mask, plane);
}

/* Takes an owner away from each page @mask: the inverse of census_mark(). */
static void subtract_mask(struct census_owners *o, struct census_block *b, u64 mask)
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

/**
 * census_owners_forget() - an address space vanished: it owns nothing any more
 * @o: the owners; if they have failed, not all entries are in the planes
 * @chain: of the space, which must not be marked again; not used afterwards
 */
void census_owners_forget(struct census_owners *o, struct census_chain *chain)
{
	u32 turn, e;

	if (o->chain == chain)
		chain_last(o);
	for (turn = chain->first; turn; turn = census_turn(o, turn - 1)->next) {
		u32 end = census_turn_end(o, turn - 1);

		for (e = census_turn(o, turn - 1)->first; e < end; e++) {
			struct census_entry *entry = census_entry(o, e);

			if (o->failed)
				break;
			if (!entry->block) {
				census_forked_forget(o, entry);
				entry->mask = 0;
				cond_resched();
				continue;
			}
			subtract_mask(o, census_block(o, entry->block), entry->mask);
			entry->mask = 0;
			if (!(e % ENTRIES_AT_ONCE))
				cond_resched();
		}
		census_turn(o, turn - 1)->holdings = NULL;
	}
	if (o->chain == chain)
		o->chain = NULL;
}

/* Return: the pages of a block that have an owner, before it is finished. */
u64 census_block_owned(const struct census_owners *o, const struct census_block *b)
{
	u32 end = b->planes ? planes_capacity(b->planes) : 0, i;
	const u64 *words = end ? planes_words(o, b->planes) : NULL;
	u64 owned = b->ones;

	for (i = 0; i < end; i++)
		owned |= words[i];
	return owned;
}

/* Return: number of owners of page @at of a block, before it is finished. */
u32 census_block_owners(const struct census_owners *o, const struct census_block *b,
			unsigned int at)
{
	u32 end = b->planes ? planes_capacity(b->planes) : 0, i;
	const u64 *words = end ? planes_words(o, b->planes) : NULL;
	u64 owners = b->ones >> at & 1;

	for (i = 0; i < end; i++)
		owners |= (words[i] >> at & 1) << (i + 1);
	return owners;
}

/**
 * census_huge_mix() - count mixed huge pages by their pages
 * @o: the owners; @failed is set without memory
 * @h: has @mixed; its owners of these were added to the blocks of their pages
 *
 * Return: false without memory.
 */
bool census_huge_mix(struct census_owners *o, struct census_huge_block *h)
{
	struct census_block *b = &h->block;
	u32 end = b->planes ? planes_capacity(b->planes) : 0, i;
	u64 *words = end ? planes_words(o, b->planes) : NULL;

	h->sums = census_pool_take(&o->splits, CENSUS_BLOCK_PAGES);
	if (!h->sums) {
		o->failed = true;
		return false;
	}
	memset(census_unit(&o->splits, h->sums), 0, CENSUS_BLOCK_PAGES * CENSUS_UNIT_BYTES);
	b->ones &= ~h->mixed;
	for (i = 0; i < end; i++)
		words[i] &= ~h->mixed;
	/* If no other is left, the block is not finished: it has no splits. */
	b->newest = 0;
	return true;
}

static_assert(CENSUS_SUM_PLANES == PLANES_MAX + 2);

/* Adds an owner to each page @mask. */
void census_plane_sum_add(struct census_plane_sum *sum, u64 mask)
{
	u32 i;

	for (i = 0; mask; i++) {
		u64 before = sum->planes[i];

		sum->planes[i] = before ^ mask;
		mask &= before;
		if (sum->nr <= i)
			sum->nr = i + 1;
	}
}

static void add_block(struct census_plane_sum *sum, const struct census_owners *o,
		      const struct census_block *b)
{
	u32 end = b->planes ? planes_capacity(b->planes) : 0, i;
	const u64 *words = end ? planes_words(o, b->planes) : NULL;
	u64 carry = 0;

	for (i = 0; i <= end || carry; i++) {
		u64 x = i > end ? 0 : i ? words[i - 1] : b->ones;
		u64 y = sum->planes[i];

		sum->planes[i] = x ^ y ^ carry;
		carry = (x & y) | (carry & (x ^ y));
		if (sum->planes[i] && sum->nr <= i)
			sum->nr = i + 1;
	}
}

/* Return: the pages of @left that have as many @owners as its first page. */
u64 census_plane_sum_next(const struct census_plane_sum *sum, u64 left, u64 *owners)
{
	unsigned int at = __builtin_ctzll(left), i;

	*owners = 0;
	for (i = 0; i < sum->nr; i++) {
		u64 bit = sum->planes[i] >> at & 1;

		*owners |= bit << i;
		left &= sum->planes[i] ^ (bit - 1);
	}
	return left;
}

/* Return: the number of @splits, one for each number of owners among the pages @left. */
static unsigned int split_pages(const struct census_plane_sum *sum, u64 left,
				struct census_split *splits)
{
	unsigned int n;
	u64 owners;

	for (n = 0; left; n++) {
		splits[n].pages = census_plane_sum_next(sum, left, &owners);
		splits[n].weight = div64_u64(1ULL << CENSUS_SHARE_SHIFT, owners);
		left &= ~splits[n].pages;
	}
	return n;
}

/* Class of the number of owners of pages with this weight: see split_pages(). */
static unsigned int weight_class(u64 weight)
{
	if (weight == (1ULL << CENSUS_SHARE_SHIFT) / 2)
		return census_owner_class(2);
	return census_owner_class(weight >= (1ULL << CENSUS_SHARE_SHIFT) / 9 ? 9 : 10);
}

/**
 * census_blocks_finish() - split the pages of a block by their number of owners
 * @same: workers that have marked these pages
 * @block: unit number of the block in each worker
 * @nr: length of @same and @block
 * @to: its pool takes the splits; its @failed is set without memory
 * @worker: number of @to
 * @totals: @pages and @several are increased
 *
 * No marks may follow.
 */
void census_blocks_finish(struct census_owners *const *same, const u32 *block,
			  unsigned int nr, struct census_owners *to, u32 worker,
			  struct census_totals *totals)
{
	unsigned int kind = census_block_kind(same[0], block[0]);
	unsigned int shift = kind < CENSUS_KINDS_MAX ? 0 : CENSUS_HUGE_SHIFT;
	struct census_block *b = census_block(same[0], block[0]);
	const struct census_split *splits;
	struct census_plane_sum sum = {};
	u32 first, n, i;
	u64 shared = 0, *pages;

	if (shift)
		kind -= CENSUS_KINDS_MAX;
	pages = &totals->pages[kind];
	if (nr == 1 && !b->planes) {
		*pages += (u64)census_popcount(b->ones) << shift;
		b->newest = 0;
		return;
	}
	for (i = 0; i < nr; i++)
		add_block(&sum, same[i], census_block(same[i], block[i]));
	for (i = 1; i < sum.nr; i++)
		shared |= sum.planes[i];
	*pages += (u64)census_popcount(shared | sum.planes[0]) << shift;
	first = census_pool_take(&to->splits, CENSUS_BLOCK_PAGES);
	if (!first) {
		to->failed = true;
		return;
	}
	n = split_pages(&sum, shared, census_unit(&to->splits, first));
	/* Return the unused units. */
	to->splits.nr = first + n;
	splits = census_unit(&to->splits, first);
	for (i = 0; i < n; i++)
		totals->several[weight_class(splits[i].weight) - 1][kind] +=
			(u64)census_popcount(splits[i].pages) << shift;
	for (i = 0; i < nr; i++) {
		b = census_block(same[i], block[i]);
		b->ones = sum.planes[0] & ~shared;
		b->newest = n | worker << CENSUS_SPLITS_BITS;
		b->planes = first;
	}
}

/* Return: the splits of a finished block. */
static const struct census_split *
block_splits(struct census_owners *const *workers, const struct census_block *b)
{
	return census_unit(&workers[b->newest >> CENSUS_SPLITS_BITS]->splits,
			   b->planes);
}

/**
 * struct sum - sum over a limited number of entries
 * @pages: see &struct census_holding
 * @exclusive: see &struct census_holding
 * @share: of pages that are not exclusive, 1/2^36 page
 */
struct sum {
	u64 pages;
	u64 exclusive;
	u64 share;
};

/**
 * census_page_weight() - share of each owner in a page
 * @workers: all workers; their blocks are finished
 * @o: one of them
 * @block: unit number of a block
 * @at: number of the page in the block; it has an owner
 *
 * Return: 1/2^36 page.
 */
u64 census_page_weight(struct census_owners *const *workers, const struct census_owners *o,
		       u32 block, unsigned int at)
{
	const struct census_block *b = census_block(o, block);
	u32 n = b->newest & (BIT(CENSUS_SPLITS_BITS) - 1);
	const struct census_split *split;

	if (b->ones >> at & 1)
		return 1ULL << CENSUS_SHARE_SHIFT;
	for (split = n ? block_splits(workers, b) : NULL; n; n--, split++)
		if (split->pages >> at & 1)
			return split->weight;
	return 0;
}

/* Adds the pages of a table, without those that the owner lacks. */
static void add_table(struct census_owners *const *workers, const struct census_owners *o,
		      const struct census_entry *e, struct sum *h)
{
	const struct census_forked *t = census_forked(o, census_forked_of(e));
	const u64 *lacks = census_forked_lacks(o, e), *values = census_forked_values(o, t);
	unsigned int word;

	h->pages += t->pages;
	h->exclusive += t->exclusive;
	h->share += t->share;
	for (word = 0; lacks && word < CENSUS_FORKED_ENTRIES / 64; word++) {
		u64 left = lacks[word], value, weight;

		for (; left; left &= left - 1) {
			value = values[word * 64 + __builtin_ctzll(left)];
			/* No owner has it, or another slice counts it. */
			if (!value)
				continue;
			weight = census_page_weight(workers, o, value >> CENSUS_BLOCK_SHIFT,
						    value & (CENSUS_BLOCK_PAGES - 1));
			h->pages--;
			if (weight == 1ULL << CENSUS_SHARE_SHIFT)
				h->exclusive--;
			else
				h->share -= weight;
		}
	}
}

static void add_entry(struct census_owners *const *workers,
		      const struct census_block *b, u64 mask, struct sum *h)
{
	u32 n = b->newest & (BIT(CENSUS_SPLITS_BITS) - 1);
	const struct census_split *split;

	h->pages += census_popcount(mask);
	h->exclusive += census_popcount(mask & b->ones);
	if (!n)
		return;
	for (split = block_splits(workers, b); n; n--, split++)
		h->share += census_popcount(mask & split->pages) * split->weight;
}

/**
 * census_mixed_add() - add the pages of a block to what each owner has of a mixed huge page
 * @workers: all workers
 * @b: finished; all of its pages are of the huge page
 * @to: increased
 */
void census_mixed_add(struct census_owners *const *workers, const struct census_block *b,
		      struct census_mixed *to)
{
	struct sum sum = {};

	add_entry(workers, b, ~0ULL, &sum);
	to->exclusive += sum.exclusive;
	to->share += sum.share;
}

/*
 * Adds the mixed ones of the huge pages @mask to @h, and increases @nr by their number.
 *
 * Return: the others.
 */
static noinline u64 add_mixed(const struct census_owners *o, struct census_block *b,
			      u64 mask, struct sum *h, u32 *nr)
{
	const struct census_huge_block *huge = census_huge_block(b);
	u64 left;

	for (left = mask & huge->mixed; left; left &= left - 1) {
		const struct census_mixed *m = census_mixed(o, huge, __builtin_ctzll(left));

		h->pages += 1UL << CENSUS_HUGE_SHIFT;
		h->exclusive += m->exclusive;
		h->share += m->share;
		++*nr;
	}
	return mask & ~huge->mixed;
}

/* Pages may be scattered: prefetch the block of the entry this far ahead. */
#define BLOCKS_AHEAD 12

/* Adds pages of a kind of blocks to the owner's holdings and to the totals. */
static void add_sum(const struct sum *sum, u32 kind, struct census_holding *holdings,
		    struct census_totals *totals)
{
	unsigned int shift = kind < CENSUS_KINDS_MAX ? 0 : CENSUS_HUGE_SHIFT;
	census_share share = sum->share;

	if (!sum->pages)
		return;
	if (shift)
		kind -= CENSUS_KINDS_MAX;
	share += (census_share)sum->exclusive << CENSUS_SHARE_SHIFT;
	holdings[kind].pages += sum->pages << shift;
	holdings[kind].exclusive += sum->exclusive << shift;
	holdings[kind].share += share << shift;
	totals->share[kind] += share << shift;
	/* Each divided page loses less than one unit. */
	totals->lost += (sum->pages - sum->exclusive) << shift;
}

/* Return: entry to continue at. */
static u32 finish_entries(struct census_owners *const *workers,
			  const struct census_owners *o, u32 begin, u32 end,
			  struct census_holding *holdings,
			  struct census_totals *totals)
{
	struct census_chunk *const *entries = o->entries.dirs, *const *blocks = o->blocks.dirs;
	struct sum sums[CENSUS_BLOCK_KINDS] = {};
	u32 tables = 0, kind, i;

	for (i = begin; i < end && tables < TABLES_AT_ONCE; i++) {
		const struct census_entry *e = census_chunk_unit(entries, i);
		const struct census_chunk *chunk =
			census_chunk(blocks, e->block >> CENSUS_CHUNK_SHIFT);
		struct census_block *b = (struct census_block *)chunk->units +
					 (e->block & (CENSUS_CHUNK_UNITS - 1));
		u64 mask = e->mask;

		if (!e->block) {
			add_table(workers, o, e, &sums[CENSUS_FORKED_KIND]);
			tables++;
			continue;
		}
		if (i + BLOCKS_AHEAD < end) {
			const struct census_entry *ahead =
				census_chunk_unit(entries, i + BLOCKS_AHEAD);

			__builtin_prefetch(census_chunk_unit(blocks, ahead->block));
		}
		if (unlikely(chunk->kind >= CENSUS_KINDS_MAX))
			mask = add_mixed(o, b, mask, &sums[chunk->kind - CENSUS_KINDS_MAX],
					 &tables);
		add_entry(workers, b, mask, &sums[chunk->kind]);
	}
	for (kind = 0; kind < CENSUS_BLOCK_KINDS; kind++)
		add_sum(&sums[kind], kind, holdings, totals);
	return i;
}

/* Return: end of the entries from @begin to @end that are processed at once. */
static u32 end_at_once(u32 begin, u32 end)
{
	return end - begin < ENTRIES_AT_ONCE ? end : begin + ENTRIES_AT_ONCE;
}

/**
 * census_turn_finish() - add entries of a turn to its owner's holdings
 * @workers: all workers; their blocks are finished
 * @o: one of them
 * @turn: number of one of its turns
 * @begin: entry to start at, first that of the turn
 * @totals: @share and @lost are increased
 *
 * Return: entry to continue at; the end of the turn after the last.
 */
u32 census_turn_finish(struct census_owners *const *workers,
		       const struct census_owners *o, u32 turn, u32 begin,
		       struct census_totals *totals)
{
	const struct census_turn *t = census_turn(o, turn);
	u32 end = end_at_once(begin, census_turn_end(o, turn));

	return t->holdings ? finish_entries(workers, o, begin, end, t->holdings, totals) : end;
}

/**
 * struct by_owners - a count of pages by number of owners
 * @workers: all workers
 * @pages: by census_owner_class() and kind
 */
struct by_owners {
	struct census_owners *const *workers;
	census_kinds *pages;
};

static bool add_owners(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	const struct by_owners *to = context;
	const struct census_block *b = census_block(o, block);
	u32 n = b->newest & (BIT(CENSUS_SPLITS_BITS) - 1), kind = census_block_kind(o, block);
	const struct census_split *split;

	to->pages[census_owner_class(1)][kind] += census_popcount(mask & b->ones);
	for (split = n ? block_splits(to->workers, b) : NULL; n; n--, split++)
		to->pages[weight_class(split->weight)][kind] +=
			census_popcount(mask & split->pages);
	return true;
}

/**
 * census_turn_by_owners() - count the pages of a turn by their number of owners
 * @workers: all workers; their blocks are finished
 * @o: one of them
 * @turn: number of one of its turns
 * @begin: entry to start at, first that of the turn
 * @pages: by census_owner_class() and kind, increased
 *
 * Return: as census_turn_finish().
 */
u32 census_turn_by_owners(struct census_owners *const *workers, const struct census_owners *o,
			  u32 turn, u32 begin, census_kinds *pages)
{
	struct by_owners to = { .workers = workers, .pages = pages };

	return census_turn_each(o, turn, begin, add_owners, &to);
}

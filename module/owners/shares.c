// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "owners/forked.h"
#include "owners/shares.h"

/*
 * Of the entries that are passed at once, tables that fork() copied: each may take as long as all
 * its entries.
 */
#define TABLES_AT_ONCE (CENSUS_RESCHED_ENTRIES / CENSUS_FORKED_ENTRIES)

/* Pages may be scattered: a cache miss, some 100 ns, takes as long as this many entries. */
#define BLOCKS_AHEAD 12

/* Return: the number of @splits, one for each number of owners among the pages @left. */
static unsigned int split_pages(const u64 *planes, u32 nr, u64 left, struct census_split *splits)
{
	unsigned int n;
	u64 owners;

	for (n = 0; left; n++) {
		splits[n].pages = census_planes_next(planes, nr, left, &owners);
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
 * census_block_finish() - split the pages of a block by their number of owners
 * @o: its pool takes the splits; its @failed is set without memory
 * @block: unit number of the block, which is marked or has owners
 * @totals: @pages and @several are increased
 *
 * No marks may follow.
 */
void census_block_finish(struct census_owners *o, u32 block, struct census_totals *totals)
{
	struct census_block *b = census_block(o, block);
	u32 kind = census_block_kind(o, block), nr, first, n, i;
	u64 planes[CENSUS_ALL_PLANES], shared = 0;
	const struct census_split *splits;

	if (!b->planes) {
		totals->pages[kind] += census_popcount(b->ones);
		b->newest = 0;
		return;
	}
	nr = census_planes_read(o, b, planes);
	for (i = 1; i < nr; i++)
		shared |= planes[i];
	totals->pages[kind] += census_popcount(shared | b->ones);
	first = census_pool_take(&o->splits, CENSUS_BLOCK_PAGES);
	if (!first) {
		o->failed = true;
		return;
	}
	n = split_pages(planes, nr, shared, census_unit(&o->splits, first));
	/* Return the unused units. */
	o->splits.nr = first + n;
	splits = census_unit(&o->splits, first);
	for (i = 0; i < n; i++)
		totals->several[weight_class(splits[i].weight) - 1][kind] +=
			census_popcount(splits[i].pages);
	b->ones &= ~shared;
	b->newest = n;
	b->planes = first;
}

static const struct census_split *block_splits(const struct census_owners *o,
					       const struct census_block *b)
{
	return census_unit(&o->splits, b->planes);
}

/*
 * Adds the page that a value of a finished table refers to, or takes it away if @one is -1.  The
 * CPU cannot predict which split has it, if any, so there is no branch.
 */
static __always_inline void add_page(const struct census_owners *o, u64 value, int one,
				     struct census_holding *to)
{
	const struct census_block *b = census_block(o, value >> CENSUS_BLOCK_SHIFT);
	unsigned int at = value & (CENSUS_BLOCK_PAGES - 1);
	const struct census_split *split;
	u64 weight = 0;
	u32 n = b->newest;

	for (split = n ? block_splits(o, b) : NULL; n; n--, split++)
		weight += -(split->pages >> at & 1) & split->weight;
	to->pages += one;
	to->exclusive += one * (b->ones >> at & 1);
	to->share += one * (census_share)weight;
}

static __always_inline void add_entry(const struct census_owners *o, const struct census_block *b,
				      u64 mask, struct census_holding *h)
{
	const struct census_split *split;
	u32 n = b->newest;

	h->pages += census_popcount(mask);
	h->exclusive += census_popcount(mask & b->ones);
	if (!n)
		return;
	for (split = block_splits(o, b); n; n--, split++)
		h->share += census_popcount(mask & split->pages) * split->weight;
}

/**
 * census_forked_sum() - sum up what each owner has of a whole table
 * @o: the owners; their blocks are finished
 * @t: one of their tables; its values refer to blocks
 *
 * Consecutive pages of one block are summed up at once.
 */
void census_forked_sum(const struct census_owners *o, struct census_forked *t)
{
	const u64 *values = census_forked_values(o, t);
	struct census_holding sum = {};
	unsigned int i, n;

	for (i = 0; i < t->nr; i += n) {
		const u64 block = values[i] >> CENSUS_BLOCK_SHIFT;
		u64 pages = 1ULL << (values[i] & (CENSUS_BLOCK_PAGES - 1)), bit;

		if (i + BLOCKS_AHEAD < t->nr)
			__builtin_prefetch(census_block(o, values[i + BLOCKS_AHEAD] >>
							   CENSUS_BLOCK_SHIFT));
		for (n = 1; i + n < t->nr && values[i + n] >> CENSUS_BLOCK_SHIFT == block; n++) {
			bit = 1ULL << (values[i + n] & (CENSUS_BLOCK_PAGES - 1));
			/* A page that the table has twice is added twice, as it is taken away. */
			if (pages & bit)
				break;
			pages |= bit;
		}
		/* Unit 0 is no block: no page is here. */
		if (block && n == 1)
			add_page(o, values[i], 1, &sum);
		else if (block)
			add_entry(o, census_block(o, block), pages, &sum);
	}
	t->pages = sum.pages;
	t->exclusive = sum.exclusive;
	t->share = sum.share;
}

/* Adds the pages of a table, without those that the owner lacks. */
static void add_table(const struct census_owners *o, const struct census_entry *e,
		      struct census_holding *h)
{
	const struct census_forked *t = census_forked(o, census_forked_of(e));
	const u64 *values = census_forked_values(o, t);
	const u64 *lacks = census_forked_lacks(o, e);
	unsigned int word;

	h->pages += t->pages;
	h->exclusive += t->exclusive;
	h->share += t->share;
	for (word = 0; lacks && word < CENSUS_FORKED_ENTRIES / 64; word++) {
		u64 left;

		for (left = lacks[word]; left; left &= left - 1) {
			u64 value = values[word * 64 + __builtin_ctzll(left)];

			/* Else no owner has it, or another slice counts it. */
			if (value)
				add_page(o, value, -1, h);
		}
	}
}

/* Adds pages of a kind of blocks, in whose @share the exclusive ones are not, to the owner's. */
static void add_sum(const struct census_holding *sum, u32 kind, struct census_holding *holdings,
		    struct census_totals *totals)
{
	census_share share = sum->share + ((census_share)sum->exclusive << CENSUS_SHARE_SHIFT);

	holdings[kind].pages += sum->pages;
	holdings[kind].exclusive += sum->exclusive;
	holdings[kind].share += share;
	totals->share[kind] += share;
	/* Each divided page loses less than one unit. */
	totals->lost += sum->pages - sum->exclusive;
}

/**
 * census_turn_finish() - add entries of a turn to its owner's holdings
 * @o: the owners; their blocks are finished
 * @turn: number of one of their turns
 * @begin: entry to start at, first that of the turn
 * @totals: @share and @lost are increased
 *
 * Return: entry to continue at; the end of the turn after the last.
 */
u32 census_turn_finish(const struct census_owners *o, u32 turn, u32 begin,
		       struct census_totals *totals)
{
	struct census_chunk *const *entries = o->entries.dirs, *const *blocks = o->blocks.dirs;
	struct census_holding *holdings = census_turn(o, turn)->holdings;
	struct census_holding sums[CENSUS_KINDS_MAX] = {};
	u32 end = census_turn_end(o, turn), tables = 0, kind, i;

	if (end - begin > CENSUS_RESCHED_ENTRIES)
		end = begin + CENSUS_RESCHED_ENTRIES;
	/* The address space vanished. */
	if (!holdings)
		return end;
	for (i = begin; i < end && tables < TABLES_AT_ONCE; i++) {
		const struct census_entry *e = census_chunk_unit(entries, i);
		const struct census_chunk *chunk =
			census_chunk(blocks, e->block >> CENSUS_CHUNK_SHIFT);
		const struct census_block *b = (struct census_block *)chunk->units +
					       (e->block & (CENSUS_CHUNK_UNITS - 1));

		if (!e->block) {
			add_table(o, e, &sums[CENSUS_FORKED_KIND]);
			tables++;
			continue;
		}
		if (i + BLOCKS_AHEAD < end) {
			const struct census_entry *ahead =
				census_chunk_unit(entries, i + BLOCKS_AHEAD);

			__builtin_prefetch(census_chunk_unit(blocks, ahead->block));
		}
		add_entry(o, b, e->mask, &sums[chunk->kind]);
	}
	for (kind = 0; kind < CENSUS_KINDS_MAX; kind++)
		add_sum(&sums[kind], kind, holdings, totals);
	return i;
}

/**
 * census_block_classes() - the pages of a block by number of owners
 * @o: the owners; their blocks are finished
 * @block: unit number of the block
 * @pages: by census_owner_class(), zeroed at first
 */
void census_block_classes(const struct census_owners *o, u32 block, u64 *pages)
{
	const struct census_block *b = census_block(o, block);
	const struct census_split *split;
	u32 n = b->newest;

	pages[census_owner_class(1)] = b->ones;
	for (split = n ? block_splits(o, b) : NULL; n; n--, split++)
		pages[weight_class(split->weight)] |= split->pages;
}

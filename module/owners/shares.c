// SPDX-License-Identifier: GPL-2.0
#include "owners/forked.h"
#include "owners/huge.h"
#include "owners/shares.h"

/*
 * Of the entries that are passed at once, tables that fork() copied: each may take as long as all
 * its entries.  A mixed huge page counts as one, because its shares are those of as many pages.
 */
#define TABLES_AT_ONCE (CENSUS_RESCHED_ENTRIES / CENSUS_FORKED_ENTRIES)

/* Pages may be scattered: prefetch the block of the entry this far ahead. */
#define BLOCKS_AHEAD 12

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
		census_plane_sum_block(&sum, same[i], census_block(same[i], block[i]));
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

/*
 * Adds the page that a value of a finished table refers to, or takes it away if @one is -1.  The
 * CPU cannot predict which split has it, if any, so there is no branch.
 */
static void add_page(struct census_owners *const *workers, const struct census_owners *o,
		     u64 value, int one, struct sum *to)
{
	const struct census_block *b = census_block(o, value >> CENSUS_BLOCK_SHIFT);
	u32 n = b->newest & (BIT(CENSUS_SPLITS_BITS) - 1);
	unsigned int at = value & (CENSUS_BLOCK_PAGES - 1);
	const struct census_split *split;
	u64 weight = 0;

	for (split = n ? block_splits(workers, b) : NULL; n; n--, split++)
		weight += -(split->pages >> at & 1) & split->weight;
	to->pages += one;
	to->exclusive += one * (b->ones >> at & 1);
	to->share += one * weight;
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

/* Sums up a table that was not joined: consecutive pages of one block at once. */
static void add_pages(struct census_owners *const *workers, const struct census_owners *o,
		      const struct census_forked *t, struct sum *to)
{
	const u64 *values = census_forked_values(o, t);
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
			add_page(workers, o, values[i], 1, to);
		else if (block)
			add_entry(workers, census_block(o, block), pages, to);
	}
}

/* Adds to the sum of the other table in what a joined one differs from it. */
static void add_differences(struct census_owners *const *workers, const struct census_owners *o,
			    const struct census_forked *t, struct sum *to)
{
	const struct census_forked *with = census_forked(t->in, t->same);
	const u64 *values = census_forked_values(o, t);
	const u64 *others = census_forked_values(t->in, with);
	unsigned int i;

	*to = (struct sum) {
		.pages = with->pages, .exclusive = with->exclusive, .share = with->share,
	};
	for (i = 0; i < t->nr; i++) {
		if (values[i] && others[i])
			add_page(workers, t->in, others[i], -1, to);
		if (values[i] && values[i] != CENSUS_FORKED_NOT_HERE)
			add_page(workers, o, values[i], 1, to);
	}
}

/**
 * census_forked_sum() - sum up what each owner has of a whole table
 * @workers: all workers; their blocks are finished
 * @o: one of them
 * @t: one of its tables; its values refer to blocks.  If it was joined with another one, that is
 *	summed up
 */
void census_forked_sum(struct census_owners *const *workers, const struct census_owners *o,
		       struct census_forked *t)
{
	struct sum sum = {};

	if (t->in)
		add_differences(workers, o, t, &sum);
	else
		add_pages(workers, o, t, &sum);
	t->pages = sum.pages;
	t->exclusive = sum.exclusive;
	t->share = sum.share;
}

/* Adds the pages of a table, without those that the owner lacks. */
static void add_table(struct census_owners *const *workers, const struct census_owners *o,
		      const struct census_entry *e, struct sum *h)
{
	const struct census_forked *t = census_forked(o, census_forked_of(e));
	const u64 *lacks = census_forked_lacks(o, e);
	unsigned int word;

	h->pages += t->pages;
	h->exclusive += t->exclusive;
	h->share += t->share;
	for (word = 0; lacks && word < CENSUS_FORKED_ENTRIES / 64; word++) {
		u64 left;

		for (left = lacks[word]; left; left &= left - 1) {
			const struct census_owners *of = o;
			u64 value = census_forked_value(&of, t, word * 64 + __builtin_ctzll(left));

			/* Else no owner has it, or another slice counts it. */
			if (value)
				add_page(workers, of, value, -1, h);
		}
	}
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
	return end - begin < CENSUS_RESCHED_ENTRIES ? end : begin + CENSUS_RESCHED_ENTRIES;
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

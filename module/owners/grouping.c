// SPDX-License-Identifier: GPL-2.0
#include "owners/forked.h"
#include "owners/grouping.h"

/**
 * struct state - which groups have added the pages of a block
 * @seen: pages that a group has added; second pass: those that are not yet counted
 * @group: the group that added last
 * @unused: fills the unit
 * @planes: @bits planes for the depth of the lowest group that contains @group and the last
 *	one that added the page, then as many for that of all its owners
 */
struct state {
	u64 seen;
	u32 group;
	u32 unused;
	u64 planes[];
};

static_assert(sizeof(struct state) == CENSUS_UNIT_BYTES);

/**
 * census_grouping_init() - prepare the pool of states
 * @g: its pool is empty
 * @depth: maximum in the tree, at least 1
 */
void census_grouping_init(struct census_grouping *g, u32 depth)
{
	for (g->bits = 0; depth >> g->bits; g->bits++)
		;
	/* Unit 0 means none. */
	g->states.nr = 1;
}

/* Return: the number of units of a state: each bit of a depth has two planes. */
u32 census_grouping_units(const struct census_grouping *g)
{
	return 1 + g->bits * 2 * sizeof(u64) / CENSUS_UNIT_BYTES;
}

/* Return: the lowest group that is @before or contains it, and contains @group, a later one. */
static u32 lowest_common(const u32 *parent, u32 before, u32 group)
{
	/* A group and those in it have consecutive numbers. */
	while (group > before)
		group = parent[group];
	return group;
}

static struct census_holding *holding_of_group(const struct census_grouping *g, u32 group,
					       u32 depth, u32 kind)
{
	while (g->depth[group] > depth)
		group = g->parent[group];
	return &g->holdings[(size_t)group * g->kinds + kind];
}

/* Sets the depth of the pages in @mask. */
static void set_depth(u64 *planes, u32 bits, u64 mask, u32 depth)
{
	u32 bit;

	for (bit = 0; bit < bits; bit++)
		planes[bit] = (planes[bit] & ~mask) | (depth >> bit & 1 ? mask : 0);
}

/* Return: the pages that are deeper than @depth. */
static u64 deeper(const u64 *planes, u32 bits, u32 depth)
{
	u64 more = 0, same = ~0ULL;
	u32 bit;

	for (bit = bits; bit-- > 0; ) {
		if (depth >> bit & 1) {
			same &= planes[bit];
		} else {
			more |= same & planes[bit];
			same &= ~planes[bit];
		}
	}
	return more;
}

/* Return: those of @mask, not 0, that have the depth of its lowest bit; @depth is set to it. */
static u64 of_one_depth(const u64 *planes, u32 bits, u64 mask, u32 *depth)
{
	u64 lowest = mask & -mask;
	u32 bit;

	*depth = 0;
	for (bit = 0; bit < bits; bit++) {
		if (planes[bit] & lowest) {
			*depth |= 1U << bit;
			mask &= planes[bit];
		} else {
			mask &= ~planes[bit];
		}
	}
	return mask;
}

/* The first pass. */
static void add_pages(const struct census_grouping *g, struct state *s, u64 mask, u32 group,
		      u32 kind)
{
	u64 *last = s->planes, *all = s->planes + g->bits, old, pages;
	u32 depth = g->depth[group], common = group, at;

	if (s->group != group) {
		common = lowest_common(g->parent, s->group, group);
		at = g->depth[common];
		set_depth(last, g->bits, deeper(last, g->bits, at), at);
		s->group = group;
	}
	/* At the depth of @group are the pages that it has added already. */
	mask &= ~(s->seen & (depth ? deeper(last, g->bits, depth - 1) : ~0ULL));
	/* Most owners of a page have others of their group before them. */
	if (!mask)
		return;
	holding_of_group(g, group, depth, kind)->pages += census_popcount(mask);
	for (old = mask & s->seen; old; old &= ~pages) {
		pages = of_one_depth(last, g->bits, old, &at);
		holding_of_group(g, common, at, kind)->pages -= census_popcount(pages);
		set_depth(all, g->bits, pages & deeper(all, g->bits, at), at);
	}
	set_depth(all, g->bits, mask & ~s->seen, depth);
	set_depth(last, g->bits, mask, depth);
	s->seen |= mask;
}

/* The second pass: the first owner of a page counts it, for a group that contains all. */
static void count_exclusive(const struct census_grouping *g, struct state *s, u64 mask,
			    u32 group, u32 kind)
{
	u64 left, pages;
	u32 depth;

	mask &= s->seen;
	s->seen &= ~mask;
	for (left = mask; left; left &= ~pages) {
		pages = of_one_depth(s->planes + g->bits, g->bits, left, &depth);
		holding_of_group(g, group, depth, kind)->exclusive += census_popcount(pages);
	}
}

static bool add_to_group(void *context, const struct census_owners *o, u32 block, u64 mask)
{
	const struct census_grouping *g = context;
	const struct census_block *b = census_block(o, block);
	u32 kind = census_block_kind(o, block);
	u64 one = mask & b->ones;

	mask &= ~one;
	if (!g->pass) {
		struct census_holding *h = &g->holdings[(size_t)g->group * g->kinds + kind];

		h->pages += census_popcount(one);
		h->exclusive += census_popcount(one);
		if (mask)
			add_pages(g, census_unit(&g->states, b->planes), mask, g->group, kind);
	} else if (mask) {
		count_exclusive(g, census_unit(&g->states, b->planes), mask, g->group, kind);
	}
	return true;
}

/**
 * census_grouping_turn() - add entries of an owner's turn to its group
 * @groups: &struct census_grouping
 * @turn: number of a turn of an owner in its @group
 * @begin: entry to start at, first that of the turn
 *
 * Return: entry to continue at; the end of the turn after the last.
 */
u32 census_grouping_turn(void *groups, u32 turn, u32 begin)
{
	return census_turn_each(((struct census_grouping *)groups)->o, turn, begin, add_to_group,
				groups);
}

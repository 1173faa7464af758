/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts the owners of pages: bit arithmetic on masks.  It has no kernel state, so that
 * selftests/host tests the same file on the host.
 *
 * Pages (frames, file pages, swap slots) have numbers.  64 consecutive ones are a block.
 * Owners (address spaces, or their VMAs) are walked one after another.  The pages of a
 * block that an owner maps are a mask, one bit per page.  The result is, for each owner,
 * the number of pages that it maps, the number of exclusive ones, and its proportional
 * share.
 *
 * Each mask is one entry; entries are in the order of the walk.  A block counts its
 * owners in bit planes: bit i of plane p is bit p of the number of owners of page i.
 * Adding an owner's mask to 64 counters is a ripple carry through the planes.  Plane 0 is
 * in the block itself: pages with one owner need no other plane.
 *
 *	entries  [mask, block 7][mask, block 8] | [mask, block 7] ...
 *	          owner A                         owner B: one turn each
 *
 *	block 7  [plane 0, newest entry, planes 1 ...]
 *
 * A block refers to its newest entry.  If it belongs to the current owner, the new mask
 * is merged into this entry and only new bits are counted: a page that an address space
 * maps twice has one owner.
 *
 * A huge page that a PMD maps is eight blocks, or a multiple, with a mask of all pages each.
 */
#ifndef _CENSUS_OWNERS_H
#define _CENSUS_OWNERS_H

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>

#include "base/pool.h"
#include "base/table.h"

#define CENSUS_KINDS_MAX 11

/* Pages by kind. */
typedef u64 census_kinds[CENSUS_KINDS_MAX];

/*
 * Number of parts of a page in a share: a page of 100,000 owners loses 1/600,000 of
 * itself by rounding.  A sum of shares may need more than 64 bits.
 */
#define CENSUS_SHARE_SHIFT 36
typedef unsigned __int128 census_share;

#define CENSUS_BLOCK_SHIFT 6
#define CENSUS_BLOCK_PAGES BIT(CENSUS_BLOCK_SHIFT)

/**
 * struct census_block - 64 pages
 * @ones: plane 0; finished: pages with exactly one owner
 * @newest: entry added last, 0: none; finished: number of splits of its pages with several owners
 * @planes: unit of planes 1 and up, and their capacity, see owners.c; 0: none; finished:
 *	unit of the first split; grouped: unit of census_grouping_state()
 */
struct census_block {
	u64 ones;
	u32 newest;
	u32 planes;
};

/**
 * struct census_entry - pages of a block that an owner maps
 * @mask: one bit for each page
 * @block: unit number of the block; 0: @mask refers to a table, see forked.h
 * @older: previous entry of the same address space for the same block, 0: none
 */
struct census_entry {
	u64 mask;
	u32 block;
	u32 older;
};

/**
 * struct census_holding - pages of one kind that an owner maps
 * @pages: number of pages, each counted once
 * @exclusive: of @pages, those that no other owner maps
 * @share: proportional share, 1/2^36 page
 */
struct census_holding {
	u64 pages;
	u64 exclusive;
	census_share share;
};

/**
 * struct census_turn - entries of one owner, until the next turn; two units
 * @holdings: result, by kind; NULL: the address space vanished
 * @first: number of the first entry
 * @mm: number of the address space
 * @next: number of the next turn of @mm plus 1, 0: none
 * @next_of_owner: the same of its owner in a pass by owner, see questions/order.h
 */
struct census_turn {
	struct census_holding *holdings;
	u32 first;
	u32 mm;
	u32 next;
	u32 next_of_owner;
};

#define CENSUS_TURN_UNITS 2

/**
 * struct census_chain - the turns of an address space that have entries
 * @first: number of the first one plus 1, 0: none
 * @last: number of the last one plus 1, 0: none
 *
 * The caller keeps it with the address space, zeroed before the first turn.
 */
struct census_chain {
	u32 first;
	u32 last;
};

/**
 * struct census_split - pages of a block with the same number of owners
 * @pages: one bit for each page
 * @weight: share of each owner in each page, 1/2^36 page
 */
struct census_split {
	u64 pages;
	u64 weight;
};

/* Numbers of owners that are distinguished: 1, 2, 3 to 9, more. */
#define CENSUS_OWNER_CLASSES 4

/**
 * struct census_totals - sums to check that no page is lost
 * @pages: distinct pages, by kind
 * @several: of @pages, those with several owners, by census_owner_class() less one, and kind
 * @share: sum of all owners, by kind, 1/2^36 page
 * @lost: upper bound of the rounding losses in all @share, 1/2^36 page
 */
struct census_totals {
	u64 pages[CENSUS_KINDS_MAX];
	census_kinds several[CENSUS_OWNER_CLASSES - 1];
	census_share share[CENSUS_KINDS_MAX];
	u64 lost;
};

/* Number of entries between two cond_resched() or checks for a signal. */
#define CENSUS_RESCHED_ENTRIES BIT(16)

#define CENSUS_POOLS 9

/* Units of a table that fork() copied: see forked.h. */
#define CENSUS_FORKED_UNITS 2

/**
 * struct census_owners - marks of all owners
 * @blocks: &struct census_block; unit 0 is not used
 * @entries: &struct census_entry; unit 0 is not used
 * @planes: planes; unit 0 is not used
 * @splits: &struct census_split; unit 0 is not used
 * @turns: &struct census_turn
 * @forked: &struct census_forked; the first two units are not used
 * @arrays: values and counts of entries of @forked; unit 0 is not used
 * @bitmaps: entries that an owner lacks; unit 0 is not used
 * @families: &struct census_family; the first two units are not used
 * @pools: all of the above
 * @family_table: @families by key
 * @nr_turns: number of turns
 * @chain: of @mm; possibly without the last turn; NULL: none, or it vanished
 * @mm: number of the address space of the current turn
 * @turn_first: first entry of the current turn
 * @mm_first: first entry since the last turn of another mm
 * @resumed: @chain has entries before @mm_first
 * @failed: out of memory, marks are missing: the result cannot be used
 */
struct census_owners {
	union {
		struct {
			struct census_pool blocks;
			struct census_pool entries;
			struct census_pool planes;
			struct census_pool splits;
			struct census_pool turns;
			struct census_pool forked;
			struct census_pool arrays;
			struct census_pool bitmaps;
			struct census_pool families;
		};
		struct census_pool pools[CENSUS_POOLS];
	};
	struct census_table family_table;
	u32 nr_turns;
	struct census_chain *chain;
	u32 mm;
	u32 turn_first;
	u32 mm_first;
	bool resumed;
	bool failed;
};

/* Planes of a block, with plane 0. */
#define CENSUS_ALL_PLANES 33

static inline unsigned int census_owner_class(u64 owners)
{
	return owners < 3 ? owners - 1 : owners < 10 ? 2 : 3;
}

static inline struct census_block *census_block(const struct census_owners *o,
						u32 block)
{
	return census_unit(&o->blocks, block);
}

static inline u32 census_block_kind(const struct census_owners *o, u32 block)
{
	return census_chunk(o->blocks.dirs, block >> CENSUS_CHUNK_SHIFT)->kind;
}

static inline struct census_entry *census_entry(const struct census_owners *o,
						u32 entry)
{
	return census_unit(&o->entries, entry);
}

/* User Mode Linux does not patch hweight64(); Kbuild knows the CPU of the host. */
static inline unsigned int census_popcount(u64 mask)
{
#ifdef __POPCNT__
	return __builtin_popcountll(mask);
#else
	return hweight64(mask);
#endif
}

struct census_marker;
void census_owners_init(struct census_owners *o);
bool census_owners_turn(struct census_owners *o,
			struct census_holding *holdings, u32 mm,
			struct census_chain *chain);
bool census_owners_room(struct census_owners *o, u32 nr);
u64 census_mark_slowly(const struct census_owners *o, struct census_marker *m,
		       struct census_block *b, u32 block, u64 mask);
void census_planes_add(struct census_owners *o, struct census_block *b,
		       u64 carry);
void census_owners_add(struct census_owners *o, struct census_block *b, u64 mask, u32 nr);
void census_planes_subtract(struct census_owners *o, struct census_block *b, u64 mask);
void census_owners_chain_last(struct census_owners *o);
u32 census_planes_read(const struct census_owners *o, const struct census_block *b, u64 *planes);
u64 census_planes_next(const u64 *planes, u32 nr, u64 left, u64 *owners);

static inline struct census_turn *census_turn(const struct census_owners *o,
					      u32 turn)
{
	return census_unit(&o->turns, turn * CENSUS_TURN_UNITS);
}

static_assert(sizeof(struct census_turn) <= CENSUS_TURN_UNITS * CENSUS_UNIT_BYTES);
static_assert(CENSUS_CHUNK_UNITS % CENSUS_TURN_UNITS == 0);

/* Number of the first entry after those of a turn. */
static inline u32 census_turn_end(const struct census_owners *o, u32 turn)
{
	return turn + 1 < o->nr_turns ? census_turn(o, turn + 1)->first :
					o->entries.nr;
}

/**
 * struct census_marker - state of census_mark(), in registers
 * @entries: directories of entries
 * @next: next free entry
 * @turn_first: see &struct census_owners
 * @mm_first: see &struct census_owners; 0 if @resumed
 */
struct census_marker {
	struct census_chunk *const *entries;
	u32 next;
	u32 turn_first;
	u32 mm_first;
};

/**
 * census_marker() - start to mark
 * @o: census_owners_room() has made room for all entries that will be added
 *
 * No other function may use @o until census_marker_end().
 */
static inline struct census_marker census_marker(const struct census_owners *o)
{
	return (struct census_marker) {
		.entries = o->entries.dirs, .next = o->entries.nr,
		.turn_first = o->turn_first,
		.mm_first = o->resumed ? 0 : o->mm_first,
	};
}

static inline void census_marker_end(struct census_owners *o,
				     const struct census_marker *m)
{
	o->entries.nr = m->next;
}

static inline struct census_entry *census_marker_entry(const struct census_marker *m,
						       u32 entry)
{
	return census_chunk_unit(m->entries, entry);
}

/**
 * census_mark() - record that the current owner maps pages of a block
 * @o: the owners
 * @m: of @o
 * @b: the block
 * @block: its unit number
 * @mask: one bit for each page; pages may be marked already
 */
static __always_inline void census_mark(struct census_owners *o,
					struct census_marker *m,
					struct census_block *b, u32 block,
					u64 mask)
{
	struct census_entry *e;
	u64 carry;

	if (b->newest >= m->turn_first) {
		e = census_marker_entry(m, b->newest);
		if (e->older) {
			mask = census_mark_slowly(o, m, b, block, mask);
		} else {
			carry = mask & ~e->mask;
			e->mask |= mask;
			mask = carry;
		}
	} else if (b->newest >= m->mm_first) {
		mask = census_mark_slowly(o, m, b, block, mask);
	} else {
		*census_marker_entry(m, m->next) = (struct census_entry) {
			.mask = mask, .block = block,
		};
		b->newest = m->next++;
	}
	carry = b->ones & mask;
	b->ones ^= mask;
	if (carry)
		census_planes_add(o, b, carry);
}

#endif /* _CENSUS_OWNERS_H */

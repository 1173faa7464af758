/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who owns what: bit arithmetic on masks of owners.  No kernel state; the same
 * file is compiled and tested on the host.
 *
 * Pages (frames, pages of a file, swap slots) have numbers.  64 neighbours are a
 * block.  Owners (address spaces, or their mappings) are walked one after the
 * other; what an owner maps in a block is a mask, one bit per page.  The result
 * is, for each owner, how many pages it maps, how many of these are exclusive,
 * and its proportional share.
 *
 * Each mask is one entry; entries lie in the order of the walk.  A block counts
 * its owners in bit planes: bit i of plane p is bit p of the number of owners of
 * page i.  Adding an owner's mask to 64 counters is a ripple carry through the
 * planes.  Plane 0 is in the block itself: pages with one owner need no other.
 *
 *	entries  [mask, block 7][mask, block 8] | [mask, block 7] ...
 *	          owner A                         owner B: one turn each
 *
 *	block 7  [plane 0, newest entry, planes 1 ...]
 *
 * A block knows its newest entry.  If that belongs to the marking owner, the new
 * mask goes into the same entry and only new bits are counted, so a page that is
 * mapped twice in an address space has one owner.
 *
 * At the end each block is split once by the number of owners: the pages that have
 * n owners, and the weight 1/n.  A pass over the entries then adds, for each owner, a few
 * bit counts per block.
 *
 * Several workers mark blocks and entries of their own, each for some of the
 * owners.  Blocks of the same pages are added up plane by plane at the end.
 */
#ifndef _CENSUS_OWNERS_H
#define _CENSUS_OWNERS_H

#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include "account-host.h"
#endif

#define CENSUS_KINDS_MAX 8

/*
 * A page divided by its owners is kept in so many parts: of a page of 100,000
 * owners 1/600,000 is lost.  A sum of them may need more than 64 bits.
 */
#define CENSUS_SHARE_SHIFT 36
typedef unsigned __int128 census_share;

#define CENSUS_BLOCK_SHIFT 6
#define CENSUS_BLOCK_PAGES BIT(CENSUS_BLOCK_SHIFT)

/* All memory comes in chunks of units of 16 bytes, so nothing ever moves. */
#define CENSUS_UNIT_BYTES 16
#define CENSUS_CHUNK_SHIFT 9
#define CENSUS_CHUNK_UNITS BIT(CENSUS_CHUNK_SHIFT)
#define CENSUS_CHUNK_BYTES (CENSUS_CHUNK_UNITS * CENSUS_UNIT_BYTES)

struct census_budget;

/**
 * struct census_chunk - memory of %CENSUS_CHUNK_UNITS units
 * @units: contiguous
 * @kind: blocks: kind of their pages
 */
struct census_chunk {
	void *units;
	u32 kind;
};

/**
 * struct census_pool - units by number; a number stays valid until the end
 * @chunks: of which the first @nr_chunks have memory
 * @nr_chunks: see @chunks
 * @max_chunks: length of @chunks
 * @nr: units in use
 * @budget: where memory is accounted; unused on the host
 */
struct census_pool {
	struct census_chunk *chunks;
	u32 nr_chunks;
	u32 max_chunks;
	u32 nr;
	struct census_budget *budget;
};

/**
 * struct census_block - 64 pages
 * @ones: plane 0; settled: pages with exactly one owner
 * @newest: entry that was added last, 0: none; settled: how many splits there
 *	are of pages with more owners, and from bit %CENSUS_SPLITS_BITS on the
 *	worker whose pool they are in
 * @planes: unit of planes 1 and up, and their capacity, see owners.c; 0: none;
 *	settled: unit of the first split; grouped: unit of &struct group_state
 */
#define CENSUS_SPLITS_BITS 8

struct census_block {
	u64 ones;
	u32 newest;
	u32 planes;
};

/**
 * struct census_entry - pages of a block that an owner maps
 * @mask: a bit for each
 * @block: unit number
 * @older: entry of the same address space for the same block, 0: none
 */
struct census_entry {
	u64 mask;
	u32 block;
	u32 older;
};

/**
 * struct census_holding - what an owner has of a kind
 * @pages: that it maps, each once
 * @exclusive: of these, mapped by no other owner
 * @share: 1/2^36 page
 */
struct census_holding {
	u64 pages;
	u64 exclusive;
	census_share share;
};

/**
 * struct census_turn - entries of one owner, until the next turn
 * @holdings: result, by kind
 * @first: number of the first entry
 * @space: number of the address space
 */
struct census_turn {
	struct census_holding *holdings;
	u32 first;
	u32 space;
};

/**
 * struct census_split - pages of a block with the same number of owners
 * @pages: a bit for each
 * @weight: 1/2^36 page, what each owner gets of each
 */
struct census_split {
	u64 pages;
	u64 weight;
};

/**
 * struct census_totals - sums for the check that no page is lost
 * @pages: distinct pages, by kind
 * @share: 1/2^36 page, of all owners, by kind
 * @lost: 1/2^36 page, upper bound of what divisions lose in all @share
 */
struct census_totals {
	u64 pages[CENSUS_KINDS_MAX];
	census_share share[CENSUS_KINDS_MAX];
	u64 lost;
};

#define CENSUS_POOLS 5

/**
 * struct census_owners - all that one worker has marked
 * @blocks: &struct census_block; unit 0 is not used
 * @entries: &struct census_entry; unit 0 is not used
 * @planes: planes; unit 0 is not used
 * @splits: &struct census_split; unit 0 is not used
 * @turns: &struct census_turn
 * @pools: all of them
 * @space: number of the address space of the present turn
 * @turn_first: first entry of the present turn
 * @space_first: first entry of @space since the last turn of another space
 * @resumed: @space has entries before @space_first
 * @failed: memory ran out, marks are missing: of no use
 */
struct census_owners {
	union {
		struct {
			struct census_pool blocks;
			struct census_pool entries;
			struct census_pool planes;
			struct census_pool splits;
			struct census_pool turns;
		};
		struct census_pool pools[CENSUS_POOLS];
	};
	u32 space;
	u32 turn_first;
	u32 space_first;
	bool resumed;
	bool failed;
};

static inline void *census_unit(const struct census_pool *pool, u32 unit)
{
	return pool->chunks[unit >> CENSUS_CHUNK_SHIFT].units +
	       (unit & (CENSUS_CHUNK_UNITS - 1)) * CENSUS_UNIT_BYTES;
}

static inline struct census_block *census_block(const struct census_owners *o,
						u32 block)
{
	return census_unit(&o->blocks, block);
}

static inline u32 census_block_kind(const struct census_owners *o, u32 block)
{
	return o->blocks.chunks[block >> CENSUS_CHUNK_SHIFT].kind;
}

static inline struct census_entry *census_entry(const struct census_owners *o,
						u32 entry)
{
	return census_unit(&o->entries, entry);
}

/* User Mode Linux has no patched hweight64(); Kbuild knows what it runs on. */
static inline unsigned int census_popcount(u64 mask)
{
#if defined(__POPCNT__) || !defined(__KERNEL__)
	return __builtin_popcountll(mask);
#else
	return hweight64(mask);
#endif
}

/* One chunk more.  Return: false without memory.  owners.c does not have it. */
bool census_pool_grow(struct census_pool *pool);

struct census_marker;
void census_owners_init(struct census_owners *o);
u32 census_pool_take(struct census_pool *pool, u32 units);
bool census_owners_turn(struct census_owners *o,
			struct census_holding *holdings, u32 space, bool begun);
void census_owners_forget(struct census_owners *o, u32 space,
			  struct census_holding *holdings);
bool census_owners_room(struct census_owners *o, u32 nr);
u64 census_mark_slowly(const struct census_owners *o, struct census_marker *m,
		       struct census_block *b, u32 block, u64 mask);
void census_planes_add(struct census_owners *o, struct census_block *b,
		       u64 carry);
void census_blocks_settle(struct census_owners *const *same, const u32 *block,
			  unsigned int nr, struct census_owners *to, u32 worker,
			  struct census_totals *totals);
void census_turn_settle(struct census_owners *const *workers,
			const struct census_owners *o, u32 turn,
			struct census_totals *totals);
void census_turn_group(const struct census_owners *o,
		       const struct census_pool *states, u32 turn, u32 group,
		       unsigned int pass, struct census_holding *holdings);

/* Units of @states that census_turn_group() needs for each block. */
#define CENSUS_GROUP_UNITS 2

static inline struct census_turn *census_turn(const struct census_owners *o,
					      u32 turn)
{
	return census_unit(&o->turns, turn);
}

/* Number of the first entry behind those of a turn. */
static inline u32 census_turn_end(const struct census_owners *o, u32 turn)
{
	return turn + 1 < o->turns.nr ? census_turn(o, turn + 1)->first :
					o->entries.nr;
}

/**
 * struct census_marker - what census_mark() needs, in registers
 * @entries: chunks of entries
 * @next: the next free entry
 * @turn_first: see &struct census_owners
 * @space_first: see there; 0 where @resumed
 */
struct census_marker {
	const struct census_chunk *entries;
	u32 next;
	u32 turn_first;
	u32 space_first;
};

/**
 * census_marker() - begin to mark
 * @o: census_owners_room() has made room for all entries that will be added
 *
 * Nothing else can be done with @o until census_marker_end().
 */
static inline struct census_marker census_marker(const struct census_owners *o)
{
	return (struct census_marker) {
		.entries = o->entries.chunks, .next = o->entries.nr,
		.turn_first = o->turn_first,
		.space_first = o->resumed ? 0 : o->space_first,
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
	return m->entries[entry >> CENSUS_CHUNK_SHIFT].units +
	       (entry & (CENSUS_CHUNK_UNITS - 1)) * CENSUS_UNIT_BYTES;
}

/**
 * census_mark() - the present owner maps pages of a block
 * @o: the owners
 * @m: of @o
 * @b: the block
 * @block: its unit number
 * @mask: a bit for each page, marked before or not
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
	} else if (b->newest >= m->space_first) {
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PTE tables that fork() copied.
 *
 * fork() makes the anonymous pages of parent and child read-only, so no entry proves that
 * they are exclusive, and their owners are counted.  If their frames are scattered, each
 * page of each process would need a mark of 16 bytes.  But the tables of a family are equal,
 * entry by entry, except for the pages written since.  So a table with many scattered
 * read-only pages is kept, or one of many members: its entries, and how many owners it has.
 * Each further owner needs 16 bytes, and 64 more if it does not have all of its pages:
 *
 *	table    [entries 0 to 511] [owners] [how many owners do not have entry n]
 *	owner A  refers to the table
 *	owner B  refers to the table, without entries 17 and 230
 *
 * After the walk each page is added once to the count of its block, with its number of
 * owners: those of the table, minus those that do not have it.  So the result is exact, as
 * with marks, and the same page may be marked for other owners.
 *
 * A table is found by its address, and has a page in common with the table that is walked.
 * Whatever a user does to tables after that costs 80 bytes and a comparison for each; pages that
 * differ are marked.
 *
 * Like owners.h, this has no kernel state.
 */
#ifndef _CENSUS_FORKED_H
#define _CENSUS_FORKED_H

#include <linux/bits.h>
#include <linux/types.h>

#include "owners/owners.h"

#define CENSUS_FORKED_ENTRIES 512

/* Kind of the pages: anonymous. */
#define CENSUS_FORKED_KIND 0

/**
 * struct census_forked - a PTE table with at least one owner; two units
 * @values: unit of an array: values of the entries, 0: none.  Finished: number of the block
 *	above 6 bits for the page in it
 * @lacking: unit of an array: number of owners without each entry; 0: all have all
 * @owners: number of address spaces
 * @nr: number of entries
 * @pages: number of values; finished: number of pages that are counted
 * @exclusive: finished: of @pages, those with one owner
 * @share: finished: share of each owner in all other pages, 1/2^36 page
 */
struct census_forked {
	u32 values;
	u32 lacking;
	u32 owners;
	u32 nr;
	u32 pages;
	u32 exclusive;
	u64 share;
};

#define CENSUS_VALUES_UNITS (CENSUS_FORKED_ENTRIES * sizeof(u64) / CENSUS_UNIT_BYTES)
#define CENSUS_LACKING_UNITS (CENSUS_FORKED_ENTRIES * sizeof(u32) / CENSUS_UNIT_BYTES)
#define CENSUS_BITMAP_UNITS (CENSUS_FORKED_ENTRIES / 8 / CENSUS_UNIT_BYTES)

/* An image takes as much memory as this number of masks, each an entry of an owner. */
#define CENSUS_MASKS_PER_IMAGE 256

/**
 * struct census_image - a PTE table, or a part of one, that fork() may have copied
 * @values: values of the read-only entries, 0 for all others; if @match is 0
 * @lacks: bitmap of the entries that @match has and this table does not have
 * @match: kept table of the same addresses, set by census_family_find(); 0: none
 * @pages: number of values, of @values or of those of @match, set by the same
 * @value: first value; 0: not known
 * @addr: address that the first entry maps
 * @nr: number of entries
 */
struct census_image {
	u64 values[CENSUS_FORKED_ENTRIES];
	u64 lacks[CENSUS_FORKED_ENTRIES / 64];
	u32 match;
	u32 pages;
	u64 value;
	u64 addr;
	u32 nr;
};

/* Kept tables of the same addresses that are compared: those of two families may be mixed. */
#define CENSUS_FAMILY_TABLES 2

/**
 * struct census_family - tables of the same addresses, which fork() copied, or may have; two units
 * @link: in &struct census_owners.family_table, by a key from the addresses
 * @tables: units of the &struct census_forked kept last, the newest first; 0: none
 * @first: bits of the first value of the tables of @masks
 * @masks: of tables that were not kept, since one was
 * @pages: of that of them which had most
 */
struct census_family {
	struct census_link link;
	u32 tables[CENSUS_FAMILY_TABLES];
	u32 first;
	u16 masks;
	u16 pages;
};

static_assert(sizeof(struct census_family) <= CENSUS_FORKED_UNITS * CENSUS_UNIT_BYTES);
static_assert(sizeof(struct census_forked) <= CENSUS_FORKED_UNITS * CENSUS_UNIT_BYTES);
static_assert(CENSUS_VALUES_UNITS <= CENSUS_CHUNK_UNITS);

static inline struct census_forked *census_forked(const struct census_owners *o, u32 table)
{
	return census_unit(&o->forked, table);
}

static inline u64 *census_forked_values(const struct census_owners *o,
					const struct census_forked *t)
{
	return census_unit(&o->arrays, t->values);
}

/* Number of owners without each entry, or NULL if all have all. */
static inline u32 *census_forked_lacking(const struct census_owners *o,
					 const struct census_forked *t)
{
	return t->lacking ? census_unit(&o->arrays, t->lacking) : NULL;
}

/*
 * Number of owners of entry @i.  0 if all lack it or have vanished: then nothing finishes its
 * block, unless others have marked it.
 */
static inline u32 census_forked_owners(const struct census_forked *t, const u32 *lacking,
				       unsigned int i)
{
	return t->owners - (lacking ? lacking[i] : 0);
}

u32 census_forked_add(struct census_owners *o, const u64 *values, unsigned int nr);
bool census_forked_own(struct census_owners *o, u32 table, const u64 *lacks);
const u64 *census_family_find(const struct census_owners *o, struct census_image *image, u32 n);
bool census_family_wants(struct census_owners *o, const struct census_image *image, u32 masks);
void census_family_add(struct census_owners *o, const struct census_image *image);
void census_owners_forget(struct census_owners *o, struct census_chain *chain);

/*
 * An entry of block 0 refers to a table: its low half is the table, its high half the
 * bitmap of what the owner lacks.  It is 0 after the address space vanished.
 */
static inline u32 census_forked_of(const struct census_entry *e)
{
	return e->mask;
}

static inline const u64 *census_forked_lacks(const struct census_owners *o,
					     const struct census_entry *e)
{
	u32 lacks = e->mask >> 32;

	return lacks ? census_unit(&o->bitmaps, lacks) : NULL;
}

/*
 * Entries of a turn to pass at once, each of which may be compared with 256 rows; of these,
 * tables, of which each may have as many pages as it has entries.
 */
#define CENSUS_ENTRIES_AT_ONCE BIT(12)
#define CENSUS_TABLES_AT_ONCE (CENSUS_ENTRIES_AT_ONCE / CENSUS_FORKED_ENTRIES)

/* Takes pages @mask of a block.  Return: false to end. */
typedef bool census_take_fn(void *context, const struct census_owners *o, u32 block, u64 mask);

static __always_inline bool census_forked_each(const struct census_owners *o,
					       const struct census_entry *e,
					       census_take_fn *take, void *context)
{
	u64 block = 0, pages = 0, value, bit;
	const struct census_forked *t;
	const u64 *lacks;
	unsigned int i;

	/* The address space vanished. */
	if (!e->mask)
		return true;
	t = census_forked(o, census_forked_of(e));
	lacks = census_forked_lacks(o, e);
	for (i = 0; i < t->nr; i++) {
		value = census_forked_values(o, t)[i];
		if (!value || (lacks && lacks[i / 64] >> (i % 64) & 1))
			continue;
		bit = 1ULL << (value & (CENSUS_BLOCK_PAGES - 1));
		value >>= CENSUS_BLOCK_SHIFT;
		if (value != block || pages & bit) {
			if (pages && !take(context, o, block, pages))
				return false;
			block = value;
			pages = 0;
		}
		pages |= bit;
	}
	return !pages || take(context, o, block, pages);
}

/**
 * census_turn_each() - pass the pages of a turn, also those of tables, by block
 * @o: its blocks are finished, so that values of tables refer to blocks
 * @turn: number of one of its turns
 * @begin: entry to start at, first that of the turn
 * @take: called for each entry, and for consecutive pages of a table that are in one block
 * @context: of @take
 *
 * Return: entry to continue at, the end of the turn after the last; or 0 if @take ended it.
 */
static __always_inline u32 census_turn_each(const struct census_owners *o, u32 turn, u32 begin,
					    census_take_fn *take, void *context)
{
	u32 end = census_turn_end(o, turn), tables = 0, i;

	if (end - begin > CENSUS_ENTRIES_AT_ONCE)
		end = begin + CENSUS_ENTRIES_AT_ONCE;
	for (i = begin; i < end && tables < CENSUS_TABLES_AT_ONCE; i++) {
		const struct census_entry *e = census_entry(o, i);

		tables += !e->block;
		if (e->block ? e->mask && !take(context, o, e->block, e->mask) :
			       !census_forked_each(o, e, take, context))
			return 0;
	}
	return i;
}

#endif /* _CENSUS_FORKED_H */

// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/string.h>

#include "owners/forked.h"

/**
 * census_forked_add() - keep a table, without owners
 * @o: the owners; @failed is set without memory
 * @values: of its entries; 0: none
 * @first: index of the first entry
 * @nr: number of entries, up to %CENSUS_FORKED_ENTRIES
 *
 * Return: number of the table, or 0 without memory.
 */
u32 census_forked_add(struct census_owners *o, const u64 *values, unsigned int first,
		      unsigned int nr)
{
	u32 table = census_pool_take(&o->forked, CENSUS_FORKED_UNITS);
	u32 array = table ? census_pool_take(&o->arrays, CENSUS_VALUES_UNITS) : 0;
	unsigned int i;

	/* References have block 0, which may be fetched: it exists, though it is not used. */
	if (!array || (!o->blocks.nr_chunks && !census_pool_grow(&o->blocks))) {
		o->failed = true;
		return 0;
	}
	*census_forked(o, table) = (struct census_forked) {
		.values = array, .first = first, .nr = nr,
	};
	memcpy(census_unit(&o->arrays, array), values, nr * sizeof(*values));
	for (i = 0; i < nr; i++)
		census_forked(o, table)->pages += !!values[i];
	return table;
}

/* Counts the entries @lacks for one owner more, or for one less. */
static void count_lacking(const struct census_owners *o, const struct census_forked *t,
			  const u64 *lacks, u32 one)
{
	u32 *lacking = census_unit(&o->arrays, t->lacking);
	unsigned int word;

	for (word = 0; word < CENSUS_FORKED_ENTRIES / 64; word++) {
		u64 left = lacks[word];

		for (; left; left &= left - 1)
			lacking[word * 64 + __builtin_ctzll(left)] += one;
	}
}

static bool need_lacking(struct census_owners *o, struct census_forked *t)
{
	if (t->lacking)
		return true;
	t->lacking = census_pool_take(&o->arrays, CENSUS_LACKING_UNITS);
	if (!t->lacking)
		return false;
	memset(census_unit(&o->arrays, t->lacking), 0, CENSUS_LACKING_UNITS * CENSUS_UNIT_BYTES);
	return true;
}

static bool is_empty(const u64 *bitmap)
{
	unsigned int word;

	for (word = 0; word < CENSUS_FORKED_ENTRIES / 64; word++)
		if (bitmap[word])
			return false;
	return true;
}

/**
 * census_forked_own() - record that the current owner has the pages of a table
 * @o: the owners; census_owners_turn() has set the owner; @failed is set without memory
 * @table: from census_forked_add()
 * @lacks: bitmap of entries of the table that the owner does not have
 *
 * The address space must not own one of these pages in another way, because references are
 * not compared with marks.
 *
 * Return: false without memory.
 */
bool census_forked_own(struct census_owners *o, u32 table, const u64 *lacks)
{
	struct census_forked *t = census_forked(o, table);
	u32 bitmap = 0;

	if (!census_owners_room(o, 1))
		return false;
	if (!is_empty(lacks)) {
		bitmap = census_pool_take(&o->bitmaps, CENSUS_BITMAP_UNITS);
		if (!bitmap || !need_lacking(o, t)) {
			o->failed = true;
			return false;
		}
		memcpy(census_unit(&o->bitmaps, bitmap), lacks,
		       CENSUS_BITMAP_UNITS * CENSUS_UNIT_BYTES);
		count_lacking(o, t, lacks, 1);
	}
	t->owners++;
	*census_entry(o, o->entries.nr++) = (struct census_entry) {
		.mask = (u64)bitmap << 32 | table,
	};
	return true;
}

/* Undoes census_forked_own(), before anything is finished. */
static void forget_table(struct census_owners *o, const struct census_entry *e)
{
	struct census_forked *t = census_forked(o, census_forked_of(e));
	const u64 *lacks = census_forked_lacks(o, e);

	t->owners--;
	if (lacks)
		count_lacking(o, t, lacks, -1U);
}

/**
 * census_owners_forget() - an address space vanished: it owns nothing any more
 * @o: the owners; if they have failed, not all entries are in the planes
 * @chain: of the mm, which must not be marked again; not used afterwards
 */
void census_owners_forget(struct census_owners *o, struct census_chain *chain)
{
	u32 turn, e;

	if (o->chain == chain)
		census_owners_chain_last(o);
	for (turn = chain->first; turn; turn = census_turn(o, turn - 1)->next) {
		u32 end = census_turn_end(o, turn - 1);

		for (e = census_turn(o, turn - 1)->first; e < end; e++) {
			struct census_entry *entry = census_entry(o, e);
			struct census_block *b;
			u32 nr;

			if (o->failed)
				break;
			if (!entry->block) {
				forget_table(o, entry);
				entry->mask = 0;
				cond_resched();
				continue;
			}
			for (b = census_entry_blocks(o, entry, &nr); nr; nr--, b++)
				census_planes_subtract(o, b, entry->mask);
			entry->mask = 0;
			if (!(e % CENSUS_RESCHED_ENTRIES))
				cond_resched();
		}
		census_turn(o, turn - 1)->holdings = NULL;
	}
	if (o->chain == chain)
		o->chain = NULL;
}

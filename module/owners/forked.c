// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/string.h>

#include "owners/forked.h"

/**
 * census_forked_add() - keep a table, without owners
 * @o: the owners; @failed is set without memory
 * @values: of its entries; 0: none
 * @nr: number of entries, up to %CENSUS_FORKED_ENTRIES
 *
 * Return: number of the table, or 0 without memory.
 */
u32 census_forked_add(struct census_owners *o, const u64 *values, unsigned int nr)
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
		.values = array, .nr = nr,
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

/* Bits of addresses and of entries below those of the smallest page. */
#define PAGE_BITS 12

/* Return: the tables of the addresses of @image, or NULL. */
static struct census_family *find_family(const struct census_owners *o,
					 const struct census_image *image, u64 *key)
{
	*key = image->addr >> PAGE_BITS | (u64)image->nr << 52;
	return (struct census_family *)census_table_find(&o->family_table, *key);
}

/* As find_family(), and adds them.  Return: NULL without memory: its tables are not found then. */
static struct census_family *get_family(struct census_owners *o, const struct census_image *image)
{
	u64 key;
	struct census_family *f = find_family(o, image, &key);
	u32 unit = f ? 0 : census_pool_take(&o->families, CENSUS_FORKED_UNITS);

	if (!unit)
		return f;
	f = census_unit(&o->families, unit);
	*f = (struct census_family) { .link.key = key };
	census_table_add(&o->family_table, &f->link);
	return f;
}

/**
 * census_family_find() - find a kept table of the addresses of another one
 * @o: the owners
 * @image: @addr and @nr are set; sets @match and @pages
 * @n: 0: the newest, 1: the one before
 *
 * Return: its values, which stay until a table is added; or NULL.
 */
const u64 *census_family_find(const struct census_owners *o, struct census_image *image, u32 n)
{
	const struct census_family *f = NULL;
	const struct census_forked *t;
	u64 key;

	if (n < CENSUS_FAMILY_TABLES && o->forked.nr > CENSUS_FORKED_UNITS)
		f = find_family(o, image, &key);
	if (!f || !f->tables[n])
		return NULL;
	t = census_forked(o, f->tables[n]);
	image->match = f->tables[n];
	image->pages = t->pages;
	return census_forked_values(o, t);
}

/* After more masks of similar tables one is kept: parent and child alone do not pay. */
#define MASKS_TO_KEEP (2 * CENSUS_MASKS_PER_IMAGE)

/**
 * census_family_wants() - check whether to keep a table that fork() may have copied
 * @o: the owners
 * @image: @pages and all members below it are set
 * @masks: number of its masks
 *
 * A lone table takes less time and memory without an image, a family with many members takes less
 * with one, and nothing tells how many will follow.  So one is kept when the members met until now
 * have had twice as many masks as it takes, if it has about as many pages as the others.  Members
 * have the same first page; of the same addresses and another page, the last one counts.
 */
bool census_family_wants(struct census_owners *o, const struct census_image *image, u32 masks)
{
	struct census_family *f = get_family(o, image);
	u32 first = image->value >> PAGE_BITS;
	bool same = f && f->masks && f->first == first;
	u32 met = masks + (same ? f->masks : 0), most = same ? f->pages : 0;

	/* If none has as many pages as the first ones, those were not typical. */
	if (met > 2 * MASKS_TO_KEEP ||
	    (met > MASKS_TO_KEEP && image->pages >= most - most / 8))
		return true;
	if (f) {
		f->first = first;
		f->masks = met;
		f->pages = image->pages > most ? image->pages : most;
	}
	return false;
}

/**
 * census_family_add() - record that the current owner has a table that fork() copied
 * @o: census_owners_turn() has set the owner; @failed is set without memory
 * @image: the table, or what it lacks of another
 */
void census_family_add(struct census_owners *o, const struct census_image *image)
{
	u32 table = image->match;
	struct census_family *f;

	if (!table) {
		table = census_forked_add(o, image->values, image->nr);
		if (!table)
			return;
		f = get_family(o, image);
		if (f) {
			f->tables[1] = f->tables[0];
			f->tables[0] = table;
			f->masks = 0;
		}
	}
	census_forked_own(o, table, image->lacks);
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

			if (o->failed)
				break;
			if (!entry->block) {
				forget_table(o, entry);
				entry->mask = 0;
				cond_resched();
				continue;
			}
			census_planes_subtract(o, census_block(o, entry->block), entry->mask);
			entry->mask = 0;
			if (!(e % CENSUS_RESCHED_ENTRIES))
				cond_resched();
		}
		census_turn(o, turn - 1)->holdings = NULL;
	}
	if (o->chain == chain)
		o->chain = NULL;
}

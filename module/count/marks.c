// SPDX-License-Identifier: GPL-2.0
/*
 * How owners are counted:
 *
 * The walk gives masks: the key of a block of 64 pages, and one bit for each of them that the
 * current address space maps.  The block is found by its key, in a section of consecutive blocks
 * that a hash table has.  The mask becomes an entry of the address space and is added to the owners
 * of the pages of the block (owners/owners.h).
 *
 * A table of page table entries that fork() copied is not marked entry by entry.  It is kept once,
 * with the number of its owners, each of which has an entry that refers to it (owners/forked.h).
 * The walk finds it by its address, and tells in what its own table differs.
 *
 * After the walks census_marks_finish() adds the owners of these tables to the blocks of their
 * pages.  Then each block is split by the number of owners, and each entry adds to the sums of its
 * owner (owners/shares.h).
 */
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "base/compat.h"
#include "count/marks.h"
#include "owners/shares.h"

/* Number of blocks of a section, minus one: see marks.h. */
#define DENSE_MASK (CENSUS_CHUNK_UNITS - 1)
#define SPARSE_SHIFT 3
#define SPARSE_MASK (BIT(SPARSE_SHIFT) - 1)

static bool is_dense(u64 key)
{
	return key < CENSUS_SPACE(CENSUS_SPACE_SPARSE);
}

static u64 section_mask(u64 key)
{
	return is_dense(key) ? DENSE_MASK : SPARSE_MASK;
}

/* Zeroed blocks for a new section.  Return: the first block, or 0 without memory. */
static u32 new_blocks(struct census_marks *m, u64 key)
{
	struct census_pool *pool = &m->owners.blocks;
	u32 kind = census_key_kind(key);
	bool sparse = section_mask(key) == SPARSE_MASK;
	u32 block = sparse ? m->sparse[kind] : 0;

	if (!block) {
		block = census_pool_take(pool, CENSUS_CHUNK_UNITS);
		if (!block)
			return 0;
		census_chunk(pool->dirs, block >> CENSUS_CHUNK_SHIFT)->kind = kind;
		memset(census_unit(pool, block), 0, CENSUS_CHUNK_BYTES);
	}
	if (sparse) {
		u32 next = block + SPARSE_MASK + 1;

		m->sparse[kind] = next & DENSE_MASK ? next : 0;
	}
	return block;
}

/* Return: a new section, or NULL without memory. */
static struct census_section *add_section(struct census_marks *m, u64 first)
{
	u32 unit = census_pool_take(&m->sections, CENSUS_SECTION_UNITS);
	u32 block = unit ? new_blocks(m, first) : 0;
	struct census_section *s;

	if (!block) {
		m->owners.failed = true;
		return NULL;
	}
	s = census_unit(&m->sections, unit);
	*s = (struct census_section) {
		.link.key = first, .first = census_block(&m->owners, block), .block = block,
	};
	census_table_add(&m->table, &s->link);
	return s;
}

/* Sets @recent to the section of @key.  Return: false without memory. */
static noinline bool search_section(struct census_marks *m, u64 key,
				    struct census_section *recent)
{
	u64 first = key & ~section_mask(key);
	const struct census_link *l = census_table_find(&m->table, first);
	const struct census_section *s = l ? container_of(l, struct census_section, link) :
					     add_section(m, first);

	if (s)
		*recent = *s;
	return s;
}

/* Return: the section of the block of @key, @at blocks before it; or NULL without memory. */
static __always_inline struct census_section *get_section(struct census_marks *m, u64 key,
							  u64 at)
{
	u64 number = is_dense(key) ? key >> CENSUS_CHUNK_SHIFT : key >> SPARSE_SHIFT;
	struct census_section *recent;

	/* Consecutive sections have consecutive places, and those of other files others. */
	recent = &m->recent[(number + 5 * (key >> CENSUS_SPACE_SHIFT)) % CENSUS_RECENT];
	return recent->link.key == key - at || search_section(m, key, recent) ? recent : NULL;
}

/* Checks whether the current slice, one for all of eight blocks, counts the owners of @key. */
bool census_marks_counts(const struct census_marks *m, u64 key)
{
	const struct census_slice *slice = &m->slice;

	return slice->nr == 1 ||
	       (census_hash(&slice->hash, key >> SPARSE_SHIFT) & (slice->nr - 1)) ==
	       slice->number;
}

/*
 * Finds the block of @key, if the current slice counts it, and fetches it: pages are scattered.
 * Return: whether there is one; without memory there is none.
 */
static __always_inline bool find_target(struct census_marks *m, u64 key,
					struct census_target *target)
{
	u64 at = key & section_mask(key);
	const struct census_section *recent = NULL;

	if (census_marks_counts(m, key))
		recent = get_section(m, key, at);
	target->b = NULL;
	if (!recent)
		return false;
	target->b = recent->first + at;
	target->block = recent->block + at;
	prefetchw(target->b);
	return true;
}

/**
 * census_marks_add() - record that the current owner maps these pages
 * @m: census_owners_turn() has set the owner
 * @masks: of all kinds and spaces
 * @nr: number of @masks, up to %CENSUS_MASKS_AT_ONCE
 *
 * Allocates memory and may sleep, so it is called without any lock.  Takes a constant time
 * for each mask, whatever keys a user chooses: see table.h.  Without memory it marks
 * nothing more, and census_marks_failed() returns true.
 */
void census_marks_add(struct census_marks *m,
		      const struct census_mask *masks, unsigned int nr)
{
	struct census_owners *o = &m->owners;
	/* If most masks add an entry, also prefetch the entries to be written. */
	bool fetch = m->appended > nr / 2;
	struct census_marker marker;
	unsigned int i;

	cond_resched();
	if (!census_owners_room(o, nr))
		return;
	marker = census_marker(o);
	/* Prefetch all blocks before the first one is marked. */
	for (i = 0; i < nr; i++) {
		if (find_target(m, masks[i].key, &m->targets[i]) && fetch && !(i % 4))
			prefetchw(census_marker_entry(&marker, marker.next + i));
	}
	for (i = 0; i < nr; i++) {
		const struct census_target *t = &m->targets[i];

		if (t->b)
			census_mark(o, &marker, t->b, t->block, masks[i].mask);
	}
	m->appended = marker.next - o->entries.nr;
	census_marker_end(o, &marker);
}

/*
 * Return: the kind for hugetlb pages of @nr base pages: PMD size, PUD size, or one size
 * below and one above a PMD, which some architectures have.
 */
static u32 hugetlb_kind(struct census_marks *m, unsigned int nr)
{
	u32 i = nr < PMD_SIZE / PAGE_SIZE ? 2 : 3;

	if (nr == PMD_SIZE / PAGE_SIZE)
		i = 0;
	else if (nr == PUD_SIZE / PAGE_SIZE)
		i = 1;
	m->hugetlb[i] = nr;
	return CENSUS_OF_HUGETLB + i;
}

/**
 * census_marks_hugetlb_key() - the key of hugetlb page 0 of a size
 * @m: records the size
 * @nr: the size, in base pages
 *
 * A hugetlb page counts as one page, of a separate kind, whose number is its frame / @nr.
 */
u64 census_marks_hugetlb_key(struct census_marks *m, unsigned int nr)
{
	return CENSUS_SPACE(CENSUS_SPACE_HUGETLB + hugetlb_kind(m, nr));
}

/* Finds the blocks of the pages of a table that have an owner. */
static void find_targets(struct census_marks *m, const struct census_forked *t,
			 const u64 *values, const u32 *lacking)
{
	const u64 anon = census_frames_key(CENSUS_ANON);
	u64 key, last = 0;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		struct census_target *target = &m->targets[i];
		unsigned long pfn;

		target->b = NULL;
		if (!values[i] || !census_forked_owners(t, lacking, i))
			continue;
		pfn = census_image_pfn(values[i]);
		key = anon + (pfn >> CENSUS_BLOCK_SHIFT);
		if (key == last && target[-1].b)
			*target = target[-1];
		else
			find_target(m, key, target);
		target->at = pfn & (CENSUS_BLOCK_PAGES - 1);
		last = key;
	}
}

/*
 * Replaces a value by the page of a block, and adds it to @pages.  Return: false if that is in them
 * already: then nothing is done.
 */
static bool take_page(u64 *value, const struct census_target *target, u64 *pages)
{
	if (*pages >> target->at & 1)
		return false;
	*value = (u64)target->block << CENSUS_BLOCK_SHIFT | target->at;
	*pages |= BIT_ULL(target->at);
	return true;
}

/*
 * Replaces the values of a table by the pages of blocks, to which it adds their owners.  Frames may
 * be in order: consecutive pages of a block with as many owners are added at once, except for one
 * that a table has twice: see "One way around this is known" in frames.rst.
 *
 * Return: false without memory.
 */
static bool finish_table(struct census_marks *m, const struct census_forked *t)
{
	const u32 *lacking = census_forked_lacking(&m->owners, t);
	u64 *values = census_forked_values(&m->owners, t), pages;
	unsigned int i, n;

	find_targets(m, t, values, lacking);
	if (census_marks_failed(m))
		return false;
	for (i = 0; i < t->nr; i += n) {
		const struct census_target *target = &m->targets[i];

		n = 1;
		if (!target->b) {
			values[i] = 0;
			continue;
		}
		pages = 0;
		take_page(&values[i], target, &pages);
		for (; i + n < t->nr && target[n].b == target->b; n++)
			if ((lacking && lacking[i + n] != lacking[i]) ||
			    !take_page(&values[i + n], target + n, &pages))
				break;
		census_owners_add(&m->owners, target->b, pages,
				  census_forked_owners(t, lacking, i));
	}
	return !census_marks_failed(m);
}

/* Adds the owners of tables that fork() copied to the blocks.  Return: 0, -ENOMEM or -EINTR. */
static int finish_tables(struct census_marks *m)
{
	u32 table;

	for (table = CENSUS_FORKED_UNITS; table < m->owners.forked.nr;
	     table += CENSUS_FORKED_UNITS) {
		if (!finish_table(m, census_forked(&m->owners, table)))
			return -ENOMEM;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/**
 * census_marks_exclusive() - number of exclusive pages that the current slice counts
 * @m: the marks
 * @mask: its key has %CENSUS_KEY_EXCLUSIVE
 *
 * An entry may prove in one slice that its page is exclusive, and not in the next.  So
 * a page counts in one slice only, marked or not: in that of its block.
 */
u64 census_marks_exclusive(const struct census_marks *m, const struct census_mask *mask)
{
	return census_marks_counts(m, mask->key & ~CENSUS_KEY_EXCLUSIVE) ?
	       census_popcount(mask->mask) : 0;
}

/* Unit of the first section. */
#define FIRST_SECTION CENSUS_SECTION_UNITS

static struct census_section *section_of_unit(const struct census_marks *m, u32 unit)
{
	return census_unit(&m->sections, unit);
}

static u32 section_blocks(const struct census_section *s)
{
	return section_mask(s->link.key) + 1;
}

/* Splits the blocks that have owners.  Return: 0, -ENOMEM or -EINTR. */
static int finish_blocks(struct census_marks *m)
{
	u32 unit, i;

	for (unit = FIRST_SECTION; unit < m->sections.nr; unit += CENSUS_SECTION_UNITS) {
		const struct census_section *s = section_of_unit(m, unit);

		for (i = 0; i < section_blocks(s); i++) {
			const struct census_block *b = s->first + i;

			if (b->ones || b->planes || b->newest)
				census_block_finish(&m->owners, s->block + i, &m->totals);
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return census_marks_failed(m) ? -ENOMEM : 0;
}

/* Sums up tables that fork() copied.  Return: 0 or -EINTR. */
static int sum_tables(struct census_marks *m)
{
	u32 table;

	for (table = CENSUS_FORKED_UNITS; table < m->owners.forked.nr;
	     table += CENSUS_FORKED_UNITS) {
		census_forked_sum(&m->owners, census_forked(&m->owners, table));
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

/* Computes each owner's pages.  Return: 0 or -EINTR. */
static int finish_turns(struct census_marks *m)
{
	u32 turn, entry;

	for (turn = 0; turn < m->owners.nr_turns; turn++) {
		entry = census_turn(&m->owners, turn)->first;
		while (entry < census_turn_end(&m->owners, turn)) {
			entry = census_turn_finish(&m->owners, turn, entry, &m->totals);
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

/**
 * census_marks_finish() - count owners, and what each has, after all marks
 * @m: all address spaces are walked
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_marks_finish(struct census_marks *m)
{
	int err = finish_tables(m);

	if (!err)
		err = finish_blocks(m);
	if (!err)
		err = sum_tables(m);
	return err ?: finish_turns(m);
}

/**
 * census_marks_prepare_groups() - prepare blocks for grouping.h
 * @m: its turns are finished
 * @states: empty except for unit 0; gets a state for each block of which a page has several owners
 * @units: of a state
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_marks_prepare_groups(struct census_marks *m, struct census_pool *states, u32 units)
{
	u32 unit, state, i;

	for (unit = FIRST_SECTION; unit < m->sections.nr; unit += CENSUS_SECTION_UNITS) {
		const struct census_section *s = section_of_unit(m, unit);

		for (i = 0; i < section_blocks(s); i++) {
			if (!s->first[i].planes)
				continue;
			state = census_pool_take(states, units);
			if (!state) {
				m->owners.failed = true;
				return -ENOMEM;
			}
			memset(census_unit(states, state), 0, units * CENSUS_UNIT_BYTES);
			s->first[i].planes = state;
		}
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

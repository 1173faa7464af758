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
 * The walk finds it by some of its entries (samples), and tells in what its own table differs.
 *
 * After the walks census_marks_finish() adds the owners of these tables to the blocks of their
 * pages.  Then each block is split by the number of owners, and each entry adds to the sums of its
 * owner (owners/shares.h).
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/prefetch.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "base/compat.h"
#include "count/marks.h"
#include "owners/shares.h"

/* Number of blocks of a section, minus one: see marks.h. */
#define DENSE_MASK (CENSUS_CHUNK_UNITS - 1)
#define SPARSE_SHIFT CENSUS_EIGHT_SHIFT
#define SPARSE_MASK (BIT(SPARSE_SHIFT) - 1)

static bool is_dense(u64 key)
{
	return key < CENSUS_SPACE(CENSUS_SPACE_SPARSE);
}

static u64 section_mask(u64 key)
{
	return is_dense(key) ? DENSE_MASK : SPARSE_MASK;
}

/* Return: the section with the first key @first, or NULL. */
static struct census_section *lookup_section(const struct census_marks *m, u64 first)
{
	struct census_link *l;

	for (l = census_table_first(&m->table, first); l; l = l->next) {
		struct census_section *s = container_of(l, struct census_section, link);

		if (s->key == first)
			return s;
	}
	return NULL;
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
		if (!block || block & CENSUS_FOR_EIGHT)
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
		.key = first, .first = census_block(&m->owners, block), .block = block,
	};
	census_table_add(&m->table, &s->link);
	return s;
}

/* Sets @recent to the section of @key.  Return: false without memory. */
static noinline bool search_section(struct census_marks *m, u64 key,
				    struct census_recent *recent)
{
	u64 first = key & ~section_mask(key);
	struct census_section *s = lookup_section(m, first);

	if (!s)
		s = add_section(m, first);
	if (!s)
		return false;
	*recent = (struct census_recent) {
		.key = first, .block = s->block, .first = s->first,
	};
	return true;
}

/* Return: the section of the block of @key, @at blocks before it; or NULL without memory. */
static __always_inline struct census_recent *get_section(struct census_marks *m, u64 key,
							 u64 at)
{
	u64 number = is_dense(key) ? key >> CENSUS_CHUNK_SHIFT : key >> SPARSE_SHIFT;
	struct census_recent *recent;

	/* Consecutive sections have consecutive places, and those of other files others. */
	recent = &m->recent[(number + 5 * (key >> CENSUS_SPACE_SHIFT)) % CENSUS_RECENT];
	return recent->key == key - at || search_section(m, key, recent) ? recent : NULL;
}

/* Checks whether the current slice, one for all of eight blocks, counts the owners of @key. */
bool census_marks_counts(const struct census_marks *m, u64 key)
{
	const struct census_slice *slice = &m->slice;

	return slice->nr == 1 ||
	       (census_hash(&slice->hash, key >> CENSUS_EIGHT_SHIFT) & (slice->nr - 1)) ==
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
	struct census_recent *recent = NULL;

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
	u64 keys = 0;
	bool eights;

	cond_resched();
	if (!census_owners_room(o, nr))
		return;
	marker = census_marker(o);
	/* Prefetch all blocks before the first one is marked. */
	for (i = 0; i < nr; i++) {
		u64 key = masks[i].key;

		keys |= key;
		if (find_target(m, key & ~CENSUS_KEY_EIGHT, &m->targets[i]) && fetch && !(i % 4))
			prefetchw(census_marker_entry(&marker, marker.next + i));
	}
	m->eights |= !!(keys & CENSUS_KEY_EIGHT);
	eights = m->eights;
	if (eights) {
		if (!census_owners_room(o, nr * CENSUS_EIGHT))
			return;
		marker = census_marker(o);
	}
	for (i = 0; i < nr; i++) {
		const struct census_target *t = &m->targets[i];

		if (!t->b)
			continue;
		if (eights && masks[i].key & CENSUS_KEY_EIGHT) {
			census_mark_eight(o, &marker, t->block);
			continue;
		}
		if (eights)
			census_eight_split(o, t->block);
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
 * census_marks_hugetlb_key() - the block and the bit of a hugetlb page
 * @m: records the size
 * @pfn: first frame of the page
 * @nr: size of the page, in base pages
 * @at: set to the number of the bit
 *
 * Return: the key of the block.  A hugetlb page counts as one page, of a separate kind.
 */
u64 census_marks_hugetlb_key(struct census_marks *m, unsigned long pfn,
			     unsigned int nr, u32 *at)
{
	u64 number = pfn / nr;

	*at = number & (CENSUS_BLOCK_PAGES - 1);
	return CENSUS_SPACE(CENSUS_SPACE_HUGETLB + hugetlb_kind(m, nr)) +
	       (number >> CENSUS_BLOCK_SHIFT);
}

/*
 * No two entries of a table have the same index.  A user may map a page at the begin of tables
 * of many shapes, which must not share a chain: the random factor keeps them apart.
 */
static u64 sample_key(const struct census_marks *m, u16 first, u16 nr, unsigned int index,
		      u64 value)
{
	u64 shape = (u64)first << 32 | nr;

	return (value ^ (u64)index << (64 - 12)) + shape * m->slice.hash.low;
}

/* Return: the first sample of tables with an entry, as many entries and the same first index. */
static const struct census_sample *find_sample(const struct census_marks *m, u16 first, u16 nr,
					       unsigned int index, u64 value)
{
	u64 key = sample_key(m, first, nr, index, value);
	const struct census_link *l;

	for (l = census_table_first(&m->images, key); l; l = l->next) {
		const struct census_sample *s = container_of(l, struct census_sample, link);
		const struct census_forked *t;

		if (!s->table || s->key != key || s->index != index)
			continue;
		t = census_forked(&m->owners, s->table);
		if (t->first == first && t->nr == nr &&
		    census_forked_values(&m->owners, t)[index] == value)
			return s;
	}
	return NULL;
}

/**
 * census_marks_find_image() - find a table that fork() copied
 * @m: the marks
 * @image: @first and @nr are set; sets @match and @pages
 * @index: of an entry
 * @value: its value
 *
 * Return: the values of a table of the same shape with this entry, or NULL.  They stay
 * until the next mark.  Takes no lock and does not sleep.
 */
const u64 *census_marks_find_image(const struct census_marks *m, struct census_image *image,
				   unsigned int index, u64 value)
{
	const struct census_sample *s = NULL;
	const struct census_forked *t;

	if (census_marks_has_forked(m))
		s = find_sample(m, image->first, image->nr, index, value);
	if (!s)
		return NULL;
	t = census_forked(&m->owners, s->table);
	image->match = s->table;
	image->pages = t->pages;
	return census_forked_values(&m->owners, t);
}

/* @table: 0: the table is not kept, but its masks are counted.  Return: NULL without memory. */
static struct census_sample *add_sample(struct census_marks *m, const struct census_image *image,
					unsigned int index, u64 value, u32 table)
{
	u32 unit = census_pool_take(&m->samples, CENSUS_SAMPLE_UNITS);
	struct census_sample *s;

	if (!unit)
		return NULL;
	s = census_unit(&m->samples, unit);
	*s = (struct census_sample) {
		.key = sample_key(m, image->first, image->nr, index, value),
		.table = table, .index = index,
	};
	census_table_add(&m->images, &s->link);
	return s;
}

/* Return: what was counted of tables that were not kept, like one with this entry; or NULL. */
static struct census_sample *find_met(const struct census_marks *m,
				      const struct census_image *image)
{
	u64 key = sample_key(m, image->first, image->nr, image->index, image->value);
	struct census_link *l;

	for (l = census_table_first(&m->images, key); l; l = l->next) {
		struct census_sample *s = container_of(l, struct census_sample, link);

		if (s->key == key && s->index == image->index && !s->table)
			return s;
	}
	return NULL;
}

/* After more masks of similar tables one is kept: parent and child alone do not pay. */
#define MASKS_TO_KEEP (2 * CENSUS_MASKS_PER_IMAGE)

/**
 * census_marks_want_image() - check whether to keep a table that fork() may have copied
 * @m: the marks
 * @image: @pages and all members below it are set
 * @masks: number of its masks
 *
 * A lone table takes less time and memory without an image, a family with many members takes less
 * with one, and nothing tells how many will follow.  So one is kept when the members met until now
 * have had twice as many masks as it takes, if it has about as many pages as the others.  Without
 * memory to count these, similar tables are kept later.
 *
 * Does not sleep.
 */
bool census_marks_want_image(struct census_marks *m, const struct census_image *image,
			     unsigned int masks)
{
	struct census_sample *s = find_met(m, image);
	u32 met = masks + (s ? s->masks : 0), most = s ? s->pages : 0;

	/* If none has as many pages as the first ones, those were not typical. */
	if (met > 2 * MASKS_TO_KEEP ||
	    (met > MASKS_TO_KEEP && image->pages >= most - most / 8))
		return true;
	if (!s)
		s = add_sample(m, image, image->index, image->value, 0);
	if (s) {
		s->masks = met;
		s->pages = max(most, image->pages);
	}
	return false;
}

/*
 * Without memory the table is found by fewer entries, which costs only time.  A sample that
 * another table has already is not added: so chains stay short, whatever tables a user makes.
 */
static void add_samples(struct census_marks *m, const struct census_image *image, u32 table)
{
	unsigned int part, i, end;

	for (part = 0; part < CENSUS_IMAGE_PARTS; part++) {
		end = (part + 1) * image->nr / CENSUS_IMAGE_PARTS;
		for (i = part * image->nr / CENSUS_IMAGE_PARTS; i < end && !image->values[i]; i++)
			;
		if (i < end && !find_sample(m, image->first, image->nr, i, image->values[i]))
			add_sample(m, image, i, image->values[i], table);
	}
}

#ifdef CENSUS_CHECK
static atomic_t kept_owners;

static int get_kept_owners(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&kept_owners));
}

static const struct kernel_param_ops kept_owners_ops = {
	.get = get_kept_owners,
};

module_param_cb(kept_owners, &kept_owners_ops, NULL, 0400);
MODULE_PARM_DESC(kept_owners, "number of owners that were added to tables which were kept before");
#endif

static void count_kept_owner(void)
{
#ifdef CENSUS_CHECK
	atomic_inc(&kept_owners);
#endif
}

/**
 * census_marks_image() - record that the current owner has a table that fork() copied
 * @m: census_owners_turn() has set the owner
 * @image: the table, or what it lacks of another
 *
 * Does not sleep.  Without memory census_marks_failed() returns true.
 */
void census_marks_image(struct census_marks *m, const struct census_image *image)
{
	u32 table = image->match;
	struct census_sample *met;

	if (!table) {
		table = census_forked_add(&m->owners, image->values, image->first, image->nr);
		if (!table)
			return;
		add_samples(m, image, table);
		met = image->value ? find_met(m, image) : NULL;
		if (met) {
			met->masks = 0;
			met->pages = 0;
		}
	} else {
		count_kept_owner();
	}
	census_forked_own(&m->owners, table, (const u64 *)image->lacks);
}

/* Finds the blocks of the pages of a table that have an owner. */
static void find_targets(struct census_marks *m, const struct census_forked *t,
			 const u64 *values, const u32 *lacking)
{
	const u64 anon = census_marks_key(CENSUS_ANON);
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
		census_eight_split(&m->owners, target->block);
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
 * census_marks_exclusive() - number of exclusive frames that the current slice counts
 * @m: the marks
 * @mask: of space %CENSUS_SPACE_EXCLUSIVE
 *
 * An entry may prove in one slice that its frame is exclusive, and not in the next.  So
 * a frame counts in one slice only, marked or not: in that of its block.
 */
u64 census_marks_exclusive(const struct census_marks *m, const struct census_mask *mask)
{
	u64 block = mask->key - CENSUS_SPACE(CENSUS_SPACE_EXCLUSIVE);

	return census_marks_counts(m, census_marks_key(CENSUS_ANON) + block) ?
	       census_popcount(mask->mask) : 0;
}

/* Like census_marks_exclusive(), for swap slots. */
u64 census_marks_exclusive_swap(const struct census_marks *m,
				const struct census_run *run)
{
	u64 nr = census_run_nr(run), at = run->pfn, end = at + nr, next, pages = 0;
	u64 space = CENSUS_SPACE(CENSUS_SPACE_SWAP + run->swap_type);

	if (m->slice.nr == 1)
		return nr;
	for (; at < end; at = next) {
		next = min(round_down(at, CENSUS_BLOCK_PAGES) + CENSUS_BLOCK_PAGES, end);
		if (census_marks_counts(m, space + (at >> CENSUS_BLOCK_SHIFT)))
			pages += next - at;
	}
	return pages;
}

/* Unit of the first section. */
#define FIRST_SECTION CENSUS_SECTION_UNITS

/* Units of sections to look at between two cond_resched(). */
#define SECTIONS_AT_ONCE BIT(12)

static struct census_section *section_of_unit(const struct census_marks *m, u32 unit)
{
	return census_unit(&m->sections, unit);
}

static u32 section_blocks(const struct census_section *s)
{
	return section_mask(s->key) + 1;
}

/* Checks whether any swap slot is marked. */
bool census_marks_swapped(const struct census_marks *m)
{
	u32 i;

	for (i = FIRST_SECTION; i < m->sections.nr; i += CENSUS_SECTION_UNITS) {
		if (census_key_kind(section_of_unit(m, i)->key) == CENSUS_OF_SWAP)
			return true;
		if (!(i % SECTIONS_AT_ONCE))
			cond_resched();
	}
	return false;
}

/* Splits the blocks that have owners.  Return: 0, -ENOMEM or -EINTR. */
static int finish_blocks(struct census_marks *m)
{
	u32 unit, i, n;

	for (unit = FIRST_SECTION; unit < m->sections.nr; unit += CENSUS_SECTION_UNITS) {
		const struct census_section *s = section_of_unit(m, unit);

		for (i = 0; i < section_blocks(s); i += n) {
			const struct census_block *b = s->first + i;

			n = 1;
			if (b->ones || b->planes || b->newest)
				n = census_block_finish(&m->owners, s->block + i, &m->totals);
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
 * census_marks_prepare_groups() - prepare blocks for grouping.h and pairs.h
 * @m: its turns are finished
 * @states: empty except for unit 0; gets a state for each block
 * @units: of a state
 * @several: only for blocks of which a page has several owners; the others get unit 0
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_marks_prepare_groups(struct census_marks *m, struct census_pool *states, u32 units,
				bool several)
{
	u32 unit, state, i;

	for (unit = FIRST_SECTION; unit < m->sections.nr; unit += CENSUS_SECTION_UNITS) {
		const struct census_section *s = section_of_unit(m, unit);

		for (i = 0; i < section_blocks(s); i++) {
			if (several && !s->first[i].planes)
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

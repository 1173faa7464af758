/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps page numbers to blocks: keys of frames, file pages, swap slots and hugetlb pages
 * to the blocks of owners.h, and their memory.
 *
 * A key is a space above a block number.  Anonymous frames, swap slots and hugetlb pages
 * are numbered by location, file pages by index: see files.h.  Blocks are in sections,
 * which a hash table finds.  A section has 256 blocks (64 MiB of memory, 4 KiB) if
 * neighbours are likely to be in use too, else 8 blocks (2 MiB of a file).
 *
 * Users choose the offsets of file pages.  So what depends on a key's hash, the table and the
 * slice, depends on random numbers too: see table.h.
 *
 * When the memory budget of a census is used up, it starts again and counts in slices:
 * each pass marks only the blocks whose key hashes to this slice, so each slice is exact.
 * One thread takes a census, so marks need no lock.
 */
#ifndef _CENSUS_MARKS_H
#define _CENSUS_MARKS_H

#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "base/budget.h"
#include "base/params.h"
#include "base/table.h"
#include "owners/account.h"
#include "walk/entries.h"

/*
 * Spaces: bits of a key from CENSUS_SPACE_SHIFT on.  Below is a block number: 2^46 pages,
 * enough for all physical memory and all realistic file offsets.
 */
#define CENSUS_SPACE_SHIFT 40
#define CENSUS_SPACE(space) ((u64)(space) << CENSUS_SPACE_SHIFT)

enum census_space {
	CENSUS_SPACE_FRAMES = 1,	/* + class */
	CENSUS_SPACE_EXCLUSIVE = 7,	/* never marked: see census_marks_exclusive() */
	CENSUS_SPACE_SWAP = 8,		/* + swap type */
	CENSUS_SPACE_SPARSE = 48,	/* sections are small from here on */
	CENSUS_SPACE_HUGETLB = 48,	/* + kind */
	CENSUS_SPACE_FILES = 64,	/* + census_file_space() */
	CENSUS_SPACE_END = 1 << (63 - CENSUS_SPACE_SHIFT),
};

static_assert(CENSUS_SPACE_FRAMES + CENSUS_CLASSES <= CENSUS_SPACE_EXCLUSIVE);
static_assert(CENSUS_SPACE(CENSUS_SPACE_END) == CENSUS_KEY_EIGHT);
static_assert(CENSUS_SPACE_SWAP + MAX_SWAPFILES <= CENSUS_SPACE_SPARSE);
static_assert(CENSUS_SPACE_HUGETLB + CENSUS_KINDS <= CENSUS_SPACE_FILES);

/* Key of frame 0, for pages of a class that are numbered by frame. */
static inline u64 census_marks_key(enum census_class class)
{
	return CENSUS_SPACE(CENSUS_SPACE_FRAMES + class);
}

/* Checks whether the pages of a key are exclusive frames, which are counted, not marked. */
static inline bool census_key_exclusive(u64 key)
{
	return key >> CENSUS_SPACE_SHIFT == CENSUS_SPACE_EXCLUSIVE;
}

/* The lowest bit of a file's space is its class. */
#define CENSUS_SPACES_PER_FILE 2

/* Space of a file's pages. */
static inline u32 census_file_space(u32 number, enum census_class class)
{
	return CENSUS_SPACE_FILES + CENSUS_SPACES_PER_FILE * number + (class == CENSUS_SHMEM);
}

static_assert(CENSUS_SPACE_FILES % CENSUS_SPACES_PER_FILE == 0);

/* Return: &enum census_class or &enum census_kind. */
static inline u32 census_key_kind(u64 key)
{
	u32 space = (key & ~CENSUS_KEY_EIGHT) >> CENSUS_SPACE_SHIFT;

	if (space >= CENSUS_SPACE_FILES)
		return space & 1 ? CENSUS_SHMEM : CENSUS_FILE;
	if (space >= CENSUS_SPACE_HUGETLB)
		return space - CENSUS_SPACE_HUGETLB;
	if (space >= CENSUS_SPACE_SWAP)
		return CENSUS_OF_SWAP;
	return space - CENSUS_SPACE_FRAMES;
}

/* Checks whether the pages of a key are anonymous: in a private mapping of a file, copies. */
static inline bool census_key_is_copy(u64 key)
{
	return census_key_exclusive(key) || census_key_kind(key) == CENSUS_ANON;
}

/**
 * struct census_section - consecutive blocks
 * @link: in &struct census_marks.table
 * @key: of the first block
 * @first: the first block
 * @block: unit number of @first
 */
struct census_section {
	struct census_link link;
	u64 key;
	struct census_block *first;
	u32 block;
};

#define CENSUS_SECTION_UNITS 2

static_assert(sizeof(struct census_section) == CENSUS_SECTION_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_sample - an entry by which a table is found that fork() copied, or may have
 * @link: in &struct census_marks.images
 * @key: from the entry's value and its index, and the shape of the table
 * @table: unit of the &struct census_forked; 0: this counts tables that were not kept
 * @index: of the entry, from the first of the table
 * @masks: of the tables with this entry, since one was kept
 * @pages: of that of them which had most
 */
struct census_sample {
	struct census_link link;
	u64 key;
	u32 table;
	u32 index;
	u16 masks;
	u16 pages;
};

#define CENSUS_SAMPLE_UNITS 2

static_assert(sizeof(struct census_sample) <= CENSUS_SAMPLE_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct census_slice - the keys that a pass over all address spaces marks
 * @hash: of keys; the same for all slices of a census
 * @number: keys with this hash are marked
 * @nr: number of slices, a power of two; 1: all keys are marked
 */
struct census_slice {
	struct census_hash hash;
	u32 number;
	u32 nr;
};

#define CENSUS_RECENT 256

/**
 * struct census_recent - cached result of a section lookup
 * @key: of its first block
 * @first: its first block
 * @block: unit number of @first
 */
struct census_recent {
	u64 key;
	struct census_block *first;
	u32 block;
};

/**
 * struct census_target - block that a mask is added to
 * @b: the block; NULL if the mask is not counted
 * @block: its unit number
 * @at: census_marks_finish(): the page in the block
 */
struct census_target {
	struct census_block *b;
	u32 block;
	u32 at;
};

/**
 * struct census_marks - marks of all address spaces
 * @owners: blocks, entries, turns
 * @budget: of the census
 * @own: the part of @budget for all that is allocated here
 * @sections: &struct census_section; units 0 and 1 are not used
 * @table: @sections by key
 * @samples: &struct census_sample; units 0 and 1 are not used
 * @images: @samples by key
 * @recent: sections found last, by the low bits of their number
 * @appended: number of entries that the last census_marks_add() added
 * @undivided: memory is missing for what slices do not make smaller
 * @eights: there are masks of eight blocks
 * @sparse: by kind, first free block in a chunk of small sections; 0: none
 * @hugetlb: sizes met, in base pages, by kind from %CENSUS_OF_HUGETLB on
 * @slice: keys to mark
 * @targets: of the masks that are being marked
 * @totals: sums of what is finished
 */
struct census_marks {
	struct census_owners owners;
	struct census_budget *budget;
	struct census_budget own;
	struct census_pool sections;
	struct census_table table;
	struct census_pool samples;
	struct census_table images;
	struct census_recent recent[CENSUS_RECENT];
	u32 appended;
	bool undivided;
	bool eights;
	u32 sparse[CENSUS_KINDS];
	unsigned int hugetlb[CENSUS_HUGETLB_SIZES];
	struct census_slice slice;
	struct census_target targets[CENSUS_MASKS_AT_ONCE];
	struct census_totals totals;
};

struct census_marks *census_marks_begin(struct census_budget *budget);
int census_marks_reset(struct census_marks *m, const struct census_slice *slice);
bool census_marks_lock(struct census_marks *m);
void census_marks_unlock(struct census_marks *m);
void census_marks_drop(struct census_marks *m);
void census_marks_end(struct census_marks *m);

void census_marks_add(struct census_marks *m,
		      const struct census_mask *masks, unsigned int nr);
bool census_marks_swapped(const struct census_marks *m);
const u64 *census_marks_find_image(const struct census_marks *m, struct census_image *image,
				   unsigned int index, u64 value);
bool census_marks_want_image(struct census_marks *m, const struct census_image *image,
			     unsigned int masks);
void census_marks_image(struct census_marks *m, const struct census_image *image);
u64 census_marks_exclusive(const struct census_marks *m, const struct census_mask *mask);
u64 census_marks_exclusive_swap(const struct census_marks *m,
				const struct census_run *run);
int census_marks_finish(struct census_marks *m);
int census_marks_prepare_groups(struct census_marks *m, struct census_pool *states, u32 units,
				bool several);

bool census_marks_counts(const struct census_marks *m, u64 key);
u64 census_marks_hugetlb_key(struct census_marks *m, unsigned long pfn,
			     unsigned int nr, u32 *at);

/* Checks whether tables that fork() copied are kept. */
static inline bool census_marks_has_forked(const struct census_marks *m)
{
	return m->owners.forked.nr > CENSUS_FORKED_UNITS;
}

/*
 * Checks whether tables that fork() copied may be kept.  Slices do not make them smaller, so
 * they leave half of the memory for what slices make smaller.  What counts is what they use in
 * this slice, not what an earlier one has left to it.
 */
static inline bool census_marks_may_keep(const struct census_marks *m)
{
	u64 units = (u64)m->owners.forked.nr + m->owners.arrays.nr + m->owners.bitmaps.nr +
		    m->samples.nr;

	return units * CENSUS_UNIT_BYTES < m->budget->limit / 2;
}

static inline bool census_marks_failed(const struct census_marks *m)
{
	return m->owners.failed;
}

#endif /* _CENSUS_MARKS_H */

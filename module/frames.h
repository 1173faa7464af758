/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which pages are the same, and whose they are: keys of frames, pages of files,
 * swap slots and hugetlb pages to the blocks of owners.h, and their memory.
 *
 * A key is a space above a block number.  Anonymous frames, swap slots and
 * hugetlb pages are numbered by where they are, pages of a file by their index:
 * see files.h.  Blocks lie in sections, which a hash table finds: 512 blocks
 * (128 MiB of memory, 8 KiB) where neighbours are likely to be in use too, else
 * 4 blocks (1 MiB of a file, one cache line).
 *
 * Memory is bounded by a budget that all workers of a census share.  When it is
 * used up, the census starts again and counts in slices: in each pass only the
 * blocks whose key has this slice's hash are marked, so each slice is exact.
 * What was allocated is kept for the next census, and freed after idle time or
 * when the kernel needs memory.
 *
 * One worker has one struct census_frames, so nothing here takes a lock but the
 * list of those that are kept.
 */
#ifndef _CENSUS_FRAMES_H
#define _CENSUS_FRAMES_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "account.h"
#include "params.h"
#include "walk.h"

/*
 * Spaces: a key's bits from CENSUS_SPACE_SHIFT on.  Below is a block number:
 * 2^46 pages, all physical memory and all but absurd file offsets.
 */
#define CENSUS_SPACE_SHIFT 40
#define CENSUS_SPACE(space) ((u64)(space) << CENSUS_SPACE_SHIFT)

enum census_space {
	CENSUS_SPACE_FRAMES = 1,	/* + class */
	CENSUS_SPACE_SWAP = 8,		/* + swap type */
	CENSUS_SPACE_SPARSE = 48,	/* from here on sections are small */
	CENSUS_SPACE_HUGETLB = 48,	/* + kind */
	CENSUS_SPACE_FILES = 64,	/* + census_file_space() */
	CENSUS_SPACE_END = 1 << (64 - CENSUS_SPACE_SHIFT),
};

static_assert(CENSUS_SPACE_FRAMES + CENSUS_CLASSES <= CENSUS_SPACE_SWAP);
static_assert(CENSUS_SPACE_SWAP + MAX_SWAPFILES <= CENSUS_SPACE_SPARSE);
static_assert(CENSUS_SPACE_HUGETLB + CENSUS_KINDS <= CENSUS_SPACE_FILES);

/* Key of the first frame, for pages of a class that are numbered by frame. */
static inline u64 census_frames_key(enum census_class class)
{
	return CENSUS_SPACE(CENSUS_SPACE_FRAMES + class);
}

/* Space of a file's pages: its last bit says the class, see census_key_kind(). */
static inline u32 census_file_space(u32 number, enum census_class class)
{
	return CENSUS_SPACE_FILES + 2 * number + (class == CENSUS_SHMEM);
}

/* Return: &enum census_class or &enum census_page_kind. */
static inline u32 census_key_kind(u64 key)
{
	u32 space = key >> CENSUS_SPACE_SHIFT;

	if (space >= CENSUS_SPACE_FILES)
		return space & 1 ? CENSUS_SHMEM : CENSUS_FILE;
	if (space >= CENSUS_SPACE_HUGETLB)
		return space - CENSUS_SPACE_HUGETLB;
	if (space >= CENSUS_SPACE_SWAP)
		return CENSUS_OF_SWAP;
	return space - CENSUS_SPACE_FRAMES;
}

/**
 * struct census_budget - memory of all workers together
 * @limit: bytes
 * @used: bytes
 * @peak: the most of @used
 */
struct census_budget {
	u64 limit;
	atomic64_t used;
	atomic64_t peak;
};

bool census_budget_take(struct census_budget *budget, u64 bytes);
void census_budget_give(struct census_budget *budget, u64 bytes);

/**
 * struct census_section - neighbouring blocks
 * @key: of the first; 0: not in use
 * @block: unit number of the first
 */
struct census_section {
	u64 key;
	u32 block;
};

static inline u32 census_section_hash(u64 key)
{
	return hash_64(key, 32);
}

#define CENSUS_RECENT 256

/**
 * struct census_recent - a section that was found
 * @key: of its first block
 * @first: its first block
 * @block: unit number of that
 */
struct census_recent {
	u64 key;
	struct census_block *first;
	u32 block;
};

/**
 * struct census_target - where a mask is marked
 * @b: the block; NULL: nowhere
 * @block: its unit number
 */
struct census_target {
	struct census_block *b;
	u32 block;
};

/**
 * struct census_frames - what one worker has marked
 * @spare: in the list of those kept for the next census
 * @owners: blocks, entries, turns
 * @budget: of the census
 * @sections: hash table, by key
 * @sections_mask: its length less one, a power of two
 * @nr_sections: in use, at most half of them
 * @recent: sections that were found last, by the last bits of their number
 * @appended: entries that the last call of census_frames_mark() has added
 * @sparse: by kind, first free block in a chunk of small sections; 0: none
 * @hugetlb: sizes met, in base pages, by kind from %CENSUS_OF_HUGETLB on
 * @slice: which keys are marked
 * @slices: a power of two, 1: all keys are marked
 * @targets: of the masks that are being marked
 * @totals: of what this worker settles
 */
struct census_frames {
	struct list_head spare;
	struct census_owners owners;
	struct census_budget *budget;
	struct census_section *sections;
	u32 sections_mask;
	u32 nr_sections;
	struct census_recent recent[CENSUS_RECENT];
	u32 appended;
	u32 sparse[CENSUS_KINDS];
	unsigned int hugetlb[CENSUS_HUGETLB_SIZES];
	u32 slice;
	u32 slices;
	struct census_target targets[CENSUS_MASKS_MAX];
	struct census_totals totals;
};

struct census_frames *census_frames_begin(struct census_budget *budget);
void census_frames_reset(struct census_frames *f, u32 slice, u32 slices);
void census_frames_drop(struct census_frames *f);
void census_frames_end(struct census_frames *f);
int census_frames_init(void);
void census_frames_exit(void);
void census_pool_free(struct census_pool *pool);
bool census_frames_grow_sections(struct census_frames *f);

void census_frames_mark(struct census_frames *f,
			const struct census_mask *masks, unsigned int nr);
void census_frames_mark_hugetlb(struct census_frames *f,
				const struct census_run *run);
void census_frames_mark_swap(struct census_frames *f,
			     const struct census_run *run);
bool census_frames_swapped(const struct census_frames *f);
int census_frames_settle_blocks(struct census_frames *const *workers,
				unsigned int nr, unsigned int part);
int census_frames_settle_turns(struct census_frames *const *workers,
			       unsigned int nr, unsigned int worker);
int census_frames_prepare_groups(struct census_frames *const *workers, unsigned int nr,
				 struct census_pool *states);

bool census_frames_counts(const struct census_frames *f, u64 key);
struct census_block *census_frames_block(const struct census_frames *f, u64 key);
u64 census_frames_hugetlb_key(struct census_frames *f, unsigned long pfn,
			      unsigned int nr, u32 *at);

/* Base pages of a hugetlb page with this @key. */
static inline unsigned int census_frames_hugetlb_pages(const struct census_frames *f,
						       u64 key)
{
	return f->hugetlb[census_key_kind(key) - CENSUS_OF_HUGETLB];
}

static inline bool census_frames_failed(const struct census_frames *f)
{
	return f->owners.failed;
}

#endif /* _CENSUS_FRAMES_H */

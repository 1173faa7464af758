/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys: how pages are named.  A key is a space above a block number; the page is a bit of the
 * block.  Anonymous frames, swap slots and hugetlb pages are numbered by location, file pages by
 * index: see count/files.h.
 */
#ifndef _CENSUS_KEYS_H
#define _CENSUS_KEYS_H

#include <linux/swap.h>

#include "owners/account.h"

/*
 * Spaces: bits of a key from CENSUS_SPACE_SHIFT on.  Below is a block number: 2^46 pages,
 * enough for all physical memory and all realistic file offsets.
 */
#define CENSUS_SPACE_SHIFT 40
#define CENSUS_SPACE(space) ((u64)(space) << CENSUS_SPACE_SHIFT)

/* Entries prove that the pages are exclusive: they are not marked, see census_marks_exclusive(). */
#define CENSUS_KEY_EXCLUSIVE BIT_ULL(63)

enum census_space {
	CENSUS_SPACE_FRAMES = 1,	/* + class */
	CENSUS_SPACE_SWAP = 8,		/* + swap type */
	CENSUS_SPACE_SPARSE = 48,	/* sections are small from here on, see count/marks.h */
	CENSUS_SPACE_HUGETLB = 48,	/* + kind */
	CENSUS_SPACE_FILES = 64,	/* + census_file_space() */
	CENSUS_SPACE_END = 1 << (63 - CENSUS_SPACE_SHIFT),
};

static_assert(CENSUS_SPACE_FRAMES + CENSUS_CLASSES <= CENSUS_SPACE_SWAP);
static_assert(CENSUS_SPACE(CENSUS_SPACE_END) == CENSUS_KEY_EXCLUSIVE);
static_assert(CENSUS_SPACE_SWAP + MAX_SWAPFILES <= CENSUS_SPACE_SPARSE);
static_assert(CENSUS_SPACE_HUGETLB + CENSUS_KINDS <= CENSUS_SPACE_FILES);

/* Key of frame 0, for pages of a class that are numbered by frame. */
static inline u64 census_frames_key(enum census_class class)
{
	return CENSUS_SPACE(CENSUS_SPACE_FRAMES + class);
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
	u32 space = (key & ~CENSUS_KEY_EXCLUSIVE) >> CENSUS_SPACE_SHIFT;

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
	u32 kind = census_key_kind(key);

	return kind == CENSUS_ANON || kind == CENSUS_OF_SWAP;
}

#endif /* _CENSUS_KEYS_H */

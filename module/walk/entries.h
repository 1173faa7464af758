/* SPDX-License-Identifier: GPL-2.0 */
/* Words for what entries of page tables map: bits of entries, masks of pages, and places. */
#ifndef _CENSUS_ENTRIES_H
#define _CENSUS_ENTRIES_H

#include <linux/bits.h>
#include <linux/pgtable.h>
#include <linux/types.h>

#define CENSUS_YOUNG		BIT(0) /* accessed */
#define CENSUS_DIRTY		BIT(1) /* written */
#define CENSUS_PMD		BIT(2) /* mapped by a PMD */
#define CENSUS_NOT_PRESENT	BIT(3) /* the frame is in a non-present entry */
#define CENSUS_EXCLUSIVE	BIT(4) /* by the entry alone, see exclusive.h */

/*
 * Entries of a PTE table that are read in one lock hold, a power of 2: all of a table of x86-64,
 * a quarter of one with pages of 16 KiB.
 */
#define CENSUS_PTES_MAX (PTRS_PER_PTE < 512 ? PTRS_PER_PTE : 512)

/**
 * struct census_mask - pages among 64 with consecutive numbers
 * @key: of the block, see keys.h
 * @mask: one bit for each page
 */
struct census_mask {
	u64 key;
	u64 mask;
};

/* So many masks are passed on together, at most. */
#define CENSUS_MASKS_AT_ONCE (2 * CENSUS_PTES_MAX)

/**
 * struct census_place - pages that one entry maps, or entries in a row whose frames are consecutive
 * @bits: CENSUS_YOUNG ...
 * @at: bit of the first page in the mask of @key
 * @nr: number of pages
 * @pfn: the first frame
 * @key: as in &struct census_mask; all pages are in one mask
 */
struct census_place {
	u8 bits;
	u8 at;
	u32 nr;
	unsigned long pfn;
	u64 key;
};

/* Frame of a value of &struct census_image. */
unsigned long census_image_pfn(u64 value);

#endif /* _CENSUS_ENTRIES_H */

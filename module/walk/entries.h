/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for what entries of page tables map: types and bits of entries, runs and masks of pages,
 * places, and images of tables.
 */
#ifndef _CENSUS_ENTRIES_H
#define _CENSUS_ENTRIES_H

#include <linux/bits.h>
#include <linux/pgtable.h>
#include <linux/types.h>

/**
 * enum census_entry_type - what entries of a page table map
 * @CENSUS_PRESENT: mapped frames
 * @CENSUS_HUGETLB: mapped frames of one hugetlb page
 * @CENSUS_SWAP: swap slots
 * @CENSUS_SPECIAL: special mapping (zero page, PFN map, device); no frame number
 */
enum census_entry_type {
	CENSUS_PRESENT,
	CENSUS_HUGETLB,
	CENSUS_SWAP,
	CENSUS_SPECIAL,
};

#define CENSUS_YOUNG		BIT(0) /* accessed */
#define CENSUS_DIRTY		BIT(1) /* written */
#define CENSUS_PMD		BIT(2) /* mapped by a PMD */
#define CENSUS_MIGRATING	BIT(3) /* a migration entry refers to the frame */
#define CENSUS_DEVICE_PRIVATE	BIT(4) /* device private memory */
#define CENSUS_NOT_PRESENT	BIT(5) /* the frame is in a non-present entry */
#define CENSUS_SHARED_TABLE	BIT(6) /* PMD table of hugetlb shared by several mms */
#define CENSUS_EXCLUSIVE	BIT(7) /* by the entry alone, see exclusive.h */

/**
 * struct census_run - consecutive entries with consecutive frames
 * @pfn: first frame; SWAP: first slot; SPECIAL: 0
 * @end: low 32 bits of the number after the last frame; see census_run_nr()
 * @type: &enum census_entry_type
 * @bits: CENSUS_YOUNG ..., the same for all entries
 * @swap_type: SWAP: number of the swap device
 */
struct census_run {
	unsigned long pfn;
	u32 end;
	u8 type;
	u8 bits;
	u8 swap_type;
};

/* Length of a run, in base pages. */
static inline unsigned int census_run_nr(const struct census_run *run)
{
	return run->end - (u32)run->pfn;
}

/*
 * Entries of a PTE table that are read in one lock hold, a power of 2: all of a table of x86-64,
 * a quarter of one with pages of 16 KiB.
 */
#define CENSUS_PTES_MAX (PTRS_PER_PTE < 512 ? PTRS_PER_PTE : 512)

/* These have no more runs than entries. */
#define CENSUS_RUNS_MAX CENSUS_PTES_MAX

/* A mask is that of the block of its key and of the seven after it. */
#define CENSUS_KEY_EIGHT BIT_ULL(63)

/**
 * struct census_mask - mapped pages among 64 with consecutive numbers
 * @key: of the first block of its kind, see &struct census_walk, plus the page number >> 6; of
 *	all pages of eight blocks, the first of these with %CENSUS_KEY_EIGHT
 * @mask: one bit for each page
 */
struct census_mask {
	u64 key;
	u64 mask;
};

/* So many masks are passed on together, at most. */
#define CENSUS_MASKS_AT_ONCE (2 * CENSUS_PTES_MAX)

/**
 * struct census_place - what one entry maps, or entries in a row whose frames are consecutive
 * @type: PRESENT or HUGETLB
 * @bits: as in &struct census_run
 * @at: bit of the first page in the mask of @key
 * @nr: number of pages
 * @pfn: the first frame
 * @key: PRESENT in masks: as in &struct census_mask, and all pages are in one mask; else 0
 */
struct census_place {
	u8 type;
	u8 bits;
	u8 at;
	u32 nr;
	unsigned long pfn;
	u64 key;
};

/**
 * struct census_image - a PTE table, or a part of one, that fork() may have copied
 * @values: values of the read-only entries, 0 for all others; if @match is 0
 * @lacks: bitmap of the entries that @match has and this table does not have
 * @match: table with the same entries, set by &struct census_walk_ops.find_image; 0: none
 * @pages: number of values, of @values or of those of @match, set by the same
 * @index: of the first entry with a value
 * @value: its value; 0: not known
 * @first: index of the first entry
 * @nr: number of entries
 */
struct census_image {
	u64 values[CENSUS_PTES_MAX];
	unsigned long lacks[BITS_TO_LONGS(CENSUS_PTES_MAX)];
	u32 match;
	u32 pages;
	unsigned int index;
	u64 value;
	unsigned int first;
	unsigned int nr;
};

/* An image takes as much memory as this number of masks, each an entry of an owner. */
#define CENSUS_MASKS_PER_IMAGE 256

/* An image is found again by its first value in each of so many parts. */
#define CENSUS_IMAGE_PARTS 4

/* Frame of a value of &struct census_image. */
unsigned long census_image_pfn(u64 value);

#endif /* _CENSUS_ENTRIES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Converts the page tables of one address space to runs of frames and masks of pages.
 * walk.c finds and locks the tables, ptes.c reads those of PTEs, image.c compares tables
 * that fork() copied, report.c takes any entry; only these read PTEs.  They do not know what
 * their results are counted for.
 */
#ifndef _CENSUS_WALK_H
#define _CENSUS_WALK_H

#include <linux/bits.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * enum census_kind - type of the entries of a run
 * @CENSUS_PRESENT: mapped frames
 * @CENSUS_HUGETLB: mapped frames of one hugetlb page
 * @CENSUS_SWAP: swap slots
 * @CENSUS_SPECIAL: special mapping (zero page, PFN map, device); no frame number
 * @CENSUS_HOLE: nothing is mapped; only if holes are requested
 */
enum census_kind {
	CENSUS_PRESENT,
	CENSUS_HUGETLB,
	CENSUS_SWAP,
	CENSUS_SPECIAL,
	CENSUS_HOLE,
};

#define CENSUS_YOUNG		BIT(0) /* accessed */
#define CENSUS_DIRTY		BIT(1) /* written */
#define CENSUS_PMD		BIT(2) /* mapped by a PMD */
#define CENSUS_MIGRATING	BIT(3) /* a migration entry refers to the frame */
#define CENSUS_DEVICE		BIT(4) /* device private memory */
#define CENSUS_NOT_PRESENT	BIT(5) /* the frame is in a non-present entry */
#define CENSUS_SHARED_TABLE	BIT(6) /* PMD table of hugetlb shared by several mms */
#define CENSUS_EXCLUSIVE	BIT(7) /* by the entry alone, see exclusive.h */

/**
 * struct census_run - consecutive entries with consecutive frames
 * @pfn: first frame; SWAP: first slot; HOLE: first page of the file; SPECIAL: 0
 * @end: low 32 bits of the number after the last frame; see census_run_nr()
 * @kind: &enum census_kind
 * @bits: CENSUS_YOUNG ..., the same for all entries
 * @swap_type: SWAP: number of the swap device
 */
struct census_run {
	unsigned long pfn;
	u32 end;
	u8 kind;
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
 * @key: @frames, @copies or @file of &struct census_walk, plus the page number >> 6; of all pages
 *	of eight blocks, the first of these with %CENSUS_KEY_EIGHT
 * @mask: one bit for each page
 */
struct census_mask {
	u64 key;
	u64 mask;
};

/**
 * struct census_place - what one entry maps, or a part of it
 * @kind: PRESENT, HUGETLB, SWAP or HOLE; a HOLE may be of more entries
 * @bits: as in &struct census_run
 * @at: bit of the first page in the mask of @key
 * @nr: number of pages
 * @addr: of the first page
 * @pfn: PRESENT, HUGETLB: the first frame; else 0
 * @key: PRESENT in masks: as in &struct census_mask, and all pages are in one mask; else 0
 */
struct census_place {
	u8 kind;
	u8 bits;
	u8 at;
	u32 nr;
	unsigned long addr;
	unsigned long pfn;
	u64 key;
};

/**
 * struct census_image - a PTE table, or a part of one, that fork() may have copied
 * @values: values of the read-only entries, 0 for all others; if @match is 0
 * @lacks: bitmap of the entries that @match has and this table does not have
 * @match: table with the same entries, set by &struct census_walk_ops.find_image; 0: none
 * @pages: number of values, of @values or of those of @match, set by the same
 * @masks: not 0: the table was reported by so many masks, @pages are the values that its image
 *	would have, and of the other members only those below are set
 * @index: of an entry by which tables are known that are not kept
 * @value: its value; 0: they are not searched for
 * @first: index of the first entry
 * @nr: number of entries
 */
struct census_image {
	u64 values[CENSUS_PTES_MAX];
	unsigned long lacks[BITS_TO_LONGS(CENSUS_PTES_MAX)];
	u32 match;
	u32 pages;
	u32 masks;
	unsigned int index;
	u64 value;
	unsigned int first;
	unsigned int nr;
};

/* An image is found again by its first value in each of so many parts. */
#define CENSUS_IMAGE_PARTS 4

/* Frame of a value of &struct census_image. */
unsigned long census_image_pfn(u64 value);

/**
 * struct census_walk_ops - consumers of a walk
 * @bits: CENSUS_YOUNG and CENSUS_DIRTY if the consumer needs them: entries that differ in
 *	them are in different runs
 * @runs_locked: called under the page table lock: must not sleep; may read the struct
 *	page of PRESENT and HUGETLB runs, which cannot be freed; or NULL
 * @runs: called with the same runs after the page table lock was dropped, with the VMA
 *	still locked; must not sleep; may add masks of their pages, one for each at most; or
 *	NULL
 * @by_run: mapped pages are PRESENT runs, not masks
 * @masks: receives masks of one or more tables, possibly of several VMAs, from
 *	census_walk_flush(), which is called without any lock; may sleep
 * @page: called for each entry of a run or mask but SPECIAL, in the order of addresses, if
 *	&struct census_walk.each_page; for HOLEs of one entry, and all others, under the page
 *	table lock; must not sleep; or NULL
 * @find_image: searches a table that has @value at @index, and as many entries as the one of
 *	@image; called under the page table lock; sets @match and returns its values, which stay
 *	valid and unchanged until @image is called; or returns NULL; or NULL
 * @masks_met: returns the number of masks of tables with as many entries as the one of @image, and
 *	with @value at @index, that were not kept, and sets @pages to the most of one of them;
 *	called under the page table lock
 * @image: receives the pages of a table instead of masks, or how many masks it has; called after
 *	the page table lock was dropped, with the VMA still locked; must not sleep
 *
 * All functions get the walk's @context.
 */
struct census_walk_ops {
	u8 bits;
	bool by_run;
	void (*runs_locked)(void *context, const struct census_run *runs,
			    unsigned int nr);
	void (*runs)(void *context, const struct census_run *runs,
		     unsigned int nr);
	void (*masks)(void *context, const struct census_mask *masks,
		      unsigned int nr);
	void (*page)(void *context, const struct census_place *place);
	const u64 *(*find_image)(void *context, struct census_image *image,
				 unsigned int index, u64 value);
	u32 (*masks_met)(void *context, const struct census_image *image, u32 *pages);
	void (*image)(void *context, const struct census_image *image);
};

/**
 * struct census_walk - the walk of one address space
 * @ops: consumers
 * @context: argument of @ops
 * @pause: returns true if the walk should return so that the caller drops the lock;
 *	called after each %CENSUS_PTES_MAX entries; must be true if census_walk_full()
 * @pause_context: argument of @pause
 * @holes: report HOLE runs, in the current VMA
 * @each_page: call @ops->page, in the current VMA: all entries are read one by one
 * @frames: masks: key of frame 0 in the current VMA
 * @file: masks: key of the first page of the current VMA's file; 0: its pages are
 *	numbered by frame
 * @copies: masks: key of frame 0 for copied pages in the current VMA, a private file
 *	mapping; else 0
 * @dirty_is_copied: a dirty entry in the current VMA maps a copied page
 * @writable_is_exclusive: writable entries of the current VMA map exclusive pages, see exclusive.h
 * @exclusive_key: masks: key of frame 0 for exclusive pages; 0: they are not in masks,
 *	but counted in @exclusive
 * @images: masks: tables of the current VMA may be reported by @ops->image
 * @first: the first PMD of the current VMA, if census_walk_fetch() found it and the walk has not
 *	begun; else NULL
 * @first_end: end address of the range of its table
 * @pages: masks: number of entries of mapped pages
 * @exclusive: of @pages, those that are exclusive and in no mask
 * @copied: of @pages, those copied in a private file mapping
 * @huge: of @pages, those mapped by a PMD
 * @copied_huge: of @copied, those mapped by a PMD
 * @ptes: number of entries read
 * @work: measure of the work done, about 1 for each entry
 * @blocked: a lock was not available: the VMA must be tried again later
 * @nr: number of @runs
 * @runs: %CENSUS_RUNS_MAX elements
 * @nr_masks: number of @masks
 * @masks: CENSUS_MASKS_MAX elements, and before the first a dummy that is never reported
 * @image: a table to be reported if its @nr is not 0; NULL if no masks are requested
 */
struct census_walk {
	const struct census_walk_ops *ops;
	void *context;
	bool (*pause)(void *context);
	void *pause_context;
	bool holes;
	bool each_page;
	u64 frames;
	u64 file;
	u64 copies;
	bool dirty_is_copied;
	bool writable_is_exclusive;
	u64 exclusive_key;
	bool images;
	pmd_t *first;
	unsigned long first_end;
	u64 pages;
	u64 exclusive;
	u64 copied;
	u64 huge;
	u64 copied_huge;
	u64 ptes;
	u64 work;
	bool blocked;
	unsigned int nr;
	struct census_run *runs;
	unsigned int nr_masks;
	struct census_mask *masks;
	struct census_image *image;
};

/*
 * Masks wait for the end of the hold of the mmap or VMA lock, because whoever takes them may
 * allocate memory and sleep.  The hold ends when there is no room for those of another table.
 * With the dummy before the first they are 64 KiB, which kmalloc() has without a rest.
 */
#define CENSUS_MASKS_MAX (8 * CENSUS_PTES_MAX - 1)

/* So many masks are passed on together, at most. */
#define CENSUS_MASKS_AT_ONCE (2 * CENSUS_PTES_MAX)

int census_walk_begin(struct census_walk *walk);
void census_walk_end(struct census_walk *walk);
void census_walk_fetch(struct census_walk *walk, struct vm_area_struct *vma, unsigned long addr,
		       unsigned long end);
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr,
			      unsigned long end);
void census_walk_flush(struct census_walk *walk);
void census_walk_mask(struct census_walk *walk, u64 key, u64 mask);

/* Checks whether there is no room for the masks of another table: the hold must end. */
static inline bool census_walk_full(const struct census_walk *walk)
{
	return walk->nr_masks + CENSUS_PTES_MAX > CENSUS_MASKS_MAX;
}

#endif /* _CENSUS_WALK_H */

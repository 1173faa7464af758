/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page tables of one address space to runs of frames.  walk.c is the only file
 * that knows a PTE; what it hands on are runs, and it does not know what they
 * are counted for.
 */
#ifndef _CENSUS_WALK_H
#define _CENSUS_WALK_H

#include <linux/bits.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * enum census_kind - what the entries of a run are
 * @CENSUS_PRESENT: mapped frames
 * @CENSUS_HUGETLB: mapped frames of one hugetlb page
 * @CENSUS_SWAP: swap slots
 * @CENSUS_SPECIAL: special mapping: zero page, PFN map, device; no frame number
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
#define CENSUS_MIGRATING	BIT(3) /* a migration entry names the frame */
#define CENSUS_DEVICE		BIT(4) /* device private memory */
#define CENSUS_NOT_PRESENT	BIT(5) /* another entry names the frame */
#define CENSUS_SHARED_TABLE	BIT(6) /* hugetlb PMD table of several mms */

/**
 * struct census_run - neighbouring entries whose frames are neighbours too
 * @pfn: first frame; SWAP: first slot; HOLE: first page of the file; SPECIAL: 0
 * @end: low 32 bits of the number behind the last one; see census_run_nr()
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

/* Entries of a run, in base pages. */
static inline unsigned int census_run_nr(const struct census_run *run)
{
	return run->end - (u32)run->pfn;
}

/* A PTE table has no more runs than entries. */
#define CENSUS_RUNS_MAX PTRS_PER_PTE

/**
 * struct census_mask - mapped pages, of 64 with neighbouring numbers
 * @key: of the numbers: @frames, @copies or @file of &struct census_walk, and the
 *	number above bit 6
 * @mask: a bit for each page
 */
struct census_mask {
	u64 key;
	u64 mask;
};

/**
 * struct census_place - pages at neighbouring addresses
 * @kind: PRESENT, HUGETLB, SWAP or HOLE
 * @huge: PRESENT: mapped by a PMD
 * @at: PRESENT: bit of the first page in the mask of @key
 * @nr: pages; PRESENT: all are of one mask
 * @addr: of the first page
 * @key: PRESENT: as of &struct census_mask; HUGETLB: the first frame; else 0
 */
struct census_place {
	u8 kind;
	bool huge;
	u8 at;
	u32 nr;
	unsigned long addr;
	u64 key;
};

/**
 * struct census_walk_ops - where what is mapped goes
 * @bits: CENSUS_YOUNG and CENSUS_DIRTY, where they matter: entries that differ
 *	in them are not in one run
 * @runs_locked: called under the page table's lock: must not sleep, may read the
 *	struct page of PRESENT and HUGETLB runs, which cannot be freed; or NULL
 * @runs: called with the same runs after the lock was dropped, the mapping
 *	still locked; may sleep; or NULL
 * @masks: mapped pages go there instead of into PRESENT runs; called with
 *	masks of one or more tables, perhaps of several mappings, with nothing but
 *	the mapping locked, or nothing at all; may sleep; or NULL
 * @places: where the pages of the masks, of HUGETLB and of SWAP runs are, by
 *	address; HOLEs come there instead of into runs; called after the lock was
 *	dropped, the mapping still locked; may sleep; or NULL
 *
 * All get the walk's @context.
 */
struct census_walk_ops {
	u8 bits;
	void (*runs_locked)(void *context, const struct census_run *runs,
			    unsigned int nr);
	void (*runs)(void *context, const struct census_run *runs,
		     unsigned int nr);
	void (*masks)(void *context, const struct census_mask *masks,
		      unsigned int nr);
	void (*places)(void *context, const struct census_place *places,
		       unsigned int nr);
};

/**
 * struct census_walk - the walk of one address space
 * @ops: where what is mapped goes
 * @context: for @ops
 * @pause: true if the walk should return so that the caller drops the lock;
 *	called after every page table
 * @pause_context: for @pause
 * @holes: hand on HOLE runs, in the present VMA
 * @placed: hand on places, in the present VMA
 * @frames: masks: key of frame 0 in the present VMA
 * @file: masks: key of the first page of the present VMA's file; 0: its pages are
 *	numbered by frame
 * @copies: masks: key of frame 0 for pages that were copied in the present VMA, a
 *	private mapping of a file
 * @dirty_is_copied: a dirty entry there is of such a page
 * @pages: masks: counts entries of mapped pages
 * @copied: of these, copied in a private mapping of a file
 * @huge: of these, mapped by a PMD
 * @ptes: counts entries read
 * @work: grows with what was done, about one for an entry
 * @blocked: a lock was not available: the VMA has to be tried again later
 * @nr: runs in @runs
 * @runs: of %CENSUS_RUNS_MAX
 * @nr_masks: masks in @masks
 * @masks: of CENSUS_MASKS_MAX, and one before the first, of no meaning
 * @nr_places: places in @places
 * @places: of %CENSUS_PLACES_MAX; NULL where none are wanted
 */
struct census_walk {
	const struct census_walk_ops *ops;
	void *context;
	bool (*pause)(void *context);
	void *pause_context;
	bool holes;
	bool placed;
	u64 frames;
	u64 file;
	u64 copies;
	bool dirty_is_copied;
	u64 pages;
	u64 copied;
	u64 huge;
	u64 ptes;
	u64 work;
	bool blocked;
	unsigned int nr;
	struct census_run *runs;
	unsigned int nr_masks;
	struct census_mask *masks;
	unsigned int nr_places;
	struct census_place *places;
};

/* Masks that are handed on at once, at most: those of two page tables. */
#define CENSUS_MASKS_MAX (2 * PTRS_PER_PTE)

/* A table has no more: those of each are handed on before the next. */
#define CENSUS_PLACES_MAX PTRS_PER_PTE

int census_walk_begin(struct census_walk *walk, bool places);
void census_walk_end(struct census_walk *walk);
unsigned long census_walk_vma(struct census_walk *walk,
			      struct vm_area_struct *vma, unsigned long addr);
void census_walk_hand_on(struct census_walk *walk);

#endif /* _CENSUS_WALK_H */

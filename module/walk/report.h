/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a walk reports: entries of page tables become counts, and masks of pages in one log.  It
 * locks nothing: all functions are called under the lock of the entry's table.
 */
#ifndef _CENSUS_REPORT_H
#define _CENSUS_REPORT_H

#include <linux/mm_types.h>

#include "base/compat.h"
#include "owners/forked.h"
#include "walk/entries.h"
#include "walk/exclusive.h"
#include "walk/keys.h"

/**
 * struct census_numbering - how the pages of a VMA are numbered, and what its entries tell
 * @frames: key of frame 0
 * @file: key of the first page of its file; 0: its pages are numbered by frame
 * @hugetlb: key of page 0, if it is one of hugetlb
 * @apart: exclusive pages are in masks of keys with this flag (%CENSUS_KEY_EXCLUSIVE); 0: they are
 *	only counted
 * @copies: a private mapping of a file: anonymous pages are copies
 * @dirty_is_copy: in one with @copies, a dirty entry maps one
 * @device: it may map pages of drivers, see device.h
 * @only_file: copies of hugetlb pages are not to be reported
 * @writable_is_exclusive: writable entries map exclusive pages, see exclusive.h
 * @each_page: &struct census_walk.page is called
 * @bits: CENSUS_YOUNG and CENSUS_DIRTY, if that needs them
 * @images: its tables may be kept, see owners/forked.h
 */
struct census_numbering {
	u64 frames;
	u64 file;
	u64 hugetlb;
	u64 apart;
	bool copies;
	bool dirty_is_copy;
	bool device;
	bool only_file;
	bool writable_is_exclusive;
	bool each_page;
	u8 bits;
	bool images;
};

/**
 * struct census_mapped - what entries of a VMA map, in base pages
 * @pages: mapped pages, without hugetlb
 * @exclusive: of @pages, those that are exclusive and in no mask
 * @copies: of @pages, anonymous ones of VMAs with copies
 * @device: of @pages, those of drivers and of ZONE_DEVICE
 * @huge: of @pages, those mapped by a PMD, not of ZONE_DEVICE
 * @huge_copies: of @copies, those mapped by a PMD
 * @special: zero pages, PFN maps, devices without struct page
 * @swap: swap slots
 * @exclusive_swap: of @swap, those that are exclusive and in no mask
 * @swap_masks: number of masks that were added for @swap
 * @hugetlb: pages of hugetlb
 */
struct census_mapped {
	u64 pages;
	u64 exclusive;
	u64 copies;
	u64 device;
	u64 huge;
	u64 huge_copies;
	u64 special;
	u64 swap;
	u64 exclusive_swap;
	u64 swap_masks;
	u64 hugetlb;
};

/**
 * struct census_walk - the walk of one address space
 * @page: called under the lock of a table for all entries that map pages, in the order of
 *	addresses, not for hugetlb; must not sleep; NULL: no VMA asks for it
 * @context: argument of @page
 * @owners: keep tables that fork() copied; census_owners_turn() has set the owner
 * @pause: returns true if the walk should return so that the caller drops the lock;
 *	called after each %CENSUS_PTES_MAX entries; must be true if census_walk_full()
 * @pause_context: argument of @pause
 * @in: of the current VMA
 * @out: of it, from where the caller has zeroed it
 * @sampler: of the exclusive pages that are compared with struct page
 * @kinds: of the pages whose kind is compared with struct page, because the mapping tells it
 * @first: the first PMD of the current VMA, if census_walk_fetch() found it and the walk has not
 *	begun; else NULL
 * @first_end: end address of the range of its table
 * @ptes: number of entries read
 * @work: measure of the work done, about 1 for each entry
 * @blocked: a lock was not available: the VMA must be tried again later
 * @unknown: an entry was met of a type that this module does not know: it is counted nowhere
 * @nr_masks: number of @masks
 * @masks: the log: CENSUS_MASKS_MAX elements, and before the first a dummy that is never reported
 * @image: a table to be reported if its @nr is not 0
 */
struct census_walk {
	void (*page)(void *context, const struct census_place *place);
	void *context;
	struct census_owners *owners;
	bool (*pause)(void *context);
	void *pause_context;
	struct census_numbering in;
	struct census_mapped out;
	struct census_sampler sampler;
	struct census_sampler kinds;
	pmd_t *first;
	unsigned long first_end;
	u64 ptes;
	u64 work;
	bool blocked;
	bool unknown;
	unsigned int nr_masks;
	struct census_mask *masks;
	struct census_image *image;
};

/*
 * Masks wait for the end of the hold of the mmap or VMA lock, because who marks them may
 * allocate memory and sleep.  The hold ends when there is no room for those of another table.
 * With the dummy before the first they are 64 KiB, which kmalloc() has without a rest.
 */
#define CENSUS_MASKS_MAX (8 * CENSUS_PTES_MAX - 1)

/*
 * Checks whether a VMA, a private mapping of a file, may map copies of its pages.  Where the kernel
 * is not trusted, struct page tells.
 */
static inline bool census_may_have_copies(const struct census_walk *walk,
					  const struct vm_area_struct *vma)
{
	return walk->in.copies && (vma_has_anon_rmap(vma) || !census_rule_holds());
}

void census_report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte);
void census_report_pages(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long pfn, unsigned int nr, u8 bits);
void census_report_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, softleaf_t entry, bool exclusive,
			    u8 bits, unsigned int nr, unsigned long skip);
void census_report_mask(struct census_walk *walk, u64 key, u64 mask);
#endif /* _CENSUS_REPORT_H */

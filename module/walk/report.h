/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a walk reports, and to whom: entries of page tables become runs, masks, places and images
 * of entries.h.  It locks nothing: all functions but census_report_flush() are called under the
 * lock of the entry's table.
 */
#ifndef _CENSUS_REPORT_H
#define _CENSUS_REPORT_H

#include <linux/mm_types.h>

#include "base/compat.h"
#include "walk/entries.h"
#include "walk/exclusive.h"

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
 * @page: called for all entries that map pages, in the order of addresses, if
 *	&struct census_walk.each_page; under the page table lock; must not sleep; or NULL
 * @find_image: searches a table that has @value at @index, and as many entries as the one of
 *	@image; called under the page table lock; sets @match and returns its values, which stay
 *	valid and unchanged until @image is called; or returns NULL; or NULL
 * @want_image: whether the table of @image, of which @pages and all members below it are set,
 *	is to be reported by @image; else it will be by so many @masks; called under the page
 *	table lock
 * @image: receives the pages of a table instead of masks; called after the page table lock was
 *	dropped, with the VMA still locked; must not sleep
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
	bool (*want_image)(void *context, const struct census_image *image, unsigned int masks);
	void (*image)(void *context, const struct census_image *image);
};

/**
 * struct census_walk - the walk of one address space
 * @ops: consumers
 * @context: argument of @ops
 * @pause: returns true if the walk should return so that the caller drops the lock;
 *	called after each %CENSUS_PTES_MAX entries; must be true if census_walk_full()
 * @pause_context: argument of @pause
 * @each_page: call @ops->page, in the current VMA
 * @frames_key: masks: key of frame 0 in the current VMA
 * @file_key: masks: key of the first page of the current VMA's file; 0: its pages are
 *	numbered by frame
 * @anon_key: masks: key of frame 0 for anonymous pages in the current VMA, a private mapping of
 *	a file; else 0
 * @device_key: masks: key of frame 0 for pages of drivers in the current VMA, see device.h; 0: it
 *	has none
 * @uncounted_key: the same, for those that are surely in no counter of the kernel
 * @zone_device_key: the same, for those of ZONE_DEVICE, which are not in MemTotal
 * @dirty_is_anon: a dirty entry in the current VMA, if it has an @anon_key, maps an anonymous page
 * @writable_is_exclusive: writable entries of the current VMA map exclusive pages, see exclusive.h
 * @exclusive_key: masks: key of frame 0 for exclusive pages; 0: they are not in masks,
 *	but counted in @exclusive
 * @sampler: of the exclusive pages that are compared with struct page
 * @kinds: of the pages whose kind is compared with struct page, because the mapping tells it
 * @images: masks: tables of the current VMA may be reported by @ops->image
 * @first: the first PMD of the current VMA, if census_walk_fetch() found it and the walk has not
 *	begun; else NULL
 * @first_end: end address of the range of its table
 * @pages: masks: number of entries of mapped pages
 * @exclusive: of @pages, those that are exclusive and in no mask
 * @anon: of @pages, anonymous ones of VMAs with an @anon_key
 * @device: of @pages, those of drivers and of ZONE_DEVICE
 * @huge: of @pages, those mapped by a PMD, not of ZONE_DEVICE
 * @anon_huge: of @anon, those mapped by a PMD
 * @ptes: number of entries read
 * @work: measure of the work done, about 1 for each entry
 * @blocked: a lock was not available: the VMA must be tried again later
 * @unknown: an entry was met of a type that this module does not know: it is counted nowhere
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
	bool each_page;
	u64 frames_key;
	u64 file_key;
	u64 anon_key;
	u64 device_key;
	u64 uncounted_key;
	u64 zone_device_key;
	bool dirty_is_anon;
	bool writable_is_exclusive;
	u64 exclusive_key;
	struct census_sampler sampler;
	struct census_sampler kinds;
	bool images;
	pmd_t *first;
	unsigned long first_end;
	u64 pages;
	u64 exclusive;
	u64 anon;
	u64 device;
	u64 huge;
	u64 anon_huge;
	u64 ptes;
	u64 work;
	bool blocked;
	bool unknown;
	unsigned int nr;
	struct census_run *runs;
	unsigned int nr_masks;
	struct census_mask *masks;
	struct census_image *image;
};

/*
 * Masks wait for the end of the hold of the mmap or VMA lock, because their consumer may
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
	return walk->anon_key && (vma_has_anon_rmap(vma) || !census_rule_holds());
}

/* Called under the table's lock. */
static inline void census_report_place(struct census_walk *walk, struct census_place place)
{
	if (!walk->each_page)
		return;
	walk->ops->page(walk->context, &place);
	walk->work++;
}

void census_report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte);
void census_report_pages(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long pfn, unsigned int nr, u8 bits);
void census_report_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, softleaf_t entry, bool exclusive,
			    u8 bits, unsigned int nr, unsigned long skip);
void census_report_mask(struct census_walk *walk, u64 key, u64 mask);
void census_report_run(struct census_walk *walk, enum census_entry_type type, u8 bits,
		       unsigned long pfn, unsigned int nr, u8 swap_type);

/* Passes the runs of a table on: under its lock, and, with all but masks, after it. */
void census_report_locked(struct census_walk *walk);
void census_report_flush(struct census_walk *walk);

#endif /* _CENSUS_REPORT_H */

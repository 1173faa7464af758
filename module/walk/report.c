// SPDX-License-Identifier: GPL-2.0
/*
 * Reports what any entry maps: the complete and slow way, beside that of ptes.c.
 *
 * A mapped page has a key and a bit, by which it is known in all address spaces that map it:
 * those of its frame; of its index, in a mapping that shows the page cache of a file; or of its
 * frame among anonymous pages, if a private mapping of a file has a copy.  For what is not mapped
 * (swap, special mappings) and for all of hugetlb there are runs.  Entries in a row join
 * the last run or the last mask, so that a table in order takes few of them.
 *
 * What has to be done under the lock of the table is done by ops->runs_locked and ops->page;
 * ops->runs follows when that lock is dropped, ops->masks when all locks are.
 */
#include <linux/mm.h>

#include "owners/owners.h"
#include "walk/device.h"
#include "walk/exclusive.h"
#include "walk/pte.h"
#include "walk/report.h"

void census_report_run(struct census_walk *walk, enum census_entry_type type, u8 bits,
		       unsigned long pfn, unsigned int nr, u8 swap_type)
{
	struct census_run *run = &walk->runs[walk->nr];

	if (walk->nr) {
		struct census_run *last = run - 1;

		if (last->type == type && last->bits == bits &&
		    last->swap_type == swap_type &&
		    (type == CENSUS_SPECIAL || last->pfn + census_run_nr(last) == pfn)) {
			last->end += nr;
			return;
		}
	}
	*run = (struct census_run) {
		.pfn = pfn, .end = (u32)pfn + nr, .type = type, .bits = bits,
		.swap_type = swap_type,
	};
	walk->nr++;
}

/* Adds pages @mask of block @key.  There is room, see census_walk_full(). */
void census_report_mask(struct census_walk *walk, u64 key, u64 mask)
{
	struct census_mask *last = &walk->masks[(long)walk->nr_masks - 1];

	if (last->key == key) {
		last->mask |= mask;
		return;
	}
	walk->masks[walk->nr_masks++] = (struct census_mask) {
		.key = key, .mask = mask,
	};
}

static void count_copied(struct census_walk *walk, unsigned int nr, u8 bits)
{
	walk->anon += nr;
	if (bits & CENSUS_PMD)
		walk->anon_huge += nr;
}

/* Counts pages of which the first is one of a device.  Return: the key of frame 0 for them. */
static u64 count_device(struct census_walk *walk, struct page *page, unsigned int nr, u8 bits)
{
	walk->device += nr;
	if (!is_zone_device_page(page))
		return census_page_uncounted(page) ? walk->uncounted_key : walk->device_key;
	/* Not in FilePmdMapped of smaps either. */
	if (bits & CENSUS_PMD)
		walk->huge -= nr;
	return walk->zone_device_key;
}

/*
 * Reports mapped pages, as masks or as a run.  In a private file mapping only struct page
 * tells whether a page that is not exclusive is a copy, and in a mapping of a driver whether it is
 * the driver's.  Under the lock of its table or PMD it cannot be freed.
 */
void census_report_pages(struct census_walk *walk, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long pfn, unsigned int nr,
			 u8 bits)
{
	u64 key = walk->frames_key, number = pfn;
	bool exclusive = bits & CENSUS_EXCLUSIVE, counted;
	u64 apart = 0;

	if (walk->ops->by_run) {
		census_report_run(walk, CENSUS_PRESENT, bits & ~CENSUS_EXCLUSIVE, pfn, nr, 0);
		census_report_place(walk, (struct census_place) {
			.type = CENSUS_PRESENT, .bits = bits, .nr = nr, .pfn = pfn,
		});
		return;
	}
	counted = exclusive && !walk->exclusive_key;
	walk->pages += nr;
	if (bits & CENSUS_PMD)
		walk->huge += nr;
	if (exclusive) {
		if (!(bits & CENSUS_NOT_PRESENT))
			census_exclusive_check(pfn, nr, bits & CENSUS_PMD);
		key = walk->anon_key ?: walk->frames_key;
		if (walk->anon_key)
			count_copied(walk, nr, bits);
		if (counted)
			walk->exclusive += nr;
		else
			apart = walk->exclusive_key - key;
	} else if (census_may_have_copies(walk, vma) && PageAnon(pfn_to_page(pfn))) {
		key = walk->anon_key;
		count_copied(walk, nr, bits);
	} else if (walk->device_key && census_page_of_device(vma, pfn_to_page(pfn))) {
		key = count_device(walk, pfn_to_page(pfn), nr, bits);
	} else if (walk->file_key) {
		key = walk->file_key;
		number = linear_page_index(vma, addr);
	}
	for (; nr >= CENSUS_EIGHT_PAGES && !(number % CENSUS_EIGHT_PAGES) && !exclusive &&
	     !walk->each_page; nr -= CENSUS_EIGHT_PAGES, number += CENSUS_EIGHT_PAGES)
		census_report_mask(walk, (key + (number >> 6)) | CENSUS_KEY_EIGHT, ~0ULL);
	/* Nothing is kept of them: the blocks of a huge page would take longer than the rest. */
	if (counted && !walk->each_page)
		return;
	while (nr) {
		unsigned int at = number & 63, n = min(64 - at, nr);

		if (!counted)
			census_report_mask(walk, key + apart + (number >> 6),
					   GENMASK_ULL(at + n - 1, at));
		census_report_place(walk, (struct census_place) {
			.type = CENSUS_PRESENT, .bits = bits, .at = at, .nr = n, .pfn = pfn,
			.key = key + (number >> 6),
		});
		number += n;
		pfn += n;
		nr -= n;
	}
}

void census_report_locked(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs_locked)
		walk->ops->runs_locked(walk->context, walk->runs, walk->nr);
}

void census_report_flush(struct census_walk *walk)
{
	if (walk->nr && walk->ops->runs)
		walk->ops->runs(walk->context, walk->runs, walk->nr);
	walk->nr = 0;
	if (walk->image->nr)
		walk->ops->image(walk->context, walk->image);
	walk->image->nr = 0;
}

/*
 * Reports @nr pages.  The first of them is page @skip of the range of @entry.
 * @exclusive: a swap entry has the exclusive bit
 */
void census_report_softleaf(struct census_walk *walk, struct vm_area_struct *vma,
			    unsigned long addr, softleaf_t entry, bool exclusive,
			    u8 bits, unsigned int nr, unsigned long skip)
{
	if (softleaf_is_swap(entry)) {
		if (walk->writable_is_exclusive && exclusive)
			bits |= CENSUS_EXCLUSIVE;
		census_report_run(walk, CENSUS_SWAP, bits, swp_offset(entry) + skip, nr,
				  swp_type(entry));
	} else if (!census_softleaf_is_known(entry)) {
		walk->unknown = true;
	} else if (softleaf_has_pfn(entry)) {
		if (softleaf_is_migration(entry))
			bits |= CENSUS_MIGRATING;
		if (walk->writable_is_exclusive && census_migration_exclusive(entry))
			bits |= CENSUS_EXCLUSIVE;
		if (softleaf_is_device_private(entry))
			bits |= CENSUS_DEVICE_PRIVATE;
		census_report_pages(walk, vma, addr, softleaf_to_pfn(entry) + skip, nr,
				    bits | CENSUS_NOT_PRESENT);
	}
}

/* Reports any entry, with the bits that @walk->ops needs. */
void census_report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte)
{
	u8 bits = walk->ops->bits & ((pte_young(pte) ? CENSUS_YOUNG : 0) |
				     (pte_dirty(pte) ? CENSUS_DIRTY : 0));
	softleaf_t entry;

	if (pte_none(pte))
		return;
	if (!pte_present(pte)) {
		entry = softleaf_from_pte(pte);
		census_report_softleaf(walk, vma, addr, entry,
				       softleaf_is_swap(entry) && pte_swp_exclusive(pte),
				       0, 1, 0);
	} else if (census_pte_special(vma, addr, pte)) {
		census_report_run(walk, CENSUS_SPECIAL, 0, 0, 1, 0);
	} else {
		if (walk->writable_is_exclusive && pte_write(pte))
			bits |= CENSUS_EXCLUSIVE;
		census_report_pages(walk, vma, addr, pte_pfn(pte), 1, bits);
	}
}

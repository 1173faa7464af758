// SPDX-License-Identifier: GPL-2.0
/*
 * Reports what any entry maps: the complete and slow way, beside that of ptes.c.
 *
 * A page has a key and a bit, by which it is known in all address spaces that map it: those of its
 * frame; of its index, in a mapping that shows the page cache of a file; of its frame among
 * anonymous pages, if a private mapping of a file has a copy; or of its swap slot.  Pages in a row
 * join the last mask, so that a table in order takes few of them.
 *
 * What has to be done under the lock of the table is done by walk->page(); the masks are marked
 * when all locks are dropped.
 */
#include <linux/mm.h>

#include "owners/owners.h"
#include "walk/device.h"
#include "walk/exclusive.h"
#include "walk/pte.h"
#include "walk/report.h"

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
	walk->out.copies += nr;
	if (bits & CENSUS_PMD)
		walk->out.huge_copies += nr;
}

/* Counts pages of which the first is one of a device.  Return: the key of frame 0 for them. */
static u64 count_device(struct census_walk *walk, struct page *page, unsigned int nr, u8 bits)
{
	walk->out.device += nr;
	if (!is_zone_device_page(page))
		return census_frames_key(census_page_uncounted(page) ? CENSUS_DEVICE_UNCOUNTED :
								       CENSUS_DEVICE);
	/* Not in FilePmdMapped of smaps either. */
	if (bits & CENSUS_PMD)
		walk->out.huge -= nr;
	return census_frames_key(CENSUS_ZONE_DEVICE);
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
	const struct census_numbering *in = &walk->in;
	bool exclusive = bits & CENSUS_EXCLUSIVE, counted = exclusive && !in->apart;
	u64 key = in->frames, number = pfn, apart = exclusive ? in->apart : 0;

	walk->out.pages += nr;
	if (bits & CENSUS_PMD)
		walk->out.huge += nr;
	if (exclusive) {
		if (!(bits & CENSUS_NOT_PRESENT))
			census_exclusive_check(pfn, nr, bits & CENSUS_PMD);
		key = census_frames_key(CENSUS_ANON);
		if (in->copies)
			count_copied(walk, nr, bits);
		if (counted)
			walk->out.exclusive += nr;
	} else if (census_may_have_copies(walk, vma) && PageAnon(pfn_to_page(pfn))) {
		key = census_frames_key(CENSUS_ANON);
		count_copied(walk, nr, bits);
	} else if (in->device && census_page_of_device(vma, pfn_to_page(pfn))) {
		key = count_device(walk, pfn_to_page(pfn), nr, bits);
	} else if (in->file) {
		key = in->file;
		number = linear_page_index(vma, addr);
	}
	/* Nothing is kept of them: the blocks of a huge page would take longer than the rest. */
	if (counted && !in->each_page)
		return;
	while (nr) {
		unsigned int at = number & 63, n = min(64 - at, nr);

		if (!counted)
			census_report_mask(walk, (key | apart) + (number >> 6),
					   GENMASK_ULL(at + n - 1, at));
		if (in->each_page) {
			walk->page(walk->context, &(struct census_place) {
				.bits = bits, .at = at, .nr = n, .pfn = pfn,
				.key = key + (number >> 6),
			});
			walk->work++;
		}
		number += n;
		pfn += n;
		nr -= n;
	}
}

/* Reports swap slots, of which an exclusive one has one entry. */
static void report_swap(struct census_walk *walk, softleaf_t entry, bool exclusive,
			unsigned int nr, unsigned long skip)
{
	u64 key = CENSUS_SPACE(CENSUS_SPACE_SWAP + swp_type(entry));
	u64 slot = swp_offset(entry) + skip, end = slot + nr;
	unsigned int before = walk->nr_masks;

	walk->out.swap += nr;
	if (exclusive && !walk->in.apart) {
		walk->out.exclusive_swap += nr;
		return;
	}
	if (exclusive)
		key |= walk->in.apart;
	while (slot < end) {
		unsigned int at = slot & 63, n = min_t(u64, 64 - at, end - slot);

		census_report_mask(walk, key + (slot >> 6), GENMASK_ULL(at + n - 1, at));
		slot += n;
	}
	walk->out.swap_masks += walk->nr_masks - before;
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
		report_swap(walk, entry, walk->in.writable_is_exclusive && exclusive, nr, skip);
	} else if (!census_softleaf_is_known(entry)) {
		walk->unknown = true;
	} else if (softleaf_has_pfn(entry)) {
		if (walk->in.writable_is_exclusive && census_migration_exclusive(entry))
			bits |= CENSUS_EXCLUSIVE;
		census_report_pages(walk, vma, addr, softleaf_to_pfn(entry) + skip, nr,
				    bits | CENSUS_NOT_PRESENT);
	}
}

/* Reports any entry, with the bits that are wanted. */
void census_report_pte(struct census_walk *walk, struct vm_area_struct *vma,
		       unsigned long addr, pte_t pte)
{
	u8 bits = walk->in.bits & ((pte_young(pte) ? CENSUS_YOUNG : 0) |
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
		walk->out.special++;
	} else {
		if (walk->in.writable_is_exclusive && pte_write(pte))
			bits |= CENSUS_EXCLUSIVE;
		census_report_pages(walk, vma, addr, pte_pfn(pte), 1, bits);
	}
}

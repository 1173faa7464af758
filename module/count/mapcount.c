// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/page_idle.h>
#include <linux/page-flags.h>

#include "base/compat.h"
#include "count/mapcount.h"
#include "walk/device.h"

static enum census_class page_class(const struct vm_area_struct *vma, struct page *page)
{
	const struct folio *folio = page_folio(page);

	if (folio_test_anon((struct folio *)folio))
		return CENSUS_ANON;
	if (folio_test_swapbacked((struct folio *)folio))
		return CENSUS_SHMEM;
	if (census_vma_of_device(vma) && census_page_of_device(vma, page))
		return is_zone_device_page(page) ? CENSUS_ZONE_DEVICE : CENSUS_DEVICE;
	return CENSUS_FILE;
}

/* Adds pages of one folio that one entry maps: a base page, or a huge page or a part of it. */
static void take_folio(struct census_sums *sums, const struct vm_area_struct *vma, u8 bits,
		       struct page *page, unsigned int nr)
{
	struct folio *folio = page_folio(page);
	enum census_class class = page_class(vma, page);
	bool locked = vma->vm_flags & VM_LOCKED;
	u64 bytes = (u64)nr << PAGE_SHIFT;
	bool dirty = bits & CENSUS_DIRTY || folio_test_dirty(folio);
	/* A device private page counts as present, although its entry is not. */
	bool present = !(bits & CENSUS_NOT_PRESENT) || bits & CENSUS_DEVICE_PRIVATE;
	unsigned int i;

	sums->rss[class == CENSUS_ZONE_DEVICE ? CENSUS_DEVICE : class] += bytes;
	/* Of ZONE_DEVICE they are not in FilePmdMapped of smaps either. */
	if (bits & CENSUS_PMD && class != CENSUS_ZONE_DEVICE)
		sums->thp[class == CENSUS_DEVICE ? CENSUS_FILE : class] += bytes;
	if (class == CENSUS_ANON && !folio_test_swapbacked(folio) && !dirty)
		sums->lazyfree += bytes;
	if (folio_test_ksm(folio))
		sums->ksm += bytes;
	if (bits & CENSUS_YOUNG || folio_test_young(folio) ||
	    folio_test_referenced(folio))
		sums->referenced += bytes;

	/*
	 * The map count of a migrating page no longer includes this entry.  Count the
	 * whole page, and as private or shared as smaps does.
	 */
	if (!present) {
		census_account_share(sums, class, bytes, 1, dirty, locked,
				     CENSUS_MIGRATING_IS_PRIVATE);
		return;
	}
	/* Each mapping of any part holds a reference: 1 means that this is the only mapping. */
	if (folio_ref_count(folio) == 1) {
		census_account_share(sums, class, bytes, 1, dirty, locked, true);
		return;
	}
	for (i = 0; i < nr; i++) {
		int owners = census_page_mapcount(folio, page + i);

		census_account_share(sums, class, PAGE_SIZE, max(owners, 1),
				     dirty, locked,
				     census_page_exclusive(folio, owners));
	}
}

static void take_hugetlb(struct census_sums *sums, const struct census_run *run)
{
	struct folio *folio = page_folio(pfn_to_page(run->pfn));
	bool shared = run->bits & CENSUS_SHARED_TABLE ||
		      census_hugetlb_shared(folio);

	if (run->bits & CENSUS_NOT_PRESENT && !CENSUS_MIGRATING_IS_PRIVATE)
		shared = true;
	if (shared)
		sums->shared_hugetlb += (u64)census_run_nr(run) << PAGE_SHIFT;
	else
		sums->private_hugetlb += (u64)census_run_nr(run) << PAGE_SHIFT;
}

/**
 * census_mapcount_take() - add a run to the sums
 * @sums: of the VMA or address space that maps it
 * @vma: maps it
 * @run: only PRESENT and HUGETLB are counted
 *
 * Called under the page table lock, which keeps the pages from being freed.
 */
void census_mapcount_take(struct census_sums *sums, const struct vm_area_struct *vma,
			  const struct census_run *run)
{
	unsigned int i;

	switch ((enum census_entry_type)run->type) {
	case CENSUS_PRESENT:
		if (run->bits & CENSUS_PMD) {
			take_folio(sums, vma, run->bits,
				   pfn_to_page(run->pfn), census_run_nr(run));
			break;
		}
		for (i = 0; i < census_run_nr(run); i++)
			take_folio(sums, vma, run->bits,
				   pfn_to_page(run->pfn + i), 1);
		break;
	case CENSUS_HUGETLB:
		take_hugetlb(sums, run);
		break;
	case CENSUS_SPECIAL:
	case CENSUS_SWAP:
		break;	/* counted without the lock */
	}
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/page_idle.h>

#include "count/flags.h"

static void take_folio(struct census_sums *sums, u8 bits, struct folio *folio, unsigned int nr)
{
	bool dirty = bits & CENSUS_DIRTY || folio_test_dirty(folio);
	u64 bytes = (u64)nr << PAGE_SHIFT;

	if (dirty)
		sums->dirty += bytes;
	if (bits & CENSUS_YOUNG || folio_test_young(folio) || folio_test_referenced(folio))
		sums->referenced += bytes;
	if (folio_test_ksm(folio))
		sums->ksm += bytes;
	if (folio_test_anon(folio) && !folio_test_swapbacked(folio) && !dirty)
		sums->lazyfree += bytes;
}

/*
 * Adds what an entry maps to the sums.  Called under the page table lock, which keeps the pages
 * from being freed.
 */
void census_flags_take(struct census_sums *sums, const struct census_place *place)
{
	unsigned int i;

	if (place->bits & CENSUS_PMD) {
		take_folio(sums, place->bits, page_folio(pfn_to_page(place->pfn)), place->nr);
		return;
	}
	for (i = 0; i < place->nr; i++)
		take_folio(sums, place->bits, page_folio(pfn_to_page(place->pfn + i)), 1);
}

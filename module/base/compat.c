// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>

#include "base/compat.h"

/**
 * census_frame_mapcount() - number of mappings of a page that may change at any time
 * @folio: a copy of the large folio of the page, of its second page too
 * @page: the page itself; each page has a map count
 *
 * Return: entries that map the page, alone or with all of its folio.
 */
int census_frame_mapcount(const struct folio *folio, const struct page *page)
{
	int mapcount = atomic_read(&page->_mapcount) + 1;

#if CENSUS_HAVE_FOLIO_TEST_DOUBLE_MAP
	/* Before 6.2 some counts of single pages include entries of the whole folio. */
	if (!folio_test_anon((struct folio *)folio))
		return mapcount;
	if (folio_test_double_map((struct folio *)folio))
		mapcount--;
#endif
	return mapcount + folio_entire_mapcount((struct folio *)folio);
}

/**
 * census_folio_unmapped() - check whether a large folio is not mapped, without its tails
 * @folio: a copy is enough
 *
 * Return: false also if its tails must tell.
 */
bool census_folio_unmapped(const struct folio *folio)
{
#if CENSUS_HAVE_FOLIO_LARGE_MAPCOUNT
	return folio_large_mapcount(folio) <= 0;
#else
	return false;
#endif
}

/* Number of pages of the swap entry at @xas. */
unsigned long census_shmem_entry_pages(struct xa_state *xas)
{
#if CENSUS_HAVE_XAS_GET_ORDER
	return 1UL << xas_get_order(xas);
#else
	return 1;
#endif
}

/**
 * census_anon_vma_name() - the name set by prctl(PR_SET_VMA_ANON_NAME)
 * @vma: locked
 *
 * Return: the name, valid while @vma is locked, or NULL.
 */
const char *census_anon_vma_name(const struct vm_area_struct *vma)
{
#ifdef CONFIG_ANON_VMA_NAME
	/* Before 6.2 the field is in a union with one for files. */
	if (offsetof(struct vm_area_struct, anon_name) ==
	    offsetof(struct vm_area_struct, shared) && vma->vm_file)
		return NULL;
	return vma->anon_name ? vma->anon_name->name : NULL;
#else
	return NULL;
#endif
}

#if CENSUS_VMA_LOCKS
/* Return: the first mapped address at or above @addr, or ULONG_MAX. */
static unsigned long first_mapped(struct mm_struct *mm, unsigned long addr)
{
	MA_STATE(mas, &mm->mm_mt, addr, addr);
	unsigned long first = ULONG_MAX;

	rcu_read_lock();
	if (mas_find(&mas, ULONG_MAX))
		first = max(addr, mas.index);
	rcu_read_unlock();
	return first;
}

/* After this many attempts the caller tries mmap_lock: the VMA is replaced all the time. */
#define LOOKS_FOR_A_VMA 4

/**
 * census_vma_lock() - lock the next VMA for reading
 * @mm: mm_users is held, mmap_lock is not
 * @addr: find the VMA that contains this address, or the next one
 *
 * Like lock_next_vma(), which is not exported.  VMAs may appear and disappear during the
 * search.  A gap that is seen while a task holds mmap_lock for writing may be temporary,
 * so it must be seen twice.
 *
 * Return: the locked VMA, to be passed to census_vma_unlock(); NULL if there is none; or
 * -EAGAIN if it is being changed and the caller must try mmap_lock.
 */
struct vm_area_struct *census_vma_lock(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	unsigned int looks, seq;
	unsigned long first;
	bool quiet;

	for (looks = 0; looks < LOOKS_FOR_A_VMA; looks++) {
		quiet = mmap_lock_speculate_try_begin(mm, &seq);
		first = first_mapped(mm, addr);
		vma = NULL;
		if (first != ULONG_MAX) {
			vma = lock_vma_under_rcu(mm, first);
			if (!vma)
				return ERR_PTR(-EAGAIN);
		}
		if (first == addr ||
		    (quiet && !mmap_lock_speculate_retry(mm, seq)) ||
		    first == first_mapped(mm, addr))
			return vma;
		if (vma)
			vma_end_read(vma);
	}
	return ERR_PTR(-EAGAIN);
}
#endif

// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/xarray.h>

#include "base/compat.h"
#include "census/swapped.h"
#include "census/tally.h"

/*
 * Slots that a search passes between two pages, at most: none is in a node without entries, so
 * these are of the nodes above the first one and above the last one.
 */
static u64 slots_between(pgoff_t first, pgoff_t last, unsigned int shift)
{
	u64 levels = DIV_ROUND_UP(fls64(first ^ last), XA_CHUNK_SHIFT);

	return min_t(u64, (last - first) >> shift, 2 * levels * XA_CHUNK_SIZE);
}

/**
 * read_swapped() - count pages in swap
 * @s: of this file
 * @left: slots of the page cache that may be looked at; decreased
 * @pages: increased by the number of pages
 *
 * Of a large folio in swap, only pages of @s count: shmem_partial_swap_usage() of smaps counts all.
 *
 * Return: false if @left is not enough.
 */
static bool read_swapped(const struct census_swapped *s, u64 *left, u64 *pages)
{
	XA_STATE(xas, &s->cache->i_pages, s->first);
	unsigned int shift, last_shift = 0;
	pgoff_t next = s->first, first;
	bool enough = *left;
	unsigned long nr;
	void *entry;
	u64 slots;

	if (!enough)
		return false;
	rcu_read_lock();
	xas_for_each(&xas, entry, s->end - 1) {
		if (xas_retry(&xas, entry))
			continue;
		shift = xas.xa_node ? xas.xa_node->shift : 0;
		nr = xa_is_value(entry) ? census_shmem_entry_pages(&xas) : 1UL << shift;
		first = max(round_down(xas.xa_index, nr), next);
		slots = slots_between(next, first, min(shift, last_shift)) + (nr >> shift);
		enough = slots <= *left;
		if (!enough)
			break;
		*left -= slots;
		/* If an entry is split after it was read, its parts follow, which count already. */
		next = max(next, round_down(xas.xa_index, nr) + nr);
		last_shift = shift;
		if (xa_is_value(entry) && first < min(next, s->end))
			*pages += min(next, s->end) - first;
	}
	rcu_read_unlock();
	/* A search in vain is one too. */
	*left -= min(*left, 1ULL);
	return enough;
}

/*
 * If every page of a mapping belongs to the file, the file tells.  By its counter, if the mapping
 * is of all of it: that counts at once for all of the VMA, of which the walk may meet the rest
 * under another lock, split or merged.  @counted is the last such mapping but for those within it,
 * which are looked at as parts are.  A private writable mapping may have copies: where, only a look
 * at each hole would tell, at a cost that the user chooses.
 */
void census_swapped_begin(struct census_tally *t, unsigned long addr)
{
	const struct vm_area_struct *vma = t->vma;
	struct census_mm *m = t->m;
	struct census_swapped *s = &t->swapped;
	struct address_space *cache;
	unsigned long from = addr, swapped;
	pgoff_t offset;

	s->cache = NULL;
	if (t->class != CENSUS_SHMEM || t->later || !m->task)
		return;
	cache = vma->vm_file->f_mapping;
	swapped = READ_ONCE(SHMEM_I(cache->host)->swapped);
	if (!swapped)
		return;
	offset = vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
	if (m->counted == cache && m->counted_offset == offset)
		from = clamp(m->counted_end, addr, vma->vm_end);
	if (from == vma->vm_end)
		return;
	*s = (struct census_swapped) {
		.offset = offset,
		.first = offset + (from >> PAGE_SHIFT),
		.end = offset + (from >> PAGE_SHIFT),
		.ptes = t->walk->ptes,
		.spare = addr == vma->vm_start ? CENSUS_SWAPPED_SPARE : s->spare,
	};
	if (!(vma->vm_flags & VM_SHARED) && vma->vm_flags & VM_WRITE) {
		t->sums->unknown_swap++;
	} else if (from == vma->vm_start && from >= m->counted_end && !vma->vm_pgoff &&
		   vma->vm_end - from >= i_size_read(cache->host)) {
		m->counted = cache;
		m->counted_offset = offset;
		m->counted_end = vma->vm_end;
		t->sums->swap += (u64)swapped << PAGE_SHIFT;
	} else if (!t->sums->unknown_swap) {
		s->cache = cache;
	}
}

/*
 * Looks at what a lock hold has passed.  Called after the locks of the address space were dropped,
 * but within the RCU section in which they were held.  That keeps the page cache, not a
 * reference: the last put frees the file's pages, which takes as long as a user likes.
 */
void census_swapped_look(struct census_tally *t)
{
	struct census_swapped *s = &t->swapped;
	u64 pages = 0, left;

	if (s->cache && s->end > s->first) {
		left = t->walk->ptes - s->ptes + s->spare;
		if (!read_swapped(s, &left, &pages))
			t->sums->unknown_swap++;
		t->sums->swap += pages << PAGE_SHIFT;
		s->spare = min(s->spare, left);
	}
	s->cache = NULL;
}

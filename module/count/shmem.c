// SPDX-License-Identifier: GPL-2.0
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/shmem_fs.h>
#include <linux/xarray.h>

#include "base/compat.h"
#include "count/page-bitmaps.h"
#include "count/shmem.h"

/* Pages of the file of @vma in swap, at any offset. */
unsigned long census_shmem_swapped(const struct vm_area_struct *vma)
{
	return READ_ONCE(SHMEM_I(file_inode(vma->vm_file))->swapped);
}

/* Checks whether @vma maps all of its file. */
bool census_shmem_is_whole(const struct vm_area_struct *vma)
{
	return !vma->vm_pgoff &&
	       vma->vm_end - vma->vm_start >= i_size_read(file_inode(vma->vm_file));
}

/**
 * census_shmem_read() - count pages in swap, as shmem_partial_swap_usage() does for smaps
 * @range: to be continued
 * @vma: maps it; locked
 * @bitmaps: to note each page; NULL: an entry of several pages counts as a whole, as in smaps
 * @left: entries that the census may still read; decreased
 * @most: as many entries are read at most
 * @work: increased by the number of entries
 */
void census_shmem_read(struct census_shmem_range *range, const struct vm_area_struct *vma,
		       struct census_bitmaps *bitmaps, u64 *left, unsigned int most, u64 *work)
{
	XA_STATE(xas, &vma->vm_file->f_mapping->i_pages, range->next);
	u64 max = min_t(u64, *left, most), read = 0;
	pgoff_t first, last;
	unsigned long nr;
	void *entry;

	if (!max)
		return;
	rcu_read_lock();
	xas_for_each(&xas, entry, range->last) {
		if (xas_retry(&xas, entry))
			continue;
		nr = xa_is_value(entry) ? census_shmem_entry_pages(&xas) : 1;
		first = round_down(xas.xa_index, nr);
		last = min(first + nr - 1, range->last);
		if (xa_is_value(entry) && bitmaps) {
			first = max(first, range->next);
			nr = last - first + 1;
			census_bitmaps_note(bitmaps, vma->vm_start +
					    ((first - vma->vm_pgoff) << PAGE_SHIFT), nr,
					    CENSUS_NOTE_SWAP);
		}
		if (xa_is_value(entry))
			range->pages += nr;
		range->next = last + 1;
		if (++read == max || last == range->last)
			break;
	}
	rcu_read_unlock();
	if (read < max)
		range->next = range->last + 1;
	/* A search in vain is one too. */
	read = max(read, 1ULL);
	*left -= read;
	*work += read;
}

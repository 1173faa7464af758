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
 * census_shmem_read() - count pages in swap
 * @range: to be continued
 * @vma: maps it; locked
 * @bitmaps: to note each page; or NULL
 * @left: entries that the census may still read; decreased.  If it is 0, nothing is read.
 * @most: as many entries are read at most
 * @work: increased by the number of entries
 *
 * shmem_partial_swap_usage() of smaps counts a large folio as a whole, also if it is not all in
 * @range.
 */
void census_shmem_read(struct census_shmem_range *range, const struct vm_area_struct *vma,
		       struct census_bitmaps *bitmaps, u64 *left, unsigned int most, u64 *work)
{
	XA_STATE(xas, &vma->vm_file->f_mapping->i_pages, range->next);
	u64 max = min_t(u64, *left, most), read = 0;
	pgoff_t first, end;
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
		end = min(first + nr - 1, range->last) + 1;
		/* If an entry is split after it was read, its parts follow, which count already. */
		first = max(first, range->next);
		if (xa_is_value(entry) && first < end) {
			range->pages += end - first;
			if (bitmaps)
				census_bitmaps_note(bitmaps, census_shmem_address(vma, first),
						    end - first, CENSUS_NOTE_SWAP);
		}
		range->next = max(range->next, end);
		if (++read == max || census_shmem_done(range))
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

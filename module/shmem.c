// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/xarray.h>

#include "compat.h"
#include "shmem.h"

/**
 * census_shmem_swap_range() - bytes in swap of a range of a shmem file
 * @vma: maps shmem; locked
 * @first: first page of the file
 * @nr: number of pages
 *
 * May sleep.
 */
u64 census_shmem_swap_range(struct vm_area_struct *vma, pgoff_t first,
			    unsigned long nr)
{
	XA_STATE(xas, &vma->vm_file->f_mapping->i_pages, first);
	pgoff_t last = first + nr - 1;
	unsigned long pages = 0;
	void *entry;

	rcu_read_lock();
	xas_for_each(&xas, entry, last) {
		if (xas_retry(&xas, entry))
			continue;
		if (xa_is_value(entry))
			pages += census_shmem_entry_pages(&xas);
		if (xas.xa_index == last)
			break;
		if (need_resched()) {
			xas_pause(&xas);
			cond_resched_rcu();
		}
	}
	rcu_read_unlock();
	return (u64)pages << PAGE_SHIFT;
}

/**
 * census_shmem_swap_next() - find the next pages of a shmem file in swap
 * @vma: maps shmem; locked
 * @first: search from this page of the file; set to the first page in swap
 * @last: search up to this page
 *
 * May sleep.  A swap entry may cover several pages and start before @first.
 *
 * Return: bit n is set if page @first + n, of 64 pages, is in swap; 0 if none is.
 */
u64 census_shmem_swap_next(struct vm_area_struct *vma, pgoff_t *first, pgoff_t last)
{
	XA_STATE(xas, &vma->vm_file->f_mapping->i_pages, *first);
	pgoff_t from = *first, to;
	void *entry;
	u64 mask = 0;

	rcu_read_lock();
	xas_for_each(&xas, entry, last) {
		if (xas_retry(&xas, entry))
			continue;
		if (xa_is_value(entry)) {
			unsigned long nr = census_shmem_entry_pages(&xas);
			pgoff_t base = round_down(xas.xa_index, nr);

			from = max(from, base);
			if (!mask)
				*first = from;
			if (from - *first >= 64)
				break;
			to = min3(base + nr - 1, last, *first + 63);
			mask |= GENMASK_ULL(to - *first, from - *first);
		}
		if (xas.xa_index == last)
			break;
		if (need_resched()) {
			xas_pause(&xas);
			cond_resched_rcu();
		}
	}
	rcu_read_unlock();
	return mask;
}

/**
 * census_shmem_swap() - bytes in swap of the part of a shmem file that a VMA maps
 * @vma: maps shmem; locked
 *
 * May sleep.  Fast if no page of the file is in swap.
 */
u64 census_shmem_swap(struct vm_area_struct *vma)
{
	struct inode *inode = file_inode(vma->vm_file);
	unsigned long swapped = READ_ONCE(SHMEM_I(inode)->swapped);

	if (!swapped)
		return 0;
	if (!vma->vm_pgoff && vma->vm_end - vma->vm_start >= i_size_read(inode))
		return (u64)swapped << PAGE_SHIFT;
	return census_shmem_swap_range(vma, vma->vm_pgoff, vma_pages(vma));
}

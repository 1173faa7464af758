// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/xarray.h>

#include "compat.h"
#include "shmem.h"

/**
 * census_shmem_swap_range() - bytes of a shmem mapping's pages that are in swap
 * @vma: maps shmem; locked
 * @first: first page of the file
 * @nr: pages
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
 * census_shmem_swap() - bytes in swap of all that a VMA maps of a shmem file
 * @vma: maps shmem; locked
 *
 * May sleep.  0 at little cost where nothing of the file is in swap.
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

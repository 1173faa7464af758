/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a shmem file is in swap.  It is in no page table; it is counted from
 * the file's page cache and has no share, as in smaps.
 */
#ifndef _CENSUS_SHMEM_H
#define _CENSUS_SHMEM_H

#include <linux/mm_types.h>

u64 census_shmem_swap(struct vm_area_struct *vma);
u64 census_shmem_swap_range(struct vm_area_struct *vma, pgoff_t first,
			    unsigned long nr);
u64 census_shmem_swap_next(struct vm_area_struct *vma, pgoff_t *first, pgoff_t last);

#endif /* _CENSUS_SHMEM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts pages of shmem files in swap.  They are not in page tables: the file's page
 * cache has them.  They have no proportional share, as in smaps.
 */
#ifndef _CENSUS_SHMEM_H
#define _CENSUS_SHMEM_H

#include <linux/mm_types.h>

u64 census_shmem_swap(struct vm_area_struct *vma);
u64 census_shmem_swap_range(struct vm_area_struct *vma, pgoff_t first,
			    unsigned long nr);
u64 census_shmem_swap_next(struct vm_area_struct *vma, pgoff_t *first, pgoff_t last);

#endif /* _CENSUS_SHMEM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts pages of shmem files in swap.  They are not in page tables: the file's page
 * cache has them.  They have no proportional share, as in smaps.
 *
 * A process can map a part of a large file many times, and each mapping is read on its own.  So
 * all mappings of a census together read at most %CENSUS_SHMEM_ENTRIES entries of page caches, and
 * as many at addresses that are wanted in bitmaps.  Of those beyond it is unknown how much is in
 * swap, and of one whose file gets many more entries within a hold.
 */
#ifndef _CENSUS_SHMEM_H
#define _CENSUS_SHMEM_H

#include <linux/mm_types.h>
#include <linux/types.h>

/* 10 to 40 ms. */
#define CENSUS_SHMEM_ENTRIES 2000000

/* Entries that are read in one step, in less than 50 us. */
#define CENSUS_SHMEM_STEP 512

struct census_bitmaps;

/**
 * struct census_shmem_range - pages of a file that a mapping shows, in steps
 * @next: the first page that was not read yet
 * @last: the last page
 * @pages: number of pages in swap up to @next
 */
struct census_shmem_range {
	pgoff_t next;
	pgoff_t last;
	u64 pages;
};

unsigned long census_shmem_swapped(const struct vm_area_struct *vma);
bool census_shmem_is_whole(const struct vm_area_struct *vma);
void census_shmem_read(struct census_shmem_range *range, const struct vm_area_struct *vma,
		       struct census_bitmaps *bitmaps, u64 *left, unsigned int most, u64 *work);

/* Address of page @index of the file of @vma. */
static inline unsigned long census_shmem_address(const struct vm_area_struct *vma, pgoff_t index)
{
	return vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT);
}

/* Checks whether all pages of @range were read. */
static inline bool census_shmem_done(const struct census_shmem_range *range)
{
	return range->next > range->last;
}

#endif /* _CENSUS_SHMEM_H */

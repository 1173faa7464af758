/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts pages of shmem files in swap.  They are not in page tables: the file's page
 * cache has them.  They have no proportional share, as in smaps.
 *
 * A process can map many parts of one large file, so a search of the page cache for each
 * mapping would be quadratic.  A file is searched once in a census, in steps, and what is
 * in swap is kept: a mapping, and a hole in it, are then two searches in a tree.
 */
#ifndef _CENSUS_SHMEM_H
#define _CENSUS_SHMEM_H

#include <linux/mm_types.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#include "count/frames.h"

/* For up to this many pages the page cache itself is read. */
#define CENSUS_SHMEM_DIRECT 64

/**
 * struct census_shmem - pages of a file in swap
 * @lock: protects all members until @done
 * @blocks: &struct swap_block, by number of their pages
 * @last: last of @blocks
 * @next: the file is searched up to this page (exclusive)
 * @pages: number of pages in @blocks
 * @done: the file is searched; nothing changes any more
 * @unknown: memory was short: some pages are missing in @blocks
 */
struct census_shmem {
	spinlock_t lock;	/* all members, until @done */
	struct rb_root blocks;
	struct rb_node *last;
	pgoff_t next;
	u64 pages;
	bool done;
	bool unknown;
};

unsigned long census_shmem_swapped(const struct vm_area_struct *vma);
bool census_shmem_is_whole(const struct vm_area_struct *vma);

/* Of &struct census_shmem in a pool, and of its blocks. */
#define CENSUS_SHMEM_UNITS 16
#define CENSUS_SHMEM_BLOCK_UNITS 4

struct census_shmem *census_shmem_alloc(struct census_pool *pool);
u64 census_shmem_step(struct census_shmem *s, struct address_space *mapping,
		      struct census_pool *pool, spinlock_t *pool_lock);

static inline bool census_shmem_done(const struct census_shmem *s)
{
	/* Pairs with the release in census_shmem_step(). */
	return smp_load_acquire(&s->done);
}

u64 census_shmem_count(const struct census_shmem *s, struct vm_area_struct *vma,
		       pgoff_t first, unsigned long nr);
u64 census_shmem_next(const struct census_shmem *s, struct vm_area_struct *vma,
		      pgoff_t *first, pgoff_t last);

#endif /* _CENSUS_SHMEM_H */

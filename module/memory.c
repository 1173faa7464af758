// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "memory.h"

/*
 * Allocates only free memory, without reclaim.  If free memory is fragmented, vmalloc()
 * maps it and allocates page tables with GFP_KERNEL regardless of its own flags.  So it
 * may trigger the OOM killer.  Only PF_MEMALLOC affects that allocation: no reclaim, no
 * OOM killer, and a page table may come from the reserves, one page for 2 MiB.
 * __GFP_NOMEMALLOC keeps all other pages out of the reserves.
 */
static void *alloc_free(size_t size)
{
	unsigned int flags = memalloc_noreclaim_save();
	void *memory = kvzalloc(size, CENSUS_GFP | __GFP_NOMEMALLOC);

	memalloc_noreclaim_restore(flags);
	return memory;
}

/* Allocates pages with reclaim and frees them, so that there is free memory afterwards. */
static bool make_free(size_t size)
{
	void **pages = NULL;
	size_t got;

	for (got = 0; got < size; got += PAGE_SIZE) {
		void **page = (void **)__get_free_page(CENSUS_GFP);

		if (!page)
			break;
		*page = pages;
		pages = page;
	}
	while (pages) {
		void **next = *pages;

		free_page((unsigned long)pages);
		pages = next;
	}
	return got >= size;
}

/**
 * census_kvzalloc() - allocate zeroed memory for a census
 * @size: bytes
 *
 * Return: memory to be freed by kvfree(), or NULL.
 */
void *census_kvzalloc(size_t size)
{
	void *memory;

	if (size <= PAGE_SIZE)
		return kzalloc(size, CENSUS_GFP);
	memory = alloc_free(size);
	if (!memory && make_free(size))
		memory = alloc_free(size);
	return memory;
}

void *census_kvcalloc(size_t nr, size_t size)
{
	size_t bytes;

	return check_mul_overflow(nr, size, &bytes) ? NULL : census_kvzalloc(bytes);
}

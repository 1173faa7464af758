// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "base/memory.h"

/*
 * Above a page, vmalloc() may map single pages.  It allocates these with our flags, but
 * page tables with GFP_KERNEL, one page for 2 MiB, which may trigger the OOM killer.  An
 * allocation without __GFP_FS does not, so this is a NOFS scope.  The page tables come
 * last, after as much memory of the same kind was available, and wait for memory as any
 * other allocation, without reserves.
 *
 * Must not be called under an mmap lock or a VMA lock, except for sizes up to a page: a
 * task that frees memory may wait for the lock.
 */
static void *kvmalloc_nofs(size_t size, gfp_t gfp)
{
	unsigned int flags;
	void *memory;

	if (size <= PAGE_SIZE)
		return kmalloc(size, gfp);
	flags = memalloc_nofs_save();
	memory = kvmalloc(size, gfp);
	memalloc_nofs_restore(flags);
	return memory;
}

/*
 * Allocates zeroed memory for a census, without a lock of another process.  Return: memory to be
 * freed by kvfree(), or NULL.
 */
void *census_kvzalloc(size_t size)
{
	return kvmalloc_nofs(size, CENSUS_GFP | __GFP_ZERO);
}

/* As census_kvzalloc(), but the content is undefined. */
void *census_kvmalloc(size_t size)
{
	return kvmalloc_nofs(size, CENSUS_GFP);
}

void *census_kvcalloc(size_t nr, size_t size)
{
	size_t bytes;

	return check_mul_overflow(nr, size, &bytes) ? NULL : census_kvzalloc(bytes);
}

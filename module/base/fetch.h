/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is scattered in memory is fetched before it is needed, all of it at once: to wait for one
 * line of the cache after the other takes longer than what is done with them.
 */
#ifndef _CENSUS_FETCH_H
#define _CENSUS_FETCH_H

#include <linux/cache.h>
#include <linux/mm_types.h>
#include <linux/prefetch.h>

/* Prefetches each line of some memory, which need not exist. */
static inline void census_fetch(const void *memory, size_t size)
{
	uintptr_t line = (uintptr_t)memory & ~(uintptr_t)(L1_CACHE_BYTES - 1);

	for (; line < (uintptr_t)memory + size; line += L1_CACHE_BYTES)
		prefetch((const void *)line);
}

/* Prefetches what tells whose an address space is. */
static inline void census_fetch_owner(const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	prefetch(&mm->owner);
#endif
}

#endif /* _CENSUS_FETCH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory allocation of a census.
 *
 * __GFP_NORETRY: direct reclaim runs once; if that does not suffice, the census counts in
 * slices, or ends with -ENOMEM.  A census must never trigger the OOM killer.  All that grows
 * with memory, mappings or files is in pages (pool.h, table.h).  vmalloc() ignores the flag
 * for page tables, so the few arrays by process and by group use census_kvzalloc().
 * __GFP_NOWARN: the error is reported to the caller.
 *
 * Under an mmap or VMA lock of a process that is walked nothing sleeps: its tasks would wait for
 * what we wait for.  There CENSUS_GFP_LOCKED takes what the kernel has at once, above its own
 * reserves, and budget.c has a reserve of chunks for when there is nothing.
 *
 * Not __GFP_ACCOUNT: several callers share a census, so it belongs to no caller's cgroup.  Results
 * of named PIDs do, see snapshot.h.  Also, a cgroup at its limit would fail although the machine
 * has memory.  The caller needs CAP_PERFMON or CAP_SYS_PTRACE in the initial user namespace, and
 * max_mem bounds everything that is not proportional to the number of processes and VMAs.
 */
#ifndef _CENSUS_MEMORY_H
#define _CENSUS_MEMORY_H

#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/prefetch.h>
#include <linux/types.h>

#define CENSUS_GFP (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)
#define CENSUS_GFP_LOCKED (GFP_NOWAIT | __GFP_NOWARN)

void *census_kvzalloc(size_t size);
void *census_kvmalloc(size_t size);
void *census_kvcalloc(size_t nr, size_t size);

/* Prefetches each line of some memory, which need not exist. */
static inline void census_fetch(const void *memory, size_t size)
{
	uintptr_t line = (uintptr_t)memory & ~(uintptr_t)(L1_CACHE_BYTES - 1);

	for (; line < (uintptr_t)memory + size; line += L1_CACHE_BYTES)
		prefetch((const void *)line);
}

#endif /* _CENSUS_MEMORY_H */

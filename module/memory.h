/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How all memory of a census is asked for.
 *
 * __GFP_NORETRY: what can be reclaimed at once is; where that is not enough the
 * census ends with -ENOMEM, or leaves frames unmarked and says how many.  It
 * never comes to the OOM killer: nobody is to die for having been counted, and
 * who holds a lock of mappings, as a walk does, had better not wait for somebody to
 * die.  vmalloc() knows nothing of that: what may be more than a page is asked for by
 * census_kvzalloc().  __GFP_NOWARN, for the error, or the mark, says it.
 *
 * Not __GFP_ACCOUNT: a census belongs to all who ask at that time, and what
 * owners were counted with is kept for the next one, so neither is the asker's;
 * and a cgroup at its limit would get its census in part while the machine has
 * memory.  Who may ask has CAP_SYS_PTRACE in the initial user namespace, and
 * max_mem bounds all that is not in proportion to processes and their mappings.
 */
#ifndef _CENSUS_MEMORY_H
#define _CENSUS_MEMORY_H

#include <linux/gfp.h>

#define CENSUS_GFP (GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

void *census_kvzalloc(size_t size);
void *census_kvcalloc(size_t nr, size_t size);

#endif /* _CENSUS_MEMORY_H */

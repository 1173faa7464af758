/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the module use VMA locks on this kernel? This asks the version, not the module: the
 * tests must notice if the module decides otherwise. With VMA locks it walks an address space
 * even if a task holds the mmap lock, except for mappings that this task changes.
 */
#ifndef _VMA_LOCKS_H
#define _VMA_LOCKS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/utsname.h>

static inline bool vma_locks(void)
{
	unsigned int major = 0;
	struct utsname uts;

	if (!uname(&uts))
		sscanf(uts.release, "%u.", &major);
	return major >= 7;
}

#endif /* _VMA_LOCKS_H */

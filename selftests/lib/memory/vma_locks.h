/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the module use VMA locks on this kernel? By the version, not as the module decides it:
 * the tests are to notice if it decides otherwise. Then it walks an address space even
 * if a task holds the mmap lock, except for mappings that this task changes.
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

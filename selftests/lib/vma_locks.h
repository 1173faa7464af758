/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Can a module use VMA locks on this kernel? Then it walks an address space even
 * if a task holds the mmap lock, except for mappings that this task changes.
 */
#ifndef _VMA_LOCKS_H
#define _VMA_LOCKS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/utsname.h>

static inline bool vma_locks(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;

	if (!uname(&uts))
		sscanf(uts.release, "%u.%u", &major, &minor);
	return major > 7 || (major == 7 && minor >= 2);
}

#endif /* _VMA_LOCKS_H */

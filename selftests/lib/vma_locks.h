/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Can a module of this kernel lock a mapping alone? Then an address space is
 * walked though somebody has its mmap lock, but for mappings that he changes.
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

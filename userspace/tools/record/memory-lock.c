// SPDX-License-Identifier: GPL-2.0
/* Keeps this program in memory. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/record/memory-lock.h"

/* The C library accepts no higher threshold. */
#define MMAP_THRESHOLD	(32 << 20)

void memory_lock_begin(void)
{
	mallopt(M_TRIM_THRESHOLD, MEMORY_LOCK_MAX);
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
}

/* Resident memory of this program, bytes; 0: unknown. */
static unsigned long resident(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (file && fscanf(file, "%*u %lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE);
}

int memory_lock(struct failure *why)
{
	const unsigned long bytes = resident();

	if (bytes > MEMORY_LOCK_MAX) {
		munlockall();
		return fail(why, FAIL_MEMORY,
			    "the recorder has %lu MiB, more than the %lu MiB that it locks in memory: it may have to wait for memory",
			    bytes >> 20, MEMORY_LOCK_MAX >> 20);
	}
	/* Pages that no census needed, such as those of a large file of locales, stay out. */
	if (!mlockall(MCL_CURRENT | MCL_ONFAULT))
		return 0;
	return fail(why, FAIL_MEMORY,
		    "cannot lock the recorder in memory (%s): it may have to wait for memory; run as root (CAP_IPC_LOCK)",
		    strerror(errno));
}

// SPDX-License-Identifier: GPL-2.0
/* How large the kernel's stack of a thread is. */
#include <stdio.h>
#include <unistd.h>

#include "os/kernel-stack.h"
#include "os/procfs.h"

/* THREAD_SIZE of x86-64 and arm64, unless pages are larger. */
#define LEAST	16384

/*
 * KASAN doubles it, and User Mode Linux has more.  So a power of two: all that there are, divided
 * by threads, of which each processor has one more that no file of /proc counts; the nearest one,
 * as the counter lags a little.  Zombies count as threads, and have no stack any more.
 */
struct amount kernel_stack_size(struct amount all)
{
	const int64_t page = sysconf(_SC_PAGESIZE);
	struct amount size = { false, page > LEAST ? page : LEAST };
	unsigned long threads = 0;
	struct failure ignored;
	FILE *file = procfs_open("loadavg", &ignored);

	if (file && fscanf(file, "%*s %*s %*s %*u/%lu", &threads) == 1 && all.known && threads) {
		threads += (unsigned long)sysconf(_SC_NPROCESSORS_ONLN);
		size.known = true;
		while (size.bytes * 3 / 2 * (int64_t)threads < all.bytes)
			size.bytes *= 2;
	}
	if (file)
		fclose(file);
	return size;
}

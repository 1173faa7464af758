// SPDX-License-Identifier: GPL-2.0
/* How large the kernel's stack of a thread is. */
#include <stdio.h>
#include <unistd.h>

#include "os/kernel-stack.h"
#include "os/procfs.h"

/*
 * A power of two: all that there are, divided by threads, of which each processor has one more
 * that no file of /proc counts.
 */
struct amount kernel_stack_size(struct amount all)
{
	unsigned long threads = 0;
	struct failure ignored;
	struct amount size = { false, 1024 };
	FILE *file = procfs_open("loadavg", &ignored);

	if (file && fscanf(file, "%*s %*s %*s %*u/%lu", &threads) == 1 && all.known && threads) {
		threads += (unsigned long)sysconf(_SC_NPROCESSORS_ONLN);
		size.known = true;
		/* The counter lags a little: the nearest one. */
		while (size.bytes * 3 / 2 * (int64_t)threads < all.bytes)
			size.bytes *= 2;
	}
	if (file)
		fclose(file);
	return size;
}

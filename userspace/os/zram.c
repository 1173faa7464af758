// SPDX-License-Identifier: GPL-2.0
/* Swap in zram. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/procfs.h"
#include "os/sysfs.h"
#include "os/zram.h"

/*
 * Adds device @number, of which @used bytes are swap: "STORED COMPRESSED MEMORY LIMIT MOST SAME
 * COMPACTED HUGE", in bytes, and SAME and HUGE in pages.
 */
static bool add_device(struct zram_use *use, unsigned int number, uint64_t used)
{
	uint64_t stored, memory, huge;
	char path[48], text[256];

	snprintf(path, sizeof(path), "block/zram%u/mm_stat", number);
	if (!sysfs_line(path, text, sizeof(text)) ||
	    sscanf(text, "%" SCNu64 " %*u %" SCNu64 " %*u %*u %*u %*u %" SCNu64, &stored, &memory,
		   &huge) != 3)
		return false;
	use->devices++;
	use->used += used;
	use->stored += stored;
	use->memory += memory;
	use->incompressible += huge * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

bool zram_read(struct zram_use *use)
{
	struct failure ignored;
	char line[4200], type[16];
	unsigned int number;
	uint64_t used;
	char *rest;
	FILE *in = procfs_open("swaps", &ignored);

	*use = (struct zram_use){ 0 };
	if (!in)
		return false;
	while (fgets(line, sizeof(line), in)) {
		rest = strpbrk(line, " \t");
		if (!rest || sscanf(rest, "%15s %*u %" SCNu64, type, &used) != 2)
			continue;
		used <<= 10;
		/* A file may have such a name, too. */
		if (strcmp(type, "partition") || sscanf(line, "/dev/zram%u", &number) != 1 ||
		    !add_device(use, number, used))
			use->others += used;
	}
	fclose(in);
	return true;
}

uint64_t zram_cost(const struct zram_use *use, uint64_t swap)
{
	const double in_zram = use->used + use->others ?
			       (double)use->used / (double)(use->used + use->others) : 0;

	return use->stored ? (uint64_t)((double)swap * in_zram * (double)use->memory /
					(double)use->stored) : 0;
}

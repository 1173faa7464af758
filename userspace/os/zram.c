// SPDX-License-Identifier: GPL-2.0
/* Swap in zram. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/procfs.h"
#include "os/sysfs.h"
#include "os/zram.h"

/*
 * Adds the zram of which @line of /proc/swaps is, "PATH TYPE SIZE USED PRIORITY" in KiB, where a
 * path has no blank.  Its mm_stat is "STORED COMPRESSED MEMORY LIMIT MOST SAME COMPACTED HUGE", in
 * bytes, SAME and HUGE in pages.
 */
static bool add_device(struct zram_use *use, const char *line)
{
	uint64_t used, stored, memory, huge;
	char path[48], text[256];
	unsigned int number;
	int end = 0;

	/* A file may have such a name, too. */
	if (sscanf(line, "/dev/zram%u partition %*u %" SCNu64 " %n", &number, &used, &end) != 2 ||
	    !end)
		return false;
	snprintf(path, sizeof(path), "block/zram%u/mm_stat", number);
	if (!sysfs_line(path, text, sizeof(text)) ||
	    sscanf(text, "%" SCNu64 " %*u %" SCNu64 " %*u %*u %*u %*u %" SCNu64, &stored, &memory,
		   &huge) != 3)
		return false;
	use->devices++;
	use->used += used << 10;
	use->stored += stored;
	use->memory += memory;
	use->incompressible += huge * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

bool zram_read(struct zram_use *use)
{
	struct failure ignored;
	char *text = procfs_read("swaps", NULL, &ignored), *line, *save;
	uint64_t used;

	*use = (struct zram_use){ 0 };
	if (!text)
		return false;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (!add_device(use, line) && sscanf(line, "%*s %*s %*u %" SCNu64, &used) == 1)
			use->others += used << 10;
	free(text);
	return true;
}

uint64_t zram_cost(const struct zram_use *use, uint64_t swap)
{
	const double in_zram = use->used + use->others ?
			       (double)use->used / (double)(use->used + use->others) : 0;

	return use->stored ? (uint64_t)((double)swap * in_zram * (double)use->memory /
					(double)use->stored) : 0;
}

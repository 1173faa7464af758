// SPDX-License-Identifier: GPL-2.0
/* Memory that the kernel may drop. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/droppable.h"
#include "os/procfs.h"

/* Bytes of smaps that are read: a process chooses how many mappings it has. */
#define SMAPS_MOST	(32U << 20)

uint64_t droppable_of(uint32_t pid)
{
	uint64_t sum = 0, anon = 0, left = SMAPS_MOST;
	struct failure ignored;
	char path[32], *line = NULL;
	size_t size = 0, n;
	FILE *in;

	snprintf(path, sizeof(path), "%" PRIu32 "/smaps", pid);
	in = procfs_open(path, &ignored);
	while (in && getline(&line, &size, in) > 0) {
		n = strlen(line);
		if (n > left)
			break;
		left -= n;
		/* The flags are the last line of a mapping. */
		if (sscanf(line, "Anonymous: %" SCNu64 " kB", &anon) != 1 &&
		    !strncmp(line, "VmFlags:", strlen("VmFlags:")) && strstr(line, " dp"))
			sum += anon << 10;
	}
	free(line);
	if (in)
		fclose(in);
	return sum;
}

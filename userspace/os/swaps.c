// SPDX-License-Identifier: GPL-2.0
/* Swap devices and files, and what those of zram take of memory. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/mounts.h"
#include "os/procfs.h"
#include "os/swaps.h"
#include "os/sysfs.h"

/*
 * Writes what zram has of the swap in @line, if it is a device of zram.  Its mm_stat is "STORED
 * COMPRESSED MEMORY LIMIT MOST SAME COMPACTED HUGE", in bytes, SAME and HUGE in pages.
 */
static void write_zram(FILE *out, const char *line)
{
	uint64_t stored, memory, huge;
	char path[48], text[256];
	unsigned int number;
	int end = 0;

	/* A file may have such a name, too. */
	if (sscanf(line, "/dev/zram%u partition %n", &number, &end) != 1 || !end)
		return;
	snprintf(path, sizeof(path), "block/zram%u/mm_stat", number);
	if (sysfs_line(path, text, sizeof(text)) &&
	    sscanf(text, "%" SCNu64 " %*u %" SCNu64 " %*u %*u %*u %*u %" SCNu64, &stored, &memory,
		   &huge) == 3)
		fprintf(out, " %" PRIu64 " %" PRIu64 " %" PRIu64, stored, memory,
			huge * (uint64_t)sysconf(_SC_PAGESIZE));
}

char *swaps_text(void)
{
	struct failure ignored;
	char *all = procfs_read("swaps", NULL, &ignored), *text, *line, *save;
	size_t size;
	FILE *out;

	if (!all)
		return NULL;
	out = xopen_memstream(&text, &size);
	for (line = strtok_r(all, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		fputs(line, out);
		write_zram(out, line);
		fputc('\n', out);
	}
	xfclose(out);
	free(all);
	return text;
}

/* "PATH TYPE SIZE USED PRIORITY", where a path has no blank, but \040, and KiB; then zram's. */
static bool parse_line(const char *line, size_t len, struct swap_area *area)
{
	const size_t name = strcspn(line, " \t\n");
	char *copy = xasprintf("%.*s", (int)len, line);
	int n;

	*area = (struct swap_area){ .name = NULL };
	n = name && name < len ?
		sscanf(copy + name,
		       " %15s %" SCNu64 " %" SCNu64 " %" SCNd64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		       area->kind, &area->size, &area->used, &area->priority, &area->stored,
		       &area->memory, &area->incompressible) : 0;
	if (n >= 4 && area->size <= UINT64_MAX >> 10 && area->used <= UINT64_MAX >> 10) {
		copy[name] = '\0';
		area->name = mounts_plain(copy);
		area->size <<= 10;
		area->used <<= 10;
		area->zram = n == 7;
	}
	free(copy);
	return area->name;
}

bool swaps_next(const char **text, struct swap_area *area)
{
	const char *line;
	size_t len;

	while (*text && *(line = *text)) {
		len = strcspn(line, "\n");
		*text = line + len + !!line[len];
		if (parse_line(line, len, area))
			return true;
	}
	return false;
}

struct zram_use swaps_in_zram(const char *text)
{
	struct zram_use use = { 0 };
	struct swap_area area;

	while (swaps_next(&text, &area)) {
		free(area.name);
		if (!area.zram) {
			use.others += area.used;
			continue;
		}
		use.devices++;
		use.used += area.used;
		use.stored += area.stored;
		use.memory += area.memory;
		use.incompressible += area.incompressible;
	}
	return use;
}

uint64_t zram_cost(const struct zram_use *use, uint64_t swap)
{
	const double in_zram = use->used + use->others ?
			       (double)use->used / (double)(use->used + use->others) : 0;

	return use->stored ? (uint64_t)((double)swap * in_zram * (double)use->memory /
					(double)use->stored) : 0;
}

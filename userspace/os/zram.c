// SPDX-License-Identifier: GPL-2.0
/* Swap in zram. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "os/swaps.h"
#include "os/sysfs.h"
#include "os/zram.h"

/* "STORED COMPRESSED MEMORY LIMIT MOST SAME COMPACTED HUGE", in bytes, SAME and HUGE in pages */
static struct zram_device parse_device(const char *text, uint64_t page)
{
	struct zram_device device = { .known = false };
	uint64_t huge;

	device.known = sscanf(text, "%" SCNu64 " %*u %" SCNu64 " %*u %*u %*u %*u %" SCNu64,
			      &device.stored, &device.memory, &huge) == 3;
	device.incompressible = device.known ? huge * page : 0;
	return device;
}

static bool read_device(unsigned int number, char *text, size_t size)
{
	char path[48];

	snprintf(path, sizeof(path), "block/zram%u/mm_stat", number);
	return sysfs_line(path, text, size);
}

/* Adds device @number, of which @used bytes are swap. */
static bool add_device(struct zram_use *use, unsigned int number, uint64_t used)
{
	struct zram_device device;
	char text[256];

	if (!read_device(number, text, sizeof(text)))
		return false;
	device = parse_device(text, (uint64_t)sysconf(_SC_PAGESIZE));
	if (!device.known)
		return false;
	use->devices++;
	use->used += used;
	use->stored += device.stored;
	use->memory += device.memory;
	use->incompressible += device.incompressible;
	return true;
}

void zram_read_text(struct snapshot *snap)
{
	const char *text = proc_texts_find(snap, PROC_TEXTS_SWAPS);
	struct swap_area area;
	char *lines, line[256];
	unsigned int number;
	size_t size;
	FILE *out;

	out = xopen_memstream(&lines, &size);
	while (swaps_next(&text, &area)) {
		if (swap_is_zram(&area, &number) && read_device(number, line, sizeof(line)))
			fprintf(out, "%u %.*s\n", number, (int)strcspn(line, "\n"), line);
		free(area.name);
	}
	xfclose(out);
	if (size)
		proc_texts_add(snap, PROC_TEXTS_ZRAM, lines, size);
	free(lines);
}

struct zram_device zram_of_text(const struct snapshot *snap, unsigned int number)
{
	const char *line = proc_texts_find(snap, PROC_TEXTS_ZRAM);
	char *end, *copy;
	struct zram_device device = { .known = false };

	for (; line && *line; line = strchrnul(line, '\n'), line += !!*line) {
		if (strtoul(line, &end, 10) != number || *end != ' ')
			continue;
		copy = xasprintf("%.*s", (int)strcspn(end, "\n"), end);
		device = parse_device(copy, snap->info.page_size);
		free(copy);
		break;
	}
	return device;
}

bool zram_read(struct zram_use *use)
{
	struct failure ignored;
	char *all = procfs_read("swaps", NULL, &ignored);
	const char *text = all;
	struct swap_area area;
	unsigned int number;

	*use = (struct zram_use){ 0 };
	if (!all)
		return false;
	while (swaps_next(&text, &area)) {
		if (!swap_is_zram(&area, &number) || !add_device(use, number, area.used))
			use->others += area.used;
		free(area.name);
	}
	free(all);
	return true;
}

uint64_t zram_cost(const struct zram_use *use, uint64_t swap)
{
	const double in_zram = use->used + use->others ?
			       (double)use->used / (double)(use->used + use->others) : 0;

	return use->stored ? (uint64_t)((double)swap * in_zram * (double)use->memory /
					(double)use->stored) : 0;
}

// SPDX-License-Identifier: GPL-2.0
/* The text of /proc/swaps: devices and files of swap. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/mounts.h"
#include "os/swaps.h"

/* "PATH TYPE SIZE USED PRIORITY", where a path has no blank, but \040, and KiB. */
static bool parse_line(const char *line, size_t len, struct swap_area *area)
{
	const size_t name = strcspn(line, " \t\n");
	char *copy = xasprintf("%.*s", (int)len, line);
	bool read;

	*area = (struct swap_area){ .name = NULL };
	read = name && name < len &&
		sscanf(copy + name, " %15s %" SCNu64 " %" SCNu64 " %" SCNd64, area->kind,
		       &area->size, &area->used, &area->priority) == 4 &&
		area->size <= UINT64_MAX >> 10 && area->used <= UINT64_MAX >> 10;
	if (read) {
		copy[name] = '\0';
		area->name = mounts_plain(copy);
		area->size <<= 10;
		area->used <<= 10;
	}
	free(copy);
	return read;
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

bool swap_is_zram(const struct swap_area *area, unsigned int *number)
{
	int end = 0;

	/* A file may have such a name, too. */
	return !strcmp(area->kind, "partition") &&
	       sscanf(area->name, "/dev/zram%u%n", number, &end) == 1 && !area->name[end];
}

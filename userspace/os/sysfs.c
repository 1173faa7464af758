// SPDX-License-Identifier: GPL-2.0
/* Files in /sys. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "os/sysfs.h"

static const char *root = "/sys";

void sysfs_root(const char *dir)
{
	root = dir;
}

bool sysfs_line(const char *path, char *line, size_t size)
{
	char *name = xasprintf("%s/%s", root, path);
	const bool found = text_line(name, line, size);

	free(name);
	return found;
}

bool sysfs_number(const char *path, uint64_t *number)
{
	char line[64];

	return sysfs_line(path, line, sizeof(line)) && text_number(line, strlen(line), number);
}

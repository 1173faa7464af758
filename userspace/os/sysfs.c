// SPDX-License-Identifier: GPL-2.0
/* Files in /sys. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

bool sysfs_link(const char *path, char *name, size_t size)
{
	char *link = xasprintf("%s/%s", root, path), target[512];
	const ssize_t n = readlink(link, target, sizeof(target) - 1);
	const char *last;

	free(link);
	if (n <= 0)
		return false;
	target[n] = '\0';
	last = strrchr(target, '/');
	return snprintf(name, size, "%s", last ? last + 1 : target) < (int)size;
}

bool sysfs_number(const char *path, uint64_t *number)
{
	char line[64];

	return sysfs_line(path, line, sizeof(line)) && text_number(line, strlen(line), number);
}

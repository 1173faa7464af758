// SPDX-License-Identifier: GPL-2.0
/* Limits of cgroups. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/cgroups.h"
#include "tools/leak/cgroup-limits.h"

size_t cgroup_directory(uint64_t id, char *dir, size_t size)
{
	const char *path = cgroup_path(id, false), *root = cgroups_mount();
	int n;

	/* Without a directory, it is a number. */
	if (*path != '/' || !root)
		return 0;
	n = snprintf(dir, size, "%s%s", root, path);
	return n > 0 && (size_t)n < size ? strlen(root) : 0;
}

bool cgroup_number(const char *dir, const char *file, const char *name, uint64_t *number)
{
	char *path = xasprintf("%s/%s", dir, file), key[64];
	FILE *from = fopen(path, "re");
	bool found = false;

	free(path);
	if (!from)
		return false;
	if (!name)
		found = fscanf(from, "%" SCNu64, number) == 1;
	while (name && !found && fscanf(from, "%63s %" SCNu64, key, number) == 2)
		found = !strcmp(key, name);
	fclose(from);
	return found;
}

// SPDX-License-Identifier: GPL-2.0
/* The processes of a cgroup of the default hierarchy. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "os/cgroup-processes.h"
#include "os/cgroups.h"

static bool is_below(const char *path, const char *root)
{
	const size_t len = strlen(root);

	return !strncmp(path, root, len) && (!path[len] || path[len] == '/');
}

/* The directory of the cgroup @path, which the caller frees; NULL: there is none. */
static char *directory_of(const char *path)
{
	const char *root = cgroups_mount() ?: "";
	char *name = xasprintf("%s%s", is_below(path, root) ? "" : root, path);
	char *dir = realpath(name, NULL);

	free(name);
	if (!dir || (*root && is_below(dir, root)))
		return dir;
	free(dir);
	return NULL;
}

char *cgroup_file(const char *path, const char *file)
{
	char *dir = directory_of(path), *name = dir ? xasprintf("%s/%s", dir, file) : NULL;

	free(dir);
	return name;
}

static void add_processes(const struct cgroup_place *place, void *ids)
{
	char *name = xasprintf("%s/cgroup.procs", place->dir);
	FILE *file = fopen(name, "re");
	uint32_t pid;

	free(name);
	while (file && fscanf(file, "%" SCNu32, &pid) == 1)
		if (pid)
			ids_add(ids, pid);
	if (file)
		fclose(file);
}

static int no_cgroup(const char *path, struct failure *why)
{
	return fail(why, FAIL_NO_PROCESS,
		    "no cgroup '%.200s' in the default hierarchy; 'memcensus -g' lists those with processes",
		    path);
}

int cgroup_processes(struct ids *ids, const char *path, struct failure *why)
{
	const size_t before = ids->n;
	char *dir = directory_of(path);
	const bool found = dir && cgroups_each(dir, add_processes, ids);

	free(dir);
	if (!found)
		return no_cgroup(path, why);
	if (ids->n == before)
		return fail(why, FAIL_NO_PROCESS, "no process is in the cgroup '%.200s'", path);
	return 0;
}

int cgroup_check(const char *path, struct failure *why)
{
	const char *root = cgroups_mount();
	char *dir = directory_of(path);
	const bool found = dir;

	free(dir);
	return found || !root || access(root, F_OK) ? 0 : no_cgroup(path, why);
}

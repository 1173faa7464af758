// SPDX-License-Identifier: GPL-2.0
/* The processes of a cgroup of the default hierarchy. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "os/cgroup-processes.h"
#include "os/cgroups.h"

/**
 * struct search - for the processes of a cgroup
 * @path: of the cgroup, @len characters without a slash at the end
 * @ids: gets the processes; NULL: they are not read
 * @dir: its own directory, if it was found; owned
 * @any: there are cgroups
 * @found: there is such a cgroup
 */
struct search {
	const char *path;
	size_t len;
	struct ids *ids;
	char *dir;
	bool any;
	bool found;
};

static bool is_below(const struct search *search, const char *path)
{
	return !strncmp(path, search->path, search->len) &&
	       (!path[search->len] || path[search->len] == '/');
}

static void add_processes(const struct cgroup_place *place, void *context)
{
	struct search *search = context;
	uint32_t pid;
	FILE *file;
	char *name;

	search->any = true;
	if (!is_below(search, place->path) && !is_below(search, place->dir))
		return;
	search->found = true;
	/* It precedes those below it. */
	if (!search->dir)
		search->dir = xstrdup(place->dir);
	if (!search->ids)
		return;
	name = xasprintf("%s/cgroup.procs", place->dir);
	file = fopen(name, "re");
	free(name);
	while (file && fscanf(file, "%" SCNu32, &pid) == 1)
		if (pid)
			ids_add(search->ids, pid);
	if (file)
		fclose(file);
}

static struct search search_for(const char *path, struct ids *ids)
{
	struct search search = { .path = path, .len = strlen(path), .ids = ids };

	while (search.len && path[search.len - 1] == '/')
		search.len--;
	cgroups_each(add_processes, &search);
	return search;
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
	const struct search search = search_for(path, ids);

	free(search.dir);
	if (!search.found)
		return no_cgroup(path, why);
	if (ids->n == before)
		return fail(why, FAIL_NO_PROCESS, "no process is in the cgroup '%.200s'", path);
	return 0;
}

int cgroup_check(const char *path, struct failure *why)
{
	const struct search search = search_for(path, NULL);

	free(search.dir);
	return search.found || !search.any ? 0 : no_cgroup(path, why);
}

char *cgroup_file(const char *path, const char *file)
{
	const struct search search = search_for(path, NULL);
	char *name = search.dir ? xasprintf("%s/%s", search.dir, file) : NULL;

	free(search.dir);
	return name;
}

// SPDX-License-Identifier: GPL-2.0
/* Limits of cgroups as metrics. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "commands/export-limits.h"
#include "host/cgroups.h"

/**
 * struct limit - a cgroup with a limit
 * @path: from the root of the hierarchy; owned
 * @max: bytes, memory.max
 * @charged: bytes, memory.current
 */
struct limit {
	char *path;
	uint64_t max;
	uint64_t charged;
};

struct limits {
	struct limit *v;
	size_t n;
	size_t room;
};

static int limits_add(struct limits *limits, const char *path, uint64_t max, uint64_t charged)
{
	struct limit *more;
	char *copy;

	if (limits->n == limits->room) {
		more = reallocarray(limits->v, limits->room + 64, sizeof(*more));
		if (!more)
			return -1;
		limits->v = more;
		limits->room += 64;
	}
	copy = strdup(path);
	if (!copy)
		return -1;
	limits->v[limits->n++] = (struct limit){ copy, max, charged };
	return 0;
}

/* Adds the limits of cgroup @id and of those above it. */
static int add_with_ancestors(struct limits *limits, uint64_t id)
{
	char dir[PATH_MAX];
	const size_t root = cgroup_directory(id, dir, sizeof(dir));
	uint64_t max, charged;
	char *end;

	while (root && strlen(dir) > root + 1) {
		if (cgroup_number(dir, "memory.max", &max) &&
		    cgroup_number(dir, "memory.current", &charged) &&
		    limits_add(limits, dir + root, max, charged))
			return -1;
		end = strrchr(dir, '/');
		*end = '\0';
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct limit *)a)->path, ((const struct limit *)b)->path);
}

/* Keeps the first of each path. */
static void make_unique(struct limits *limits)
{
	size_t i, n = 0;

	if (limits->n)
		qsort(limits->v, limits->n, sizeof(*limits->v), compare);
	for (i = 0; i < limits->n; i++) {
		if (n && !strcmp(limits->v[i].path, limits->v[n - 1].path))
			free(limits->v[i].path);
		else
			limits->v[n++] = limits->v[i];
	}
	limits->n = n;
}

int export_limits(struct openmetrics *om, const struct snapshot *snap, struct failure *why)
{
	static const struct family max = {
		.name = "memcensus_cgroup_limit", .unit = "bytes",
		.help = "limit of memory (memory.max); absent without a limit",
	};
	static const struct family charged = {
		.name = "memcensus_cgroup_charged", .unit = "bytes",
		.help = "charged to a cgroup that has a limit (memory.current), with page cache",
	};
	struct limits limits = { .n = 0 };
	struct label label = { .name = "cgroup" };
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < snap->n_groups; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP))
			ret = add_with_ancestors(&limits, snap->groups[i].cgroup);
	make_unique(&limits);
	if (ret)
		fail_memory(why);
	else if (limits.n)
		openmetrics_family(om, &max);
	for (i = 0; !ret && i < limits.n; i++) {
		label.value = limits.v[i].path;
		openmetrics_unsigned(om, &label, 1, limits.v[i].max);
	}
	if (!ret && limits.n)
		openmetrics_family(om, &charged);
	for (i = 0; i < limits.n; i++) {
		label.value = limits.v[i].path;
		if (!ret)
			openmetrics_unsigned(om, &label, 1, limits.v[i].charged);
		free(limits.v[i].path);
	}
	free(limits.v);
	return ret;
}

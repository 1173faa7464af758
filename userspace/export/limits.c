// SPDX-License-Identifier: GPL-2.0
/* Limits of cgroups as metrics. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "export/limits.h"
#include "host/cgroups.h"
#include "lib/memory.h"

/**
 * struct limit - a cgroup with a limit
 * @path: from the root of the hierarchy; owned
 * @max: bytes, memory.max
 * @charged: bytes, memory.current
 * @inactive_file: bytes of it, page cache that is reclaimed first, if known
 * @known: it is
 */
struct limit {
	char *path;
	uint64_t max;
	uint64_t charged;
	uint64_t inactive_file;
	bool known;
};

struct limits {
	struct limit *v;
	size_t n;
};

/* Adds the limits of cgroup @id and of those above it. */
static void add_with_ancestors(struct limits *limits, uint64_t id)
{
	char dir[PATH_MAX];
	const size_t root = cgroup_directory(id, dir, sizeof(dir));
	struct limit limit;

	while (root && strlen(dir) > root + 1) {
		if (cgroup_number(dir, "memory.max", NULL, &limit.max) &&
		    cgroup_number(dir, "memory.current", NULL, &limit.charged)) {
			limit.known = cgroup_number(dir, "memory.stat", "inactive_file",
						    &limit.inactive_file);
			limit.path = xstrdup(dir + root);
			limits->v = array_grow(limits->v, limits->n, sizeof(limit));
			limits->v[limits->n++] = limit;
		}
		*strrchr(dir, '/') = '\0';
	}
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

static const struct family families[] = {
	{ .name = "memcensus_cgroup_limit", .unit = "bytes",
	  .help = "cgroup: limit of memory (memory.max); absent without a limit" },
	{ .name = "memcensus_cgroup_charged", .unit = "bytes",
	  .help = "cgroup with a limit: memory charged to it (memory.current), with page cache" },
	{ .name = "memcensus_cgroup_inactive_file", .unit = "bytes",
	  .help = "cgroup with a limit: page cache that is charged to it and dropped first" },
};

void export_limits(struct openmetrics *om, const struct snapshot *snap)
{
	struct limits limits = { .n = 0 };
	struct label label = { .name = "cgroup" };
	const struct limit *limit;
	size_t i, family;

	for (i = 0; i < snap->n_groups; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP))
			add_with_ancestors(&limits, snap->groups[i].cgroup);
	make_unique(&limits);
	for (family = 0; family < sizeof(families) / sizeof(families[0]); family++) {
		openmetrics_family(om, &families[family]);
		for (limit = limits.v; limit < limits.v + limits.n; limit++) {
			const uint64_t values[] = {
				limit->max, limit->charged, limit->inactive_file,
			};

			label.value = limit->path;
			if (family < 2 || limit->known)
				openmetrics_unsigned(om, &label, 1, values[family]);
		}
	}
	for (i = 0; i < limits.n; i++)
		free(limits.v[i].path);
	free(limits.v);
}

// SPDX-License-Identifier: GPL-2.0
/* Memory of cgroups on other NUMA nodes than those of the CPUs that their cpuset allows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/cpusets.h"
#include "brief/nodes.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/columns.h"
#include "os/cgroups.h"
#include "os/numa-maps.h"
#include "os/process.h"

/* Cgroups whose cpuset is read: those that are charged for most. */
#define CPUSETS_MOST	100

#define ON_NODE		"on node %zu, without a CPU of %.60s (cpuset), nodes %.60s"

static uint64_t charge_of(const struct group *group)
{
	return group->charges.v[CHARGE_TOTAL];
}

static int compare_charges(const void *untyped_a, const void *untyped_b)
{
	const struct group *a = *(const struct group *const *)untyped_a;
	const struct group *b = *(const struct group *const *)untyped_b;

	/* A cgroup has no less than those below it. */
	return COMPARE(charge_of(b), charge_of(a)) ?: COMPARE(a->depth, b->depth) ?:
	       COMPARE(a->cgroup, b->cgroup);
}

/*
 * struct outside - what a cgroup has on nodes that are not in @inside, and the node with most;
 * bytes by the number of the node
 */
struct outside {
	uint64_t inside;
	uint64_t bytes[NUMA_NODES];
};

/* "0=1234 N1=0" */
static void add_line(struct outside *outside, const char *text)
{
	uint64_t node, bytes;
	char *next;

	for (;;) {
		node = strtoull(text, &next, 10);
		if (*next != '=')
			return;
		bytes = strtoull(next + 1, &next, 10);
		if (node < NUMA_NODES && !(outside->inside >> node & 1))
			outside->bytes[node] += bytes;
		if (strncmp(next, " N", 2))
			return;
		text = next + 2;
	}
}

/* Its processes' memory and page cache; of other kinds no place can be asked for. */
static bool read_outside(const char *path, struct outside *outside)
{
	static const char *const keys[] = { "anon N", "file N" };
	/* These are the first lines of it. */
	char text[16384];
	const char *line;
	size_t i;

	if (!cgroup_read(path, "memory.numa_stat", text, sizeof(text)))
		return false;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		line = text_value(text, keys[i]);
		if (line)
			add_line(outside, line);
	}
	return true;
}

/* False: all nodes have a CPU that it may use, or it has no cpuset of its own. */
static bool add_cgroup(struct brief *brief, const struct snapshot *snap, const struct group *group,
		       uint64_t nodes)
{
	struct outside outside = { .inside = 0 };
	uint64_t bytes = 0;
	size_t most = 0, i;
	char line[4096], mems[256];

	if (!cgroup_line(group->path, "cpuset.cpus.effective", line, sizeof(line)) ||
	    !nodes_with_cpus(line, snap, &outside.inside) || !(nodes & ~outside.inside) ||
	    !read_outside(group->path, &outside))
		return false;
	for (i = 0; i < NUMA_NODES; i++) {
		bytes += outside.bytes[i];
		if (outside.bytes[i] > outside.bytes[most])
			most = i;
	}
	if (!cgroup_line(group->path, "cpuset.mems.effective", mems, sizeof(mems)) || !*mems)
		strcpy(mems, "unknown");
	if (bytes)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_OUTSIDE, .amount = bytes, .who = xstrdup(group->path),
			.path = xstrdup(group->path),
			.what = xasprintf(ON_NODE, most, line, mems) });
	return true;
}

static bool is_below_any(const struct snapshot *snap, const struct group *group, const bool *told)
{
	for (; group; group = group_parent(snap, group))
		if (told[group - snap->groups])
			return true;
	return false;
}

void facts_of_cpusets(struct brief *brief, const struct snapshot *snap)
{
	const struct group **v = xcalloc(snap->n_groups + 1, sizeof(*v));
	bool *told = xcalloc(snap->n_groups + 1, sizeof(*told));
	uint64_t nodes;
	size_t i, n = 0;

	if (nodes_all(snap, &nodes) && nodes & (nodes - 1)) {
		for (i = 0; i < snap->n_groups; i++)
			if (!snap->groups[i].own && snap->groups[i].path &&
			    charge_of(&snap->groups[i]) >= BRIEF_LEAST)
				v[n++] = &snap->groups[i];
		if (n)
			qsort(v, n, sizeof(*v), compare_charges);
		/* What is said of a cgroup has those below it. */
		for (i = 0; i < n && i < CPUSETS_MOST; i++)
			told[v[i] - snap->groups] = !is_below_any(snap, v[i], told) &&
						    add_cgroup(brief, snap, v[i], nodes);
	}
	free(told);
	free(v);
}

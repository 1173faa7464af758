// SPDX-License-Identifier: GPL-2.0
/* Memory on other NUMA nodes than those of the CPUs that a process may use. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/facts.h"
#include "brief/nodes.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/numa-maps.h"
#include "os/process.h"
#include "os/sysfs.h"

/* Processes whose CPUs are read, the largest first. */
#define LARGEST_MOST	100

/* Those of them whose memory is read by node: the kernel walks their page tables for it. */
#define AWAY_MOST	20

/* For all of these. */
#define SECONDS		1

/* CPUs are read in words of 64. */
#define CPU_WORDS	128

struct cpus {
	uint64_t words[CPU_WORDS];
};

/* False if it is none, or has too many. */
static bool parse_cpus(struct cpus *cpus, const char *text)
{
	const char *end = text_list(text, cpus->words, CPU_WORDS);

	return end && (*end == '\0' || *end == '\n');
}

static bool have_common(const struct cpus *a, const struct cpus *b)
{
	size_t i;

	for (i = 0; i < CPU_WORDS; i++)
		if (a->words[i] & b->words[i])
			return true;
	return false;
}

bool nodes_all(const struct snapshot *snap, uint64_t *nodes)
{
	size_t i;

	*nodes = 0;
	for (i = 0; i < snap->n_nodes; i++) {
		if (!KNOWN(&snap->nodes[i], MEMCENSUS_NODE_ID) || snap->nodes[i].id >= NUMA_NODES)
			return false;
		*nodes |= 1ULL << snap->nodes[i].id;
	}
	return *nodes;
}

bool nodes_with_cpus(const char *text, const struct snapshot *snap, uint64_t *nodes)
{
	char path[64], line[4096];
	struct cpus may, has;
	uint64_t all;
	size_t i;

	if (!parse_cpus(&may, text) || !nodes_all(snap, &all))
		return false;
	*nodes = 0;
	for (i = 0; i < NUMA_NODES; i++) {
		if (!(all >> i & 1))
			continue;
		snprintf(path, sizeof(path), "devices/system/node/node%zu/cpulist", i);
		if (!sysfs_line(path, line, sizeof(line)) || !parse_cpus(&has, line))
			return false;
		if (have_common(&may, &has))
			*nodes |= 1ULL << i;
	}
	return *nodes;
}

/* The nodes with a CPU that process @pid may use; false: unknown. */
static bool nodes_of_process(uint32_t pid, const struct snapshot *snap, uint64_t *nodes)
{
	char status[16384];
	const char *text;

	if (!process_read(pid, "status", status, sizeof(status)))
		return false;
	text = text_value(status, "Cpus_allowed_list:\t");
	return text && nodes_with_cpus(text, snap, nodes);
}

/* Where memory of @task is on nodes other than @nodes. */
static void add_task(struct brief *brief, const struct task *task, uint64_t nodes,
		     const struct numa_maps *maps)
{
	uint64_t bytes = 0, most = 0, there;
	size_t i, where = 0;

	for (i = 0; i < NUMA_NODES; i++) {
		there = nodes >> i & 1 ? 0 : maps->rss[i] + maps->hugetlb[i];
		bytes += there;
		if (there > most) {
			most = there;
			where = i;
		}
	}
	if (bytes)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_AWAY, .amount = bytes, .pid = task->pid,
			.who = fact_process(task),
			.what = xasprintf("on node %zu, whose CPUs it may not use: policy %s",
					  where, maps->policy.text) });
}

/* What a process has of memory, if that is known. */
static uint64_t size_of(const struct task *task)
{
	const struct figures *figures = &task->figures;

	return (KNOWN(figures, MEMCENSUS_F_RSS) ? figures->v[MEMCENSUS_F_RSS] : 0) +
	       (KNOWN(figures, MEMCENSUS_F_HUGETLB) ? figures->v[MEMCENSUS_F_HUGETLB] : 0);
}

static int compare_sizes(const void *untyped_a, const void *untyped_b)
{
	const struct task *a = *(const struct task *const *)untyped_a;
	const struct task *b = *(const struct task *const *)untyped_b;

	return COMPARE(size_of(b), size_of(a)) ?: COMPARE(a->pid, b->pid);
}

void facts_of_nodes(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask)
{
	const struct task **v = xcalloc(snap->n_tasks + 1, sizeof(*v));
	uint64_t nodes[AWAY_MOST], all, inside;
	struct numa_maps maps[AWAY_MOST];
	size_t i, n = 0, read = 0;

	/* Where there is one node, no memory is away. */
	if (nodes_all(snap, &all) && all & (all - 1))
		for (i = 0; i < snap->n_tasks; i++)
			if (size_of(&snap->tasks[i]) >= BRIEF_LEAST)
				v[n++] = &snap->tasks[i];
	qsort(v, n, sizeof(*v), compare_sizes);
	for (i = 0; i < n && i < LARGEST_MOST && read < AWAY_MOST && facts_take(ask, 2); i++) {
		if (!nodes_of_process((uint32_t)v[i]->pid, snap, &inside) || !(all & ~inside))
			continue;
		maps[read].pid = (uint32_t)v[i]->pid;
		nodes[read] = inside;
		v[read++] = v[i];
	}
	numa_maps_read(maps, read, true, SECONDS);
	for (i = 0; i < read; i++)
		if (maps[i].counted)
			add_task(brief, v[i], nodes[i], &maps[i]);
	brief_look(brief, BRIEF_LOOK_NODES, NULL, NULL);
	free(v);
}

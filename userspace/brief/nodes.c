// SPDX-License-Identifier: GPL-2.0
/* Memory on other NUMA nodes than those of the CPUs that a process may use. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/facts.h"
#include "brief/nodes.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/on-nodes.h"
#include "os/numa-policy.h"
#include "os/process.h"
#include "os/sysfs.h"

/* Processes whose CPUs and policy are read: those with most memory where no thread ran last. */
#define AWAY_MOST	20

/* Nodes that are known: numa_nodes_parse() has no more. */
#define NODES_MOST	64

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

bool nodes_with_cpus(const char *text, const struct snapshot *snap, uint64_t *nodes)
{
	char path[64], line[4096];
	struct cpus may, has;
	size_t i;

	if (!parse_cpus(&may, text))
		return false;
	*nodes = 0;
	for (i = 0; i < snap->node_ids.n; i++) {
		if (snap->node_ids.v[i] >= NODES_MOST)
			return false;
		snprintf(path, sizeof(path), "devices/system/node/node%" PRIu64 "/cpulist",
			 snap->node_ids.v[i]);
		if (!sysfs_line(path, line, sizeof(line)) || !parse_cpus(&has, line))
			return false;
		if (have_common(&may, &has))
			*nodes |= 1ULL << snap->node_ids.v[i];
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

static int compare_away(const void *untyped_a, const void *untyped_b)
{
	const struct task *a = *(const struct task *const *)untyped_a;
	const struct task *b = *(const struct task *const *)untyped_b;

	return COMPARE(b->on.away, a->on.away) ?: COMPARE(a->pid, b->pid);
}

/* Where memory of @task is on nodes other than @nodes. */
static void add_task(struct brief *brief, const struct snapshot *snap, const struct task *task,
		     uint64_t nodes, const struct numa_policy *policy)
{
	uint64_t bytes = 0, most = 0, where = 0;
	struct task_node on;
	size_t i;

	for (i = 0; i < snap->node_ids.n; i++) {
		const uint64_t node = snap->node_ids.v[i];

		if (nodes >> node & 1 || !on_nodes_get(snap, &task->on, node, &on))
			continue;
		bytes += on.rss + on.hugetlb;
		if (on.rss + on.hugetlb > most) {
			most = on.rss + on.hugetlb;
			where = node;
		}
	}
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_AWAY, .amount = bytes, .pid = task->pid, .who = fact_process(task),
		.what = xasprintf("on node %" PRIu64 ", whose CPUs it may not use%s", where,
				  !policy->known ? "" : policy->bound ? ": bound by its policy" :
				  ", not bound") });
}

void facts_of_nodes(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask)
{
	const struct task **v = xcalloc(snap->n_tasks + 1, sizeof(*v));
	struct numa_policy policies[AWAY_MOST] = { 0 };
	uint64_t nodes[AWAY_MOST];
	size_t i, n = 0, read = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (snap->tasks[i].on.n && snap->tasks[i].on.away >= BRIEF_LEAST)
			v[n++] = &snap->tasks[i];
	qsort(v, n, sizeof(*v), compare_away);
	for (i = 0; i < n && i < AWAY_MOST && facts_take(ask, 2); i++) {
		if (!nodes_of_process((uint32_t)v[i]->pid, snap, &nodes[read]))
			continue;
		policies[read].pid = (uint32_t)v[i]->pid;
		v[read++] = v[i];
	}
	numa_policies_read(policies, read);
	for (i = 0; i < read; i++)
		add_task(brief, snap, v[i], nodes[i], &policies[i]);
	brief_look(brief, BRIEF_LOOK_NODES, NULL, NULL);
	free(v);
}

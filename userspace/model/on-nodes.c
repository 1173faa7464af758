// SPDX-License-Identifier: GPL-2.0
/* Memory of tasks and groups by NUMA node. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/on-nodes.h"

bool on_nodes_get(const struct snapshot *snap, const struct on_nodes *on, uint64_t node,
		  struct task_node *found)
{
	const struct numbers *ids = &snap->node_ids;
	size_t at = FIRST_NOT(ids->n, i, ids->v[i] < node);

	if (!on->n || at == ids->n || ids->v[at] != node)
		return false;
	memset(found, 0, sizeof(*found));
	at = FIRST_NOT(on->n, i, on->v[i].node < node);
	if (at < on->n && on->v[at].node == node)
		*found = on->v[at];
	return true;
}

bool on_nodes_known(const struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (KNOWN(&snap->tasks[i].figures, MEMCENSUS_F_RSS))
			break;
	return snap->n_task_nodes || i == snap->n_tasks;
}

bool on_nodes_away(const struct on_nodes *on, uint64_t *bytes)
{
	*bytes = on->away;
	return on->n;
}

/* The nodes of all rows, each once. */
static struct numbers find_ids(struct snapshot *snap)
{
	uint64_t *ids = snapshot_alloc(snap, (snap->n_task_nodes ?: 1) * sizeof(*ids));
	size_t i, n = 0;

	for (i = 0; i < snap->n_task_nodes; i++)
		ids[i] = snap->task_nodes[i].node;
	qsort(ids, snap->n_task_nodes, sizeof(*ids), compare_u64);
	for (i = 0; i < snap->n_task_nodes; i++)
		if (!n || ids[n - 1] != ids[i])
			ids[n++] = ids[i];
	return (struct numbers){ n, ids };
}

/* Nothing on each node. */
static void make_known(struct snapshot *snap, struct group *group)
{
	struct task_node *sums = snapshot_alloc(snap, snap->node_ids.n * sizeof(*sums));
	size_t i;

	memset(sums, 0, snap->node_ids.n * sizeof(*sums));
	for (i = 0; i < snap->node_ids.n; i++)
		sums[i].node = snap->node_ids.v[i];
	group->on = (struct on_nodes){ .v = sums, .n = snap->node_ids.n };
}

/* Adds @on, of a task or of a group in @group; NULL: of none. */
static void add_to(struct snapshot *snap, struct group *group, const struct on_nodes *on)
{
	const struct numbers *ids = &snap->node_ids;
	struct task_node *sums;
	size_t i, at;

	if (!group || !on->n || snapshot_is_full(snap))
		return;
	if (!group->on.n)
		make_known(snap, group);
	sums = (struct task_node *)group->on.v;
	for (i = 0; i < on->n; i++) {
		at = FIRST_NOT(ids->n, k, ids->v[k] < on->v[i].node);
		sums[at].rss += on->v[i].rss;
		sums[at].hugetlb += on->v[i].hugetlb;
		sums[at].runs |= on->v[i].runs;
	}
	group->on.away += on->away;
}

static int compare_nodes(const void *a, const void *b)
{
	return COMPARE(((const struct task_node *)a)->node, ((const struct task_node *)b)->node);
}

/* The rows of @task, which are in the order of tasks, from *@at on. */
static void link_task(struct snapshot *snap, struct task *task, size_t *at)
{
	struct task_node *v = snap->task_nodes;
	size_t first = *at, i;

	if (first == snap->n_task_nodes || v[first].pid != task->pid)
		return;
	for (i = first; i < snap->n_task_nodes && v[i].pid == task->pid; i++)
		if (!v[i].runs)
			task->on.away += v[i].rss + v[i].hugetlb;
	qsort(v + first, i - first, sizeof(*v), compare_nodes);
	task->on.v = v + first;
	task->on.n = i - first;
	*at = i;
}

void on_nodes_link(struct snapshot *snap)
{
	size_t i, at = 0;

	if (!snap->n_task_nodes)
		return;
	snap->node_ids = find_ids(snap);
	for (i = 0; i < snap->n_tasks; i++) {
		link_task(snap, &snap->tasks[i], &at);
		if (KNOWN(&snap->tasks[i], MEMCENSUS_TASK_GROUP))
			add_to(snap, group_of(snap, snap->tasks[i].group), &snap->tasks[i].on);
	}
	/* Each group is behind the one that contains it. */
	for (i = snap->n_groups; i--; )
		add_to(snap, group_parent(snap, &snap->groups[i]), &snap->groups[i].on);
	/* A group that is only charged has no members. */
	for (i = 0; i < snap->n_groups && !snapshot_is_full(snap); i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_MMS) && !snap->groups[i].mms)
			make_known(snap, &snap->groups[i]);
}

struct columns on_nodes_expand(const struct columns *columns, const struct row_type *type,
			       const struct snapshot *snap)
{
	struct columns all = { 0 };
	size_t i, n;
	char *name;

	for (i = 0; i < columns->n; i++) {
		const struct column *column = columns->v[i];

		if (column->kind != KIND_ON_NODES || !snap->node_ids.n) {
			columns_add(&all, column);
			continue;
		}
		for (n = 0; n < snap->node_ids.n; n++) {
			name = xasprintf("%c%" PRIu64, column->name[0], snap->node_ids.v[n]);
			columns_add(&all, column_named(type, name));
			free(name);
		}
	}
	return all;
}

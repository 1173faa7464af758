// SPDX-License-Identifier: GPL-2.0
/* Sums up the memory of tasks by NUMA node. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/columns.h"
#include "model/node-sums.h"

#define BIT(field)	(1ULL << NODE_SUM_##field)
#define OF_TASKS	(BIT(MMS) | BIT(RUNNING) | BIT(RSS) | BIT(HUGETLB) | BIT(AWAY) | \
			 BIT(LARGEST))
#define OF_ZONES	(BIT(FREE) | BIT(TOTAL))

static struct node_sum *find_node_sum(const struct snapshot *snap, uint64_t node)
{
	size_t i;

	for (i = 0; i < snap->n_node_sums; i++)
		if (snap->node_sums[i].node == node)
			return &snap->node_sums[i];
	return NULL;
}

static struct node_sum *find_or_add(struct snapshot *snap, uint64_t node)
{
	struct node_sum *sum = find_node_sum(snap, node);

	if (!sum) {
		sum = row_add(&node_sum_rows, snap);
		*sum = (struct node_sum){ .known = BIT(NODE), .node = node };
	}
	return sum;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct node_sum *x = a, *y = b;

	return COMPARE(x->node, y->node);
}

/* A node without zones has no memory. */
static void add_zones(struct snapshot *snap)
{
	struct node_sum *sum;
	size_t i;

	for (i = 0; i < snap->n_nodes; i++)
		if (KNOWN(&snap->nodes[i], MEMCENSUS_NODE_ID))
			find_or_add(snap, snap->nodes[i].id)->known |= OF_ZONES;
	for (i = 0; i < snap->n_zones; i++)
		if (KNOWN(&snap->zones[i], MEMCENSUS_ZONE_NODE))
			find_or_add(snap, snap->zones[i].node)->known |= OF_ZONES;
	for (i = 0; i < snap->n_zones; i++) {
		const struct zone *zone = &snap->zones[i];

		if (!KNOWN(zone, MEMCENSUS_ZONE_NODE))
			continue;
		sum = find_node_sum(snap, zone->node);
		sum->free += zone->free;
		sum->total += zone->managed;
		if (!KNOWN(zone, MEMCENSUS_ZONE_FREE))
			sum->known &= ~BIT(FREE);
		if (!KNOWN(zone, MEMCENSUS_ZONE_MANAGED))
			sum->known &= ~BIT(TOTAL);
	}
}

static void add_task(struct snapshot *snap, const struct task *task)
{
	size_t i;

	for (i = 0; i < task->on.n; i++) {
		const struct task_node *on = &task->on.v[i];
		struct node_sum *sum = find_node_sum(snap, on->node);

		sum->mms += on->rss + on->hugetlb > 0;
		sum->running += on->runs;
		sum->rss += on->rss;
		sum->hugetlb += on->hugetlb;
		if (!on->runs)
			sum->away += on->rss + on->hugetlb;
	}
}

static const struct task_node *on_node_of(const struct task *task, uint64_t node)
{
	size_t i;

	for (i = 0; i < task->on.n; i++)
		if (task->on.v[i].node == node)
			return &task->on.v[i];
	return NULL;
}

/* The largest first; of equal ones, that with the lower PID. */
static int compare_holders(const void *a, const void *b)
{
	const struct node_holder *x = a, *y = b;
	const uint64_t size_x = x->on->rss + x->on->hugetlb, size_y = y->on->rss + y->on->hugetlb;

	return COMPARE(size_y, size_x) ?: COMPARE(x->task->pid, y->task->pid);
}

static const char *holders_text(struct snapshot *snap, const struct node_sum *sum)
{
	const char *copy;
	char *text, size[NUMBER_SIZE];
	size_t len, i;
	FILE *out = xopen_memstream(&text, &len);

	for (i = 0; i < sum->n_holders; i++) {
		const struct node_holder *holder = &sum->holders[i];

		text_size(size, (double)(holder->on->rss + holder->on->hugetlb));
		fprintf(out, "%s%" PRIu64 " %s %s", i ? ", " : "", holder->task->pid,
			KNOWN(holder->task, MEMCENSUS_TASK_COMM) ? holder->task->comm : "-", size);
	}
	xfclose(out);
	copy = snapshot_text(snap, text, len);
	free(text);
	return copy;
}

static void find_holders(struct snapshot *snap, struct node_sum *sum, size_t most)
{
	struct node_holder *all = xcalloc(snap->n_tasks, sizeof(*all)), *kept;
	size_t i, n = 0;

	for (i = 0; i < snap->n_tasks; i++) {
		const struct task_node *on = on_node_of(&snap->tasks[i], sum->node);

		if (on && on->rss + on->hugetlb)
			all[n++] = (struct node_holder){ &snap->tasks[i], on };
	}
	qsort(all, n, sizeof(*all), compare_holders);
	if (n > most)
		n = most;
	kept = snapshot_alloc(snap, (n ?: 1) * sizeof(*kept));
	memcpy(kept, all, n * sizeof(*kept));
	free(all);
	sum->holders = kept;
	sum->n_holders = n;
	sum->largest = holders_text(snap, sum);
}

void node_sums_fill(struct snapshot *snap, size_t most)
{
	bool known = false;
	size_t i;

	add_zones(snap);
	for (i = 0; i < snap->node_ids.n; i++)
		find_or_add(snap, snap->node_ids.v[i]);
	qsort(snap->node_sums, snap->n_node_sums, sizeof(*snap->node_sums), compare_nodes);
	for (i = 0; i < snap->n_tasks; i++) {
		known |= snap->tasks[i].on.n > 0;
		add_task(snap, &snap->tasks[i]);
	}
	for (i = 0; known && i < snap->n_node_sums; i++) {
		snap->node_sums[i].known |= OF_TASKS;
		find_holders(snap, &snap->node_sums[i], most);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Memory of processes by NUMA node. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/on-nodes.h"

bool on_nodes_get(const struct on_nodes *on, uint64_t node, struct on_node *found)
{
	const size_t at = FIRST_NOT(on->n, i, on->v[i].node < node);

	*found = at < on->n && on->v[at].node == node ? on->v[at] :
		 (struct on_node){ .node = node };
	return on->known;
}

void on_nodes_link(struct snapshot *snap)
{
	size_t i, k, n = 0, all = 0;
	uint64_t *ids;

	for (i = 0; i < snap->n_tasks; i++)
		all += snap->tasks[i].on.n;
	ids = snapshot_alloc(snap, (all ?: 1) * sizeof(*ids));
	for (i = 0; i < snap->n_tasks; i++)
		for (k = 0; k < snap->tasks[i].on.n; k++)
			ids[n++] = snap->tasks[i].on.v[k].node;
	qsort(ids, n, sizeof(*ids), compare_u64);
	snap->node_ids = (struct numbers){ .v = ids };
	for (i = 0; i < n; i++)
		if (!i || ids[i] != ids[i - 1])
			ids[snap->node_ids.n++] = ids[i];
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of processes by NUMA node.
 */
#ifndef READER_ON_NODES_H
#define READER_ON_NODES_H

#include "model/columns.h"

/* Finds the nodes where the tasks of @snap have memory. */
void on_nodes_link(struct snapshot *snap);

/* What a process has on @node, 0 if nothing; false if unknown. */
bool on_nodes_get(const struct on_nodes *on, uint64_t node, struct on_node *found);

/*
 * @columns, with a column for each node in place of those of all nodes; the array of the result
 * is owned.
 */
struct columns on_nodes_expand(const struct columns *columns, const struct row_type *type,
			       const struct snapshot *snap);

#endif /* READER_ON_NODES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of tasks and groups by NUMA node.  That of a group is the sum of its members.
 */
#ifndef READER_ON_NODES_H
#define READER_ON_NODES_H

#include "model/columns.h"

/* Sets the nodes of the tasks and groups of @snap, all of whose tasks are still in it. */
void on_nodes_link(struct snapshot *snap);

/* Of a census by node: false if memory was added or removed, so that nothing is known by node. */
bool on_nodes_known(const struct snapshot *snap);

/* What a row has on @node, 0 if nothing; false if unknown. */
bool on_nodes_get(const struct snapshot *snap, const struct on_nodes *on, uint64_t node,
		  struct task_node *found);

/* RSS and hugetlb pages on nodes where no thread ran last; false if unknown. */
bool on_nodes_away(const struct on_nodes *on, uint64_t *bytes);

/*
 * @columns, with a column for each node in place of those of all nodes; the array of the result
 * is owned.
 */
struct columns on_nodes_expand(const struct columns *columns, const struct row_type *type,
			       const struct snapshot *snap);

#endif /* READER_ON_NODES_H */

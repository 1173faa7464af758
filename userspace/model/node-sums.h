/* SPDX-License-Identifier: GPL-2.0 */
/*
 * NUMA nodes, each with the memory that the tasks of a census have there.
 */
#ifndef READER_NODE_SUMS_H
#define READER_NODE_SUMS_H

#include "model/snapshot.h"

/*
 * Fills @snap->node_sums by its tasks, zones and nodes: a row for each node that one of them is
 * on, by number.  @most: holders of each that are named.  The tasks stay where they are.
 */
void node_sums_fill(struct snapshot *snap, size_t most);

#endif /* READER_NODE_SUMS_H */

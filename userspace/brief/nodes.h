/* SPDX-License-Identifier: GPL-2.0 */
/* Facts of processes of this machine, of a census with their memory by NUMA node. */
#ifndef READER_BRIEF_NODES_H
#define READER_BRIEF_NODES_H

#include "brief/gather.h"

void facts_of_nodes(struct brief *brief, const struct snapshot *snap, struct brief_ask *ask);

/* The nodes of @snap; false: none, or one has too high a number. */
bool nodes_all(const struct snapshot *snap, uint64_t *nodes);

/*
 * The nodes of @snap with a CPU of the list @text, which may end in a newline; false: it has none,
 * or that is unknown.
 */
bool nodes_with_cpus(const char *text, const struct snapshot *snap, uint64_t *nodes);

#endif /* READER_BRIEF_NODES_H */

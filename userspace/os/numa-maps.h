/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What processes of this machine have on NUMA nodes, and to which a memory policy binds them.
 */
#ifndef READER_NUMA_MAPS_H
#define READER_NUMA_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

/* Nodes that are known: of a process with memory on another one nothing is. */
#define NUMA_NODES	64

/**
 * struct numa_policy - a memory policy
 * @text: as the kernel writes it; "": unknown
 * @known: @bound and @nodes are valid
 * @bound: memory comes from @nodes only (MPOL_BIND); else a policy only prefers nodes, and memory
 *	of others serves too
 * @nodes: bit n: node n
 */
struct numa_policy {
	char text[64];
	bool known;
	bool bound;
	uint64_t nodes;
};

/**
 * struct numa_maps - what /proc/PID/numa_maps says
 * @pid: of the process
 * @policy: of the process, not that of single mappings (mbind()); if @counted, that of most of its
 *	memory, mbind() or not
 * @counted: the rest is valid
 * @rss: bytes of the RSS by node
 * @hugetlb: bytes of hugetlb pages by node; one that is mapped twice counts twice
 */
struct numa_maps {
	uint32_t pid;
	struct numa_policy policy;
	bool counted;
	uint64_t rss[NUMA_NODES];
	uint64_t hugetlb[NUMA_NODES];
};

/*
 * Reads the numa_maps of @n processes, whose PIDs are in @v.  The kernel takes the lock of each
 * address space, which a process may hold for ever, so a child of this one reads, for two seconds
 * of each process at most and for @seconds in all.  What it has not read then is unknown.
 * @whole: count pages, for which the kernel walks all page tables; else only the policy of the
 * first mapping is read.
 */
void numa_maps_read(struct numa_maps *v, size_t n, bool whole, unsigned int seconds);

/*
 * Sets what tasks of @snap, which is of this machine, have by node, the largest RSS first.  Returns
 * the number of those of which it is unknown.
 */
size_t numa_maps_add(struct snapshot *snap);

/* Parses the policy in a line of numa_maps. */
struct numa_policy numa_policy_parse(const char *line);

/* Parses "0-1,3" up to another character; false if it is none, or names node 64 or a higher one. */
bool numa_nodes_parse(const char *text, uint64_t *nodes);

#endif /* READER_NUMA_MAPS_H */

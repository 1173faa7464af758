/* SPDX-License-Identifier: GPL-2.0 */
/*
 * To which NUMA nodes a memory policy binds processes of this machine.
 */
#ifndef READER_NUMA_POLICY_H
#define READER_NUMA_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct numa_policy - the policy of a process, not that of single mappings (mbind())
 * @pid: whose
 * @known: the rest is valid
 * @bound: it may use @nodes only (MPOL_BIND); else a policy only prefers nodes, and memory of
 *	others serves too
 * @nodes: bit n: node n
 */
struct numa_policy {
	uint32_t pid;
	bool known;
	bool bound;
	uint64_t nodes;
};

/*
 * Reads the policies of @n processes: of each the first mapping in numa_maps, for which the kernel
 * takes the lock of its address space.  A process may hold that for ever, so a child of this one
 * reads them, for a second at most; what it has not read then is unknown.
 */
void numa_policies_read(struct numa_policy *v, size_t n);

/* Parses the policy in a line of numa_maps into @policy. */
void numa_policy_parse(struct numa_policy *policy, const char *line);

/* Parses "0-1,3" up to another character; false if it is none, or names node 64 or a higher one. */
bool numa_nodes_parse(const char *text, uint64_t *nodes);

#endif /* READER_NUMA_POLICY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nodes of frames, and of the CPUs where threads ran.
 *
 * struct page has the node, but to read it is a cache miss for each page.  So a census that
 * counts by node starts with a sorted table of the frames that lie in the span of one node
 * only.  struct page is read only for frames that lie in the spans of several nodes, or of
 * none.
 *
 * Memory may be added and removed during a census: census_numa_unchanged() tells whether the
 * table was right for all frames.
 */
#ifndef _CENSUS_NODES_H
#define _CENSUS_NODES_H

#include <linux/types.h>

struct census_place;
struct task_struct;

/**
 * struct census_numa_range - frames of one node
 * @start: first frame
 * @nr: number of frames
 * @index: of the node
 */
struct census_numa_range {
	unsigned long start;
	unsigned long nr;
	u32 index;
};

/**
 * struct census_numa_node - a node
 * @id: its number
 * @start: first frame of its span
 * @spanned: frames of its span, with holes; 0: it has no memory
 */
struct census_numa_node {
	unsigned int id;
	unsigned long start;
	unsigned long spanned;
};

/**
 * struct census_on_node - what an address space has on a node
 * @rss: mapped pages, as &struct census_sums.rss
 * @hugetlb: mapped hugetlb pages, in base pages
 * @runs: a thread ran there last
 */
struct census_on_node {
	u64 rss;
	u64 hugetlb;
	bool runs;
};

/**
 * struct census_numa - the nodes at the start of a census
 * @nr: number of online nodes, at least 1
 * @nodes: those, by number
 * @indexes: index in @nodes by number of the node, %CENSUS_NUMA_NONE if it was not online
 * @nr_ids: length of @indexes
 * @ranges: sorted, not overlapping
 * @nr_ranges: length of @ranges
 */
struct census_numa {
	unsigned int nr;
	struct census_numa_node *nodes;
	u32 *indexes;
	unsigned int nr_ids;
	struct census_numa_range *ranges;
	unsigned int nr_ranges;
};

#define CENSUS_NUMA_NONE (~0U)

int census_numa_begin(struct census_numa *numa);
void census_numa_end(struct census_numa *numa);
bool census_numa_unchanged(const struct census_numa *numa);
void census_numa_add(const struct census_numa *numa, struct census_numa_range *last,
		     struct census_on_node *nodes, const struct census_place *place);
void census_numa_note_threads(const struct census_numa *numa, struct census_on_node *nodes,
			      struct task_struct *leader);

#endif /* _CENSUS_NODES_H */

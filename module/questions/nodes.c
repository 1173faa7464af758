// SPDX-License-Identifier: GPL-2.0
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/topology.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/process.h"
#include "questions/nodes.h"
#include "walk/entries.h"

/**
 * struct edge - start or end of the span of a node
 * @pfn: first frame, or first frame after the last
 * @index: of the node
 * @end: it is the end
 */
struct edge {
	unsigned long pfn;
	u32 index;
	bool end;
};

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

/*
 * Adds a range between each two edges that lie in the span of one node only.  Of the spans
 * that are open, the sum of the indexes is kept: of a single one it is its index.
 */
static void find_ranges(struct census_numa *numa, struct edge *edges, unsigned int nr)
{
	unsigned int i, open = 0;
	u64 sum = 0;

	sort(edges, nr, sizeof(*edges), compare_edges, NULL);
	for (i = 0; i + 1 < nr; i++) {
		open += edges[i].end ? -1 : 1;
		sum += edges[i].end ? -(u64)edges[i].index : edges[i].index;
		if (open != 1 || edges[i + 1].pfn == edges[i].pfn)
			continue;
		numa->ranges[numa->nr_ranges++] = (struct census_numa_range) {
			.start = edges[i].pfn, .nr = edges[i + 1].pfn - edges[i].pfn,
			.index = sum,
		};
	}
}

/* Return: the node @nid with its span, of which the two words may be of different times. */
static struct census_numa_node read_node(int nid)
{
	const struct pglist_data *node = NODE_DATA(nid);

	return (struct census_numa_node) {
		.id = nid, .start = READ_ONCE(node->node_start_pfn),
		.spanned = READ_ONCE(node->node_spanned_pages),
	};
}

/* Adds the nodes that are online, and their edges.  Return: number of edges. */
static unsigned int find_nodes(struct census_numa *numa, struct edge *edges)
{
	unsigned int nr = 0;
	int nid;

	for_each_online_node(nid) {
		struct census_numa_node node = read_node(nid);
		u32 index = numa->nr++;

		numa->indexes[nid] = index;
		numa->nodes[index] = node;
		if (!node.spanned)
			continue;
		edges[nr++] = (struct edge) { .pfn = node.start, .index = index };
		edges[nr++] = (struct edge) {
			.pfn = node.start + node.spanned, .index = index, .end = true,
		};
	}
	return nr;
}

/**
 * census_numa_begin() - find the nodes
 * @numa: zeroed; the caller calls census_numa_end(), also after an error
 *
 * Return: 0 or -ENOMEM.
 */
int census_numa_begin(struct census_numa *numa)
{
	struct edge *edges;
	unsigned int nr;

	numa->nr_ids = nr_node_ids;
	numa->nodes = census_kvcalloc(numa->nr_ids, sizeof(*numa->nodes));
	numa->indexes = census_kvcalloc(numa->nr_ids, sizeof(*numa->indexes));
	numa->ranges = census_kvcalloc(2 * numa->nr_ids, sizeof(*numa->ranges));
	edges = census_kvcalloc(2 * numa->nr_ids, sizeof(*edges));
	if (!numa->nodes || !numa->indexes || !numa->ranges || !edges) {
		kvfree(edges);
		return -ENOMEM;
	}
	memset32(numa->indexes, CENSUS_NUMA_NONE, numa->nr_ids);
	nr = find_nodes(numa, edges);
	if (numa->nr == 1)
		numa->ranges[numa->nr_ranges++] = (struct census_numa_range) { .nr = ULONG_MAX };
	else
		find_ranges(numa, edges, nr);
	kvfree(edges);
	return 0;
}

void census_numa_end(struct census_numa *numa)
{
	kvfree(numa->nodes);
	kvfree(numa->indexes);
	kvfree(numa->ranges);
}

/**
 * census_numa_unchanged() - check whether the table was right for each frame
 * @numa: the walks have ended
 *
 * A mapped frame lies in the span of its node: the kernel extends the span before it gives the
 * frames to anyone, and reduces it after it has taken them away.  So if the span is the same
 * as when the table was made, the frame lies in it there too.  If it lies in no other span,
 * the table has its node; otherwise struct page was read.
 *
 * Nothing that modules can lock keeps spans from changing.  So all are read again: if one
 * differs, memory was added or removed, or its two words were read while they were written.
 * Memory that was both added and removed during the census is not noticed.
 */
bool census_numa_unchanged(const struct census_numa *numa)
{
	unsigned int i = 0;
	int nid;

	for_each_online_node(nid) {
		struct census_numa_node now = read_node(nid);
		const struct census_numa_node *before = &numa->nodes[i];

		if (i++ == numa->nr || now.id != before->id || now.start != before->start ||
		    now.spanned != before->spanned)
			return false;
	}
	return i == numa->nr;
}

/* Return: index of the node of a frame, from struct page; or %CENSUS_NUMA_NONE. */
static u32 read_index(const struct census_numa *numa, unsigned long pfn)
{
	unsigned int nid = page_to_nid(pfn_to_page(pfn));

	return nid < numa->nr_ids ? numa->indexes[nid] : CENSUS_NUMA_NONE;
}

/* Like read_index(), by the range of the frame, if there is one: then @last is set to it. */
static u32 search_index(const struct census_numa *numa, struct census_numa_range *last,
			unsigned long pfn)
{
	unsigned int low = 0, high = numa->nr_ranges;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		const struct census_numa_range *range = &numa->ranges[middle];

		if (pfn < range->start) {
			high = middle;
		} else if (pfn - range->start >= range->nr) {
			low = middle + 1;
		} else {
			*last = *range;
			return range->index;
		}
	}
	return read_index(numa, pfn);
}

/**
 * census_numa_add() - count what an entry maps on its node
 * @numa: the nodes; if one was not online, census_numa_unchanged() will return false
 * @last: range that was found last; zeroed before the first call
 * @nodes: increased, by index
 * @place: its page table is locked, so it stays mapped; SWAP and HOLE are on no node
 */
void census_numa_add(const struct census_numa *numa, struct census_numa_range *last,
		     struct census_on_node *nodes, const struct census_place *place)
{
	u32 index;

	if (place->kind != CENSUS_PRESENT && place->kind != CENSUS_HUGETLB)
		return;
	/* The memory of a device may have been added without a change of a span. */
	if (place->bits & CENSUS_DEVICE)
		index = read_index(numa, place->pfn);
	else if (place->pfn - last->start < last->nr)
		index = last->index;
	else
		index = search_index(numa, last, place->pfn);
	if (index == CENSUS_NUMA_NONE)
		return;
	if (place->kind == CENSUS_HUGETLB)
		nodes[index].hugetlb += place->nr;
	else
		nodes[index].rss += place->nr;
}

/**
 * struct noted - context of note_thread()
 * @numa: the nodes
 * @nodes: where threads run
 */
struct noted {
	const struct census_numa *numa;
	struct census_on_node *nodes;
};

static bool note_thread(struct task_struct *t, void *context)
{
	const struct noted *noted = context;
	const struct census_numa *numa = noted->numa;
	unsigned int nid = cpu_to_node(task_cpu(t));

	if (nid < numa->nr_ids && numa->indexes[nid] != CENSUS_NUMA_NONE)
		noted->nodes[numa->indexes[nid]].runs = true;
	return false;
}

/**
 * census_numa_note_threads() - note the nodes where a process runs
 * @numa: the nodes
 * @nodes: by index; the node of the CPU where each thread runs, or ran last, is noted
 * @leader: of the threads
 *
 * Not the nodes of all CPUs that are allowed: of most threads that is all of them.
 */
void census_numa_note_threads(const struct census_numa *numa, struct census_on_node *nodes,
			      struct task_struct *leader)
{
	struct noted noted = { .numa = numa, .nodes = nodes };

	/* Again, if those after a thread that exited were not visited. */
	if (!census_threads_visit(leader, note_thread, &noted))
		census_threads_visit(leader, note_thread, &noted);
}

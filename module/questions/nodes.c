// SPDX-License-Identifier: GPL-2.0
/*
 * What each process has on each NUMA node, and on which ones it runs.
 *
 * struct page has the node, but to read it is a cache miss for each page.  So a census that counts
 * by node begins with a sorted table of the frames that lie in the span of one node only.
 * struct page is read only for frames that lie in the spans of several nodes, or of none.
 *
 * Memory may be added and removed during a census: is_unchanged() tells whether the table was
 * right for all frames.
 */
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/topology.h>

#include "base/compat.h"
#include "base/memory.h"
#include "base/process.h"
#include "questions/questions.h"

/**
 * struct numa_range - frames of one node
 * @start: first frame
 * @nr: number of frames
 * @index: of the node
 */
struct numa_range {
	unsigned long start;
	unsigned long nr;
	u32 index;
};

/**
 * struct numa_node - a node
 * @id: its number
 * @start: first frame of its span
 * @spanned: frames of its span, with holes; 0: it has no memory
 */
struct numa_node {
	unsigned int id;
	unsigned long start;
	unsigned long spanned;
};

/**
 * struct on_node - what an address space has on a node
 * @rss: mapped pages, as &struct census_sums.rss
 * @hugetlb: mapped hugetlb pages, in base pages
 * @runs: a thread ran there last
 */
struct on_node {
	u64 rss;
	u64 hugetlb;
	bool runs;
};

/**
 * struct nodes - the nodes at the start of a census, and what is on them
 * @nr: number of online nodes, at least 1
 * @nodes: those, by number
 * @indexes: index in @nodes by number of the node, %NONE if it was not online
 * @nr_ids: length of @indexes
 * @ranges: sorted, not overlapping
 * @nr_ranges: length of @ranges
 * @last: that in which a frame was found last
 * @nr_mms: number of address spaces, without those that are added for swap alone
 * @on: by number of the address space, then by index of the node
 */
struct nodes {
	unsigned int nr;
	struct numa_node *nodes;
	u32 *indexes;
	unsigned int nr_ids;
	struct numa_range *ranges;
	unsigned int nr_ranges;
	struct numa_range last;
	unsigned int nr_mms;
	struct on_node *on;
};

#define NONE (~0U)

/* Return: what @m, which has a record, has on the first node. */
static struct on_node *on_nodes(const struct nodes *s, const struct census_mm *m)
{
	return &s->on[(size_t)(m->number - 1) * s->nr];
}

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
static void find_ranges(struct nodes *s, struct edge *edges, unsigned int nr)
{
	unsigned int i, open = 0;
	u64 sum = 0;

	sort(edges, nr, sizeof(*edges), compare_edges, NULL);
	for (i = 0; i + 1 < nr; i++) {
		open += edges[i].end ? -1 : 1;
		sum += edges[i].end ? -(u64)edges[i].index : edges[i].index;
		if (open != 1 || edges[i + 1].pfn == edges[i].pfn)
			continue;
		s->ranges[s->nr_ranges++] = (struct numa_range) {
			.start = edges[i].pfn, .nr = edges[i + 1].pfn - edges[i].pfn,
			.index = sum,
		};
	}
}

/* Return: the node @nid with its span, of which the two words may be of different times. */
static struct numa_node read_node(int nid)
{
	const struct pglist_data *node = NODE_DATA(nid);

	return (struct numa_node) {
		.id = nid, .start = READ_ONCE(node->node_start_pfn),
		.spanned = READ_ONCE(node->node_spanned_pages),
	};
}

/* Adds the nodes that are online, and their edges.  Return: number of edges. */
static unsigned int find_nodes(struct nodes *s, struct edge *edges)
{
	unsigned int nr = 0;
	int nid;

	for_each_online_node(nid) {
		struct numa_node node = read_node(nid);
		u32 index = s->nr++;

		s->indexes[nid] = index;
		s->nodes[index] = node;
		if (!node.spanned)
			continue;
		edges[nr++] = (struct edge) { .pfn = node.start, .index = index };
		edges[nr++] = (struct edge) {
			.pfn = node.start + node.spanned, .index = index, .end = true,
		};
	}
	return nr;
}

/* Return: 0 or -ENOMEM. */
static int find_frames(struct nodes *s)
{
	struct edge *edges;
	unsigned int nr;

	s->nr_ids = nr_node_ids;
	s->nodes = census_kvcalloc(s->nr_ids, sizeof(*s->nodes));
	s->indexes = census_kvcalloc(s->nr_ids, sizeof(*s->indexes));
	s->ranges = census_kvcalloc(2 * s->nr_ids, sizeof(*s->ranges));
	edges = census_kvcalloc(2 * s->nr_ids, sizeof(*edges));
	if (!s->nodes || !s->indexes || !s->ranges || !edges) {
		kvfree(edges);
		return -ENOMEM;
	}
	memset32(s->indexes, NONE, s->nr_ids);
	nr = find_nodes(s, edges);
	if (s->nr == 1)
		s->ranges[s->nr_ranges++] = (struct numa_range) { .nr = ULONG_MAX };
	else
		find_ranges(s, edges, nr);
	kvfree(edges);
	return 0;
}

/**
 * struct running - context of note_thread()
 * @s: the nodes
 * @on: of the process, by index
 */
struct running {
	const struct nodes *s;
	struct on_node *on;
};

static bool note_thread(struct task_struct *t, void *context)
{
	const struct running *running = context;
	unsigned int nid = cpu_to_node(task_cpu(t));

	if (nid < running->s->nr_ids && running->s->indexes[nid] != NONE)
		running->on[running->s->indexes[nid]].runs = true;
	return false;
}

/*
 * Notes the node of the CPU where each thread of a process runs, or ran last.  Not the nodes of all
 * CPUs that are allowed: of most threads that is all of them.
 */
static void note_process(const struct nodes *s, const struct census_mm *m, struct pid *pid)
{
	struct running running = { .s = s, .on = on_nodes(s, m) };
	struct task_struct *leader = pid ? get_pid_task(pid, PIDTYPE_TGID) : NULL;

	cond_resched();
	if (!leader)
		return;
	/* Again, if those after a thread that exited were not visited. */
	if (!census_threads_visit(leader, note_thread, &running))
		census_threads_visit(leader, note_thread, &running);
	put_task_struct(leader);
}

static bool nodes_asked(const struct census_request *req)
{
	return req->parts & MEMCENSUS_PART_TASK_NODES;
}

static int nodes_begin(struct census *c, void *state)
{
	struct census_collection *collection = &c->scan.collection;
	const struct census_peer *peer;
	const struct census_mm *m;
	struct nodes *s = state;
	int err = find_frames(s);

	if (err)
		return err;
	s->nr_mms = collection->nr;
	s->on = census_collect_memory(collection, array_size(s->nr_mms, s->nr), sizeof(*s->on));
	if (!s->on)
		return -ENOMEM;
	list_for_each_entry(m, &collection->mms, link) {
		if (!m->task)
			continue;
		note_process(s, m, m->task->pid);
		for (peer = m->task->peers; peer; peer = peer->next)
			note_process(s, m, peer->pid);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

static void forget_pages(const struct nodes *s, struct on_node *on)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		on[i].rss = 0;
		on[i].hugetlb = 0;
	}
}

static void nodes_restart(struct census *c, void *state)
{
	struct nodes *s = state;
	unsigned int i;

	for (i = 0; i < s->nr_mms; i++) {
		forget_pages(s, s->on + (size_t)i * s->nr);
		cond_resched();
	}
}

static void nodes_forget(void *state, const struct census_mm *m)
{
	if (m->task)
		forget_pages(state, on_nodes(state, m));
}

/*
 * Checks whether the table was right for each frame.
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
static bool is_unchanged(const struct nodes *s)
{
	unsigned int i = 0;
	int nid;

	for_each_online_node(nid) {
		struct numa_node now = read_node(nid);
		const struct numa_node *before = &s->nodes[i];

		if (i++ == s->nr || now.id != before->id || now.start != before->start ||
		    now.spanned != before->spanned)
			return false;
	}
	return i == s->nr;
}

/* Return: index of the node of a frame, from struct page; or %NONE. */
static u32 read_index(const struct nodes *s, unsigned long pfn)
{
	unsigned int nid = page_to_nid(pfn_to_page(pfn));

	return nid < s->nr_ids ? s->indexes[nid] : NONE;
}

/* Like read_index(), by the range of the frame, if there is one: then it is the last one. */
static u32 search_index(struct nodes *s, unsigned long pfn)
{
	unsigned int low = 0, high = s->nr_ranges;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		const struct numa_range *range = &s->ranges[middle];

		if (pfn < range->start) {
			high = middle;
		} else if (pfn - range->start >= range->nr) {
			low = middle + 1;
		} else {
			s->last = *range;
			return range->index;
		}
	}
	return read_index(s, pfn);
}

/* What depends on no owner is counted in the first slice. */
static bool nodes_wants(const struct census_tally *t)
{
	return t->m->task && !t->later;
}

/* If a node was not online at the start, is_unchanged() will return false. */
static void nodes_page(void *state, const struct census_tally *t, const struct census_place *place)
{
	struct on_node *on = on_nodes(state, t->m);
	struct nodes *s = state;
	u32 index;

	/* The memory of a device may have been added without a change of a span. */
	if (place->bits & CENSUS_DEVICE_PRIVATE)
		index = read_index(s, place->pfn);
	else if (place->pfn - s->last.start < s->last.nr)
		index = s->last.index;
	else
		index = search_index(s, place->pfn);
	if (index == NONE)
		return;
	if (place->type == CENSUS_HUGETLB)
		on[index].hugetlb += place->nr;
	else
		on[index].rss += place->nr;
}

/* Adds a record for each node where @m has memory or runs. */
static int nodes_task(struct census *c, void *state, const struct census_mm *m)
{
	const struct on_node *on = on_nodes(state, m);
	const struct nodes *s = state;
	struct census_task_node *node;
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		if (!on[i].rss && !on[i].hugetlb && !on[i].runs)
			continue;
		node = census_snapshot_memory(c->snap, sizeof(*node));
		if (!node)
			return -ENOMEM;
		*node = (struct census_task_node) {
			.task = m->task, .nid = s->nodes[i].id, .runs = on[i].runs,
			.rss = on[i].rss << PAGE_SHIFT, .hugetlb = on[i].hugetlb << PAGE_SHIFT,
		};
		list_add_tail(&node->link, &c->snap->task_nodes);
	}
	return 0;
}

/* If memory was added or removed, nothing is known. */
static int nodes_finish(struct census *c, void *state)
{
	if (!is_unchanged(state))
		INIT_LIST_HEAD(&c->snap->task_nodes);
	return 0;
}

static void nodes_end(struct census *c, void *state)
{
	struct nodes *s = state;

	kvfree(s->nodes);
	kvfree(s->indexes);
	kvfree(s->ranges);
}

const struct census_question census_nodes = {
	.size = sizeof(struct nodes),
	.is_asked = nodes_asked,
	.begin = nodes_begin,
	.restart = nodes_restart,
	.wants = nodes_wants,
	.page = nodes_page,
	.forget = nodes_forget,
	.task = nodes_task,
	.finish = nodes_finish,
	.end = nodes_end,
};

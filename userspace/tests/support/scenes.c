// SPDX-License-Identifier: GPL-2.0
/* Scenes: complete streams that tests show with the reader. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "stream.h"

#define KIB(n)	((uint64_t)(n) << 10)
#define SEQ	7

/* The cgroup of the next tasks, and the number of their group; 0: none is sent. */
static uint64_t task_cgroup = 4;
static uint32_t task_group;

/* A child of @ppid with @uss, @shared (by two) and @swap, in KiB. */
static void put_child(struct stream *s, uint32_t ppid, uint32_t pid, uint32_t uid,
		      const char *comm, uint8_t state, uint64_t uss,
		      uint64_t shared, uint64_t swap)
{
	size_t task, figures;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_u32(s, MEMCENSUS_TASK_PPID, ppid);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u32(s, MEMCENSUS_TASK_UID, uid);
	stream_u64(s, MEMCENSUS_TASK_CGROUP, task_cgroup);
	if (task_group)
		stream_u32(s, MEMCENSUS_TASK_GROUP, task_group);
	stream_u64(s, MEMCENSUS_TASK_START_NS, 2000000000ULL * pid);
	stream_u32(s, MEMCENSUS_TASK_THREADS, 2);
	stream_u32(s, MEMCENSUS_TASK_STATE, state);
	stream_u64(s, MEMCENSUS_TASK_MIN_FAULTS, 10 * pid);
	stream_u64(s, MEMCENSUS_TASK_MAJ_FAULTS, pid);
	stream_u32(s, MEMCENSUS_TASK_OOM_SCORE_ADJ, (uint32_t)-500);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_RSS_COUNTER, KIB(uss + shared) - 4096);
	if (state == MEMCENSUS_STATE_WALKED || state == MEMCENSUS_STATE_PARTIAL) {
		stream_u64(s, MEMCENSUS_F_VSS, KIB(10 * (uss + shared)));
		stream_u64(s, MEMCENSUS_F_RSS, KIB(uss + shared));
		stream_u64(s, MEMCENSUS_F_USS, KIB(uss));
		stream_u64(s, MEMCENSUS_F_PSS, KIB(uss) + KIB(shared) / 2);
		stream_u64(s, MEMCENSUS_F_SWAP, KIB(swap));
		if (s->basis == MEMCENSUS_BASIS_FRAMES)
			stream_u64(s, MEMCENSUS_F_FRAMES, KIB(uss + shared));
	}
	stream_nest_end(s, figures);
	if (state == MEMCENSUS_STATE_WALKED || state == MEMCENSUS_STATE_PARTIAL)
		stream_u32(s, MEMCENSUS_TASK_BASIS, s->basis);
	if (pid == 300) {
		const uint32_t peers[] = { 301, 302 };

		stream_u32(s, MEMCENSUS_TASK_NR_PEERS, 2);
		stream_put(s, MEMCENSUS_TASK_PEERS, peers, sizeof(peers));
	}
	stream_nest_end(s, task);
	stream_end(s);
}

static void put_task(struct stream *s, uint32_t pid, uint32_t uid,
		     const char *comm, uint8_t state, uint64_t uss,
		     uint64_t shared, uint64_t swap)
{
	put_child(s, 1, pid, uid, comm, state, uss, shared, swap);
}

/* Opens a group; the caller adds its key and calls group_end(). */
static size_t group_begin(struct stream *s)
{
	stream_begin(s, SEQ);
	return stream_nest(s, MEMCENSUS_A_GROUP);
}

/*
 * Two address spaces that both map all @frames KiB.  @alone of it is exclusive to
 * the group; half of the rest is the share of others.
 */
static void group_end(struct stream *s, size_t group, uint64_t frames,
		      uint64_t alone, uint64_t swap)
{
	size_t figures;

	stream_u32(s, MEMCENSUS_GROUP_MMS, 2);
	figures = stream_nest(s, MEMCENSUS_GROUP_FIGURES);
	stream_u64(s, MEMCENSUS_F_FRAMES, KIB(frames));
	stream_u64(s, MEMCENSUS_F_USS, KIB(alone));
	stream_u64(s, MEMCENSUS_F_SHARED, KIB(frames - alone));
	stream_u64(s, MEMCENSUS_F_PSS, KIB(alone) + KIB(frames - alone) / 2);
	stream_u64(s, MEMCENSUS_F_RSS, KIB(2 * frames));
	stream_u64(s, MEMCENSUS_F_SWAP, KIB(swap));
	stream_nest_end(s, figures);
	stream_nest_end(s, group);
	stream_end(s);
}

#define UNKNOWN UINT64_MAX

/* @blocks: free blocks of the four orders of a small zone. */
static void put_zone_as(struct stream *s, uint16_t as, const char *name,
			const uint64_t blocks[4], uint64_t min_pages, int types)
{
	/* The list of order 2 was too long to count. */
	static const uint64_t unmovable[] = { 1, 2, UNKNOWN, 0 };
	size_t zone, type, nest, order;

	stream_begin(s, as == MEMCENSUS_A_ZONE ? SEQ : 0);
	zone = stream_nest(s, as);
	stream_u32(s, MEMCENSUS_ZONE_NODE, 0);
	stream_string(s, MEMCENSUS_ZONE_NAME, name);
	stream_put(s, MEMCENSUS_ZONE_FREE_BLOCKS, blocks, 4 * sizeof(*blocks));
	for (; types; types--) {
		type = stream_nest(s, MEMCENSUS_ZONE_TYPE);
		stream_string(s, MEMCENSUS_TYPE_NAME,
			      types == 1 ? "Movable" : "Unmovable");
		for (order = 0; order < 4; order++) {
			if (unmovable[order] == UNKNOWN)
				continue;
			nest = stream_nest(s, MEMCENSUS_TYPE_FREE_BLOCKS);
			stream_u32(s, MEMCENSUS_BLOCKS_ORDER, order);
			stream_u64(s, MEMCENSUS_BLOCKS_COUNT, unmovable[order]);
			stream_nest_end(s, nest);
		}
		stream_nest_end(s, type);
	}
	stream_u64(s, MEMCENSUS_ZONE_FREE,
		   4096 * (blocks[0] + 2 * blocks[1] + 4 * blocks[2] + 8 * blocks[3]));
	stream_u64(s, MEMCENSUS_ZONE_WMARK_MIN, 4096 * min_pages);
	stream_u64(s, MEMCENSUS_ZONE_WMARK_LOW, 4096 * min_pages * 5 / 4);
	stream_u64(s, MEMCENSUS_ZONE_WMARK_HIGH, 4096 * min_pages * 3 / 2);
	stream_u64(s, MEMCENSUS_ZONE_MANAGED, KIB(4096));
	stream_put(s, MEMCENSUS_ZONE_LOWMEM_RESERVE, blocks, 2 * sizeof(*blocks));
	stream_nest_end(s, zone);
	stream_end(s);
}

static void put_zone(struct stream *s, const char *name, const uint64_t blocks[4],
		     uint64_t min_pages, int types)
{
	put_zone_as(s, MEMCENSUS_A_ZONE, name, blocks, min_pages, types);
}

static void put_node(struct stream *s)
{
	size_t node;

	stream_begin(s, SEQ);
	node = stream_nest(s, MEMCENSUS_A_NODE);
	stream_u32(s, MEMCENSUS_NODE_ID, 0);
	stream_u32(s, MEMCENSUS_NODE_KSWAPD, MEMCENSUS_KSWAPD_RUNNING);
	stream_u32(s, MEMCENSUS_NODE_KSWAPD_ORDER, 3);
	stream_string(s, MEMCENSUS_NODE_KSWAPD_ZONE, "Normal");
	stream_u32(s, MEMCENSUS_NODE_KSWAPD_FAILURES, 0);
	stream_u32(s, MEMCENSUS_NODE_BALANCED, 0);
	stream_u64(s, MEMCENSUS_NODE_ACTIVE_ANON, KIB(100));
	stream_u64(s, MEMCENSUS_NODE_INACTIVE_ANON, KIB(200));
	stream_nest_end(s, node);
	stream_end(s);
}

static void put_system(struct stream *s)
{
	size_t system, nest;

	stream_begin(s, SEQ);
	system = stream_nest(s, MEMCENSUS_A_SYSTEM);
	nest = stream_nest(s, MEMCENSUS_SYSTEM_BYTES);
	stream_u64(s, MEMCENSUS_S_TOTAL, KIB(100000));
	stream_u64(s, MEMCENSUS_S_FREE, KIB(20000));
	stream_u64(s, MEMCENSUS_S_AVAILABLE, KIB(60000));
	stream_u64(s, MEMCENSUS_S_BUFFERS, KIB(1000));
	stream_u64(s, MEMCENSUS_S_CACHED, KIB(30000));
	stream_u64(s, MEMCENSUS_S_SHMEM, KIB(500));
	stream_u64(s, MEMCENSUS_S_SLAB_RECLAIMABLE, KIB(2000));
	stream_u64(s, MEMCENSUS_S_SWAP_FREE, KIB(4000));
	stream_nest_end(s, nest);
	nest = stream_nest(s, MEMCENSUS_SYSTEM_EVENTS);
	stream_u64(s, MEMCENSUS_E_PAGEOUTRUN, 12);
	stream_u64(s, MEMCENSUS_E_PGSCAN_KSWAPD, 2000);
	stream_u64(s, MEMCENSUS_E_PGSTEAL_KSWAPD, 1500);
	stream_u64(s, MEMCENSUS_E_PGSCAN_DIRECT, 0);
	stream_u64(s, MEMCENSUS_E_PGSTEAL_DIRECT, 0);
	stream_nest_end(s, nest);
	stream_nest_end(s, system);
	stream_end(s);
}

static void put_vma_of(struct stream *s, uint32_t pid, uint64_t start, uint64_t pages,
		       const char *mode, const char *name)
{
	size_t vma, figures;

	stream_begin(s, SEQ);
	vma = stream_nest(s, MEMCENSUS_A_VMA);
	stream_u32(s, MEMCENSUS_VMA_PID, pid);
	stream_u64(s, MEMCENSUS_VMA_START, start);
	stream_u64(s, MEMCENSUS_VMA_END, start + 4096 * pages);
	stream_u64(s, MEMCENSUS_VMA_OFFSET, 0x1000);
	stream_string(s, MEMCENSUS_VMA_MODE, mode);
	stream_string(s, MEMCENSUS_VMA_FLAGS, "rd wr mr");
	if (name) {
		stream_u32(s, MEMCENSUS_VMA_DEV_MAJOR, 8);
		stream_u32(s, MEMCENSUS_VMA_DEV_MINOR, 17);
		stream_u64(s, MEMCENSUS_VMA_INODE, 123456);
		stream_string(s, MEMCENSUS_VMA_NAME, name);
	}
	stream_u64(s, MEMCENSUS_VMA_PAGE_SIZE, 4096);
	figures = stream_nest(s, MEMCENSUS_VMA_FIGURES);
	stream_u64(s, MEMCENSUS_F_RSS, KIB(8));
	stream_u64(s, MEMCENSUS_F_PSS, KIB(6));
	stream_u64(s, MEMCENSUS_F_USS, KIB(4));
	stream_u64(s, MEMCENSUS_F_SHARED_DIRTY, KIB(0));
	stream_u64(s, MEMCENSUS_F_PRIVATE_DIRTY, KIB(4));
	stream_u64(s, MEMCENSUS_F_SWAP, 0);
	stream_nest_end(s, figures);
	stream_nest_end(s, vma);
	stream_end(s);
}

static void put_vma(struct stream *s, uint64_t start, uint64_t pages,
		    const char *mode, const char *name)
{
	put_vma_of(s, 100, start, pages, mode, name);
}

/* A small ordinary machine. */
static void scene_small(struct stream *s)
{
	static const uint64_t dma[] = { 5, 4, 3, 2 }, normal[] = { 9, 9, 9, 0 };

	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_task(s, 200, 4000000000U, "redis-server", MEMCENSUS_STATE_WALKED,
		 50000, 2000, 128);
	put_task(s, 300, 0, "sh", MEMCENSUS_STATE_WALKED, 40, 60, 0);
	put_zone(s, "DMA", dma, 8, 0);
	put_zone(s, "Normal", normal, 16, 2);
	put_node(s);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* Unavailable figures. */
static void scene_unknown(struct stream *s)
{
	size_t nest;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "walked", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_task(s, 101, 0, "stuck", MEMCENSUS_STATE_BUSY, 80, 0, 0);
	put_task(s, 102, 0, "stuck too", MEMCENSUS_STATE_BUSY, 80, 0, 0);
	put_task(s, 103, 0, "going", MEMCENSUS_STATE_VANISHED, 80, 0, 0);
	put_task(s, 104, 0, "half", MEMCENSUS_STATE_PARTIAL, 80, 0, 0);
	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_TASK);
	stream_nest_end(s, nest);
	stream_end(s);
	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_ZONE);
	stream_nest_end(s, nest);
	stream_end(s);
	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_NODE);
	stream_nest_end(s, nest);
	stream_end(s);
	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_SYSTEM);
	stream_nest_end(s, nest);
	stream_end(s);
	stream_done(s, 0, NULL, 0);
}

/* The beginning of each census on the frames basis with groups. */
static void put_members(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(52500), 1, 0);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_task(s, 200, 4000000000U, "redis-server", MEMCENSUS_STATE_WALKED,
		 50000, 2000, 128);
}

/* A command name with every kind of hostile character. */
static void scene_hostile_commands(struct stream *s)
{
	static const char *const names[] = {
		"new\nline", "\x1b[31mred", "[kworker/0:1]", "a) R 1 1", "",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	size_t i, group;

	put_members(s);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		group = group_begin(s);
		stream_string(s, MEMCENSUS_GROUP_COMM, names[i]);
		group_end(s, group, 500, 400, 0);
	}
	stream_done(s, 0, NULL, 0);
}

/* Hostile names, and the largest number. */
static void scene_hostile(struct stream *s)
{
	static const char *const names[] = {
		"new\nline", "\x1b[31mred", "bad\xff\xc3(", "back\\x41slash",
		"quote\"'", "\xc3\xa9t\xc3\xa9", "", "-", "a b\tc", "\xe2\x80\xaertl",
		"c1\xc2\x9bJ", "\xed\xa0\x80", "\xf0\x9f\x90\xa7",
	};
	size_t i, nest, figures;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_task(s, 100 + i, 0, names[i], MEMCENSUS_STATE_WALKED, 4 * i, 0, 0);
	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, 999);
	/* Without NUL; and an attribute that this reader does not know. */
	stream_put(s, MEMCENSUS_TASK_COMM, "full sixteen chr", 16);
	stream_u32(s, MEMCENSUS_TASK_MAX + 9, 1);
	stream_u32(s, MEMCENSUS_TASK_STATE, 200);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_PSS, UINT64_MAX);
	stream_u64(s, MEMCENSUS_F_RSS, UINT64_MAX);
	stream_u64(s, MEMCENSUS_F_MAX + 5, 1);
	stream_nest_end(s, figures);
	stream_nest_end(s, nest);
	stream_end(s);
	stream_begin(s, SEQ);
	stream_u32(s, MEMCENSUS_A_MAX + 3, 1);
	stream_end(s);
	stream_done(s, 0, NULL, 0);
}

/* Names with special meaning to gnuplot, a shell, or XML. */
static void scene_plotters(struct stream *s)
{
	static const char *const names[] = {
		"`touch hacked`", "@{a_b^c}~d&e", "%s%n$1 %d", "'.x.'", "\"\nquit\n\"",
		"#comment", "<b>&amp;</b>", "a\\nb\\t\\", "NaN", "1e999", "?", "",
		"|touch hacked", "tab\tin\tit",
	};
	size_t i;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_task(s, 100 + i, 0, names[i], MEMCENSUS_STATE_WALKED,
			 1000 * (20 - i), 10, 0);
	put_task(s, 900, 0, "stuck", MEMCENSUS_STATE_BUSY, 80, 0, 0);
	stream_done(s, 0, NULL, 0);
}

static void scene_users(struct stream *s)
{
	size_t group;

	put_members(s);
	group = group_begin(s);
	stream_u32(s, MEMCENSUS_GROUP_UID, 4000000000U);
	group_end(s, group, 52000, 50000, 128);
	group = group_begin(s);
	stream_u32(s, MEMCENSUS_GROUP_UID, 0);
	group_end(s, group, 500, 400, 0);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* A zone of @node, in KiB. */
static void put_numa_zone(struct stream *s, uint32_t node, const char *name, uint64_t managed,
			  uint64_t free)
{
	size_t nest;

	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_ZONE);
	stream_u32(s, MEMCENSUS_ZONE_NODE, node);
	stream_string(s, MEMCENSUS_ZONE_NAME, name);
	stream_u64(s, MEMCENSUS_ZONE_FREE, KIB(free));
	stream_u64(s, MEMCENSUS_ZONE_MANAGED, KIB(managed));
	stream_nest_end(s, nest);
	stream_end(s);
}

static void put_numa_node(struct stream *s, uint32_t node)
{
	size_t nest;

	stream_begin(s, SEQ);
	nest = stream_nest(s, MEMCENSUS_A_NODE);
	stream_u32(s, MEMCENSUS_NODE_ID, node);
	stream_nest_end(s, nest);
	stream_end(s);
}

static void put_on_node(struct stream *s, uint32_t pid, uint32_t node, uint64_t rss,
			uint64_t hugetlb, bool runs)
{
	size_t on;

	stream_begin(s, SEQ);
	on = stream_nest(s, MEMCENSUS_A_TASK_NODE);
	stream_u32(s, MEMCENSUS_TN_PID, pid);
	stream_u32(s, MEMCENSUS_TN_NODE, node);
	stream_u64(s, MEMCENSUS_TN_RSS, KIB(rss));
	stream_u64(s, MEMCENSUS_TN_HUGETLB, KIB(hugetlb));
	stream_u32(s, MEMCENSUS_TN_RUNS, runs);
	stream_nest_end(s, on);
	stream_end(s);
}

/* Nodes 0 and 3, on which two of three processes have memory; the third one was busy. */
static void scene_nodes(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(3000), 1, 0);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_task(s, 200, 0, "postgres", MEMCENSUS_STATE_WALKED, 2400, 100, 0);
	put_task(s, 250, 0, "stuck", MEMCENSUS_STATE_BUSY, 0, 0, 0);
	put_on_node(s, 100, 0, 500, 0, true);
	put_on_node(s, 200, 0, 700, 2048, false);
	put_on_node(s, 200, 3, 1800, 4096, true);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

static void put_nodes_member(struct stream *s, uint32_t group, uint64_t cgroup, uint32_t pid,
			     const char *comm, uint8_t state, uint64_t uss)
{
	const uint64_t before = task_cgroup;

	task_group = group;
	task_cgroup = cgroup;
	put_task(s, pid, 0, comm, state, uss, 0, 0);
	task_group = 0;
	task_cgroup = before;
}

/*
 * The same by cgroup: a process in the root, two units in a slice, of which one has its memory
 * elsewhere, one whose only process was busy.  What is charged to a seventh is in charges/.
 */
static void scene_nodes_cgroups(struct stream *s)
{
	static const struct {
		uint64_t cgroup;
		unsigned int parent;
		unsigned int mms;
		unsigned int rss;
	} groups[] = {
		{ 1, 0, 4, 3100 }, { 1, 1, 1, 500 }, { 10, 1, 2, 2600 }, { 11, 3, 1, 2500 },
		{ 12, 3, 1, 100 }, { 20, 1, 1, 0 },
	};
	size_t group, figures, i;

	stream_head_frames(s, SEQ, KIB(3100), 1, 0);
	put_nodes_member(s, 2, 1, 100, "init", MEMCENSUS_STATE_WALKED, 500);
	put_nodes_member(s, 4, 11, 200, "postgres", MEMCENSUS_STATE_WALKED, 2500);
	put_nodes_member(s, 6, 20, 250, "stuck", MEMCENSUS_STATE_BUSY, 0);
	put_nodes_member(s, 5, 12, 310, "nginx", MEMCENSUS_STATE_WALKED, 100);
	put_on_node(s, 100, 0, 500, 0, true);
	put_on_node(s, 200, 0, 700, 2048, false);
	put_on_node(s, 200, 3, 1800, 4096, true);
	put_on_node(s, 310, 3, 100, 0, true);
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		group = group_begin(s);
		stream_u32(s, MEMCENSUS_GROUP_ID, i + 1);
		if (groups[i].parent)
			stream_u32(s, MEMCENSUS_GROUP_PARENT, groups[i].parent);
		stream_u64(s, MEMCENSUS_GROUP_CGROUP, groups[i].cgroup);
		stream_u32(s, MEMCENSUS_GROUP_MMS, groups[i].mms);
		figures = stream_nest(s, MEMCENSUS_GROUP_FIGURES);
		stream_u64(s, MEMCENSUS_F_RSS, KIB(groups[i].rss));
		stream_u64(s, MEMCENSUS_F_PSS, KIB(groups[i].rss));
		stream_nest_end(s, figures);
		stream_nest_end(s, group);
		stream_end(s);
	}
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/*
 * Node 0 has two zones, node 2 no memory, node 3 no process that runs there, node 9 none at all.
 * One name is hostile.
 */
static void scene_by_node(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(9500), 1, 0);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_task(s, 200, 0, "postgres", MEMCENSUS_STATE_WALKED, 2400, 100, 0);
	put_task(s, 210, 26, "a, b\n\x1b[31m", MEMCENSUS_STATE_WALKED, 700, 0, 0);
	put_task(s, 220, 26, "same", MEMCENSUS_STATE_WALKED, 700, 0, 0);
	put_task(s, 230, 26, "small", MEMCENSUS_STATE_PARTIAL, 50, 0, 0);
	put_task(s, 250, 0, "stuck", MEMCENSUS_STATE_BUSY, 0, 0, 0);
	put_on_node(s, 100, 0, 500, 0, true);
	put_on_node(s, 200, 0, 700, 2048, false);
	put_on_node(s, 200, 2, 0, 0, true);
	put_on_node(s, 200, 3, 1800, 4096, false);
	put_on_node(s, 210, 0, 700, 0, true);
	put_on_node(s, 220, 0, 700, 0, true);
	put_on_node(s, 230, 0, 50, 0, true);
	put_numa_zone(s, 0, "DMA32", 65536, 32768);
	put_numa_zone(s, 0, "Normal", 32768, 100);
	put_numa_zone(s, 3, "Normal", 65536, 4000);
	put_numa_zone(s, 9, "Movable", 1024, 1024);
	put_numa_node(s, 0);
	put_numa_node(s, 2);
	put_numa_node(s, 3);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* Memory was added during the census: nothing is known by node but free and all memory. */
static void scene_by_node_changed(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(500), 1, 0);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_numa_zone(s, 1, "Normal", 65536, 32768);
	put_numa_zone(s, 0, "Normal", 65536, 0);
	stream_done(s, 0, NULL, 0);
}

/* The census ran out of memory, and its sums do not match. */
static void scene_uneven(struct stream *s)
{
	stream_head_frames(s, SEQ, KIB(500), 16, 4096);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	stream_done(s, 0, NULL, 0);
}

static void scene_stuck(struct stream *s)
{
	size_t group;

	put_members(s);
	put_task(s, 300, 0, "stuck", MEMCENSUS_STATE_BUSY, 80, 0, 0);
	put_task(s, 301, 0, "going", MEMCENSUS_STATE_VANISHED, 80, 0, 0);
	group = group_begin(s);
	stream_u32(s, MEMCENSUS_GROUP_UID, 0);
	group_end(s, group, 52000, 50000, 128);
	stream_done(s, 0, NULL, 0);
}

/* The root, and one that does not exist. */
static void scene_cgroups(struct stream *s)
{
	size_t group;

	put_members(s);
	group = group_begin(s);
	stream_u64(s, MEMCENSUS_GROUP_CGROUP, 1);
	group_end(s, group, 500, 400, 0);
	group = group_begin(s);
	stream_u64(s, MEMCENSUS_GROUP_CGROUP, 4242);
	group_end(s, group, 52000, 50000, 128);
	stream_done(s, 0, NULL, 0);
}

/* Nested: units, a pod with its containers, a cgroup with processes above another. */
static void scene_nested(struct stream *s)
{
	static const struct {
		uint64_t cgroup;
		unsigned int parent;
		unsigned int pss;
	} groups[] = {
		{ 1, 0, 5000 }, { 10, 1, 3000 }, { 11, 2, 1000 }, { 12, 2, 2000 }, { 12, 4, 1500 },
		{ 13, 4, 500 }, { 20, 1, 2000 }, { 21, 7, 2000 }, { 22, 8, 1200 }, { 23, 8, 800 },
	};
	size_t group, i;

	put_members(s);
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		group = group_begin(s);
		stream_u32(s, MEMCENSUS_GROUP_ID, i + 1);
		if (groups[i].parent)
			stream_u32(s, MEMCENSUS_GROUP_PARENT, groups[i].parent);
		stream_u64(s, MEMCENSUS_GROUP_CGROUP, groups[i].cgroup);
		group_end(s, group, groups[i].pss, groups[i].pss - 100, 0);
	}
	stream_done(s, 0, NULL, 0);
}

static void scene_commands(struct stream *s)
{
	size_t group;

	put_members(s);
	group = group_begin(s);
	stream_string(s, MEMCENSUS_GROUP_COMM, "new\nline");
	group_end(s, group, 500, 400, 0);
	group = group_begin(s);
	stream_string(s, MEMCENSUS_GROUP_COMM, "redis-server");
	group_end(s, group, 52000, 50000, 128);
	stream_done(s, 0, NULL, 0);
}

static void scene_together(struct stream *s)
{
	put_members(s);
	group_end(s, group_begin(s), 52500, 50400, 128);
	stream_done(s, 0, NULL, 0);
}

/* One process with its mappings. */
static void scene_vmas(struct stream *s)
{
	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "nginx", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_vma(s, 0x400000, 3, "r-xp", "/usr/sbin/nginx");
	put_vma(s, 0x1000000, 2, "rw-p", "[heap]");
	put_vma(s, 0x7f0000000000ULL, 16, "rw-p", NULL);
	put_vma(s, 0x7f0000100000ULL, 16, "rw-s", "/dev/shm/a b\n(deleted)");
	stream_done(s, 0, NULL, 0);
}

/* Processes of different cgroups, with mappings. */
static void scene_services(struct stream *s)
{
	static const struct {
		uint64_t cgroup;
		uint32_t pid;
		const char *comm;
	} tasks[] = {
		{ 20, 100, "nginx" }, { 11, 200, "postgres" }, { 12, 300, "worker" },
		{ 21, 400, "other" },
	};
	size_t i;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		task_cgroup = tasks[i].cgroup;
		put_task(s, tasks[i].pid, 0, tasks[i].comm, MEMCENSUS_STATE_WALKED,
			 tasks[i].pid, 100, 0);
	}
	task_cgroup = 4;
	for (i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++)
		put_vma_of(s, tasks[i].pid, 0x400000, 3, "r-xp", tasks[i].comm);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* Where the pages of a process are, in two messages. */
static void put_pages(struct stream *s, uint8_t state, uint64_t end)
{
	static const struct stream_block low[] = {
		{ 0x400000, 0x7, 0x2, 0, 0 },
		{ 0x1000000, 0xff0, 0xf00, 0, 0xf },
	}, high[] = {
		{ 0x7f0000000000ULL, ~0ULL, ~0ULL, ~0ULL, 0 },
		{ 0x7f0000040000ULL, 0xffff0000ffffULL, 0xffffULL, 0, 3ULL << 20 },
		{ 0x7f0000400000ULL, 0, 0, 0, 0x8 },
	};

	s->pages = true;
	stream_head_frames(s, SEQ, KIB(400), 1, 0);
	put_task(s, 100, 0, "nginx", state, 400, 100, 0);
	put_vma(s, 0x400000, 3, "r-xp", "/usr/sbin/nginx");
	put_vma(s, 0x1000000, 12, "rw-p", "[heap]");
	put_vma(s, 0x7f0000000000ULL, 64 + 48, "rw-p", NULL);
	put_vma(s, 0x7f0000100000ULL, 10000, "rw-s", "/dev/shm/a b\n(deleted)");
	put_vma(s, 0x7f8000000000ULL, 1 << 28, "---p", NULL);
	stream_pages(s, SEQ, 0, 0x7f0000000000ULL, low, 2);
	stream_pages(s, SEQ, 0x7f0000000000ULL, end, high, 3);
	stream_done(s, 0, NULL, 0);
}

static void scene_pages(struct stream *s)
{
	put_pages(s, MEMCENSUS_STATE_WALKED, -4096ULL);
}

/* Its walk has ended in the fourth mapping. */
static void scene_pages_partial(struct stream *s)
{
	put_pages(s, MEMCENSUS_STATE_PARTIAL, 0x7f0001000000ULL);
}

/* It was not walked, so nothing is known. */
static void scene_pages_busy(struct stream *s)
{
	s->pages = true;
	stream_head_frames(s, SEQ, KIB(400), 1, 0);
	put_task(s, 100, 0, "nginx", MEMCENSUS_STATE_BUSY, 400, 100, 0);
	stream_done(s, 0, NULL, 0);
}

/* A module that does not know the request. */
static void scene_no_pages(struct stream *s)
{
	stream_done(s, -EOPNOTSUPP, NULL, -1);
}

/* Hostile names of mappings, and of processes in a cgroup. */
static void scene_hostile_vmas(struct stream *s)
{
	static const char *const names[] = {
		"/tmp/new\nline", "/tmp/\x1b]0;title\x07\x1b[2J", "[anon:bad\xff\xc3(]",
		"/tmp/[heap]", "[heap]", "/tmp/back\\slash (deleted)", "/tmp/quote\"'",
		"/tmp/\xe2\x80\xaertl", "/tmp/a b\tc", "", "/tmp/\xf0\x9f\x90\xa7",
		"/tmp/e\xcc\x81 \xe4\xb8\xad\xe6\x96\x87",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	};
	size_t i;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		 MEMCENSUS_STATE_WALKED, 400, 100, 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		put_vma(s, 0x400000 + 0x10000 * i, 3, "r-xp", names[i]);
	stream_done(s, 0, NULL, 0);
}

static void scene_old(struct stream *s)
{
	stream_head(s, SEQ, 0);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	stream_done(s, 0, NULL, 0);
}

/* The kernel marks the dump as inconsistent. */
static void scene_torn(struct stream *s)
{
	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	stream_done(s, 0, NULL, 0);
	((struct nlmsghdr *)(void *)(s->buf + s->message))->nlmsg_flags |=
		NLM_F_DUMP_INTR;
}

static void scene_refused(struct stream *s)
{
	stream_done(s, -22, "no such basis", 24);
}

static void scene_kthread(struct stream *s)
{
	stream_done(s, -22, "PIDS: 2: a kernel thread has no address space", 24);
}

static void scene_denied(struct stream *s)
{
	stream_done(s, -1, NULL, 0);
}

static void scene_nobody(struct stream *s)
{
	stream_head(s, SEQ, MEMCENSUS_ABI);
	stream_done(s, 0, NULL, 0);
}

/* A requested process that does not exist. */
static void put_absent(struct stream *s, uint32_t pid)
{
	size_t task;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_VANISHED);
	stream_nest_end(s, task);
	stream_end(s);
}

static void scene_ended(struct stream *s)
{
	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "walked", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	put_absent(s, 77);
	stream_done(s, 0, NULL, 0);
}

static void scene_gone(struct stream *s)
{
	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_absent(s, 77);
	stream_done(s, 0, NULL, 0);
}

/* Parents and children; two that are each other's parent; a deep tree. */
static void scene_family(struct stream *s)
{
	static const struct {
		uint32_t ppid, pid;
		const char *comm;
		uint64_t uss;
	} members[] = {
		{ 0, 1, "init", 400 }, { 1, 10, "sshd", 700 }, { 10, 11, "bash", 900 },
		{ 11, 12, "vi", 5000 }, { 1, 20, "nginx", 800 }, { 20, 21, "nginx", 1200 },
		{ 20, 22, "nginx", 1500 }, { 31, 30, "ring", 60 }, { 30, 31, "ring", 50 },
		{ 4711, 40, "orphan", 30 },
	};
	uint32_t i;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put_child(s, members[i].ppid, members[i].pid, 0, members[i].comm,
			  MEMCENSUS_STATE_WALKED, members[i].uss, 40, 0);
	for (i = 50; i < 65; i++)
		put_child(s, i == 50 ? 1 : i - 1, i, 0, "deep", MEMCENSUS_STATE_WALKED,
			  i - 49, 0, 0);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* Since the second census process 300 is the largest, and 400 has ended. */
static void scene_moving(struct stream *s)
{
	static int taken;
	int later = taken++;

	stream_head(s, SEQ, MEMCENSUS_ABI);
	put_task(s, 100, 0, "large", MEMCENSUS_STATE_WALKED, 9000, 100, 0);
	put_task(s, 200, 0, "medium", MEMCENSUS_STATE_WALKED, 5000, 100, 0);
	put_task(s, 300, 0, "growing", MEMCENSUS_STATE_WALKED, later ? 20000 : 1000, 100, 0);
	if (!later)
		put_task(s, 400, 0, "ending", MEMCENSUS_STATE_WALKED, 500, 100, 0);
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

/* The module is unloaded after the first census. */
static void scene_unloaded(struct stream *s)
{
	static int taken;

	if (taken++)
		stream_done(s, -2, NULL, 0);
	else
		scene_family(s);
}

static void put_many(struct stream *s, uint32_t n)
{
	uint32_t i;
	char comm[32];

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < n; i++) {
		snprintf(comm, sizeof(comm), "worker/%u", i);
		put_task(s, 1000 + i, i % 7, comm, MEMCENSUS_STATE_WALKED,
			 (i * 7919) % 65536, 16, 0);
	}
	put_system(s);
	stream_done(s, 0, NULL, 0);
}

static void scene_many(struct stream *s)
{
	put_many(s, 10000);
}

static void scene_most(struct stream *s)
{
	put_many(s, 40000);
}

/* Amounts of one zone, in KiB; a class that is not listed is 0. */
struct zone_of_frames {
	const char *name;
	uint64_t spanned, holes, managed;
	uint64_t classes[MEMCENSUS_FC_MAX + 1];
};

static void put_zone_of_frames(struct stream *s, const struct zone_of_frames *zone)
{
	static const uint64_t blocks[11] = { 1, 2, [10] = 3 };
	size_t record, nest;
	unsigned int i;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_PHYSICAL_ZONE);
	stream_u32(s, MEMCENSUS_PZ_NODE, 0);
	stream_string(s, MEMCENSUS_PZ_NAME, zone->name);
	stream_u64(s, MEMCENSUS_PZ_SPANNED, KIB(zone->spanned));
	stream_u64(s, MEMCENSUS_PZ_PRESENT, KIB(zone->spanned - zone->holes));
	stream_u64(s, MEMCENSUS_PZ_MANAGED, KIB(zone->managed));
	stream_u64(s, MEMCENSUS_PZ_HOLES, KIB(zone->holes));
	stream_u64(s, MEMCENSUS_PZ_OTHER_ZONES, 0);
	stream_put(s, MEMCENSUS_PZ_FREE_BLOCKS, blocks, sizeof(blocks));
	nest = stream_nest(s, MEMCENSUS_PZ_CLASSES);
	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++)
		if (i != MEMCENSUS_FC_LARGE_KMALLOC)
			stream_u64(s, i, KIB(zone->classes[i]));
	stream_nest_end(s, nest);
	nest = stream_nest(s, MEMCENSUS_PZ_STATES);
	for (i = MEMCENSUS_FS_PAD + 1; i <= MEMCENSUS_FS_MAX; i++)
		stream_u64(s, i, KIB(4 * i));
	stream_nest_end(s, nest);
	stream_nest_end(s, record);
	stream_end(s);
}

/* @order 0: not compound. */
static void put_kernel_frames(struct stream *s, uint32_t class, uint64_t flags, uint32_t type,
			      uint32_t order, uint32_t marks, uint64_t kib)
{
	static const uint64_t first[] = { 0x1000, 0x1234, 0x20000, 0xfffff };
	size_t record;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_KERNEL_FRAMES);
	stream_u32(s, MEMCENSUS_KF_NODE, 0);
	stream_string(s, MEMCENSUS_KF_ZONE, "Normal");
	stream_u32(s, MEMCENSUS_KF_CLASS, class);
	stream_u64(s, MEMCENSUS_KF_FLAGS, flags);
	if (type)
		stream_u32(s, MEMCENSUS_KF_TYPE, type);
	if (order)
		stream_u32(s, MEMCENSUS_KF_ORDER, order);
	stream_u32(s, MEMCENSUS_KF_MARKS, marks);
	stream_u64(s, MEMCENSUS_KF_BYTES, KIB(kib));
	stream_put(s, MEMCENSUS_KF_FIRST_FRAMES, first, sizeof(first));
	stream_nest_end(s, record);
	stream_end(s);
}

/* A record of FRAME_BLOCKS. */
static uint64_t block(uint32_t in_way, uint64_t class, uint64_t nr_free, uint64_t stuck)
{
	return in_way | class << MEMCENSUS_BLOCK_CLASS_SHIFT |
	       nr_free << MEMCENSUS_BLOCK_FREE_SHIFT | stuck << MEMCENSUS_BLOCK_STUCK_SHIFT;
}

static void put_frame_blocks(struct stream *s, const char *zone, uint64_t first,
			     const uint64_t *records, size_t n)
{
	size_t record;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_FRAME_BLOCKS);
	stream_u32(s, MEMCENSUS_FB_NODE, 0);
	stream_string(s, MEMCENSUS_FB_ZONE, zone);
	stream_u32(s, MEMCENSUS_FB_ORDER, 9);
	stream_u64(s, MEMCENSUS_FB_FIRST, first);
	stream_put(s, MEMCENSUS_FB_RECORDS, records, n * sizeof(*records));
	stream_nest_end(s, record);
	stream_end(s);
}

#define IN_WAY(name)	(1U << MEMCENSUS_FC_##name)

/* 8 blocks of DMA; @n of Normal in two messages, of all that a block can be. */
static void put_contiguous(struct stream *s, size_t n)
{
	static uint64_t records[4096];
	const uint64_t kinds[] = {
		block(0, MEMCENSUS_FC_FREE, 512, 0),
		block(0, MEMCENSUS_FC_FREE, 511, 0),
		block(0, MEMCENSUS_FC_ANON, 0, 0),
		block(0, MEMCENSUS_FC_FILE_UNMAPPED, 100, 0),
		block(IN_WAY(SLAB), MEMCENSUS_FC_SLAB, 500, 12),
		block(IN_WAY(SLAB) | IN_WAY(KERNEL), MEMCENSUS_FC_KERNEL, 100, 300),
		block(IN_WAY(KERNEL), MEMCENSUS_FC_KERNEL, 0, 512),
		block(IN_WAY(KERNEL), MEMCENSUS_FC_KERNEL, 511, 1),
		block(MEMCENSUS_BLOCK_PINNED, 1, 0, 512),
		block(MEMCENSUS_BLOCK_HOLE | IN_WAY(RESERVED), MEMCENSUS_FC_RESERVED, 0, 512),
		block(MEMCENSUS_BLOCK_HOLE, 0, 0, 512),
	};
	size_t i;

	for (i = 0; i < 4096; i++)
		records[i] = kinds[i * i % (sizeof(kinds) / sizeof(*kinds))];
	put_frame_blocks(s, "DMA", 0, kinds + 3, 8);
	put_frame_blocks(s, "Normal", 0x1000, records, n / 2);
	put_frame_blocks(s, "Normal", 0x1000 + (n / 2) * 512, records + n / 2, n - n / 2);
}

/* Amounts in KiB; @cgroup 0: none. */
static void put_frame_cgroup(struct stream *s, uint64_t cgroup, uint64_t anon, uint64_t cache,
			     uint64_t kernel)
{
	size_t record, nest;
	unsigned int i;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_FRAME_CGROUP);
	if (cgroup)
		stream_u64(s, MEMCENSUS_FG_CGROUP, cgroup);
	nest = stream_nest(s, MEMCENSUS_FG_CLASSES);
	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++)
		if (i != MEMCENSUS_FC_LARGE_KMALLOC)
			stream_u64(s, i, i == MEMCENSUS_FC_ANON ? KIB(anon) :
				   i == MEMCENSUS_FC_FILE_UNMAPPED ? KIB(cache) :
				   i == MEMCENSUS_FC_KERNEL ? KIB(kernel) : 0);
	stream_nest_end(s, nest);
	stream_u64(s, MEMCENSUS_FG_SHARED, KIB(anon / 4));
	stream_nest_end(s, record);
	stream_end(s);
}

/* @lost: KiB of the second zone that have no class; @blocks: number of blocks of it. */
static void put_physical(struct stream *s, uint64_t lost, size_t blocks)
{
	static const struct zone_of_frames dma = {
		"DMA", 16384, 1024, 15000, {
			[MEMCENSUS_FC_FREE] = 14000,
			[MEMCENSUS_FC_SLAB] = 1000,
			[MEMCENSUS_FC_RESERVED] = 360,
		}
	};
	const struct zone_of_frames normal = {
		"Normal", 90000 + lost, 0, 85000, {
			[MEMCENSUS_FC_FREE] = 6000,
			[MEMCENSUS_FC_FREE_PCP] = 400,
			[MEMCENSUS_FC_ANON] = 40000,
			[MEMCENSUS_FC_ANON_TAILS] = 1000,
			[MEMCENSUS_FC_SHMEM] = 500,
			[MEMCENSUS_FC_SHMEM_UNMAPPED] = 1500,
			[MEMCENSUS_FC_FILE] = 4500,
			[MEMCENSUS_FC_FILE_UNMAPPED] = 1504,
			[MEMCENSUS_FC_PAGE_TABLES] = 800,
			[MEMCENSUS_FC_SLAB] = 20000,
			[MEMCENSUS_FC_RESERVED] = 4992,
			[MEMCENSUS_FC_ZERO] = 4,
			[MEMCENSUS_FC_KERNEL] = 8756,
			[MEMCENSUS_FC_REMAINDER] = 44,
		}
	};
	size_t record;
	uint32_t i;

	s->physical = true;
	stream_info(s);
	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_PHYSICAL);
	stream_u64(s, MEMCENSUS_PHYSICAL_REALTIME_NS, 1700000000000000000ULL);
	stream_u64(s, MEMCENSUS_PHYSICAL_WALL_NS, 1234567);
	stream_u64(s, MEMCENSUS_PHYSICAL_CPU_NS, 1200000);
	stream_u64(s, MEMCENSUS_PHYSICAL_FRAMES, 26340);
	stream_u64(s, MEMCENSUS_PHYSICAL_READ, 9876);
	stream_u64(s, MEMCENSUS_PHYSICAL_CHANGED, 1);
	stream_u64(s, MEMCENSUS_PHYSICAL_LEFT_OUT, KIB(4));
	stream_nest_end(s, record);
	stream_end(s);
	put_zone_of_frames(s, &dma);
	put_zone_of_frames(s, &normal);
	put_kernel_frames(s, MEMCENSUS_FC_KERNEL, 0, 0, 0, 0, 7000);
	put_kernel_frames(s, MEMCENSUS_FC_KERNEL, 1 << 15, 0, 2, MEMCENSUS_FRAME_MARK_CHARGED,
			  1700);
	put_kernel_frames(s, MEMCENSUS_FC_REMAINDER, 1ULL << 35 | 1ULL << 60, 0xf3000000, 0,
			  MEMCENSUS_FRAME_MARK_ALL, 40);
	for (i = 0; i < 7; i++)
		put_kernel_frames(s, MEMCENSUS_FC_KERNEL, 1 << 15, 0, 3 + i, 0, 8);
	if (blocks)
		put_contiguous(s, blocks);
	stream_done(s, 0, NULL, 0);
}

static void scene_physical(struct stream *s)
{
	put_physical(s, 0, 0);
}

/* A pass, and then the census that its reader requests. */
static void scene_physical_owners(struct stream *s)
{
	static const uint64_t owners[] = {
		KIB(30000), KIB(8000), KIB(1988), KIB(8),
		KIB(500), KIB(400), KIB(300), KIB(3300),
		KIB(16), 0, KIB(484), 0,
	};
	static bool passed;

	if (!passed) {
		put_physical(s, 0, 0);
		passed = true;
		return;
	}
	stream_head_owners(s, SEQ, owners);
	put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
	stream_done(s, 0, NULL, 0);
}

static void scene_physical_cgroups(struct stream *s)
{
	put_physical(s, 0, 0);
	s->len = s->message;
	put_frame_cgroup(s, 0, 4, 8, 3000);
	put_frame_cgroup(s, 22, 30000, 1500, 40);
	put_frame_cgroup(s, 23, 9000, 80000, 12);
	stream_done(s, 0, NULL, 0);
}

/* Amounts in KiB; @type NULL: @files is of files that were not found, or 0: of those left out. */
static void put_frame_system(struct stream *s, const char *type, uint32_t minor, uint64_t files,
			     uint64_t cached, uint64_t mapped)
{
	size_t record;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_FRAME_SYSTEM);
	if (files)
		stream_u64(s, MEMCENSUS_FY_FILES, files);
	if (type) {
		stream_u32(s, MEMCENSUS_FY_DEV_MAJOR, minor ? 254 : 0);
		stream_u32(s, MEMCENSUS_FY_DEV_MINOR, minor ? minor : 23);
		stream_string(s, MEMCENSUS_FY_TYPE, type);
		stream_string(s, MEMCENSUS_FY_SOURCE, minor ? "vda1" : type);
	}
	stream_u64(s, MEMCENSUS_FY_CACHED, KIB(cached));
	stream_u64(s, MEMCENSUS_FY_MAPPED, KIB(mapped));
	if (!type || minor)
		stream_u64(s, MEMCENSUS_FY_DIRTY, KIB(cached / 16));
	stream_u64(s, MEMCENSUS_FY_WRITEBACK, 0);
	stream_nest_end(s, record);
	stream_end(s);
}

/* As above; @path NULL: unknown; @inode 0: a block device. */
static void put_frame_file(struct stream *s, const char *type, uint32_t minor, uint64_t inode,
			   const char *path, bool deleted, uint64_t cached)
{
	size_t record;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_FRAME_FILE);
	if (type) {
		stream_u32(s, MEMCENSUS_FF_DEV_MAJOR, minor ? 254 : 0);
		stream_u32(s, MEMCENSUS_FF_DEV_MINOR, minor ? minor : 23);
		if (inode)
			stream_u64(s, MEMCENSUS_FF_INODE, inode);
		stream_string(s, MEMCENSUS_FF_TYPE, type);
		stream_string(s, MEMCENSUS_FF_SOURCE, minor ? "vda1" : type);
		if (path)
			stream_string(s, MEMCENSUS_FF_PATH, path);
		stream_u32(s, MEMCENSUS_FF_DELETED, deleted);
		stream_u64(s, MEMCENSUS_FF_SIZE, KIB(2 * cached));
	}
	stream_u64(s, MEMCENSUS_FF_CACHED, KIB(cached));
	stream_u64(s, MEMCENSUS_FF_MAPPED, KIB(cached / 4));
	if (!type || minor)
		stream_u64(s, MEMCENSUS_FF_DIRTY, KIB(cached / 16));
	stream_u64(s, MEMCENSUS_FF_WRITEBACK, 0);
	stream_nest_end(s, record);
	stream_end(s);
}

/* @cached: KiB that the file systems have together. */
static void put_physical_files(struct stream *s, uint64_t cached)
{
	put_physical(s, 0, 0);
	s->len = s->message;
	put_frame_system(s, NULL, 0, 2, 16, 4);
	put_frame_system(s, NULL, 0, 0, 0, 0);
	put_frame_system(s, "ext4", 1, 4, cached - 1016, 400);
	put_frame_system(s, "tmpfs", 0, 7, 1000, 4);
	put_frame_file(s, "ext4", 1, 12, "/images/a b/root", false, 1600);
	put_frame_file(s, "ext4", 1, 13, "/logs/two\nlines", true, 800);
	put_frame_file(s, "tmpfs", 0, 14, "memfd:x", true, 400);
	put_frame_file(s, "tmpfs", 0, 15, "/of another namespace", false, 200);
	put_frame_file(s, "bdev", 1, 0, NULL, false, 100);
	put_frame_file(s, "ext4", 1, 16, NULL, false, 40);
	put_frame_file(s, NULL, 0, 0, NULL, false, 12);
	stream_done(s, 0, NULL, 0);
}

/* The page cache of put_physical(), KiB. */
#define CACHED	8004

static void scene_physical_files(struct stream *s)
{
	put_physical_files(s, CACHED);
}

static void scene_physical_files_lost(struct stream *s)
{
	put_physical_files(s, CACHED - 4);
}

static void scene_contiguous(struct stream *s)
{
	put_physical(s, 0, 200);
}

static void scene_contiguous_large(struct stream *s)
{
	put_physical(s, 0, 4096);
}

/* A module that has no blocks of this size. */
static void scene_contiguous_other(struct stream *s)
{
	static const uint64_t record = 77ULL << MEMCENSUS_BLOCK_CLASS_SHIFT;

	put_physical(s, 0, 0);
	s->len = s->message;
	put_frame_blocks(s, "Normal", 0x1000, &record, 1);
	stream_done(s, 0, NULL, 0);
}

static void scene_physical_lost(struct stream *s)
{
	put_physical(s, 8, 0);
}

/* Amounts in KiB; @at: of the event in ms after the census before; @before: it has one. */
static void put_oom(struct stream *s, uint64_t number, uint32_t scope, uint32_t victims,
		    uint64_t at, bool before)
{
	const uint64_t realtime = 1700000000000000000ULL;
	size_t record, nest;

	stream_begin(s, 0);
	record = stream_nest(s, MEMCENSUS_A_OOM);
	stream_u64(s, MEMCENSUS_OOM_NUMBER, number);
	stream_u64(s, MEMCENSUS_OOM_REALTIME_NS, realtime + at * 1000000);
	stream_u64(s, MEMCENSUS_OOM_BOOTTIME_NS, 1000000000000ULL + at * 1000000);
	stream_u32(s, MEMCENSUS_OOM_SCOPE, scope);
	stream_u32(s, MEMCENSUS_OOM_VICTIMS, victims);
	stream_u32(s, MEMCENSUS_OOM_CALLER_PID, 300);
	stream_string(s, MEMCENSUS_OOM_CALLER_COMM, "sh");
	if (before) {
		stream_u64(s, MEMCENSUS_OOM_CENSUS, SEQ);
		stream_u64(s, MEMCENSUS_OOM_CENSUS_REALTIME_NS, realtime);
	}
	nest = stream_nest(s, MEMCENSUS_OOM_BYTES);
	stream_u64(s, MEMCENSUS_S_TOTAL, KIB(100000));
	stream_u64(s, MEMCENSUS_S_FREE, KIB(400));
	stream_u64(s, MEMCENSUS_S_AVAILABLE, KIB(300));
	stream_u64(s, MEMCENSUS_S_ANON, KIB(90000));
	stream_u64(s, MEMCENSUS_S_SHMEM, KIB(500));
	stream_u64(s, MEMCENSUS_S_SLAB_RECLAIMABLE, KIB(1000));
	stream_u64(s, MEMCENSUS_S_SWAP_FREE, 0);
	stream_nest_end(s, nest);
	if (before) {
		stream_u64(s, MEMCENSUS_OOM_DELAY_NS, 1004000000);
		nest = stream_nest(s, MEMCENSUS_OOM_AFTER);
		stream_u64(s, MEMCENSUS_S_TOTAL, KIB(100000));
		stream_u64(s, MEMCENSUS_S_FREE, KIB(85400));
		stream_u64(s, MEMCENSUS_S_AVAILABLE, KIB(85300));
		stream_u64(s, MEMCENSUS_S_ANON, KIB(5000));
		stream_u64(s, MEMCENSUS_S_SHMEM, KIB(500));
		stream_u64(s, MEMCENSUS_S_SLAB_RECLAIMABLE, KIB(1000));
		stream_u64(s, MEMCENSUS_S_SWAP_FREE, KIB(100));
		stream_nest_end(s, nest);
	}
	stream_nest_end(s, record);
	stream_end(s);
}

/* @start: ns since boot; @pid 0: not visible */
static void put_victim(struct stream *s, uint64_t oom, uint32_t pid, const char *comm,
		       uint64_t start, uint64_t anon)
{
	const int32_t adj = -17;
	size_t record;

	stream_begin(s, 0);
	record = stream_nest(s, MEMCENSUS_A_OOM_VICTIM);
	stream_u64(s, MEMCENSUS_OOM_VICTIM_OOM, oom);
	if (pid)
		stream_u32(s, MEMCENSUS_OOM_VICTIM_PID, pid);
	stream_string(s, MEMCENSUS_OOM_VICTIM_COMM, comm);
	stream_u32(s, MEMCENSUS_OOM_VICTIM_UID, 0);
	stream_u64(s, MEMCENSUS_OOM_VICTIM_CGROUP, 4242);
	stream_u64(s, MEMCENSUS_OOM_VICTIM_START_NS, start);
	stream_put(s, MEMCENSUS_OOM_VICTIM_OOM_SCORE_ADJ, &adj, sizeof(adj));
	stream_u64(s, MEMCENSUS_OOM_VICTIM_VSS, KIB(100000));
	stream_u64(s, MEMCENSUS_OOM_VICTIM_ANON, KIB(anon));
	stream_u64(s, MEMCENSUS_OOM_VICTIM_FILE, KIB(12));
	stream_u64(s, MEMCENSUS_OOM_VICTIM_SHMEM, 0);
	stream_u64(s, MEMCENSUS_OOM_VICTIM_SWAP, KIB(128));
	stream_u64(s, MEMCENSUS_OOM_VICTIM_PAGETABLES, KIB(200));
	stream_u32(s, MEMCENSUS_OOM_VICTIM_DYING, !pid);
	stream_nest_end(s, record);
	stream_end(s);
}

/* The zones, and @before the census before, as of scene_small(). */
static void put_ooms(struct stream *s, bool before)
{
	static const uint64_t dma[] = { 1, 0, 0, 0 }, normal[] = { 3, 1, 0, 0 };
	size_t record;

	s->oom = true;
	stream_info(s);
	put_oom(s, 3, MEMCENSUS_OOM_SCOPE_MACHINE, 1, 4200, before);
	put_oom(s, 2, MEMCENSUS_OOM_SCOPE_CGROUP, 10, 2000, before);
	put_victim(s, 3, 200, "redis-server", 400000000000ULL, 85000);
	/* Of another process that had the number before, and of another PID namespace. */
	put_victim(s, 2, 100, "init", 200000000001ULL, 10);
	put_victim(s, 2, 0, "evil\x1b\nname", 600000000000ULL, 20);
	stream_begin(s, 0);
	record = stream_nest(s, MEMCENSUS_A_OOM_NODE);
	stream_u32(s, MEMCENSUS_NODE_ID, 0);
	stream_u32(s, MEMCENSUS_NODE_KSWAPD, MEMCENSUS_KSWAPD_RUNNING);
	stream_u32(s, MEMCENSUS_NODE_KSWAPD_FAILURES, 16);
	stream_u32(s, MEMCENSUS_NODE_BALANCED, 0);
	stream_nest_end(s, record);
	stream_end(s);
	put_zone_as(s, MEMCENSUS_A_OOM_ZONE, "DMA", dma, 8, 0);
	put_zone_as(s, MEMCENSUS_A_OOM_ZONE, "Normal", normal, 16, 0);
	if (before) {
		stream_scan(s, SEQ);
		put_task(s, 100, 0, "init", MEMCENSUS_STATE_WALKED, 400, 100, 0);
		put_task(s, 200, 4000000000U, "redis-server", MEMCENSUS_STATE_WALKED,
			 50000, 2000, 128);
		put_task(s, 300, 0, "sh", MEMCENSUS_STATE_WALKED, 40, 60, 0);
		put_node(s);
		put_system(s);
	}
	stream_done(s, 0, NULL, 0);
}

static void scene_oom(struct stream *s)
{
	put_ooms(s, true);
}

static void scene_oom_unknown(struct stream *s)
{
	put_ooms(s, false);
}

static void scene_oom_none(struct stream *s)
{
	s->oom = true;
	stream_info(s);
	stream_done(s, 0, NULL, 0);
}

/* Told with the number of the event that was asked for. */
static void scene_oom_refused(struct stream *s)
{
	stream_done(s, -EINVAL,
		    "EVENT: no OOM event of this number is kept: leave EVENT out to get all that are",
		    28);
}

static const struct scene {
	const char *name;
	void (*fill)(struct stream *s);
} scenes[] = {
	{ "small", scene_small },
	{ "machine", scene_machine },
	{ "stopped", scene_stopped },
	{ "mapped", scene_mapped },
	{ "paid-files", scene_paid_files },
	{ "shares", scene_shares },
	{ "shared-groups", scene_shared_groups },
	{ "forks", scene_forks },
	{ "payers", scene_payers },
	{ "unknown", scene_unknown },
	{ "hostile", scene_hostile },
	{ "plotters", scene_plotters },
	{ "users", scene_users },
	{ "nodes", scene_nodes },
	{ "nodes-cgroups", scene_nodes_cgroups },
	{ "by-node", scene_by_node },
	{ "by-node-changed", scene_by_node_changed },
	{ "uneven", scene_uneven },
	{ "stuck", scene_stuck },
	{ "cgroups", scene_cgroups },
	{ "nested", scene_nested },
	{ "services", scene_services },
	{ "commands", scene_commands },
	{ "hostile-commands", scene_hostile_commands },
	{ "together", scene_together },
	{ "vmas", scene_vmas },
	{ "hostile-vmas", scene_hostile_vmas },
	{ "pages", scene_pages },
	{ "pages-partial", scene_pages_partial },
	{ "pages-busy", scene_pages_busy },
	{ "no-pages", scene_no_pages },
	{ "old", scene_old },
	{ "torn", scene_torn },
	{ "refused", scene_refused },
	{ "kthread", scene_kthread },
	{ "denied", scene_denied },
	{ "nobody", scene_nobody },
	{ "ended", scene_ended },
	{ "gone", scene_gone },
	{ "family", scene_family },
	{ "moving", scene_moving },
	{ "unloaded", scene_unloaded },
	{ "many", scene_many },
	{ "most", scene_most },
	{ "physical", scene_physical },
	{ "physical-lost", scene_physical_lost },
	{ "physical-cgroups", scene_physical_cgroups },
	{ "physical-owners", scene_physical_owners },
	{ "physical-files", scene_physical_files },
	{ "physical-files-lost", scene_physical_files_lost },
	{ "contiguous", scene_contiguous },
	{ "contiguous-large", scene_contiguous_large },
	{ "contiguous-other", scene_contiguous_other },
	{ "oom", scene_oom },
	{ "oom-unknown", scene_oom_unknown },
	{ "oom-none", scene_oom_none },
	{ "oom-refused", scene_oom_refused },
};

int scene_fill(struct stream *s, const char *name)
{
	unsigned int n;
	size_t i;

	if (sscanf(name, "many-%u", &n) == 1) {
		put_many(s, n);
		return 0;
	}

	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		if (strcmp(scenes[i].name, name))
			continue;
		scenes[i].fill(s);
		return 0;
	}
	return -1;
}

// SPDX-License-Identifier: GPL-2.0
/* Scenes by name: those of data/golden, and those that have too many messages to write down. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scene-text.h"
#include "stream.h"

#define KIB(n)	((uint64_t)(n) << 10)
#define SEQ	7

/* A process with @uss KiB, of which there are many. */
static void put_worker(struct stream *s, uint32_t pid, uint32_t uid, const char *comm,
		       uint64_t uss)
{
	const uint64_t shared = 16;
	size_t task, figures;

	stream_begin(s, SEQ);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_u32(s, MEMCENSUS_TASK_PPID, 1);
	stream_string(s, MEMCENSUS_TASK_COMM, comm);
	stream_u32(s, MEMCENSUS_TASK_UID, uid);
	stream_u64(s, MEMCENSUS_TASK_CGROUP, 4);
	stream_u64(s, MEMCENSUS_TASK_START_NS, 2000000000ULL * pid);
	stream_u32(s, MEMCENSUS_TASK_THREADS, 2);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	stream_u32(s, MEMCENSUS_TASK_OOM_SCORE_ADJ, (uint32_t)-500);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_RSS_COUNTER, KIB(uss + shared) - 4096);
	stream_u64(s, MEMCENSUS_F_VSS, KIB(10 * (uss + shared)));
	stream_u64(s, MEMCENSUS_F_RSS, KIB(uss + shared));
	stream_u64(s, MEMCENSUS_F_USS, KIB(uss));
	stream_u64(s, MEMCENSUS_F_PSS, KIB(uss) + KIB(shared) / 2);
	stream_u64(s, MEMCENSUS_F_SWAP, 0);
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

static void put_system(struct stream *s)
{
	stream_meminfo(s, "MemTotal", KIB(100000));
	stream_meminfo(s, "MemFree", KIB(20000));
	stream_meminfo(s, "MemAvailable", KIB(60000));
	stream_meminfo(s, "Buffers", KIB(1000));
	stream_meminfo(s, "Cached", KIB(30000));
	stream_meminfo(s, "Shmem", KIB(500));
	stream_meminfo(s, "SReclaimable", KIB(2000));
	stream_meminfo(s, "SwapFree", KIB(4000));
	stream_vmstat(s, "pageoutrun", 12);
	stream_vmstat(s, "pgscan_kswapd", 2000);
	stream_vmstat(s, "pgsteal_kswapd", 1500);
	stream_vmstat(s, "pgscan_direct", 0);
	stream_vmstat(s, "pgsteal_direct", 0);
}

/* @n processes. */
static void put_many(struct stream *s, uint32_t n)
{
	uint32_t i;
	char comm[32];

	stream_head(s, SEQ, MEMCENSUS_ABI);
	for (i = 0; i < n; i++) {
		snprintf(comm, sizeof(comm), "worker/%u", i);
		put_worker(s, 1000 + i, i % 7, comm, (i * 7919) % 65536);
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

/* A record of FRAME_BLOCKS. */
static uint64_t block(uint32_t in_way, uint64_t class, uint64_t nr_free, uint64_t stuck)
{
	return in_way | class << MEMCENSUS_BLOCK_CLASS_SHIFT |
	       nr_free << MEMCENSUS_BLOCK_FREE_SHIFT | stuck << MEMCENSUS_BLOCK_STUCK_SHIFT;
}

/* @first: NO_FRAMES: frames have no numbers. */
#define NO_FRAMES	UINT64_MAX

static void put_frame_blocks(struct stream *s, const char *zone, uint64_t first,
			     const uint64_t *records, size_t n)
{
	size_t record;

	stream_begin(s, SEQ);
	record = stream_nest(s, MEMCENSUS_A_FRAME_BLOCKS);
	stream_u32(s, MEMCENSUS_FB_NODE, 0);
	stream_string(s, MEMCENSUS_FB_ZONE, zone);
	stream_u32(s, MEMCENSUS_FB_ORDER, 9);
	if (first != NO_FRAMES)
		stream_u64(s, MEMCENSUS_FB_FIRST, first);
	stream_put(s, MEMCENSUS_FB_RECORDS, records, n * sizeof(*records));
	stream_nest_end(s, record);
	stream_end(s);
}

#define IN_WAY(name)	(1U << MEMCENSUS_FC_##name)

/* 8 blocks of DMA; @n of Normal in two messages, of all that a block can be. */
static void put_contiguous(struct stream *s, size_t n, bool numbers)
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
	put_frame_blocks(s, "DMA", numbers ? 0 : NO_FRAMES, kinds + 3, 8);
	put_frame_blocks(s, "Normal", numbers ? 0x1000 : NO_FRAMES, records, n / 2);
	put_frame_blocks(s, "Normal", numbers ? 0x1000 + (n / 2) * 512 : NO_FRAMES,
			 records + n / 2, n - n / 2);
}

/* The scene @name with @n blocks of its second zone. */
static void put_physical(struct stream *s, const char *name, size_t n, bool numbers)
{
	scene_text_fill(s, name);
	s->len = s->message;
	put_contiguous(s, n, numbers);
	stream_done(s, 0, NULL, 0);
}

static void scene_contiguous(struct stream *s)
{
	put_physical(s, "physical", 200, true);
}

static void scene_contiguous_numberless(struct stream *s)
{
	put_physical(s, "physical-numberless", 200, false);
}

static void scene_contiguous_large(struct stream *s)
{
	put_physical(s, "physical", 4096, true);
}

static const struct scene {
	const char *name;
	void (*fill)(struct stream *s);
} scenes[] = {
	{ "machine", scene_machine },
	{ "many", scene_many },
	{ "most", scene_most },
	{ "contiguous", scene_contiguous },
	{ "contiguous-large", scene_contiguous_large },
	{ "contiguous-numberless", scene_contiguous_numberless },
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
	return scene_text_fill(s, name);
}

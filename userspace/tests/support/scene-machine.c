// SPDX-License-Identifier: GPL-2.0
/* A machine with consistent figures and growing counters. */
#include "stream.h"

#define KIB(n)	((uint64_t)(n) << 10)

/* Number of censuses so far, one a second. */
static uint64_t taken;

static void put_task(struct stream *s, uint64_t seq, uint32_t pid, uint64_t anon,
		     uint64_t file, uint64_t shmem)
{
	size_t task, figures;

	stream_begin(s, seq);
	task = stream_nest(s, MEMCENSUS_A_TASK);
	stream_u32(s, MEMCENSUS_TASK_PID, pid);
	stream_u32(s, MEMCENSUS_TASK_STATE, MEMCENSUS_STATE_WALKED);
	figures = stream_nest(s, MEMCENSUS_TASK_FIGURES);
	stream_u64(s, MEMCENSUS_F_PSS, KIB(anon + file + shmem));
	stream_u64(s, MEMCENSUS_F_PSS_ANON, KIB(anon));
	stream_u64(s, MEMCENSUS_F_PSS_FILE, KIB(file));
	stream_u64(s, MEMCENSUS_F_PSS_SHMEM, KIB(shmem));
	stream_nest_end(s, figures);
	stream_nest_end(s, task);
	stream_end(s);
}

/* The zone has four orders: the first falls, the last rises. */
static void put_zone(struct stream *s, uint64_t seq, uint64_t free)
{
	const uint64_t blocks[] = { 100 - 7 * taken, 40, 20 + taken, 5 };
	size_t zone;

	stream_begin(s, seq);
	zone = stream_nest(s, MEMCENSUS_A_ZONE);
	stream_u32(s, MEMCENSUS_ZONE_NODE, 0);
	stream_string(s, MEMCENSUS_ZONE_NAME, "Normal");
	stream_put(s, MEMCENSUS_ZONE_FREE_BLOCKS, blocks, sizeof(blocks));
	stream_u64(s, MEMCENSUS_ZONE_FREE, free);
	stream_u64(s, MEMCENSUS_ZONE_PCP, KIB(150));
	stream_u64(s, MEMCENSUS_ZONE_WMARK_MIN, KIB(1000));
	stream_u64(s, MEMCENSUS_ZONE_WMARK_LOW, KIB(19990));
	stream_u64(s, MEMCENSUS_ZONE_WMARK_HIGH, KIB(20100));
	stream_nest_end(s, zone);
	stream_end(s);
}

static void put_node(struct stream *s, uint64_t seq)
{
	size_t node;

	stream_begin(s, seq);
	node = stream_nest(s, MEMCENSUS_A_NODE);
	stream_u32(s, MEMCENSUS_NODE_ID, 0);
	stream_u32(s, MEMCENSUS_NODE_KSWAPD, taken ? MEMCENSUS_KSWAPD_RUNNING :
						    MEMCENSUS_KSWAPD_ASLEEP);
	stream_nest_end(s, node);
	stream_end(s);
}

static void put_bytes(struct stream *s, uint64_t free)
{
	size_t nest = stream_nest(s, MEMCENSUS_SYSTEM_BYTES);

	stream_u64(s, MEMCENSUS_S_TOTAL, KIB(100000));
	stream_u64(s, MEMCENSUS_S_FREE, free);
	stream_u64(s, MEMCENSUS_S_AVAILABLE, free + KIB(30000));
	stream_u64(s, MEMCENSUS_S_BUFFERS, KIB(1000));
	stream_u64(s, MEMCENSUS_S_CACHED, KIB(30000));
	stream_u64(s, MEMCENSUS_S_SHMEM, KIB(900));
	stream_u64(s, MEMCENSUS_S_SLAB_RECLAIMABLE, KIB(2000));
	stream_u64(s, MEMCENSUS_S_SLAB_UNRECLAIMABLE, KIB(3000));
	stream_u64(s, MEMCENSUS_S_KERNEL_RECLAIMABLE, KIB(2100));
	stream_u64(s, MEMCENSUS_S_KERNEL_STACK, KIB(1200));
	stream_u64(s, MEMCENSUS_S_PAGETABLES, KIB(700));
	stream_u64(s, MEMCENSUS_S_SEC_PAGETABLES, 0);
	stream_u64(s, MEMCENSUS_S_SWAP_FREE, KIB(4000));
	stream_u64(s, MEMCENSUS_S_DIRTY, KIB(10 * taken));
	stream_nest_end(s, nest);
}

static void put_events(struct stream *s)
{
	size_t nest = stream_nest(s, MEMCENSUS_SYSTEM_EVENTS);

	stream_u64(s, MEMCENSUS_E_PSWPIN, 1000 + 3 * taken);
	stream_u64(s, MEMCENSUS_E_PSWPOUT, 5000);
	stream_u64(s, MEMCENSUS_E_PGPGIN_KIB, 100000 + 512 * taken);
	stream_u64(s, MEMCENSUS_E_PGMAJFAULT, 50 - taken);
	stream_u64(s, MEMCENSUS_E_PAGEOUTRUN, 12 + taken);
	stream_u64(s, MEMCENSUS_E_ALLOCSTALL, 7);
	stream_u64(s, MEMCENSUS_E_PGSCAN_KSWAPD, 20000 + 400 * taken * taken);
	stream_u64(s, MEMCENSUS_E_PGSTEAL_KSWAPD, 10000 + 300 * taken * taken);
	stream_u64(s, MEMCENSUS_E_PGSCAN_DIRECT, 0);
	stream_u64(s, MEMCENSUS_E_PGSTEAL_DIRECT, 0);
	/* Between the first two censuses some fail, later none. */
	stream_u64(s, MEMCENSUS_E_COMPACT_STALL, 12 + 4 * !!taken);
	stream_u64(s, MEMCENSUS_E_COMPACT_FAIL, 4 + 3 * !!taken);
	stream_u64(s, MEMCENSUS_E_THP_FAULT_ALLOC, 70 + 5 * taken);
	stream_u64(s, MEMCENSUS_E_THP_FAULT_FALLBACK, 30 + 7 * !!taken);
	stream_nest_end(s, nest);
}

void scene_machine(struct stream *s)
{
	const uint64_t seq = 7 + taken, free = KIB(20000 - 16 * taken);
	size_t system;

	s->moment = 1000000000 * taken;
	stream_head_frames(s, seq, KIB(40000), 1, 0);
	put_task(s, seq, 100, 20000, 9000, 100);
	put_task(s, seq, 101, 10000, 600, 300);
	put_zone(s, seq, free);
	put_node(s, seq);
	stream_begin(s, seq);
	system = stream_nest(s, MEMCENSUS_A_SYSTEM);
	put_bytes(s, free);
	put_events(s);
	stream_nest_end(s, system);
	stream_end(s);
	stream_done(s, 0, NULL, 0);
	taken++;
}

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
	stream_meminfo(s, "MemTotal", KIB(100000));
	stream_meminfo(s, "MemFree", free);
	stream_meminfo(s, "MemAvailable", free + KIB(30000));
	stream_meminfo(s, "Buffers", KIB(1000));
	stream_meminfo(s, "Cached", KIB(30000));
	stream_meminfo(s, "Shmem", KIB(900));
	stream_meminfo(s, "SReclaimable", KIB(2000));
	stream_meminfo(s, "SUnreclaim", KIB(3000));
	stream_meminfo(s, "KReclaimable", KIB(2100));
	stream_meminfo(s, "KernelStack", KIB(1200));
	stream_meminfo(s, "PageTables", KIB(700));
	stream_meminfo(s, "SecPageTables", 0);
	stream_meminfo(s, "SwapFree", KIB(4000));
	stream_meminfo(s, "Dirty", KIB(10 * taken));
}

static void put_events(struct stream *s)
{
	stream_vmstat(s, "pswpin", 1000 + 3 * taken);
	stream_vmstat(s, "pswpout", 5000);
	stream_vmstat(s, "pgpgin", 100000 + 512 * taken);
	stream_vmstat(s, "pgmajfault", 50 - taken);
	stream_vmstat(s, "pageoutrun", 12 + taken);
	stream_vmstat(s, "allocstall_normal", 7);
	stream_vmstat(s, "pgscan_kswapd", 20000 + 400 * taken * taken);
	stream_vmstat(s, "pgsteal_kswapd", 10000 + 300 * taken * taken);
	stream_vmstat(s, "pgscan_direct", 0);
	stream_vmstat(s, "pgsteal_direct", 0);
	/* Between the first two censuses some fail, later none. */
	stream_vmstat(s, "compact_stall", 12 + 4 * !!taken);
	stream_vmstat(s, "compact_fail", 4 + 3 * !!taken);
	stream_vmstat(s, "thp_fault_alloc", 70 + 5 * taken);
	stream_vmstat(s, "thp_fault_fallback", 30 + 7 * !!taken);
}

void scene_machine(struct stream *s)
{
	const uint64_t seq = 7 + taken, free = KIB(20000 - 16 * taken);

	s->moment = 1000000000 * taken;
	stream_head_frames(s, seq, KIB(40000), 1, 0);
	put_task(s, seq, 100, 20000, 9000, 100);
	put_task(s, seq, 101, 10000, 600, 300);
	put_zone(s, seq, free);
	put_node(s, seq);
	put_bytes(s, free);
	put_events(s);
	stream_done(s, 0, NULL, 0);
	taken++;
}

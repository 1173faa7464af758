// SPDX-License-Identifier: GPL-2.0
/* The columns of 'system' and 'kswapd' at an interval. */
#include "commands/interval.h"
#include "commands/interval-columns.h"

static struct amount used_percent(const struct snapshot *snap, unsigned int number)
{
	struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	struct amount used = amount_minus(total, amount_total(snap, MEMCENSUS_S_AVAILABLE));

	(void)number;
	if (!used.known || !total.known || !total.bytes)
		return (struct amount){ false, 0 };
	return (struct amount){ true, (int64_t)(1e5 * used.bytes / total.bytes) };
}

static struct amount swap_used(const struct snapshot *snap, unsigned int free)
{
	return amount_minus(amount_meminfo(snap, "SwapTotal"), amount_total(snap, free));
}

const struct interval_column system_interval[] = {
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("available", "avail", MEMCENSUS_S_AVAILABLE, "available without swapping"),
	LEVEL("used", "used", MEMCENSUS_S_TOTAL, "total minus available",
	      .minus = MEMCENSUS_S_AVAILABLE, .wide = true),
	LEVEL("used_percent", "%used", 0, "used in percent of the total",
	      .get = used_percent, .percent = true),
	LEVEL("buffers", "buff", MEMCENSUS_S_BUFFERS, "cache of block devices"),
	LEVEL("cache", "cache", MEMCENSUS_S_CACHED, "page cache and reclaimable slab",
	      .plus = MEMCENSUS_S_SLAB_RECLAIMABLE),
	LEVEL("dirty", "dirty", MEMCENSUS_S_DIRTY, "to be written back", .wide = true),
	LEVEL("swap_used", "swpd", MEMCENSUS_S_SWAP_FREE, "swap in use", .get = swap_used),
	SWAPPED("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in, per second"),
	SWAPPED("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out, per second"),
	RATE("block_in", "bi", MEMCENSUS_E_PGPGIN_KIB, "KiB read from block devices, per second"),
	RATE("block_out", "bo", MEMCENSUS_E_PGPGOUT_KIB,
	     "KiB written to block devices, per second"),
	RATE("faults", "flt/s", MEMCENSUS_E_PGFAULT, "page faults, per second",
	     .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT,
	     "page faults with I/O, per second"),
	LEVEL("committed", "commit", MEMCENSUS_S_COMMITTED,
	      "committed address space", .wide = true),
	LEVEL("cached", "cached", MEMCENSUS_S_CACHED,
	      "page cache, shared memory included", .wide = true),
	LEVEL("active", "active", MEMCENSUS_S_ACTIVE_ANON, "on the active lists",
	      .plus = MEMCENSUS_S_ACTIVE_FILE, .wide = true),
	LEVEL("inactive", "inact", MEMCENSUS_S_INACTIVE_ANON, "on the inactive lists",
	      .plus = MEMCENSUS_S_INACTIVE_FILE, .wide = true),
	LEVEL("shmem", "shmem", MEMCENSUS_S_SHMEM, "shared memory and tmpfs", .wide = true),
	LEVEL("anon", "anon", MEMCENSUS_S_ANON, "anonymous pages of processes", .wide = true),
	LEVEL("slab_unreclaimable", "sunrecl", MEMCENSUS_S_SLAB_UNRECLAIMABLE,
	      "unreclaimable slab", .wide = true),
	LEVEL("pagetables", "pgtab", MEMCENSUS_S_PAGETABLES, "page tables", .wide = true),
	LEVEL("kernel_stack", "kstack", MEMCENSUS_S_KERNEL_STACK,
	      "kernel stacks", .wide = true),
	RATE("allocated", "alloc/s", MEMCENSUS_E_PGALLOC, "pages allocated, per second",
	     .wide = true),
	RATE("freed", "freed/s", MEMCENSUS_E_PGFREE, "pages freed, per second", .wide = true),
	{ }
};

/* Number of nodes whose kswapd is reclaiming. */
static struct amount running(const struct snapshot *snap, unsigned int number)
{
	struct amount n = { snap->n_nodes > 0, 0 };
	size_t i;

	(void)number;
	for (i = 0; i < snap->n_nodes; i++) {
		n.known &= KNOWN(&snap->nodes[i], MEMCENSUS_NODE_KSWAPD);
		n.bytes += snap->nodes[i].kswapd == MEMCENSUS_KSWAPD_RUNNING;
	}
	return n;
}

/* The smallest difference of free memory and the watermark @number among all zones. */
static struct amount distance(const struct snapshot *snap, unsigned int number)
{
	struct amount least = { false, 0 };
	const struct zone *zone;
	int64_t to;
	size_t i;

	for (i = 0; i < snap->n_zones; i++) {
		zone = &snap->zones[i];
		if (!KNOWN(zone, MEMCENSUS_ZONE_FREE) || !KNOWN(zone, number))
			continue;
		/* A zone without managed memory has nothing to keep free. */
		if (KNOWN(zone, MEMCENSUS_ZONE_MANAGED) && !zone->managed)
			continue;
		to = (int64_t)(zone->free - (number == MEMCENSUS_ZONE_WMARK_LOW ?
					     zone->wmark_low : zone->wmark_high));
		if (!least.known || to < least.bytes)
			least = (struct amount){ true, to };
	}
	return least;
}

#define EFFICIENCY(name_, header_, steal, scan, help_)			\
	{ .name = name_, .header = header_, .help = help_,		\
	  .kind = INTERVAL_RATIO, .number = steal, .of = scan }

const struct interval_column kswapd_interval[] = {
	{ "running", "run", "nodes whose kswapd is reclaiming",
	  .kind = INTERVAL_LEVEL, .get = running },
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("to_low", "ToLow", MEMCENSUS_ZONE_WMARK_LOW,
	      "distance to the low watermark, of the nearest zone", .get = distance),
	LEVEL("to_high", "ToHigh", MEMCENSUS_ZONE_WMARK_HIGH,
	      "distance to the high watermark, of the nearest zone", .get = distance,
	      .wide = true),
	RATE("runs", "runs", MEMCENSUS_E_PAGEOUTRUN,
	     "times that kswapd began to balance a node, per second"),
	RATE("kswapd_scanned", "kscan", MEMCENSUS_E_PGSCAN_KSWAPD,
	     "pages that kswapd scanned, per second"),
	RATE("kswapd_stolen", "ksteal", MEMCENSUS_E_PGSTEAL_KSWAPD, "pages that kswapd reclaimed"),
	EFFICIENCY("kswapd_efficiency", "%keff", MEMCENSUS_E_PGSTEAL_KSWAPD,
		   MEMCENSUS_E_PGSCAN_KSWAPD, "reclaimed in percent of scanned"),
	RATE("stalls", "stall", MEMCENSUS_E_ALLOCSTALL,
	     "allocations that reclaimed memory themselves"),
	RATE("direct_scanned", "dscan", MEMCENSUS_E_PGSCAN_DIRECT,
	     "pages that direct reclaim scanned"),
	RATE("direct_stolen", "dsteal", MEMCENSUS_E_PGSTEAL_DIRECT,
	     "pages that direct reclaim reclaimed"),
	EFFICIENCY("direct_efficiency", "%deff", MEMCENSUS_E_PGSTEAL_DIRECT,
		   MEMCENSUS_E_PGSCAN_DIRECT, "reclaimed in percent of scanned"),
	SWAPPED("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in", .wide = true),
	SWAPPED("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out", .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT, "page faults with I/O",
	     .wide = true),
	RATE("compact_stalls", "cstall", MEMCENSUS_E_COMPACT_STALL,
	     "allocations that compacted", .wide = true),
	RATE("oom_kills", "oom", MEMCENSUS_E_OOM_KILL, "processes that the OOM killer killed",
	     .wide = true),
	{ }
};

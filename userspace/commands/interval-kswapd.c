// SPDX-License-Identifier: GPL-2.0
/* The rows of 'kswapd' at an interval. */
#include "commands/interval.h"
#include "commands/optional.h"

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

static const struct interval_column rows[] = {
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
};

int kswapd_rows(struct session *session, struct failure *why)
{
	return interval_run(session, rows, ARRAY_SIZE(rows), why);
}

void kswapd_columns(FILE *out)
{
	interval_help(out, rows, ARRAY_SIZE(rows));
}

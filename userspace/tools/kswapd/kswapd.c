// SPDX-License-Identifier: GPL-2.0
/* memcensus kswapd: reclaim activity, and the distance to the watermarks. */
#include "report/figures.h"
#include "report/interval.h"

/* A row for kswapd or direct reclaim, with its events. */
struct reclaim {
	const char *who;
	unsigned int runs;
	unsigned int scan;
	unsigned int steal;
};

static bool event_of(const struct view *view, unsigned int event, struct value *value)
{
	const struct figures *events = &view->snap->totals.events;

	value->number = events->v[event];
	return KNOWN(events, event);
}

COMPUTED(reclaim_runs, reclaim, event_of(view, row->runs, value))
COMPUTED(reclaim_scanned, reclaim, event_of(view, row->scan, value))
COMPUTED(reclaim_stolen, reclaim, event_of(view, row->steal, value))
COMPUTED(reclaim_efficiency, reclaim,
	 interval_percent(&(struct interval){ .now = view->snap }, row->steal, row->scan, value))

static const struct column reclaim_columns[] = {
	MEMBER(reclaim, "who", "Reclaim", who, TEXT, "who reclaims"),
	{ "runs", "Runs", .kind = KIND_COUNT, .derive = reclaim_runs },
	{ "scanned", "Scanned", .kind = KIND_COUNT, .derive = reclaim_scanned },
	{ "stolen", "Stolen", .kind = KIND_COUNT, .derive = reclaim_stolen },
	{ "efficiency", "Efficiency", .kind = KIND_PERCENT, .format = "%.1f%%",
	  .derive = reclaim_efficiency },
};

static const struct row_type reclaim_rows = ROWS_OF("kind of reclaim", reclaim_columns);

static void kswapd_sections(struct report *report)
{
	static const unsigned int shown[] = {
		MEMCENSUS_E_KSWAPD_LOW_QUICK, MEMCENSUS_E_KSWAPD_HIGH_QUICK,
		MEMCENSUS_E_KSWAPD_INODESTEAL, MEMCENSUS_E_SLABS_SCANNED,
		MEMCENSUS_E_PGREFILL, MEMCENSUS_E_PSWPIN, MEMCENSUS_E_PSWPOUT,
		MEMCENSUS_E_COMPACT_DAEMON_WAKE, MEMCENSUS_E_COMPACT_STALL,
		MEMCENSUS_E_COMPACT_FAIL, MEMCENSUS_E_COMPACT_SUCCESS,
		MEMCENSUS_E_OOM_KILL,
	};
	static const struct reclaim reclaims[] = {
		{ "kswapd", MEMCENSUS_E_PAGEOUTRUN, MEMCENSUS_E_PGSCAN_KSWAPD,
		  MEMCENSUS_E_PGSTEAL_KSWAPD },
		{ "direct", MEMCENSUS_E_ALLOCSTALL, MEMCENSUS_E_PGSCAN_DIRECT,
		  MEMCENSUS_E_PGSTEAL_DIRECT },
	};

	REPORT(report,
	       { .columns =
			"id kswapd kswapd_order kswapd_zone kswapd_failures balanced ?active_anon ?inactive_anon ?active_file ?inactive_file ?unevictable ?dirty ?writeback",
		 .type = &node_rows },
	       { "zones", .title = "Free memory of each zone, and its distance to the watermarks",
		 .columns =
			"node name managed free wmark_min wmark_low wmark_high wmark_boost to_min to_low to_high",
		 .type = &zone_rows },
	       { "nodes", .type = &node_rows },
	       { .title = "Pages since boot", .type = &reclaim_rows,
		 .rows = ROWS(reclaims, ARRAY_SIZE(reclaims)),
		 .columns = "who runs scanned stolen efficiency" });
	figures_report(report, "", &events_rows, shown, ARRAY_SIZE(shown));
	figures_report_system(report);
}

/* Number of nodes whose kswapd is reclaiming. */
static struct amount kswapds_running(const struct snapshot *snap)
{
	struct amount n = { snap->n_nodes > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_nodes; i++) {
		n.known &= KNOWN(&snap->nodes[i], MEMCENSUS_NODE_KSWAPD);
		n.bytes += snap->nodes[i].kswapd == MEMCENSUS_KSWAPD_RUNNING;
	}
	return n;
}

/* The smallest difference of free memory and the watermark @number among all zones. */
static struct amount watermark_distance(const struct snapshot *snap, unsigned int number)
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

COMPUTED(running, interval, value_amount(value, kswapds_running(row->now)))
COMPUTED(distance, interval, value_amount(value, watermark_distance(row->now, column->number)))
COMPUTED(kswapd_efficiency, interval,
	 interval_percent(row, MEMCENSUS_E_PGSTEAL_KSWAPD, MEMCENSUS_E_PGSCAN_KSWAPD, value))
COMPUTED(direct_efficiency, interval,
	 interval_percent(row, MEMCENSUS_E_PGSTEAL_DIRECT, MEMCENSUS_E_PGSCAN_DIRECT, value))

#define EFFICIENCY(name_, header_, get)						\
	{ .name = name_, .header = header_, .help = "reclaimed in percent of scanned", \
	  .kind = KIND_PERCENT, .format = "%.1f", .derive = get }

static const struct column kswapd_interval_columns[] = {
	{ "running", "run", "nodes whose kswapd is reclaiming", .kind = KIND_COUNT, .sign = true,
	  .total = TOTAL_MEAN, .derive = running },
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL_BY("to_low", "ToLow", distance,
		 "distance to the low watermark, of the nearest zone",
		 .number = MEMCENSUS_ZONE_WMARK_LOW),
	LEVEL_BY("to_high", "ToHigh", distance,
		 "distance to the high watermark, of the nearest zone",
		 .number = MEMCENSUS_ZONE_WMARK_HIGH, .wide = true),
	RATE("runs", "runs", MEMCENSUS_E_PAGEOUTRUN,
	     "times that kswapd began to balance a node, per second"),
	RATE("kswapd_scanned", "kscan", MEMCENSUS_E_PGSCAN_KSWAPD,
	     "pages that kswapd scanned, per second"),
	RATE("kswapd_stolen", "ksteal", MEMCENSUS_E_PGSTEAL_KSWAPD, "pages that kswapd reclaimed"),
	EFFICIENCY("kswapd_efficiency", "%keff", kswapd_efficiency),
	RATE("stalls", "stall", MEMCENSUS_E_ALLOCSTALL,
	     "allocations that reclaimed memory themselves"),
	RATE("direct_scanned", "dscan", MEMCENSUS_E_PGSCAN_DIRECT,
	     "pages that direct reclaim scanned"),
	RATE("direct_stolen", "dsteal", MEMCENSUS_E_PGSTEAL_DIRECT,
	     "pages that direct reclaim reclaimed"),
	EFFICIENCY("direct_efficiency", "%deff", direct_efficiency),
	BYTES_RATE("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in", .wide = true),
	BYTES_RATE("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out", .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT, "page faults with I/O",
	     .wide = true),
	RATE("compact_stalls", "cstall", MEMCENSUS_E_COMPACT_STALL,
	     "allocations that compacted", .wide = true),
	RATE("oom_kills", "oom", MEMCENSUS_E_OOM_KILL, "processes that the OOM killer killed",
	     .wide = true),
};

static const struct row_type kswapd_interval = ROWS_OF("interval", kswapd_interval_columns);

static int kswapd_run(struct session *session, struct failure *why)
{
	return interval_or_one(session, NULL, session->request.parts, why);
}

static const struct option_use kswapd_options[] = {
	USE(wide), OPTIONS_OF_SERIES, OPTIONS_COMMON,
};

const struct command kswapd_command = {
	.name = "kswapd",
	.words = options_interval,
	.about =
	"Prints a row for each node: the state of its kswapd, the order and the zone that\n"
	"it was woken for, how many times in a row it made no progress, whether a zone of\n"
	"the node has its high watermark free, and the sizes of the LRU lists, in KiB.\n"
	"\n"
	"Prints a row for each zone: the distance of its free memory to each watermark.\n"
	"Below 'low', kswapd is woken and works until 'high' is free. Below 'min', an\n"
	"allocation reclaims memory itself.\n"
	"\n"
	"Since boot: runs (kswapd: how often it began to balance a node; direct:\n"
	"allocations that reclaimed memory themselves), pages scanned and pages reclaimed\n"
	"(stolen), and reclaimed in percent of scanned. Well below 100% means that reclaim\n"
	"finds most pages in use.\n"
	"\n"
	"With an INTERVAL in seconds, prints a row each time, as sar -B: events per second\n"
	"since the previous row (the first row: since boot) and the efficiency in that\n"
	"time. At the end, or at Ctrl-C: the average of all rows but the first. -J writes\n"
	"one object per line.\n",
	.options = kswapd_options,
	.parts = MEMCENSUS_PART_NODES | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM,
	.interval = &kswapd_interval,
	.sections = kswapd_sections,
	.run = kswapd_run,
};

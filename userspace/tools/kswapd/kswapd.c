// SPDX-License-Identifier: GPL-2.0
/* memcensus kswapd: reclaim activity, and the distance to the watermarks. */
#include "report/figures.h"
#include "report/interval.h"

static void cell_event(struct table *table, const struct view *view, unsigned int event)
{
	cell_column(table, &events_record.figures.columns[event], view, &view->snap->totals,
		    &(struct units){ });
}

/* Adds a row for kswapd or direct reclaim: runs, pages scanned and reclaimed. */
static void reclaim_row(struct table *table, const struct view *view, const char *who,
			unsigned int scan, unsigned int steal, unsigned int runs)
{
	const struct figures *events = &view->snap->totals.events;

	table_row(table);
	table_cell(table, who);
	cell_event(table, view, runs);
	cell_event(table, view, scan);
	cell_event(table, view, steal);
	if (KNOWN(events, scan) && KNOWN(events, steal) && events->v[scan])
		table_cellf(table, "%.1f%%",
			    100.0 * events->v[steal] / events->v[scan]);
	else
		table_cell(table, NULL);
}

static void show_reclaim(const struct view *view, const struct options *options, FILE *out)
{
	struct table *table = table_new(command_look(options), out);

	table_columns(table, "Reclaim >Runs >Scanned >Stolen >Efficiency");
	reclaim_row(table, view, "kswapd", MEMCENSUS_E_PGSCAN_KSWAPD,
		    MEMCENSUS_E_PGSTEAL_KSWAPD, MEMCENSUS_E_PAGEOUTRUN);
	reclaim_row(table, view, "direct", MEMCENSUS_E_PGSCAN_DIRECT,
		    MEMCENSUS_E_PGSTEAL_DIRECT, MEMCENSUS_E_ALLOCSTALL);
	table_finish(table);
}

static void kswapd_show(const struct view *view, const struct options *options, FILE *out)
{
	static const unsigned int shown[] = {
		MEMCENSUS_E_KSWAPD_LOW_QUICK, MEMCENSUS_E_KSWAPD_HIGH_QUICK,
		MEMCENSUS_E_KSWAPD_INODESTEAL, MEMCENSUS_E_SLABS_SCANNED,
		MEMCENSUS_E_PGREFILL, MEMCENSUS_E_PSWPIN, MEMCENSUS_E_PSWPOUT,
		MEMCENSUS_E_COMPACT_DAEMON_WAKE, MEMCENSUS_E_COMPACT_STALL,
		MEMCENSUS_E_COMPACT_FAIL, MEMCENSUS_E_COMPACT_SUCCESS,
		MEMCENSUS_E_OOM_KILL,
	};

	struct report report;

	report_begin(&report, options, view->snap, out);
	REPORT(&report,
	       { .columns =
			"id kswapd kswapd_order kswapd_zone kswapd_failures balanced active_anon inactive_anon active_file inactive_file unevictable dirty writeback",
		 .type = &node_record },
	       { .title = "Free memory of each zone, and its distance to the watermarks",
		 .columns =
			"node name managed free wmark_min wmark_low wmark_high wmark_boost to_min to_low to_high",
		 .type = &zone_record },
	       { .title = "Pages since boot" });
	show_reclaim(view, options, out);
	command_title(options, out, NULL);
	figures_report(&report, NULL, &events_record, shown, ARRAY_SIZE(shown));
	report_end(&report);
}

/* Number of nodes whose kswapd is reclaiming. */
static struct amount kswapds_running(const struct snapshot *snap, unsigned int number)
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

#define EFFICIENCY(name_, header_, steal, scan, help_)			\
	{ .name = name_, .header = header_, .help = help_,		\
	  .kind = INTERVAL_RATIO, .number = steal, .of = scan }

static const struct interval_column kswapd_interval[] = {
	{ "running", "run", "nodes whose kswapd is reclaiming",
	  .kind = INTERVAL_LEVEL, .get = kswapds_running },
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("to_low", "ToLow", MEMCENSUS_ZONE_WMARK_LOW,
	      "distance to the low watermark, of the nearest zone", .get = watermark_distance),
	LEVEL("to_high", "ToHigh", MEMCENSUS_ZONE_WMARK_HIGH,
	      "distance to the high watermark, of the nearest zone", .get = watermark_distance,
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

static int kswapd_run(struct session *session, struct failure *why)
{
	return interval_or_one(session, interval_run, session->request.parts, why);
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
	.interval = kswapd_interval,
	.interval_help = interval_help,
	.show = kswapd_show,
	.run = kswapd_run,
};

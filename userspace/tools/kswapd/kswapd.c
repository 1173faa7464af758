// SPDX-License-Identifier: GPL-2.0
/* memcensus kswapd: reclaim activity, and the distance to the watermarks. */
#include "report/figures.h"
#include "report/show.h"

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

static bool efficiency_of(const struct view *view, const struct reclaim *row, struct value *value)
{
	const struct figures *events = &view->snap->totals.events;
	const struct amount scanned = amount_figure(events, row->scan);
	const struct amount stolen = amount_figure(events, row->steal);

	value->ratio = scanned.bytes ? 100.0 * stolen.bytes / scanned.bytes : 0;
	return stolen.known && scanned.known && scanned.bytes;
}

COMPUTED(reclaim_runs, reclaim, event_of(view, row->runs, value))
COMPUTED(reclaim_scanned, reclaim, event_of(view, row->scan, value))
COMPUTED(reclaim_stolen, reclaim, event_of(view, row->steal, value))
COMPUTED(reclaim_efficiency, reclaim, efficiency_of(view, row, value))

static const struct column reclaim_columns[] = {
	MEMBER(reclaim, "who", "Reclaim", who, TEXT, "who reclaims"),
	{ "runs", "Runs", .kind = KIND_COUNT, .derive = reclaim_runs },
	{ "scanned", "Scanned", .kind = KIND_COUNT, .derive = reclaim_scanned },
	{ "stolen", "Stolen", .kind = KIND_COUNT, .derive = reclaim_stolen },
	{ "efficiency", "Efficiency", .kind = KIND_PERCENT, .format = "%.1f%%",
	  .derive = reclaim_efficiency },
};

static const struct row_type reclaim_rows = ROWS_OF("kind of reclaim", reclaim_columns);

COMPUTED(event_count, column, event_of(view, row->number, value))

static const struct column event_columns[] = {
	MEMBER(column, "event", "Event", name, TEXT, "its name"),
	{ "count", "Count", "since boot", .kind = KIND_COUNT, .derive = event_count },
	MEMBER(column, "kernel", "Vmstat", kernel, TEXT, "what the kernel calls it"),
	MEMBER(column, "meaning", "Meaning", help, TEXT, "what it is"),
};

static const struct row_type event_rows = ROWS_OF("event", event_columns);

static void show_events(struct report *report)
{
	static const unsigned int shown[] = {
		EVENT_KSWAPD_LOW_QUICK, EVENT_KSWAPD_HIGH_QUICK,
		EVENT_KSWAPD_INODESTEAL, EVENT_SLABS_SCANNED,
		EVENT_PGREFILL, EVENT_PSWPIN, EVENT_PSWPOUT,
		EVENT_COMPACT_DAEMON_WAKE, EVENT_COMPACT_STALL,
		EVENT_COMPACT_FAIL, EVENT_COMPACT_SUCCESS,
		EVENT_OOM_KILL,
	};
	struct column rows[ARRAY_SIZE(shown)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(shown); i++)
		rows[i] = events_rows.figures.columns[shown[i]];
	REPORT(report,
	       { .title = "", .type = &event_rows, .rows = ROWS(rows, ARRAY_SIZE(rows)),
		 .columns = "event count ?kernel ~meaning" });
}

static void kswapd_sections(struct report *report)
{
	static const struct reclaim reclaims[] = {
		{ "kswapd", EVENT_PAGEOUTRUN, EVENT_PGSCAN_KSWAPD,
		  EVENT_PGSTEAL_KSWAPD },
		{ "direct", EVENT_ALLOCSTALL, EVENT_PGSCAN_DIRECT,
		  EVENT_PGSTEAL_DIRECT },
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
	show_events(report);
	figures_report_system(report);
}

static int kswapd_run(struct session *session, struct failure *why)
{
	return show_census(session, NULL, why);
}

static const struct option_use kswapd_options[] = {
	OPTIONS_OF_SERIES, OPTIONS_COMMON,
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
	"With an INTERVAL, all of it each time; events per second are those of 'sar -B'.\n",
	.options = kswapd_options,
	.parts = MEMCENSUS_PART_NODES | MEMCENSUS_PART_ZONES,
	.totals = true,
	.sections = kswapd_sections,
	.run = kswapd_run,
	.last = true,
};

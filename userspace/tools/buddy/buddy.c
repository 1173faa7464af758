// SPDX-License-Identifier: GPL-2.0
/* memcensus buddy: free memory by block size. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "report/figures.h"
#include "report/interval.h"

/* The options of 'buddy' alone. */
struct buddy_options {
	bool types;
	bool frag;
};

/**
 * struct orders - a row with something of a zone for each order
 * @what: what it is; NULL: of a migrate type without name
 * @list: something for each order; its columns differ in the kind of that
 * @time: of a row at an interval
 * @before: the same zone in the census before; NULL: there is none
 * @compared: how many orders both have
 */
struct orders {
	const struct zone *zone;
	const char *what;
	struct numbers list;
	const char *time;
	const struct zone *before;
	size_t compared;
};

DERIVED(orders_list, orders, list, row->list, true)
DERIVED(orders_change, orders, list, ((struct numbers){ row->compared, row->list.v }), row->before)

static const struct column orders_columns[] = {
	MEMBER(orders, "what", NULL, what, TEXT, "what it is"),
	MEMBER(orders, "time", "Time", time, TEXT, "when the census began"),
	{ "blocks", .kind = KIND_BLOCKS, .derive = orders_list },
	{ "indexes", .kind = KIND_INDEXES, .derive = orders_list },
	{ "changes", .kind = KIND_CHANGES, .derive = orders_list },
	{ "per_second", .kind = KIND_CHANGES, .format = "%+.1f", .derive = orders_list },
	{ "change", .kind = KIND_CHANGES, .derive = orders_change },
};

static const struct row_type orders_rows = ROWS_OF("row of orders", orders_columns);

/* Rows of the migrate types of all zones, or of the indexes of their orders. */
static void show_orders(struct report *report, bool types)
{
	const struct snapshot *snap = report->view.snap;
	const struct zone *zone;
	struct orders *rows = NULL;
	size_t n = 0, i, of;

	for (i = 0; i < snap->n_zones; i++) {
		zone = &snap->zones[i];
		for (of = 0; of < (types ? zone->n_types : 2); of++) {
			rows = array_grow(rows, n, sizeof(*rows));
			rows[n++] = (struct orders){
				.zone = zone,
				.what = types ? zone->types[of].name : of ? "extfrag" : "unusable",
				.list = types ? zone->types[of].free_blocks :
					of ? zone->extfrag : zone->unusable,
			};
		}
	}
	REPORT(report,
	       { .title = types ? "Free blocks by migrate type" : "Fragmentation of each order",
		 .type = &orders_rows, .joins = { JOIN(zone_rows, orders, zone) },
		 .rows = ROWS(rows, n),
		 .columns = types ? "node name what=Type blocks" :
				    "node name what=Index indexes" });
	free(rows);
}

/* Whether a block of @order or larger is free. */
static bool has_block(const struct zone *zone, size_t order)
{
	for (; order < zone->free_blocks.n; order++)
		if (zone->free_blocks.v[order])
			return true;
	return false;
}

/*
 * Whether the zone stays above its min watermark after an allocation of @order;
 * the kernel checks this before it looks for a block.  Unknown figures count
 * as yes.
 */
static bool above_min(const struct zone *zone, size_t order, uint64_t page_size)
{
	uint64_t keep = (1ULL << order) - 1;
	uint64_t free = zone->free / page_size, min = zone->wmark_min / page_size;

	if (!KNOWN(zone, MEMCENSUS_ZONE_FREE) ||
	    !KNOWN(zone, MEMCENSUS_ZONE_WMARK_MIN))
		return true;
	if (KNOWN(zone, MEMCENSUS_ZONE_HIGHATOMIC))
		keep += zone->highatomic / page_size;
	return free > keep && free - keep > min;
}

static void put_verdict(FILE *out, const struct zone *zone, uint64_t page_size)
{
	char *name = text_printable(KNOWN(zone, MEMCENSUS_ZONE_NAME) ? zone->name : "-");
	size_t order, orders = zone->free_blocks.n;
	char size[NUMBER_SIZE];
	int64_t index;

	fprintf(out, "Node %" PRIu64 ", zone %s: ", zone->node, name);
	free(name);
	for (order = 0; order < orders && order < 63; order++)
		if (!has_block(zone, order) || !above_min(zone, order, page_size))
			break;
	if (order == orders) {
		fputs(orders ? "every order is available\n" : "unknown\n", out);
		return;
	}

	text_size(size, (double)(page_size << order));
	fprintf(out, "order %zu (%s) is the first to fail: ", order, size);
	if (!above_min(zone, order, page_size)) {
		fputs("it would fall to the min watermark\n", out);
		return;
	}
	fputs("no block is that large", out);
	index = order < zone->extfrag.n ? (int64_t)zone->extfrag.v[order] : EXTFRAG_AVAILABLE;
	if (index != EXTFRAG_AVAILABLE)
		fprintf(out, ", %s (index %.3f)", index >= 500 ?
			"by fragmentation: compaction may help" :
			"for lack of memory: reclaim may help", index / 1000.0);
	putc('\n', out);
}

/*
 * What failed between two censuses for want of large blocks: compaction, and page faults that
 * wanted a huge page.  NULL: the kernel counts neither.  @failed: whether anything did.
 */
static const char *failures(struct report *report, const struct interval *row,
			    const char *between, bool *failed)
{
	const struct amount stalls = interval_growth(row, MEMCENSUS_E_COMPACT_STALL);
	const struct amount fails = interval_growth(row, MEMCENSUS_E_COMPACT_FAIL);
	const struct amount huge = interval_growth(row, MEMCENSUS_E_THP_FAULT_ALLOC);
	const struct amount small = interval_growth(row, MEMCENSUS_E_THP_FAULT_FALLBACK);
	const int64_t wanted = huge.bytes + small.bytes;
	const char *compaction = NULL, *faults = NULL;

	if (fails.known && stalls.known)
		compaction = !stalls.bytes ? "no allocation compacted memory" :
			report_text(report, "compaction failed for %" PRId64 " of %" PRId64
				    " allocations", fails.bytes, stalls.bytes);
	if (huge.known && small.known)
		faults = !wanted ? "no page fault wanted a huge page" :
			report_text(report, "%" PRId64 " of %" PRId64
				    " faults for huge pages fell back to small ones",
				    small.bytes, wanted);
	*failed = (fails.known && fails.bytes) || (small.known && small.bytes);
	return compaction && faults ?
	       report_text(report, "%s%s%s", compaction, between, faults) : compaction ?: faults;
}

static void buddy_sections(struct report *report)
{
	const struct buddy_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;
	const char *failed;
	bool any;
	size_t i;

	REPORT(report,
	       { "zones", .type = &zone_rows, .columns = "node name free_blocks free" });
	figures_report_system(report);
	if (own->types)
		show_orders(report, true);
	if (own->frag)
		show_orders(report, false);
	if (report->options->raw || report->options->json || !page_size_of(snap))
		return;
	putc('\n', report->out);
	for (i = 0; i < snap->n_zones; i++)
		put_verdict(report->out, &snap->zones[i], page_size_of(snap));
	failed = failures(report, &(struct interval){ .now = snap }, ", ", &any);
	if (failed)
		fprintf(report->out, "Since boot: %s\n", failed);
}

/* Finds the same zone in another census; NULL if there is none, or no census. */
static const struct zone *find_same_zone(const struct snapshot *snap, const struct zone *like)
{
	size_t i;

	for (i = 0; snap && i < snap->n_zones; i++)
		if (snap->zones[i].node == like->node && snap->zones[i].name &&
		    like->name && !strcmp(snap->zones[i].name, like->name))
			return &snap->zones[i];
	return NULL;
}

/* The changes of the blocks of @zone, in an average millionths for each second; @v: to be freed. */
static struct orders changes_of(const struct interval *row, const struct zone *zone, uint64_t **v)
{
	const struct zone *before = find_same_zone(row->before, zone);
	const struct numbers now = zone->free_blocks, then = before ? before->free_blocks :
							  (struct numbers){ 0 };
	size_t order;

	*v = xcalloc(now.n, sizeof(**v));
	for (order = 0; order < now.n; order++) {
		int64_t change = (int64_t)(now.v[order] - (order < then.n ? then.v[order] : 0));

		if (row->before && order >= then.n)
			change = CHANGE_UNKNOWN;
		else if (row->average)
			change = (int64_t)(1e6 * change / row->seconds);
		(*v)[order] = (uint64_t)change;
	}
	return (struct orders){ .zone = zone, .time = row->stamp, .list = { now.n, *v },
				.before = before, .compared = now.n < then.n ? now.n : then.n };
}

/* What failed is below the rows of the first census, and of others if anything did. */
static void show_row(struct report *report, const struct interval *row)
{
	static const unsigned int counted[] = {
		MEMCENSUS_E_COMPACT_STALL, MEMCENSUS_E_COMPACT_FAIL,
		MEMCENSUS_E_THP_FAULT_ALLOC, MEMCENSUS_E_THP_FAULT_FALLBACK,
	};
	const size_t n = row->now->n_zones;
	struct orders *rows = xcalloc(n, sizeof(*rows));
	uint64_t **lists = xcalloc(n, sizeof(*lists));
	struct figure_row events[ARRAY_SIZE(counted)];
	const char *failed;
	bool any;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counted); i++)
		events[i] = (struct figure_row){
			.name = events_rows.figures.columns[counted[i]].name,
			.amounts = { interval_growth(row, counted[i]) },
		};
	for (i = 0; i < n; i++)
		rows[i] = changes_of(row, &row->now->zones[i], &lists[i]);
	failed = failures(report, row,
			  report_text(report, "\n%*s", TIME_WIDTH + 1, ""), &any);
	/* Nothing is known of a time without length. */
	if (!row->average || row->seconds)
		REPORT(report,
		       { "events", SECTION_KEYED, .type = &figure_rows,
			 .rows = ROWS(events, ARRAY_SIZE(events)), .members = "figure 0" },
		       { "zones", .type = &orders_rows, .rows = ROWS(rows, n),
			 .joins = { JOIN(zone_rows, orders, zone) },
			 .columns = report_text(report, ">time:%d node:4 name:7 %s:4 free:8",
						TIME_WIDTH, row->average ? "per_second" :
						row->before ? "changes" : "blocks"),
			 .members = "node name free free_blocks change" },
		       { .note = failed && !row->average && (any || !row->before) ?
			   report_text(report, "%*s %s%s\n", TIME_WIDTH, row->stamp,
				       row->before ? "" : "since boot: ", failed) : NULL });
	for (i = 0; i < n; i++)
		free(lists[i]);
	free(lists);
	free(rows);
}

static int buddy_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct buddy_options *own = options->own;
	const char *option = own->types ? "types" : own->frag ? "frag" : NULL;

	if (own->types)
		options->parts |= MEMCENSUS_PART_TYPES;
	if (options_interval_without(options, words, n, option, why))
		return -1;
	return option && command_series(options) && (options->raw || options->json) ?
	       fail(why, FAIL_USAGE,
		    "'--%s' and '--%s' of all censuses of a record cannot be combined: name one with '--at'",
		    option, options->raw ? "raw" : "json") : 0;
}

static int buddy_run(struct session *session, struct failure *why)
{
	return interval_or_one(session, show_row, session->request.parts, why);
}

static const struct option_entry option_frag = {
	0, "frag", NULL, "the fragmentation indices of each order",
	OWN(FLAG, buddy_options, frag) };

static const struct option_entry option_types = {
	0, "types", NULL, "a row for each migrate type", OWN(FLAG, buddy_options, types) };

static const struct option_use buddy_uses[] = {
	USE(types), USE(frag), OPTIONS_OF_SERIES, OPTIONS_COMMON,
};

const struct command buddy_command = {
	.name = "buddy",
	.words = buddy_words,
	.about =
	"Prints a row for each zone: the number of free blocks of 2^N pages, as in\n"
	"/proc/buddyinfo, and the free memory. Below, for each zone, the first order at\n"
	"which an allocation from this zone alone would fail before any reclaim, and why:\n"
	"the zone would fall below its min watermark, or no block is large enough. Then\n"
	"what failed since boot: compaction, of the allocations that compacted memory, and\n"
	"page faults that wanted a huge page and fell back to small pages.\n"
	"\n"
	"--frag prints two indices. 'unusable' is the part of free memory in blocks too\n"
	"small for the order, from 0 (none) to 1 (all). 'extfrag' says why the order\n"
	"would fail: near 0 for lack of memory, near 1 because of fragmentation; 'ok'\n"
	"means that it would not fail. '-' means an unknown index, or a list too long to\n"
	"count.\n"
	"\n"
	"With an INTERVAL in seconds: the blocks of each order in the first census, then\n"
	"the change since the previous one, and the free memory; below, what failed since\n"
	"the previous one, if anything did. At the end, or at Ctrl-C: the changes per\n"
	"second over the whole time. -J writes one object per line.\n",
	.options = buddy_uses,
	.own_size = sizeof(struct buddy_options),
	.parts = MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM,
	.sections = buddy_sections,
	.run = buddy_run,
};

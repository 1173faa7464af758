// SPDX-License-Identifier: GPL-2.0
/* memcensus buddy: free memory by block size. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/text.h"
#include "report/interval.h"
#include "report/show.h"
#include "tools/buddy/rows.h"

/* The options of 'buddy' alone. */
struct buddy_options {
	bool types;
	bool frag;
};

/* Creates a table with columns Node, Zone, @what unless NULL, and one per order. */
static struct table *orders_table(const struct options *options, FILE *out,
				  const char *what, size_t orders)
{
	struct table *table = table_new(command_look(options), out);
	char header[NUMBER_SIZE];
	size_t order;

	table_columns(table, ">Node Zone");
	if (what)
		table_column(table, what, false);
	for (order = 0; order < orders; order++) {
		snprintf(header, sizeof(header), "%zu", order);
		table_column(table, header, true);
	}
	return table;
}

enum orders {
	BLOCKS,			/* numbers of blocks */
	UNUSABLE,		/* indexes, in thousandths */
	EXTFRAG,		/* the same; EXTFRAG_AVAILABLE: the order would not fail */
};

/* Begins a row of @zone: @what unless NULL, and @numbers, one per order. */
static void orders_row(struct table *table, const struct zone *zone, const char *what,
		       enum orders kind, const struct numbers *numbers, size_t orders)
{
	uint64_t number;
	size_t order;

	table_row(table);
	buddy_cell(table, MEMCENSUS_ZONE_NODE, zone, NULL);
	buddy_cell(table, MEMCENSUS_ZONE_NAME, zone, NULL);
	if (what)
		table_cell(table, what);
	for (order = 0; order < orders; order++) {
		number = order < numbers->n ? numbers->v[order] : 0;
		if (order >= numbers->n || (kind == BLOCKS && number == BLOCKS_UNKNOWN))
			table_cell(table, NULL);
		else if (kind == BLOCKS)
			table_cellf(table, "%" PRIu64, number);
		else if (kind == EXTFRAG && (int64_t)number == EXTFRAG_AVAILABLE)
			table_cell(table, "ok");
		else
			table_cellf(table, "%.3f", (int64_t)number / 1000.0);
	}
}

static void show_blocks(const struct view *view, const struct options *options,
			FILE *out)
{
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	size_t orders = buddy_orders(snap), i;
	struct table *table = orders_table(options, out, NULL, orders);
	const struct zone *zone;

	table_column(table, "Free", true);
	for (i = 0; i < snap->n_zones; i++) {
		zone = &snap->zones[i];
		orders_row(table, zone, NULL, BLOCKS, &zone->free_blocks, orders);
		buddy_cell(table, MEMCENSUS_ZONE_FREE, zone, &units);
	}
	table_finish(table);
}

static void show_types(const struct snapshot *snap, const struct options *options,
		       FILE *out)
{
	size_t orders = buddy_orders(snap), i, t;
	struct table *table = orders_table(options, out, "Type", orders);

	for (i = 0; i < snap->n_zones; i++) {
		const struct zone *zone = &snap->zones[i];

		for (t = 0; t < zone->n_types; t++) {
			const struct zone_type *type = &zone->types[t];

			orders_row(table, zone, type->name ? type->name : "-", BLOCKS,
				   &type->free_blocks, orders);
		}
	}
	table_finish(table);
}

static void show_frag(const struct snapshot *snap, const struct options *options,
		      FILE *out)
{
	size_t orders = buddy_orders(snap), i;
	struct table *table = orders_table(options, out, "Index", orders);

	for (i = 0; i < snap->n_zones; i++) {
		const struct zone *zone = &snap->zones[i];

		orders_row(table, zone, "unusable", UNUSABLE, &zone->unusable, orders);
		orders_row(table, zone, "extfrag", EXTFRAG, &zone->extfrag, orders);
	}
	table_finish(table);
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

static void buddy_show(const struct view *view, const struct options *options, FILE *out)
{
	const struct buddy_options *own = options->own;
	const struct snapshot *snap = view->snap;
	char failures[BUDDY_FAILURES_SIZE];
	size_t i;

	show_blocks(view, options, out);
	if (own->types) {
		command_title(options, out, "Free blocks by migrate type");
		show_types(snap, options, out);
	}
	if (own->frag) {
		command_title(options, out, "Fragmentation of each order");
		show_frag(snap, options, out);
	}
	if (options->raw || !KNOWN(&snap->info, MEMCENSUS_INFO_PAGE_SIZE) ||
	    !snap->info.page_size)
		return;
	command_title(options, out, NULL);
	for (i = 0; i < snap->n_zones; i++)
		put_verdict(out, &snap->zones[i], snap->info.page_size);
	buddy_failures(failures, ", ", NULL, snap);
	if (*failures)
		fprintf(out, "Since boot: %s\n", failures);
}

static uint32_t buddy_parts(const struct options *options)
{
	const struct buddy_options *own = options->own;

	return MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM |
	       (own->types ? MEMCENSUS_PART_TYPES : 0);
}

static int buddy_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct buddy_options *own = options->own;
	const char *option = own->types ? "types" : own->frag ? "frag" : NULL;

	if (options_interval_without(options, words, n, option, why))
		return -1;
	return option && command_series(options) && (options->raw || options->json) ?
	       fail(why, FAIL_USAGE,
		    "'--%s' and '--%s' of all censuses of a record cannot be combined: name one with '--at'",
		    option, options->raw ? "raw" : "json") : 0;
}

static int buddy_run(struct session *session, struct failure *why)
{
	return interval_or_one(session, buddy_rows, session->request.parts, why);
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
	.parts_of = buddy_parts,
	.show = buddy_show,
	.run = buddy_run,
};

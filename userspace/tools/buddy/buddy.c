// SPDX-License-Identifier: GPL-2.0
/* memcensus buddy: free memory by block size. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "report/figures.h"
#include "report/show.h"

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
 * What failed for want of large blocks: compaction, and page faults that wanted a huge page.  NULL:
 * the kernel counts neither.
 */
static const char *failures(struct report *report)
{
	const struct figures *events = &report->view.snap->totals.events;
	const struct amount stalls = amount_figure(events, EVENT_COMPACT_STALL);
	const struct amount fails = amount_figure(events, EVENT_COMPACT_FAIL);
	const struct amount huge = amount_figure(events, EVENT_THP_FAULT_ALLOC);
	const struct amount small = amount_figure(events, EVENT_THP_FAULT_FALLBACK);
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
	return compaction && faults ?
	       report_text(report, "%s, %s", compaction, faults) : compaction ?: faults;
}

static void buddy_sections(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const char *failed;
	size_t i;

	REPORT(report,
	       { "zones", .type = &zone_rows, .columns = "node name free_blocks free" });
	figures_report_system(report);
	if (report->options->raw || report->options->json || !page_size_of(snap))
		return;
	putc('\n', report->out);
	for (i = 0; i < snap->n_zones; i++)
		put_verdict(report->out, &snap->zones[i], page_size_of(snap));
	failed = failures(report);
	if (failed)
		fprintf(report->out, "Since boot: %s\n", failed);
}

static int buddy_run(struct session *session, struct failure *why)
{
	return show_census(session, NULL, why);
}

static const struct option_use buddy_uses[] = {
	OPTIONS_OF_SERIES, OPTIONS_COMMON,
};

const struct command buddy_command = {
	.name = "buddy",
	.words = options_interval,
	.about =
	"Prints a row for each zone: the number of free blocks of 2^N pages, as in\n"
	"/proc/buddyinfo, and the free memory. Below, for each zone, the first order at\n"
	"which an allocation from this zone alone would fail before any reclaim, and why:\n"
	"the zone would fall below its min watermark, or no block is large enough. Then\n"
	"what failed since boot: compaction, of the allocations that compacted memory, and\n"
	"page faults that wanted a huge page and fell back to small pages.\n"
	"\n"
	"The index is that of the kernel's extfrag_index: near 0 for lack of memory, near 1\n"
	"because of fragmentation. -J has it, and the unusable index, for each order.\n"
	"\n"
	"With an INTERVAL, all of it each time.\n",
	.options = buddy_uses,
	.parts = MEMCENSUS_PART_ZONES,
	.totals = true,
	.sections = buddy_sections,
	.run = buddy_run,
	.last = true,
};

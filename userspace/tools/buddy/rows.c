// SPDX-License-Identifier: GPL-2.0
/* Rows of free blocks at intervals, and their changes. */
#include <inttypes.h>
#include <string.h>

#include "model/amount.h"
#include "model/format.h"
#include "report/interval.h"
#include "report/snapshot-json.h"
#include "tools/buddy/rows.h"

size_t buddy_orders(const struct snapshot *snap)
{
	size_t orders = 0, i;

	for (i = 0; i < snap->n_zones; i++)
		if (snap->zones[i].free_blocks.n > orders)
			orders = snap->zones[i].free_blocks.n;
	return orders;
}

void buddy_cell(struct table *table, unsigned int attribute, const struct zone *zone,
		const struct units *units)
{
	cell_column(table, &zone_record.fields.columns[attribute], NULL, zone, units);
}

/**
 * struct span - two censuses whose zones are compared
 * @before: the earlier one; NULL: show absolute counts instead of changes
 * @seconds: time between both to show changes per second, or 0
 */
struct span {
	const struct snapshot *before;
	const struct snapshot *now;
	double seconds;
};

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

static void put_order(struct table *table, const struct span *span,
		      const struct zone *zone, const struct zone *before, size_t order)
{
	const struct numbers *now = &zone->free_blocks;
	int64_t change;

	if (order >= now->n || (span->before && (!before || order >= before->free_blocks.n))) {
		table_cell(table, NULL);
		return;
	}
	change = (int64_t)now->v[order];
	if (before)
		change -= (int64_t)before->free_blocks.v[order];
	if (!span->before || !change)
		table_cellf(table, "%" PRId64, change);
	else if (span->seconds)
		table_cellf(table, "%+.1f", change / span->seconds);
	else
		table_cellf(table, "%+" PRId64, change);
}

static void put_table(const struct session *session, const struct span *span,
		      const char *stamp, bool header)
{
	const struct options *options = session->options;
	const struct units units = { .suffixes = options->suffixes };
	struct table *table = table_new((struct table_look){ options->raw, !header },
					session->out);
	size_t orders = buddy_orders(span->now), order, i;
	const struct zone *zone, *before;
	char name[24];

	table_column_wide(table, "Time", true, TIME_WIDTH);
	table_column_wide(table, "Node", true, 4);
	table_column_wide(table, "Zone", false, 7);
	for (order = 0; order < orders; order++) {
		snprintf(name, sizeof(name), "%zu", order);
		table_column_wide(table, name, true, 4);
	}
	table_column_wide(table, "Free", true, 8);
	for (i = 0; i < span->now->n_zones; i++) {
		zone = &span->now->zones[i];
		before = find_same_zone(span->before, zone);
		table_row(table);
		table_cell(table, stamp);
		buddy_cell(table, MEMCENSUS_ZONE_NODE, zone, &units);
		buddy_cell(table, MEMCENSUS_ZONE_NAME, zone, &units);
		for (order = 0; order < orders; order++)
			put_order(table, span, zone, before, order);
		buddy_cell(table, MEMCENSUS_ZONE_FREE, zone, &units);
	}
	table_finish(table);
}

/* How often an event came after @before, or since boot if that is NULL. */
static struct amount events_since(const struct snapshot *before, const struct snapshot *now,
				  unsigned int number)
{
	struct amount n = amount_figure(&now->totals.events, number);

	if (before)
		n = amount_minus(n, amount_figure(&before->totals.events, number));
	/* Counters of a CPU that was unplugged may be missing for a short time. */
	n.known &= n.bytes >= 0;
	return n;
}

bool buddy_failures(char *buf, const char *between, const struct snapshot *before,
		    const struct snapshot *now)
{
	const struct amount stalls = events_since(before, now, MEMCENSUS_E_COMPACT_STALL);
	const struct amount fails = events_since(before, now, MEMCENSUS_E_COMPACT_FAIL);
	const struct amount huge = events_since(before, now, MEMCENSUS_E_THP_FAULT_ALLOC);
	const struct amount small = events_since(before, now, MEMCENSUS_E_THP_FAULT_FALLBACK);
	const int64_t wanted = huge.bytes + small.bytes;
	size_t used = 0;

	*buf = '\0';
	if (fails.known && stalls.known && stalls.bytes)
		used = snprintf(buf, BUDDY_FAILURES_SIZE,
				"compaction failed for %" PRId64 " of %" PRId64 " allocations",
				fails.bytes, stalls.bytes);
	else if (fails.known && stalls.known)
		used = snprintf(buf, BUDDY_FAILURES_SIZE, "no allocation compacted memory");
	if (used && huge.known && small.known)
		used += snprintf(buf + used, BUDDY_FAILURES_SIZE - used, "%s", between);
	buf += used;
	if (huge.known && small.known && wanted)
		snprintf(buf, BUDDY_FAILURES_SIZE - used,
			 "%" PRId64 " of %" PRId64 " faults for huge pages fell back to small ones",
			 small.bytes, wanted);
	else if (huge.known && small.known)
		snprintf(buf, BUDDY_FAILURES_SIZE - used, "no page fault wanted a huge page");
	return (fails.known && fails.bytes) || (small.known && small.bytes);
}

/* Below the rows of a census, if there was a failure; the first row tells always. */
static void put_failures(const struct session *session, const struct span *span,
			 const char *stamp)
{
	char text[BUDDY_FAILURES_SIZE], between[TIME_WIDTH + 3];
	bool failed;

	snprintf(between, sizeof(between), "\n%*s", TIME_WIDTH + 1, "");
	failed = buddy_failures(text, between, span->before, span->now);

	if (session->options->raw || !*text || (span->before && !failed))
		return;
	fprintf(session->out, "%*s %s%s\n", TIME_WIDTH, stamp,
		span->before ? "" : "since boot: ", text);
}

static void json_failures(struct json *json, const struct span *span)
{
	static const unsigned int events[] = {
		MEMCENSUS_E_COMPACT_STALL, MEMCENSUS_E_COMPACT_FAIL,
		MEMCENSUS_E_THP_FAULT_ALLOC, MEMCENSUS_E_THP_FAULT_FALLBACK,
	};
	struct amount n;
	size_t i;

	json_open(json, "events", '{');
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		n = events_since(span->before, span->now, events[i]);
		json_put_known(json, events_record.figures.columns[events[i]].name, n.known,
			       n.bytes);
	}
	json_close(json, '}');
}

static void put_change(struct json *json, const struct zone *zone,
		       const struct zone *before)
{
	const struct numbers *now = &zone->free_blocks;
	size_t order;

	if (!before) {
		json_put_null(json, "change");
		return;
	}
	json_open(json, "change", '[');
	for (order = 0; order < now->n && order < before->free_blocks.n; order++)
		json_put_signed(json, NULL,
				(int64_t)(now->v[order] - before->free_blocks.v[order]));
	json_close(json, ']');
}

/* Writes one object per line. */
static void put_buddy_json(const struct session *session, const struct span *span)
{
	static const unsigned int members[] = {
		MEMCENSUS_ZONE_NODE, MEMCENSUS_ZONE_NAME, MEMCENSUS_ZONE_FREE,
		MEMCENSUS_ZONE_FREE_BLOCKS,
	};
	struct json json = { .out = session->out, .line = true };
	const struct snapshot *now = span->now;
	const struct zone *zone;
	size_t i, m;

	interval_json_open(&json, session, span->before, now);
	json_failures(&json, span);
	json_open(&json, "zones", '[');
	for (i = 0; i < now->n_zones; i++) {
		zone = &now->zones[i];
		json_open(&json, NULL, '{');
		for (m = 0; m < ARRAY_SIZE(members); m++)
			json_column(&json, &zone_record.fields.columns[members[m]], NULL, zone);
		put_change(&json, zone, find_same_zone(span->before, zone));
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
}

int buddy_rows(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct censuses censuses = { };
	char stamp[TIME_SIZE];
	struct span span;
	uint64_t row = 0;

	while (interval_next(session, &censuses, why)) {
		span = (struct span){ censuses.since, censuses.now, 0 };
		time_text(stamp, time_of(&span.now->scan), options->raw);
		if (options->json) {
			put_buddy_json(session, &span);
		} else {
			put_table(session, &span, stamp, interval_header_due(options, row));
			put_failures(session, &span, stamp);
		}
		row += span.now->n_zones;
	}
	/* The change per second from the first to the last census. */
	span = (struct span){ censuses.first, censuses.now, 0 };
	if (censuses.taken == TAKE_END && censuses.before && !censuses.rebooted && !options->json)
		span.seconds = interval_seconds(span.before, span.now);
	if (span.seconds)
		put_table(session, &span, "Average:", false);
	return interval_end(session, &censuses);
}

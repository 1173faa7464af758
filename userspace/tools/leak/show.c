// SPDX-License-Identifier: GPL-2.0
/* Prints the findings of leak as a table or JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-name.h"
#include "model/format.h"
#include "os/droppable.h"
#include "report/figures.h"
#include "tools/leak/ahead.h"
#include "tools/leak/descriptors.h"
#include "tools/leak/show.h"

#define SECONDS_PER_HOUR	3600
#define SECONDS_PER_MINUTE	60

static const char *const verdicts[] = {
	[VERDICT_SHORT] = "short",
	[VERDICT_STEADY] = "steady",
	[VERDICT_UNEVEN] = "uneven",
	[VERDICT_GROWS] = "grows",
};

/* The text on a named process that does not grow. */
static const char *const explanations[] = {
	[VERDICT_SHORT] = "has too few samples to tell",
	[VERDICT_STEADY] = "does not grow",
	[VERDICT_UNEVEN] = "rose, but not steadily: it started up, filled a cache, or swings",
};

/* The time when the growth starts, ns since 1970. */
static uint64_t since(const struct tracks *tracks, const struct suspect *suspect)
{
	const struct series *series = suspect->region ? &suspect->region->series :
							&suspect->track->series;

	return tracks->first +
	       (uint64_t)(series->points[suspect->finding.from].t * 1e9);
}

/* Unknown of a process that was never walked. */
static struct amount now_of(const struct suspect *suspect)
{
	const struct track *track = suspect->track;

	return suspect->region ? amount_of(true, suspect->region->now) :
				 amount_of(track->series.n, track->private_now);
}

/* Bytes of the text of two addresses. */
#define RANGE_SIZE	40

/**
 * struct leak_row - a suspect, with what is only known as text
 * @ahead: of a process: the limits that it meets first
 * @sure: no other limit comes before
 * @limit, @next: their names; NULL: none; owned
 * @address: of a region
 * @since: when its growth begins
 * @left: the seconds until the first, for tables
 * @droppable: bytes of it that the kernel may drop
 */
struct leak_row {
	const struct leak_report *report;
	const struct suspect *suspect;
	struct limit_ahead ahead[2];
	bool sure;
	char *limit;
	char *next;
	char address[RANGE_SIZE];
	char since[TIME_SIZE];
	char confidence[NUMBER_SIZE];
	char left[TIME_SIZE];
	uint64_t droppable;
};

static struct leak_row row_of(const struct leak_report *report, const struct suspect *suspect,
			      bool raw)
{
	const struct region *region = suspect->region;
	const double p = suspect->finding.slope.p;
	struct leak_row row = { .report = report, .suspect = suspect };

	if (region && region->sum)
		snprintf(row.address, RANGE_SIZE, "%zu mappings", region->mappings);
	else if (region)
		snprintf(row.address, RANGE_SIZE, "%" PRIx64 "-%" PRIx64, region->lo, region->hi);
	if (suspect->finding.verdict == VERDICT_GROWS)
		time_text(row.since, since(report->tracks, suspect), raw);
	/* The normal approximation supports no more nines than these. */
	snprintf(row.confidence, sizeof(row.confidence), "%s%.2f%%", p < 0.0001 ? ">" : "",
		 p < 0.0001 ? 99.99 : 100 * (1 - p));
	if (report->live && !region)
		row.droppable = droppable_of(suspect->track->pid);
	/* What the kernel drops meets no limit. */
	if (!row.droppable || (double)row.droppable < suspect->finding.grown / 2)
		row.sure = leak_ahead(report, suspect, row.ahead);
	row.limit = row.ahead[0].limit ? limit_name(row.ahead[0].limit) : NULL;
	row.next = row.ahead[1].limit ? limit_name(row.ahead[1].limit) : NULL;
	if (raw)
		snprintf(row.left, TIME_SIZE, "%.0f", row.ahead[0].seconds);
	else
		time_duration(row.left, row.ahead[0].seconds);
	return row;
}

static const char *name_of_region(const struct region *region)
{
	return *region->name ? region->name : NULL;
}

#define TRACK(row)	((row)->suspect->track)
#define REGION(row)	((row)->suspect->region)
#define FINDING(row)	((row)->suspect->finding)

DERIVED(leak_pid, leak_row, number, TRACK(row)->pid, true)
DERIVED(leak_comm, leak_row, text, TRACK(row)->comm, value->text)
DERIVED(leak_uid, leak_row, number, TRACK(row)->last.uid,
	KNOWN(&TRACK(row)->last, MEMCENSUS_TASK_UID))
DERIVED(leak_user, leak_row, text, TRACK(row)->user, value->text)
DERIVED(leak_where, leak_row, text,
	REGION(row) ? name_of_region(REGION(row)) ?: MAPPING_UNNAMED : "process", true)
DERIVED(leak_address, leak_row, text, row->address, REGION(row))
DERIVED(leak_name, leak_row, text, name_of_region(REGION(row)), value->text)
DERIVED(leak_mappings, leak_row, number, REGION(row)->mappings, true)
DERIVED(leak_start, leak_row, number, REGION(row)->lo, true)
DERIVED(leak_end, leak_row, number, REGION(row)->hi, true)
DERIVED(leak_verdict, leak_row, text, verdicts[FINDING(row).verdict], true)
COMPUTED(leak_private, leak_row, value_amount(value, now_of(row->suspect)))
DERIVED(leak_grown, leak_row, number, (uint64_t)FINDING(row).grown, true)
DERIVED(leak_since_ns, leak_row, number, since(row->report->tracks, row->suspect), true)
DERIVED(leak_since, leak_row, text, row->since, true)
DERIVED(leak_confidence, leak_row, text, row->confidence, true)
DERIVED(leak_left, leak_row, text, row->left, row->limit && row->sure)
DERIVED(leak_at, leak_row, text, row->limit, row->limit && row->sure)
DERIVED(leak_sure, leak_row, number, row->sure, row->limit)
DERIVED(leak_left_ns, leak_row, ratio, row->ahead[0].seconds * 1e9, row->limit)
DERIVED(leak_limit, leak_row, text, row->limit, value->text)
DERIVED(leak_limit_of, leak_row, text, row->limit ? row->ahead[0].limit->whose : NULL, value->text)
DERIVED(leak_limit_left, leak_row, number, row->limit ? row->ahead[0].limit->left : 0, row->limit)
DERIVED(leak_limit_rate, leak_row, ratio, row->ahead[0].rate, row->limit)
DERIVED(leak_limit_then, leak_row, text,
	row->limit ? limit_types[row->ahead[0].limit->kind].then : NULL, value->text)
DERIVED(leak_limit_swap, leak_row, text, row->limit ? row->ahead[0].limit->swap_of : NULL,
	value->text)
DERIVED(leak_next_ns, leak_row, ratio, row->ahead[1].seconds * 1e9, row->next)
DERIVED(leak_next, leak_row, text, row->next, value->text)
DERIVED(leak_next_of, leak_row, text, row->next ? row->ahead[1].limit->whose : NULL, value->text)
DERIVED(leak_next_then, leak_row, text,
	row->next ? limit_types[row->ahead[1].limit->kind].then : NULL, value->text)
DERIVED(leak_cgroup, leak_row, text,
	row->limit && limit_types[row->ahead[0].limit->kind].scope == LIMIT_OF_CGROUP ?
	row->ahead[0].limit->whose : NULL, value->text)
DERIVED(leak_per_minute, leak_row, sign,
	(int64_t)(FINDING(row).slope.slope * SECONDS_PER_MINUTE), true)

/* A member of the slope, in a second or an hour. */
static bool leak_slope(const struct column *column, const struct view *view,
		       const void *record, struct value *value)
{
	const struct slope *slope = &FINDING((const struct leak_row *)record).slope;
	double number;

	(void)view;
	memcpy(&number, (const char *)slope + column->offset, sizeof(number));
	if (column->kind == KIND_BYTES)
		value->sign = (int64_t)(number * SECONDS_PER_HOUR);
	else
		value->ratio = number;
	return true;
}

#define COLUMN(name_, header_, k, get)						\
	{ .name = name_, .header = header_, .kind = KIND_##k, .derive = get }
#define SLOPE(name_, header_, k, member)					\
	{ .name = name_, .header = header_, .kind = KIND_##k, .sign = true,	\
	  .derive = leak_slope, .offset = offsetof(struct slope, member) }

static const struct column leak_columns[] = {
	COLUMN("pid", "PID", ID, leak_pid),
	COLUMN("comm", "Command", TEXT, leak_comm),
	COLUMN("uid", NULL, ID, leak_uid),
	COLUMN("user", "User", TEXT, leak_user),
	COLUMN("where", "Where", TEXT, leak_where),
	COLUMN("address", "Address", TEXT, leak_address),
	COLUMN("name", NULL, TEXT, leak_name),
	COLUMN("mappings", NULL, COUNT, leak_mappings),
	COLUMN("start", NULL, ADDRESS, leak_start),
	COLUMN("end", NULL, ADDRESS, leak_end),
	COLUMN("verdict", NULL, TEXT, leak_verdict),
	{ .name = "private", .header = "Private", .kind = KIND_BYTES, .sign = true,
	  .derive = leak_private },
	COLUMN("grown", "Grown", BYTES, leak_grown),
	COLUMN("since_realtime_ns", NULL, REALTIME, leak_since_ns),
	COLUMN("since", "Since", TEXT, leak_since),
	SLOPE("slope", NULL, PERCENT, slope),
	SLOPE("slope_low", NULL, PERCENT, low),
	SLOPE("slope_high", NULL, PERCENT, high),
	SLOPE("tau", NULL, PERCENT, tau),
	SLOPE("p", NULL, REAL, p),
	{ .name = "per_minute", .header = "PerMin", .kind = KIND_BYTES, .sign = true,
	  .derive = leak_per_minute },
	SLOPE("per_hour", "PerHour", BYTES, slope),
	SLOPE("low", "Low", BYTES, low),
	SLOPE("high", "High", BYTES, high),
	COLUMN("confidence", "Confidence", TEXT, leak_confidence),
	COLUMN("left", "TimeLeft", TEXT, leak_left),
	COLUMN("left_ns", NULL, REAL, leak_left_ns),
	COLUMN("at", "Limit", TEXT, leak_at),
	COLUMN("limit", NULL, TEXT, leak_limit),
	COLUMN("limits_known", NULL, BOOL, leak_sure),
	COLUMN("limit_cgroup", NULL, TEXT, leak_cgroup),
	COLUMN("limit_of", NULL, TEXT, leak_limit_of),
	COLUMN("limit_left", NULL, COUNT, leak_limit_left),
	COLUMN("limit_rate", NULL, REAL, leak_limit_rate),
	COLUMN("limit_then", NULL, TEXT, leak_limit_then),
	COLUMN("limit_swap", NULL, TEXT, leak_limit_swap),
	COLUMN("next_ns", NULL, REAL, leak_next_ns),
	COLUMN("next_limit", NULL, TEXT, leak_next),
	COLUMN("next_of", NULL, TEXT, leak_next_of),
	COLUMN("next_then", NULL, TEXT, leak_next_then),
};

static const struct row_type leak_rows = ROWS_OF("suspect", leak_columns);

/* Who grows, and by what; named ones that do not grow have less. */
static void put_finding(struct report *report, const struct leak_row *row)
{
	REPORT(report,
	       { .shape = SECTION_MEMBERS, .type = &leak_rows, .members = "verdict private",
		 .rows = ONE_ROW(row) });
	if (FINDING(row).verdict == VERDICT_GROWS)
		REPORT(report,
		       { .shape = SECTION_MEMBERS, .type = &leak_rows, .rows = ONE_ROW(row),
			 .members =
				"grown since_realtime_ns slope slope_low slope_high tau p" });
}

static void put_region(struct report *report, const void *record)
{
	const struct leak_row *row = record;

	if (!REGION(row)->sum)
		REPORT(report,
		       { .shape = SECTION_MEMBERS, .type = &leak_rows, .rows = ONE_ROW(row),
			 .members = "start end" });
	put_finding(report, row);
}

/* Its regions follow a process. */
static void put_process(struct report *report, const void *record)
{
	const struct leak_row *row = record;
	size_t n = 1;

	while (row[n].suspect && REGION(&row[n]))
		n++;
	put_finding(report, row);
	REPORT(report,
	       { .shape = SECTION_MEMBERS, .type = &leak_rows, .rows = ONE_ROW(row),
		 .members = "left_ns limit limits_known limit_cgroup" },
	       { .shape = SECTION_MEMBERS, .type = &leak_rows, .rows = ONE_ROW(row),
		 .members = "limit_of limit_left limit_rate limit_then limit_swap" },
	       { .shape = SECTION_MEMBERS, .type = &leak_rows, .rows = ONE_ROW(row),
		 .members = "next_ns next_limit next_of next_then" });
	if (FINDING(row).verdict == VERDICT_GROWS && TRACK(row)->regions.times.n)
		REPORT(report,
		       { "mappings", .type = &leak_rows, .rows = ROWS(row + 1, n - 1),
			 .members = "name mappings", .parts = put_region });
	else
		REPORT(report, { .name = "mappings", .shape = SECTION_NULL });
}

static bool is_process(const void *unused, const void *row)
{
	(void)unused;
	return !REGION((const struct leak_row *)row);
}

static void put_counts(struct report *report, const struct leak_report *leaks)
{
	const struct tracks *tracks = leaks->tracks;
	const struct document_point from = {
		.realtime = tracks->first, .boottime = tracks->zero };
	const struct document_point to = {
		.realtime = tracks->last, .boottime = tracks->boottime };
	struct figure_row counts[ARRAY_SIZE(verdicts) + 2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++)
		counts[i] = (struct figure_row){ .name = verdicts[i],
						 .counts = { leaks->counts[i] } };
	counts[i++] = (struct figure_row){ .name = "ended", .counts = { leaks->ended } };
	counts[i++] = (struct figure_row){ .name = "readers", .counts = { tracks->readers } };
	document_window(&report->json, &from, &to);
	REPORT(report,
	       { "censuses", SECTION_NUMBER, .number = { true, (int64_t)tracks->censuses } },
	       { .shape = SECTION_CLOSE },
	       { "processes", SECTION_KEYED, .type = &figure_rows, .rows = ROWS(counts, i),
		 .members = "figure n0" });
}

/* Processes whose limits are explained below the table, and cgroups. */
#define ENDS_MOST	8

static const char *whose_of(struct report *report, const struct limit *limit)
{
	const struct snapshot *snap = report->view.snap;
	const bool of_cgroup = limit_types[limit->kind].scope == LIMIT_OF_CGROUP;
	const struct cgroup_name *name = of_cgroup && snap && limit->whose ?
					 cgroup_name_of(snap, limit->id) : NULL;

	if (name && !strcmp(name->path, limit->whose))
		return report_text(report, " of %s", report_name(report, name->shown));
	/* Nodes, zones and pages are in the name. */
	switch (limit_types[limit->kind].scope) {
	case LIMIT_OF_CGROUP:
	case LIMIT_OF_MOUNT:
		return report_text(report, " of %s", report_name(report, limit->whose ?: "?"));
	default:
		return "";
	}
}

static const char *left_text(struct report *report, const struct limit *limit, double amount)
{
	char text[NUMBER_SIZE];

	if (limit_types[limit->kind].number)
		return report_text(report, "%.*f", amount < 10 ? 1 : 0, amount);
	text_size(text, amount);
	return report_text(report, "%s", text);
}

/* What happens at the limits that are met first. */
static void show_end(struct report *report, const struct leak_row *row)
{
	const struct limit *limit = row->ahead[0].limit, *next = row->ahead[1].limit;
	const char *after = "", *swap = "";
	char time[TIME_SIZE];

	if (limit->swap_of)
		swap = report_text(report, ", %s with it", report_name(report, limit->swap_of));
	if (next) {
		time_duration(time, row->ahead[1].seconds);
		after = report_text(report, " Next: in %s %s%s.", time, row->next,
				    whose_of(report, next));
	}
	REPORT(report,
	       { .note = report_text(report, "Process %" PRIu32
			": in %s %s%s%s: %s left, %s a second;\n",
			TRACK(row)->pid, row->left, row->limit, whose_of(report, limit), swap,
			left_text(report, limit, (double)limit->left),
			left_text(report, limit, row->ahead[0].rate)) },
	       { .note = report_text(report, "then %s.%s\n", limit_types[limit->kind].says,
			after) });
}

static void show_ends(struct report *report, const struct leak_row *rows, size_t n)
{
	size_t i, shown = 0;

	for (i = 0; i < n; i++)
		if (rows[i].droppable)
			REPORT(report,
			       { .note = report_text(report, "Process %" PRIu32
					": the kernel drops %s of it when memory is short (MAP_DROPPABLE).\n",
					TRACK(&rows[i])->pid,
					report_amount(report, (int64_t)rows[i].droppable)) });
	for (i = 0; i < n && shown < ENDS_MOST; i++) {
		if (!rows[i].limit || !rows[i].sure)
			continue;
		show_end(report, &rows[i]);
		shown++;
	}
}

/* Limits of cgroups that are met now: what is throttled does not grow. */
static void show_met(struct report *report, const struct leak_report *leaks)
{
	const struct limit *limit = leaks->limits.v;
	size_t shown = 0;

	for (; limit < leaks->limits.v + leaks->limits.n && shown < ENDS_MOST; limit++) {
		if ((limit->kind != LIMIT_CGROUP_HIGH && limit->kind != LIMIT_CGROUP_MAX) ||
		    limit_state(limit) != LIMIT_MET)
			continue;
		REPORT(report,
		       { .note = report_text(report, "%s%s is met: %s.\n",
				limit_types[limit->kind].name, whose_of(report, limit),
				limit_types[limit->kind].says) });
		shown++;
	}
}

/* On the named processes that do not grow, and on all. */
static void show_sums(struct report *report, const struct leak_report *leaks)
{
	const struct tracks *tracks = leaks->tracks;
	const struct track *track;
	char took[TIME_SIZE];
	size_t i;

	for (i = 0; i < leaks->n_others; i++) {
		track = leaks->others[i].track;
		REPORT(report,
		       { .note = report_text(report, "Process %" PRIu32 " (%s) %s.\n",
				track->pid, report_name(report, track->comm),
				explanations[leaks->others[i].finding.verdict]) });
	}
	time_duration(took, (tracks->boottime - tracks->zero) / 1e9);
	REPORT(report,
	       { .note = report_text(report,
			"%llu censuses in %s: %zu grow, %zu rose but not steadily, %zu do not grow,\n%zu had too few samples, %zu ended",
			(unsigned long long)tracks->censuses, took, leaks->counts[VERDICT_GROWS],
			leaks->counts[VERDICT_UNEVEN], leaks->counts[VERDICT_STEADY],
			leaks->counts[VERDICT_SHORT], leaks->ended) },
	       { .note = tracks->readers ? report_text(report, "; %zu of memcensus left out.\n",
						       tracks->readers) : ".\n" });
}

void leak_show(const struct leak_report *leaks, const struct session *session)
{
	const struct options *options = session->options;
	struct leak_row *rows = xcalloc(leaks->n + leaks->n_others + 1, sizeof(*rows));
	struct report report;
	size_t i, n = leaks->n;

	for (i = 0; i < n; i++)
		rows[i] = row_of(leaks, &leaks->v[i], options->raw);
	for (i = 0; options->json && i < leaks->n_others; i++)
		rows[n++] = row_of(leaks, &leaks->others[i], false);
	report_begin(&report, options, NULL, session->out);
	if (options->json)
		put_counts(&report, leaks);
	REPORT(&report,
	       { "tasks", .type = &leak_rows, .rows = ROWS(rows, n),
		 .filter = options->json ? is_process : NULL,
		 .columns = !n && !options->raw ? NULL :
			"pid ?user comm where ?address:1 private ?grown ?since:1 per_minute ?per_hour ?low ?high ?>confidence:1 >left:1 at:1",
		 .members = "pid comm uid user", .parts = put_process,
		 .note = n ? "\n" : NULL });
	/* What cgroups are called. */
	report.view.snap = leaks->last;
	show_ends(&report, rows, leaks->n);
	show_met(&report, leaks);
	if (leaks->live)
		leak_descriptors_show(leaks->descriptors, &report);
	show_sums(&report, leaks);
	report_end(&report);
	for (i = 0; i < n; i++) {
		free(rows[i].limit);
		free(rows[i].next);
	}
	free(rows);
}

// SPDX-License-Identifier: GPL-2.0
/* Prints the findings of leak as a table or JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/format.h"
#include "report/figures.h"
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
 * @headroom: of a process: what it reaches, in @seconds
 * @cgroup: whose limit it is; NULL: of none; owned
 * @victim: whom the OOM killer then ends; NULL: unknown
 * @address: of a region
 * @since: when its growth begins
 * @left: @seconds, for tables
 */
struct leak_row {
	const struct leak_report *report;
	const struct suspect *suspect;
	struct headroom headroom;
	char *cgroup;
	const struct track *victim;
	double seconds;
	char address[RANGE_SIZE];
	char since[TIME_SIZE];
	char confidence[NUMBER_SIZE];
	char left[TIME_SIZE];
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
	row.headroom = leak_headroom(report, suspect);
	if (row.headroom.known)
		row.seconds = (double)row.headroom.bytes / suspect->finding.slope.slope;
	if (row.headroom.known && row.headroom.cgroup)
		row.cgroup = xasprintf("%.*s", (int)row.headroom.cgroup_len, row.headroom.cgroup);
	row.victim = leak_victim(report, suspect, &row.headroom);
	if (raw)
		snprintf(row.left, TIME_SIZE, "%.0f", row.seconds);
	else
		time_duration(row.left, row.seconds);
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
DERIVED(leak_left, leak_row, text, row->left, row->headroom.known && !row->headroom.unsure)
DERIVED(leak_at, leak_row, text, row->headroom.what,
	row->headroom.known && !row->headroom.unsure)
DERIVED(leak_sure, leak_row, number, !row->headroom.unsure, row->headroom.known)
DERIVED(leak_left_ns, leak_row, ratio, row->seconds * 1e9, row->headroom.known)
DERIVED(leak_limit, leak_row, text, row->headroom.what, row->headroom.known)
DERIVED(leak_cgroup, leak_row, text, row->cgroup, value->text)
DERIVED(leak_victim_pid, leak_row, number, row->victim ? row->victim->pid : 0, row->victim)
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
	COLUMN("victim_pid", NULL, ID, leak_victim_pid),
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
		 .members = "left_ns limit limits_known limit_cgroup victim_pid" });
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
	const struct document_point from = { 0, tracks->first, tracks->zero };
	const struct document_point to = { 0, tracks->last, tracks->boottime };
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

/* What happens at the limits of cgroups. */
static void show_ends(struct report *report, const struct leak_row *rows, size_t n)
{
	const struct track *victim;
	const char *likely;
	size_t i;

	for (i = 0; i < n; i++) {
		victim = rows[i].victim;
		if (!rows[i].cgroup)
			continue;
		likely = victim ? report_text(report, ", most likely of %" PRIu32 " (%s)",
					      victim->pid, report_name(report, victim->comm)) :
				  "";
		REPORT(report,
		       { .note = report_text(report, "Process %" PRIu32
				": in %s the limit of %s, then its OOM killer%s.\n",
				TRACK(&rows[i])->pid, rows[i].left,
				*rows[i].cgroup ? report_name(report, rows[i].cgroup) : "/",
				likely) });
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
	show_ends(&report, rows, leaks->n);
	show_sums(&report, leaks);
	report_end(&report);
	for (i = 0; i < n; i++)
		free(rows[i].cgroup);
	free(rows);
}

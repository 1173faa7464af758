// SPDX-License-Identifier: GPL-2.0
/* Prints the findings of leak as a table or JSON. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/command.h"
#include "lib/text.h"
#include "model/format.h"
#include "report/document.h"
#include "report/show.h"
#include "tools/leak/show.h"

#define SECONDS_PER_HOUR	3600

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

	if (suspect->region)
		return (struct amount){ true, (int64_t)suspect->region->now };
	return (struct amount){ track->series.n, (int64_t)track->private_now };
}

static void cell_place(struct table *table, const struct region *region)
{
	if (!region) {
		table_cell(table, "process");
		table_cell(table, NULL);
		return;
	}
	table_cell(table, *region->name ? region->name : MAPPING_UNNAMED);
	if (region->sum)
		table_cellf(table, "%zu mappings", region->mappings);
	else
		table_cellf(table, "%" PRIx64 "-%" PRIx64, region->lo, region->hi);
}

static void cell_rate(struct table *table, double slope, const struct units *units)
{
	cell_bytes(table, (int64_t)(slope * SECONDS_PER_HOUR), units);
}

static void cell_left(struct table *table, const struct leak_report *report,
		      const struct suspect *suspect, bool raw)
{
	const char *what = NULL;
	char text[TIME_SIZE];
	double seconds;

	if (!leak_seconds_left(report, suspect, &seconds, &what)) {
		table_cell(table, NULL);
	} else if (raw) {
		table_cellf(table, "%.0f", seconds);
	} else {
		time_duration(text, seconds);
		table_cell(table, text);
	}
	table_cell(table, what);
}

static void put_suspect(struct table *table, const struct leak_report *report,
			const struct suspect *suspect, const struct units *units,
			bool raw)
{
	const struct slope *slope = &suspect->finding.slope;
	const struct track *track = suspect->track;
	char text[TIME_SIZE];

	table_row(table);
	table_cellf(table, "%" PRIu32, track->pid);
	table_cell(table, track->user);
	table_cell(table, track->comm);
	cell_place(table, suspect->region);
	cell_amount(table, now_of(suspect), units);
	cell_bytes(table, (uint64_t)suspect->finding.grown, units);
	time_text(text, since(report->tracks, suspect), raw);
	table_cell(table, text);
	cell_rate(table, slope->slope, units);
	cell_rate(table, slope->low, units);
	cell_rate(table, slope->high, units);
	/* The normal approximation supports no more nines than these. */
	table_cellf(table, "%s%.2f%%", slope->p < 0.0001 ? ">" : "",
		    slope->p < 0.0001 ? 99.99 : 100 * (1 - slope->p));
	cell_left(table, report, suspect, raw);
}

static void put_table(const struct leak_report *report, const struct session *session)
{
	const struct units units = { .suffixes = session->options->suffixes };
	struct table *table = table_new(command_look(session->options), session->out);
	size_t i;

	table_columns(table, ">PID User Command Where Address >Private >Grown Since");
	table_columns(table, ">PerHour >Low >High >Confidence >TimeLeft Limit");
	for (i = 0; i < report->n; i++)
		put_suspect(table, report, &report->v[i], &units,
			    session->options->raw);
	table_finish(table);
}

static void put_others(const struct leak_report *report, FILE *out)
{
	const struct track *track;
	char *name;
	size_t i;

	for (i = 0; i < report->n_others; i++) {
		track = report->others[i].track;
		name = text_printable(track->comm ?: "-");
		fprintf(out, "Process %" PRIu32 " (%s) %s.\n", track->pid, name,
			explanations[report->others[i].finding.verdict]);
		free(name);
	}
}

static void put_sum(const struct leak_report *report, FILE *out)
{
	const struct tracks *tracks = report->tracks;
	char took[TIME_SIZE];

	time_duration(took, (tracks->boottime - tracks->zero) / 1e9);
	fprintf(out, "%" PRIu64 " censuses in %s: %zu grow, %zu rose but not steadily, ",
		tracks->censuses, took, report->counts[VERDICT_GROWS],
		report->counts[VERDICT_UNEVEN]);
	fprintf(out, "%zu do not grow, %zu had too few samples, %zu ended",
		report->counts[VERDICT_STEADY], report->counts[VERDICT_SHORT],
		report->ended);
	if (tracks->readers)
		fprintf(out, "; %zu of memcensus left out", tracks->readers);
	fputs(".\n", out);
}

static void json_finding(struct json *json, const struct leak_report *report,
			 const struct suspect *suspect)
{
	const struct slope_finding *finding = &suspect->finding;
	const struct amount now = now_of(suspect);

	json_put_string(json, "verdict", verdicts[finding->verdict]);
	json_put_known(json, "private", now.known, now.bytes);
	if (finding->verdict != VERDICT_GROWS)
		return;
	json_put_unsigned(json, "grown", (uint64_t)finding->grown);
	json_put_realtime(json, "since_realtime_ns", since(report->tracks, suspect));
	json_put_ratio(json, "slope", finding->slope.slope);
	json_put_ratio(json, "slope_low", finding->slope.low);
	json_put_ratio(json, "slope_high", finding->slope.high);
	json_put_ratio(json, "tau", finding->slope.tau);
	json_put_real(json, "p", finding->slope.p);
}

static void json_regions(struct json *json, const struct leak_report *report,
			 const struct suspect *regions, size_t n)
{
	size_t i;

	json_open(json, "mappings", '[');
	for (i = 0; i < n; i++) {
		const struct region *region = regions[i].region;

		json_open(json, NULL, '{');
		json_put_string(json, "name", *region->name ? region->name : NULL);
		json_put_unsigned(json, "mappings", region->mappings);
		if (!region->sum) {
			json_put_unsigned(json, "start", region->lo);
			json_put_unsigned(json, "end", region->hi);
		}
		json_finding(json, report, &regions[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* @suspect is a process; @n of its regions follow it in the array. */
static void json_process(struct json *json, const struct leak_report *report,
			 const struct suspect *suspect, size_t n)
{
	const struct track *track = suspect->track;
	const char *what;
	double seconds;

	json_open(json, NULL, '{');
	json_put_unsigned(json, "pid", track->pid);
	json_put_string(json, "comm", track->comm);
	json_put_known(json, "uid", KNOWN(&track->last, MEMCENSUS_TASK_UID),
		       (int64_t)track->last.uid);
	json_put_string(json, "user", track->user);
	json_finding(json, report, suspect);
	if (leak_seconds_left(report, suspect, &seconds, &what)) {
		json_put_real(json, "left_ns", seconds * 1e9);
		json_put_string(json, "limit", what);
	} else {
		json_put_null(json, "left_ns");
		json_put_null(json, "limit");
	}
	if (suspect->finding.verdict == VERDICT_GROWS && track->regions.times.n)
		json_regions(json, report, suspect + 1, n);
	else
		json_put_null(json, "mappings");
	json_close(json, '}');
}

static void put_leak_json(const struct leak_report *report, const struct session *session)
{
	const struct tracks *tracks = report->tracks;
	const struct document_point from = { 0, tracks->first, tracks->zero };
	const struct document_point to = { 0, tracks->last, tracks->boottime };
	struct json json = { .out = session->out };
	size_t i, n;

	document_open(&json, session->options->command->name);
	document_window(&json, &from, &to);
	json_put_unsigned(&json, "censuses", tracks->censuses);
	json_close(&json, '}');
	json_open(&json, "processes", '{');
	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		json_put_unsigned(&json, verdicts[i], report->counts[i]);
	json_put_unsigned(&json, "ended", report->ended);
	json_put_unsigned(&json, "readers", tracks->readers);
	json_close(&json, '}');
	json_open(&json, "tasks", '[');
	for (i = 0; i < report->n; i += n) {
		for (n = 1; i + n < report->n && report->v[i + n].region; n++)
			;
		json_process(&json, report, &report->v[i], n - 1);
	}
	for (i = 0; i < report->n_others; i++)
		json_process(&json, report, &report->others[i], 0);
	json_close(&json, ']');
	json_close(&json, '}');
}

void leak_show(const struct leak_report *report, const struct session *session)
{
	FILE *out = session->out;

	if (session->options->json) {
		put_leak_json(report, session);
		return;
	}
	if (report->n || session->options->raw)
		put_table(report, session);
	if (session->options->raw)
		return;
	if (report->n)
		putc('\n', out);
	put_others(report, out);
	put_sum(report, out);
}

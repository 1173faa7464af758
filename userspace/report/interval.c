// SPDX-License-Identifier: GPL-2.0
/* Rows at intervals, as in vmstat and sar. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/format.h"
#include "report/changes.h"
#include "report/interval.h"
#include "report/present.h"
#include "report/show.h"
#include "report/warnings.h"

/* Bytes of the longest name of a member. */
#define NAME_SIZE	48

/**
 * struct interval_run - the state of a run
 * @columns: the @n columns of the command
 * @sums: sum of each level, from the second census on
 * @counts: number of values in each sum
 */
struct interval_run {
	struct session *session;
	const struct interval_column *columns;
	size_t n;
	double *sums;
	uint64_t *counts;
	struct censuses censuses;
	uint64_t rows;
};

double interval_seconds(const struct snapshot *before, const struct snapshot *snap)
{
	uint64_t from = before ? before->scan.boottime : 0;

	if (!KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) ||
	    (before && !KNOWN(&before->scan, MEMCENSUS_SCAN_BOOTTIME_NS)) ||
	    snap->scan.boottime <= from)
		return 0;
	return (snap->scan.boottime - from) / (double)NSEC_PER_SEC;
}

bool interval_header_due(const struct options *options, uint64_t row)
{
	struct winsize size;

	if (options->no_header)
		return false;
	if (!row)
		return true;
	if (options->raw || !isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4)
		return false;
	return !(row % (size.ws_row - 2));
}

void interval_json_open(struct json *json, const struct session *session,
			const struct snapshot *before, const struct snapshot *snap)
{
	const struct document_point from = document_point_of(before);
	const struct document_point to = document_point_of(snap);

	document_between(json, session->options->command->name, before ? &from : NULL, &to);
}

/* The growth of a counter; for the first census, its whole value. */
static struct amount counter_growth(const struct interval_column *column, unsigned int number,
				    const struct snapshot *before,
				    const struct snapshot *snap)
{
	struct amount now = amount_figure(&snap->totals.events, number);

	if (before)
		now = amount_minus(now, amount_figure(&before->totals.events, number));
	/* Counters of a CPU that was unplugged may be missing for a short time. */
	now.known &= now.bytes >= 0;
	if (column->pages) {
		now.known &= KNOWN(&snap->info, MEMCENSUS_INFO_PAGE_SIZE);
		now.bytes *= (int64_t)snap->info.page_size / 1024;
	}
	return now;
}

static struct amount interval_level(const struct interval_column *column,
				    const struct snapshot *snap)
{
	struct amount amount;

	if (column->get)
		return column->get(snap, column->number);
	amount = amount_total(snap, column->number);
	if (column->plus)
		amount = amount_plus(amount, amount_total(snap, column->plus));
	if (column->minus)
		amount = amount_minus(amount, amount_total(snap, column->minus));
	return amount;
}

/* The value of @column in the row of @snap; false if unknown. */
static bool interval_value(const struct interval_column *column, const struct snapshot *before,
			   const struct snapshot *snap, double *value)
{
	double seconds = interval_seconds(before, snap);
	struct amount part, of;

	if (column->kind == INTERVAL_LEVEL) {
		part = interval_level(column, snap);
		*value = column->percent ? part.bytes / 1000.0 : part.bytes;
		return part.known;
	}
	part = counter_growth(column, column->number, before, snap);
	if (column->kind == INTERVAL_RATE) {
		*value = seconds ? part.bytes / seconds : 0;
		return part.known && seconds;
	}
	of = counter_growth(column, column->of, before, snap);
	*value = of.bytes ? 100.0 * part.bytes / of.bytes : 0;
	return part.known && of.known && of.bytes;
}

static bool is_percent(const struct interval_column *column)
{
	return column->percent || column->kind == INTERVAL_RATIO;
}

/* A typical width; some GiB in KiB have seven digits. */
static unsigned int width_of(const struct interval_column *column)
{
	if (is_percent(column))
		return 5;
	return column->memory ? 7 : 4;
}

static void put_interval_cell(struct table *table, const struct interval_column *column,
			      bool known, double value, const struct units *units)
{
	if (!known)
		table_cell(table, NULL);
	else if (is_percent(column))
		table_cellf(table, "%.1f", value);
	else if (column->memory)
		cell_bytes(table, value, units);
	else
		table_cellf(table, "%.0f", value);
}

/* Whether column @i is shown. */
static bool is_column_shown(const struct interval_run *run, size_t i)
{
	return !run->columns[i].wide || run->session->options->wide;
}

/* Prints the row of the last census, or @average of all. */
static void put_interval_row(const struct interval_run *run, bool average)
{
	const struct options *options = run->session->options;
	const struct units units = { .suffixes = options->suffixes };
	const struct censuses *censuses = &run->censuses;
	const struct snapshot *before = average ? censuses->first : censuses->since;
	const bool header = !average && interval_header_due(options, run->rows);
	struct table *table = table_new((struct table_look){ options->raw, !header },
					run->session->out);
	const struct interval_column *column;
	char stamp[TIME_SIZE];
	double value;
	bool known;
	size_t i;

	table_column_wide(table, "Time", true, TIME_WIDTH);
	for (i = 0; i < run->n; i++)
		if (is_column_shown(run, i))
			table_column_wide(table, run->columns[i].header, true,
					  width_of(&run->columns[i]));
	table_row(table);
	time_text(stamp, time_of(&censuses->now->scan), options->raw);
	table_cell(table, average ? "Average:" : stamp);
	for (i = 0; i < run->n; i++) {
		if (!is_column_shown(run, i))
			continue;
		column = &run->columns[i];
		if (average && column->kind == INTERVAL_LEVEL) {
			known = run->counts[i];
			value = known ? run->sums[i] / run->counts[i] : 0;
		} else {
			known = !(average && censuses->rebooted) &&
				interval_value(column, before, censuses->now, &value);
		}
		put_interval_cell(table, column, known, value, &units);
	}
	table_finish(table);
}

/* Writes one object per line. */
static void put_interval_json(const struct interval_run *run)
{
	struct json json = { .out = run->session->out, .line = true };
	const struct interval_column *column;
	char name[NAME_SIZE];
	double value;
	size_t i;

	interval_json_open(&json, run->session, run->censuses.since, run->censuses.now);
	for (i = 0; i < run->n; i++) {
		column = &run->columns[i];
		snprintf(name, sizeof(name), "%s%s", column->name,
			 column->kind == INTERVAL_RATE ? "_per_second" : "");
		if (!interval_value(column, run->censuses.since, run->censuses.now, &value))
			json_put_null(&json, name);
		else if (column->kind == INTERVAL_LEVEL && !column->percent)
			json_put_signed(&json, name, (int64_t)value);
		else
			json_put_ratio(&json, name, column->pages || column->kib ?
				       value * 1024 : value);
	}
	json_close(&json, '}');
}

/* Adds the levels to the sums, except those of the first row. */
static void add_levels(struct interval_run *run)
{
	double value;
	size_t i;

	for (i = 0; run->rows && i < run->n; i++) {
		if (run->columns[i].kind != INTERVAL_LEVEL ||
		    !interval_value(&run->columns[i], NULL, run->censuses.now, &value))
			continue;
		run->sums[i] += value;
		run->counts[i]++;
	}
}

bool interval_next(struct session *session, struct censuses *censuses, struct failure *why)
{
	struct snapshot *snap;

	fflush(session->out);
	if (censuses->now && !censuses->before)
		warnings_of_system(stderr, censuses->now);
	censuses->taken = session_next(session, &snap, why);
	if (censuses->taken != TAKE_DONE)
		return false;
	if (censuses->before != censuses->first)
		snapshot_free(censuses->before);
	censuses->before = censuses->now;
	censuses->since = censuses->before;
	censuses->now = snap;
	/* A live machine was not rebooted: its clock was set. */
	if (!session->source->ops->live && censuses->before &&
	    !changes_one_boot(censuses->before, snap)) {
		censuses->since = NULL;
		censuses->rebooted = true;
	}
	if (!censuses->first)
		censuses->first = snap;
	return true;
}

/*
 * Rows of a record have the parts of rows alone: if its last census has the others too, it
 * answers what a live census would.
 */
static void show_last(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	const uint32_t parts = present_parts(options);
	char when[TIME_SIZE], title[TIME_SIZE + 32];

	if (session->source->ops->live || options->interval || options->raw || options->json ||
	    signals_stopped() || !KNOWN(&snap->scan, MEMCENSUS_SCAN_PARTS) ||
	    parts & ~snap->scan.parts)
		return;
	time_text(when, time_of(&snap->scan), true);
	snprintf(title, sizeof(title), "The last census, of %s", when);
	command_title(options, session->out, title);
	options->command->show(&view, options, session->out);
	fflush(session->out);
	session->partial |= present_warnings(options, snap);
}

int interval_end(struct session *session, struct censuses *censuses)
{
	if (censuses->taken == TAKE_END && censuses->before)
		show_last(session, censuses->now);
	if (censuses->before != censuses->first)
		snapshot_free(censuses->before);
	if (censuses->now != censuses->first)
		snapshot_free(censuses->now);
	snapshot_free(censuses->first);
	return censuses->taken == TAKE_END ? 0 : -1;
}

int interval_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct interval_run run = { .session = session, .columns = options->command->interval };

	while (run.columns[run.n].name)
		run.n++;
	run.sums = xcalloc(run.n, sizeof(*run.sums));
	run.counts = xcalloc(run.n, sizeof(*run.counts));
	for (; interval_next(session, &run.censuses, why); run.rows++) {
		if (options->json)
			put_interval_json(&run);
		else
			put_interval_row(&run, false);
		add_levels(&run);
	}
	/* A single row has no interval to average over. */
	if (run.censuses.taken == TAKE_END && run.rows > 1 && !options->json)
		put_interval_row(&run, true);
	free(run.sums);
	free(run.counts);
	return interval_end(session, &run.censuses);
}

void interval_help(const struct interval_column *column, FILE *out)
{
	for (; column->name; column++)
		fprintf(out, "  %-16s %-10s %s%s\n", column->name, column->header,
			column->help, column->wide ? " (-w)" : "");
}

int interval_or_one(struct session *session, rows_fn rows, uint32_t parts, struct failure *why)
{
	const uint32_t all = session->request.parts;
	enum taken taken = TAKE_DONE;
	struct snapshot *snaps[2];
	size_t n = 0;

	if (!command_series(session->options))
		return present_censuses(session, why);
	session->request.parts = parts;
	if (session->options->interval)
		return rows(session, why);
	/* Read two censuses of the record to find out whether it has more than one. */
	while (n < 2 && taken == TAKE_DONE) {
		taken = session_take(session, &snaps[n], why);
		n += taken == TAKE_DONE;
	}
	session->taken = 0;
	memcpy(session->held, snaps, n * sizeof(*snaps));
	session->n_held = n;
	if (taken == TAKE_FAILED)
		return -1;
	/* A single census without the other parts is a row too. */
	if (n != 1 || !KNOWN(&snaps[0]->scan, MEMCENSUS_SCAN_PARTS) ||
	    all & ~snaps[0]->scan.parts)
		return rows(session, why);
	session->request.parts = all;
	return present_censuses(session, why);
}

// SPDX-License-Identifier: GPL-2.0
/* Rows at intervals, as in vmstat and sar. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "commands/interval.h"
#include "lib/memory.h"
#include "model/timefmt.h"
#include "model/warnings.h"

#define NSEC_PER_SEC	1000000000ULL

/**
 * struct interval_run - the state of a run
 * @session: options and source
 * @columns: columns of the command
 * @n: number of columns
 * @sums: sum of each level, from the second census on
 * @counts: number of values in each sum
 * @first, @last: first and last census; owned; the same after the first row
 * @rows: number of rows so far
 */
struct interval_run {
	struct session *session;
	const struct interval_column *columns;
	size_t n;
	double *sums;
	uint64_t *counts;
	struct snapshot *first;
	struct snapshot *last;
	uint64_t rows;
};

struct amount interval_bytes(const struct snapshot *snap, unsigned int number)
{
	return amount_figure(&snap->totals.bytes, number);
}

struct amount interval_event(const struct snapshot *snap, unsigned int number)
{
	return amount_figure(&snap->totals.events, number);
}

struct amount interval_swapped(const struct snapshot *snap, unsigned int number)
{
	struct amount amount = interval_event(snap, number);

	amount.known &= KNOWN(&snap->info, MEMCENSUS_INFO_PAGE_SIZE);
	amount.bytes *= (int64_t)snap->info.page_size / 1024;
	return amount;
}

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

void interval_json_time(struct json *json, const struct snapshot *snap)
{
	const uint64_t time = time_of(&snap->scan);

	json_put_unsigned(json, "seq", snap->seq);
	json_put_known(json, "time", time, (int64_t)time);
}

/* The growth of a counter; for the first census, its whole value. */
static struct amount growth(const struct interval_column *column, unsigned int number,
			    const struct snapshot *before,
			    const struct snapshot *snap)
{
	struct amount now = column->get(snap, number);

	if (!before)
		return now;
	now = amount_minus(now, column->get(before, number));
	/* Counters of a CPU that was unplugged may be missing for a short time. */
	now.known &= now.bytes >= 0;
	return now;
}

/* The value of @column in the row of @snap; false if unknown. */
static bool get(const struct interval_column *column, const struct snapshot *before,
		const struct snapshot *snap, double *value)
{
	double seconds = interval_seconds(before, snap);
	struct amount part, of;

	if (column->kind == INTERVAL_LEVEL) {
		part = column->get(snap, column->number);
		*value = column->percent ? part.bytes / 1000.0 : part.bytes;
		return part.known;
	}
	part = growth(column, column->number, before, snap);
	if (column->kind == INTERVAL_RATE) {
		*value = seconds ? part.bytes / seconds : 0;
		return part.known && seconds;
	}
	of = growth(column, column->of, before, snap);
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

static void put_cell(struct table *table, const struct interval_column *column,
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
static bool is_shown(const struct interval_run *run, size_t i)
{
	return !run->columns[i].wide || run->session->options->wide;
}

static struct table *row_begin(const struct interval_run *run, bool header,
			       const char *stamp)
{
	const struct options *options = run->session->options;
	struct table *table;
	size_t i;

	table = table_new((struct table_look){ options->raw, !header });
	table_column_wide(table, "Time", true, TIME_WIDTH);
	for (i = 0; i < run->n; i++)
		if (is_shown(run, i))
			table_column_wide(table, run->columns[i].header, true,
					  width_of(&run->columns[i]));
	table_row(table);
	table_cell(table, stamp);
	return table;
}

static void put_row(const struct interval_run *run, const struct snapshot *snap)
{
	const struct options *options = run->session->options;
	const struct units units = { .suffixes = options->suffixes };
	char stamp[TIME_SIZE];
	struct table *table;
	double value;
	bool known;
	size_t i;

	time_text(stamp, time_of(&snap->scan), options->raw);
	table = row_begin(run, interval_header_due(options, run->rows), stamp);
	for (i = 0; i < run->n; i++) {
		if (!is_shown(run, i))
			continue;
		known = get(&run->columns[i], run->last, snap, &value);
		put_cell(table, &run->columns[i], known, value, &units);
	}
	table_finish(table, run->session->out);
}

/* Writes one object per line; memory is in bytes, a rate is per second. */
static void put_json(const struct interval_run *run, const struct snapshot *snap)
{
	struct json json = { .out = run->session->out, .line = true };
	const struct interval_column *column;
	double value;
	size_t i;

	json_open(&json, NULL, '{');
	interval_json_time(&json, snap);
	for (i = 0; i < run->n; i++) {
		column = &run->columns[i];
		if (!get(column, run->last, snap, &value))
			json_put_null(&json, column->name);
		else if (column->kind == INTERVAL_LEVEL && !column->percent)
			json_put_signed(&json, column->name, (int64_t)value);
		else
			json_put_ratio(&json, column->name, value);
	}
	json_close(&json, '}');
}

static void put_average(const struct interval_run *run)
{
	const struct options *options = run->session->options;
	const struct units units = { .suffixes = options->suffixes };
	struct table *table = row_begin(run, false, "Average:");
	const struct interval_column *column;
	double value;
	bool known;
	size_t i;

	for (i = 0; i < run->n; i++) {
		if (!is_shown(run, i))
			continue;
		column = &run->columns[i];
		known = run->counts[i];
		value = known ? run->sums[i] / run->counts[i] : 0;
		if (column->kind != INTERVAL_LEVEL)
			known = get(column, run->first, run->last, &value);
		put_cell(table, column, known, value, &units);
	}
	table_finish(table, run->session->out);
}

/* Shows a census and takes ownership of @snap. */
static void add(struct interval_run *run, struct snapshot *snap)
{
	double value;
	size_t i;

	if (run->session->options->json)
		put_json(run, snap);
	else
		put_row(run, snap);
	fflush(run->session->out);
	if (!run->rows)
		warnings_print(stderr, snap);
	for (i = 0; run->rows && i < run->n; i++) {
		if (run->columns[i].kind != INTERVAL_LEVEL ||
		    !get(&run->columns[i], NULL, snap, &value))
			continue;
		run->sums[i] += value;
		run->counts[i]++;
	}
	run->rows++;
	if (run->last != run->first)
		snapshot_free(run->last);
	run->last = snap;
	if (!run->first)
		run->first = snap;
}

int interval_run(struct session *session, const struct interval_column *columns,
		 size_t n, struct failure *why)
{
	struct interval_run run = { .session = session, .columns = columns, .n = n };
	struct snapshot *snap;
	enum taken taken;

	run.sums = xcalloc(n, sizeof(*run.sums));
	run.counts = xcalloc(n, sizeof(*run.counts));
	while ((taken = session_next(session, &snap, why)) == TAKE_DONE)
		add(&run, snap);
	/* A single row has no interval to average over. */
	if (taken == TAKE_END && run.rows > 1 && !session->options->json)
		put_average(&run);

	if (run.last != run.first)
		snapshot_free(run.last);
	snapshot_free(run.first);
	free(run.sums);
	free(run.counts);
	return taken == TAKE_END ? 0 : -1;
}

void interval_help(FILE *out, const struct interval_column *columns, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fprintf(out, "  %-16s %-10s %s%s\n", columns[i].name,
			columns[i].header, columns[i].help,
			columns[i].wide ? " (-w)" : "");
}

// SPDX-License-Identifier: GPL-2.0
/* Rows at intervals, as in vmstat and sar. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "model/format.h"
#include "report/changes.h"
#include "report/interval.h"
#include "report/show.h"
#include "report/warnings.h"

/**
 * struct level - the levels of a column in all rows but the first
 * @sum: of @n of them
 */
struct level {
	double sum;
	uint64_t n;
};

/**
 * struct run - the rows of a session; it owns the censuses
 * @show: shows a row; NULL: the columns of the command
 * @levels: by column
 * @first: the first census
 * @before: the one before @now; NULL: @now is the first
 * @now: the last one so far
 * @rebooted: they are of several boots: what grew from @first to @now is unknown
 * @rows: how many tables have shown
 * @held: the next @n_held ones, which were taken in advance
 * @taken: why there is no further one
 */
struct run {
	struct session *session;
	interval_fn *show;
	struct level *levels;
	struct snapshot *first;
	struct snapshot *before;
	struct snapshot *now;
	bool rebooted;
	uint64_t rows;
	struct snapshot **held;
	size_t n_held;
	enum taken taken;
};

DERIVED(interval_time, interval, text, row->stamp, true)

static const struct column time_columns[] = {
	{ "time", "Time", "when the census began", .kind = KIND_TEXT, .derive = interval_time },
};

const struct row_type interval_time_rows = ROWS_OF("time of a row", time_columns);

struct amount interval_growth(const struct interval *row, unsigned int number)
{
	struct amount now = amount_figure(&row->now->totals.events, number);

	if (row->before)
		now = amount_minus(now, amount_figure(&row->before->totals.events, number));
	/* Counters of a CPU that was unplugged may be missing for a short time. */
	now.known &= now.bytes >= 0;
	return now;
}

bool interval_level(const struct column *column, const struct view *view, const void *row,
		    struct value *value)
{
	(void)view;
	return value_amount(value, amount_total(((const struct interval *)row)->now,
						column->number));
}

/* Bytes are counted as KiB or as pages. */
bool interval_rate(const struct column *column, const struct view *view, const void *untyped,
		   struct value *value)
{
	const struct interval *row = untyped;
	const struct amount growth = interval_growth(row, column->number);
	const enum kind counted = events_rows.figures.columns[column->number].kind;
	const uint64_t unit = column->kind == KIND_RATE ? 1 : counted == KIND_KIB ? 1024 :
			      page_size_of(row->now);

	(void)view;
	value->ratio = row->seconds ? growth.bytes * (double)unit / row->seconds : 0;
	return growth.known && row->seconds && unit;
}

bool interval_percent(const struct interval *row, unsigned int part, unsigned int whole,
		      struct value *value)
{
	const struct amount a = interval_growth(row, part), b = interval_growth(row, whole);

	value->ratio = b.bytes ? 100.0 * a.bytes / b.bytes : 0;
	return a.known && b.known && b.bytes;
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

/* The mean of the levels of column @number. */
static bool interval_mean(const struct column *column, const struct view *view,
			  const void *untyped, struct value *value)
{
	const struct interval *row = untyped;
	const struct level *level = &row->levels[column->number];
	const double mean = level->n ? level->sum / level->n : 0;

	(void)view;
	if (column->kind == KIND_PERCENT)
		value->ratio = mean;
	else if (column->kind == KIND_BYTES)
		value->sign = (int64_t)mean;
	else
		value->sign = (int64_t)(mean + 0.5);
	return level->n;
}

/* A typical width; some GiB in KiB have seven digits. */
static int width_of(const struct column *column)
{
	return column->kind == KIND_PERCENT ? 5 : column->kind == KIND_BYTES ? 7 : 4;
}

static void show_columns(struct report *report, const struct interval *row)
{
	struct row_type type = *report->options->command->interval;
	struct column *columns = xmemdup(type.derived.columns, type.derived.n * sizeof(*columns));
	size_t size, i;
	char *list;
	FILE *out;

	out = xopen_memstream(&list, &size);
	fprintf(out, ">time:%d", TIME_WIDTH);
	for (i = 0; i < type.derived.n; i++) {
		if (row->average && columns[i].total == TOTAL_MEAN) {
			columns[i].derive = interval_mean;
			columns[i].number = i;
		}
		if (!columns[i].wide || report->options->wide)
			fprintf(out, " %s:%d", columns[i].name, width_of(&columns[i]));
	}
	xfclose(out);
	type.derived.columns = columns;
	REPORT(report,
	       { .shape = SECTION_MEMBERS, .type = &interval_time_rows, .joins = { SELF(type) },
		 .columns = list, .rows = ONE_ROW(row) });
	free(list);
	free(columns);
}

/* Adds the levels of the last census to the sums, but not those of the first. */
static void add_levels(struct run *run)
{
	const struct row_type *type = run->session->options->command->interval;
	const struct interval row = { .now = run->now };
	const struct column *column;
	struct value value;
	unsigned int i;

	if (run->show)
		return;
	if (!run->levels)
		run->levels = xcalloc(type->derived.n, sizeof(*run->levels));
	for (i = 0; run->rows && i < type->derived.n; i++) {
		column = &type->derived.columns[i];
		if (column->total != TOTAL_MEAN || !column_get(column, NULL, &row, &value))
			continue;
		run->levels[i].sum += column->kind == KIND_PERCENT ? value.ratio : value.sign;
		run->levels[i].n++;
	}
}

/* Shows the row of the last census, or the average of all. */
static void show_row(struct run *run, bool average)
{
	static const struct snapshot unknown;
	const struct session *session = run->session;
	struct interval row = {
		.before = average ? run->first : run->before,
		.now = average && run->rebooted ? &unknown : run->now,
		.average = average,
		.levels = run->levels,
	};
	struct report report;

	/* A live machine was not rebooted: its clock was set. */
	if (!average && !session->source->ops->live && row.before &&
	    !changes_one_boot(row.before, row.now)) {
		row.before = NULL;
		run->rebooted = true;
	}
	row.seconds = interval_seconds(row.before, row.now);
	time_text(row.stamp, time_of(&row.now->scan), session->options->raw);
	if (average)
		snprintf(row.stamp, sizeof(row.stamp), "Average:");
	report_begin_line(&report, session->options, run->now, session->out, true);
	report_window(&report, row.before, row.now);
	report.no_header = average || !interval_header_due(session->options, run->rows);
	(run->show ?: show_columns)(&report, &row);
	report_end(&report);
	run->rows += report.rows;
}

/* Takes the next census, after what was printed of the one before is written; false: none. */
static bool take_next(struct run *run, struct failure *why)
{
	struct session *session = run->session;
	struct snapshot *snap;

	fflush(session->out);
	if (run->now && !run->before)
		warnings_of_system(stderr, run->now);
	if (run->n_held) {
		run->n_held--;
		snap = *run->held++;
	} else {
		run->taken = session_next(session, &snap, why);
		if (run->taken != TAKE_DONE)
			return false;
	}
	if (run->before != run->first)
		snapshot_free(run->before);
	run->before = run->now;
	run->now = snap;
	if (!run->first)
		run->first = snap;
	return true;
}

/*
 * Rows of a record have the parts of rows alone: if its last census has the others too, it
 * answers what a live census would.
 */
static void show_last(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	char when[TIME_SIZE];

	if (session->source->ops->live || options->interval || options->raw || options->json ||
	    signals_stopped() || !KNOWN(&snap->scan, MEMCENSUS_SCAN_PARTS) ||
	    options->parts & ~snap->scan.parts)
		return;
	time_text(when, time_of(&snap->scan), true);
	fprintf(session->out, "\nThe last census, of %s:\n\n", when);
	show_sections(session, snap);
	fflush(session->out);
	session->partial |= show_warnings(options, snap);
}

static int show_rows(struct session *session, interval_fn *show, struct snapshot **held, size_t n,
		     struct failure *why)
{
	struct run run = { .session = session, .show = show, .held = held, .n_held = n };

	while (take_next(&run, why)) {
		add_levels(&run);
		show_row(&run, false);
	}
	/* A single row has no interval to average over. */
	if (run.taken == TAKE_END && run.before && !session->options->json)
		show_row(&run, true);
	/* Below the rows of a whole record, its last census as without an interval. */
	if (run.taken == TAKE_END && run.before)
		show_last(session, run.now);
	if (run.before != run.first)
		snapshot_free(run.before);
	if (run.now != run.first)
		snapshot_free(run.now);
	snapshot_free(run.first);
	free(run.levels);
	return run.taken == TAKE_END ? 0 : -1;
}

int interval_or_one(struct session *session, interval_fn *show, uint32_t parts,
		    struct failure *why)
{
	const uint32_t all = session->request.parts;
	enum taken taken = TAKE_DONE;
	struct snapshot *snaps[2];
	size_t n = 0;

	if (!command_series(session->options))
		return show_census(session, NULL, why);
	session->request.parts = parts;
	if (session->options->interval)
		return show_rows(session, show, NULL, 0, why);
	/* Read two censuses of the record to find out whether it has more than one. */
	while (n < 2 && taken == TAKE_DONE) {
		taken = session_take(session, &snaps[n], why);
		n += taken == TAKE_DONE;
	}
	if (taken == TAKE_FAILED) {
		while (n)
			snapshot_free(snaps[--n]);
		return -1;
	}
	/* A single census without the other parts is a row too. */
	if (n != 1 || !KNOWN(&snaps[0]->scan, MEMCENSUS_SCAN_PARTS) ||
	    all & ~snaps[0]->scan.parts)
		return show_rows(session, show, snaps, n, why);
	session->request.parts = all;
	return show_taken(session, snaps[0], NULL, why);
}

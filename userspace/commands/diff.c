// SPDX-License-Identifier: GPL-2.0
/* memcensus diff: changes between two records. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "commands/diff.h"
#include "model/warnings.h"
#include "record/selection.h"

/* ns; within one boot, the clock is assumed to be adjusted by less than this. */
#define SAME_BOOT	60000000000ULL

/**
 * struct diff - two censuses
 * @before, @after: owned
 * @rows: changed processes; owned
 * @n_rows: their number
 */
struct diff {
	struct snapshot *before;
	struct snapshot *after;
	struct diff_row *rows;
	size_t n_rows;
};

static int diff_words(struct options *options, char **words, int n,
		      struct failure *why)
{
	if (n < 1 || n > 2)
		return fail(why, FAIL_USAGE, "'diff' needs one record, or two");
	if (!strcmp(words[0], "-") && (n < 2 || !strcmp(words[1], "-")))
		return fail(why, FAIL_USAGE, "stdin can be read only once");
	options->file = words[0];
	options->other = n > 1 ? words[1] : NULL;
	return 0;
}

/* Takes one census of the record @path. */
static int take(struct snapshot **snap, const char *path, struct selection selection,
		bool *damaged, struct failure *why)
{
	const struct request request = {
		.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM,
		.any_basis = true,
	};
	struct source *source;
	enum taken taken;

	source = source_open_file(path, selection, why);
	if (!source)
		return -1;
	*snap = snapshot_new();
	taken = source->ops->take(source, &request, *snap, why);
	*damaged |= source->damaged;
	source->ops->close(source);
	return taken == TAKE_DONE ? 0 : -1;
}

/* Only PID and start time together identify a process. */
static int compare_tasks(const void *a, const void *b)
{
	const struct task *x = *(const struct task *const *)a;
	const struct task *y = *(const struct task *const *)b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static const struct task **sort_tasks(const struct snapshot *snap)
{
	const struct task **sorted = calloc(snap->n_tasks + 1, sizeof(*sorted));
	size_t i;

	for (i = 0; sorted && i < snap->n_tasks; i++)
		sorted[i] = &snap->tasks[i];
	if (sorted)
		qsort(sorted, snap->n_tasks, sizeof(*sorted), compare_tasks);
	return sorted;
}

static void add_row(struct diff *diff, const struct task *before,
		    const struct task *after)
{
	const struct scan *a = &diff->before->scan, *b = &diff->after->scan;
	struct diff_row *row = &diff->rows[diff->n_rows];

	*row = (struct diff_row){
		.before = before,
		.after = after,
		.snap = after ? diff->after : diff->before,
		.same_basis = a->basis == b->basis,
	};
	diff->n_rows += diff_change(row) != DIFF_SAME;
}

static int match(struct diff *diff, struct failure *why)
{
	const struct task **before = sort_tasks(diff->before);
	const struct task **after = sort_tasks(diff->after);
	size_t i = 0, k = 0;
	int order;

	diff->rows = calloc(diff->before->n_tasks + diff->after->n_tasks + 1,
			    sizeof(*diff->rows));
	while (before && after && diff->rows && (before[i] || after[k])) {
		if (!before[i] || !after[k])
			order = before[i] ? -1 : 1;
		else
			order = compare_tasks(&before[i], &after[k]);
		add_row(diff, order <= 0 ? before[i] : NULL,
			order >= 0 ? after[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	order = before && after && diff->rows ? 0 : fail_memory(why);
	free(before);
	free(after);
	return order;
}

/* The change of the system figure @number; false if unknown. */
static bool system_delta(const struct diff *diff, unsigned int number, int64_t *bytes)
{
	const struct figures *a = &diff->before->totals.bytes;
	const struct figures *b = &diff->after->totals.bytes;

	*bytes = (int64_t)(b->v[number] - a->v[number]);
	return KNOWN(a, number) && KNOWN(b, number);
}

static void show_system(const struct diff *diff, const struct options *options,
			FILE *out)
{
	const struct units units = { .suffixes = options->suffixes };
	struct table *table = table_new(command_look(options));
	const struct column *column;
	unsigned int i;
	int64_t bytes;

	table_column(table, "Figure", false);
	table_column(table, "Was", true);
	table_column(table, "Is", true);
	table_column(table, "Change", true);
	table_column(table, "Meminfo", false);
	for (i = 0; i < bytes_record.figures.n; i++) {
		column = &bytes_record.figures.columns[i];
		if (!column->name || !system_delta(diff, i, &bytes) || !bytes)
			continue;
		table_row(table);
		table_cell(table, column->name);
		cell_bytes(table, diff->before->totals.bytes.v[i], &units);
		cell_bytes(table, diff->after->totals.bytes.v[i], &units);
		cell_bytes(table, bytes, &units);
		table_cell(table, column->kernel);
	}
	table_finish(table, out);
}

static void show_table(const struct diff *diff, const struct options *options, FILE *out)
{
	const struct view view = { .snap = diff->after, .numeric = options->numeric };

	command_records(&view, options,
			records_of(diff->rows, diff->n_rows, sizeof(*diff->rows)),
			options->totals, out);
	command_title(options, out, "The whole system");
	show_system(diff, options, out);
}

static void put_census(struct json *json, const char *key,
		       const struct snapshot *snap)
{
	json_open(json, key, '{');
	json_put_unsigned(json, "seq", snap->seq);
	json_put_known(json, "realtime", KNOWN(&snap->scan, MEMCENSUS_SCAN_REALTIME_NS),
		       (int64_t)snap->scan.realtime);
	json_close(json, '}');
}

static void show_json(const struct diff *diff, const struct options *options, FILE *out)
{
	const struct view view = { .snap = diff->after, .numeric = options->numeric };
	struct json json = { .out = out };
	const struct column *column;
	unsigned int i;
	int64_t bytes;
	bool known;

	json_open(&json, NULL, '{');
	put_census(&json, "before", diff->before);
	put_census(&json, "after", diff->after);
	command_json_records(&json, "tasks", &view, options,
			     records_of(diff->rows, diff->n_rows, sizeof(*diff->rows)));
	json_open(&json, "system", '{');
	for (i = 0; i < bytes_record.figures.n; i++) {
		column = &bytes_record.figures.columns[i];
		known = system_delta(diff, i, &bytes);
		if (column->name)
			json_put_known(&json, column->name, known, bytes);
	}
	json_close(&json, '}');
	json_close(&json, '}');
}

/* The boot time by the machine's clock, ns since 1970. */
static uint64_t booted(const struct scan *scan)
{
	return scan->realtime - scan->boottime;
}

/* Fails if both censuses are the same; warns if they are hard to compare. */
static int check_pair(const struct diff *diff, struct failure *why)
{
	const struct scan *a = &diff->before->scan, *b = &diff->after->scan;

	if (diff->before->seq == diff->after->seq && a->realtime == b->realtime)
		return fail(why, FAIL_USAGE,
			    "both names mean the same census: nothing to compare");
	if (booted(a) - booted(b) + SAME_BOOT > 2 * SAME_BOOT)
		fputs("memcensus: the records are of two boots: no process is in both\n",
		      stderr);
	if (a->basis != b->basis)
		fputs("memcensus: the records are of two bases: USS and PSS cannot be compared\n",
		      stderr);
	return 0;
}

static int diff_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const char *other = options->other ? options->other : options->file;
	struct selection from = { .kind = options->other ? SELECTION_LAST : SELECTION_FIRST };
	struct selection to = { .kind = SELECTION_LAST };
	struct diff diff = { 0 };
	int ret;

	if (options->from_given)
		from = options->from;
	if (options->to_given)
		to = options->to;
	ret = take(&diff.before, options->file, from, &session->partial, why) ||
	      take(&diff.after, other, to, &session->partial, why) ||
	      check_pair(&diff, why) || match(&diff, why) ? -1 : 0;
	if (!ret) {
		if (options->json)
			show_json(&diff, options, session->out);
		else
			show_table(&diff, options, session->out);
		fflush(session->out);
		session->partial |= warnings_print(stderr, diff.before);
		session->partial |= warnings_print(stderr, diff.after);
	}
	snapshot_free(diff.before);
	snapshot_free(diff.after);
	free(diff.rows);
	return ret;
}

static const struct option_entry option_from = {
	0, "from", "CENSUS", "the first census: number, time, first, last",
	FLAG(from_given), SELECTION(from) };
static const struct option_entry option_to = {
	0, "to", "CENSUS", "the second census, of the second record if there are two",
	FLAG(to_given), SELECTION(to) };

static const struct option_use diff_options[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(numeric), USE(from), USE(to), USE(output),
	OPTIONS_OF_TABLES,
};

const struct command diff_command = {
	.name = "diff",
	.args = "FILE [FILE]",
	.words = diff_words,
	.summary = "what changed from one record to another",
	.about =
	"Compares the last censuses of two records, or the first and the last census of\n"
	"one record. --from and --to select other censuses, by number or time.\n"
	"\n"
	"Prints a row for each process whose USS, PSS, RSS or swap changed, and for each\n"
	"new or ended process; the amounts are the changes in KiB. The largest change of\n"
	"PSS is the last row. Processes with the same PID and start time are the same\n"
	"process. For a new process all its memory counts as growth, for an ended one as\n"
	"shrinkage. '-' means that a figure is unknown in one of the two, because the\n"
	"process was busy. Then it prints the totals of the system that changed.\n"
	"\n"
	"With -J, \"before\" and \"after\" identify the two censuses.\n",
	.options = diff_options,
	.rows = { &diff_record, "pid,user,comm,change,swap,uss,pss,rss", "size" },
	.run = diff_run,
	/* diff_run() opens the records itself. */
	.no_source = true,
};

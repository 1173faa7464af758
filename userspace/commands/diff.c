// SPDX-License-Identifier: GPL-2.0
/* memcensus diff: changes between two records. */
#include <stdlib.h>
#include <string.h>

#include "cli/subtree.h"
#include "commands/commands.h"
#include "host/names.h"
#include "lib/memory.h"
#include "model/document.h"
#include "model/warnings.h"
#include "record/source-file.h"

/* ns; within one boot, the clock is assumed to be adjusted by less than this. */
#define SAME_BOOT	60000000000ULL

/* The change of a process; by PSS if it is in both censuses. */
enum diff_change {
	DIFF_UNKNOWN,
	DIFF_SAME,
	DIFF_NEW,
	DIFF_GONE,
	DIFF_GROWN,
	DIFF_SHRUNK,
	DIFF_CHANGED,		/* PSS is the same, another figure is not */
};

/**
 * struct diff_row - a process
 * @before, @after: its records in the two censuses; NULL where it is missing
 * @snap: the later census that has it; it provides the names
 * @same_basis: shares are comparable
 */
struct diff_row {
	const struct task *before;
	const struct task *after;
	const struct snapshot *snap;
	bool same_basis;
};

/* The figures that are compared. */
static const unsigned int compared[] = {
	MEMCENSUS_F_PSS, MEMCENSUS_F_USS, MEMCENSUS_F_RSS, MEMCENSUS_F_SWAP,
};

static const char *const changes[] = {
	[DIFF_UNKNOWN] = "unknown",
	[DIFF_SAME] = "same",
	[DIFF_NEW] = "new",
	[DIFF_GONE] = "gone",
	[DIFF_GROWN] = "grown",
	[DIFF_SHRUNK] = "shrunk",
	[DIFF_CHANGED] = "changed",
};

static const struct task *either(const struct diff_row *row)
{
	return row->after ? row->after : row->before;
}

/* The figure in one census; 0 if the process is not in it. */
static struct amount figure(const struct task *task, unsigned int number)
{
	struct amount amount = { true, 0 };

	if (task)
		amount = amount_figure(&task->figures, number);
	amount.known &= amount.bytes >= 0;
	return amount;
}

static struct amount delta(const struct diff_row *row, unsigned int number)
{
	struct amount delta = amount_minus(figure(row->after, number),
					   figure(row->before, number));

	delta.known &= row->same_basis || number == MEMCENSUS_F_RSS ||
		       number == MEMCENSUS_F_SWAP;
	return delta;
}

static enum diff_change diff_change(const struct diff_row *row)
{
	struct amount change;
	size_t i;

	if (!row->before)
		return DIFF_NEW;
	if (!row->after)
		return DIFF_GONE;
	for (i = 0; i < ARRAY_SIZE(compared); i++) {
		change = delta(row, compared[i]);
		if (!change.known)
			return DIFF_UNKNOWN;
		if (!change.bytes)
			continue;
		if (compared[i] != MEMCENSUS_F_PSS)
			return DIFF_CHANGED;
		return change.bytes > 0 ? DIFF_GROWN : DIFF_SHRUNK;
	}
	return DIFF_SAME;
}

DERIVED(get_change, diff_row, number, diff_change(row), true)
DERIVED(get_pid, diff_row, number, either(row)->pid, KNOWN(either(row), MEMCENSUS_TASK_PID))
DERIVED(get_start, diff_row, number, either(row)->start,
	KNOWN(either(row), MEMCENSUS_TASK_START_NS))
DERIVED(get_comm, diff_row, text, either(row)->comm, KNOWN(either(row), MEMCENSUS_TASK_COMM))

static bool get_user(const struct view *view, const void *record,
		     struct value *value)
{
	const struct diff_row *row = record;
	const struct view names = { .snap = row->snap, .numeric = view->numeric };
	const struct task *task = either(row);

	if (!KNOWN(task, MEMCENSUS_TASK_UID))
		return false;
	value->text = name_of_user(&names, task->uid);
	return true;
}

DERIVED(get_size, diff_row, number, llabs(delta(row, MEMCENSUS_F_PSS).bytes),
	delta(row, MEMCENSUS_F_PSS).known)

#define GETTER(name, amount, condition)					\
	DERIVED(name, diff_row, sign, (amount).bytes, (amount).known && (condition))
#define FIGURE(name, num)						\
	GETTER(get_##name, delta(row, MEMCENSUS_F_##num), true)		\
	GETTER(get_##name##_before, figure(row->before, MEMCENSUS_F_##num), row->before) \
	GETTER(get_##name##_after, figure(row->after, MEMCENSUS_F_##num), row->after)

FIGURE(swap, SWAP)
FIGURE(uss, USS)
FIGURE(pss, PSS)
FIGURE(rss, RSS)

#define BYTES(name, header, help, get)					\
	{ name, header, help, .kind = KIND_BYTES, .sign = true,		\
	  .total = TOTAL_SUM, .derive = get }
#define THREE(name, header, what)					\
	BYTES(#name, header, "change of its " what, get_##name), \
	BYTES(#name "_before", header "Was", what " in the first census", get_##name##_before), \
	BYTES(#name "_after", header "Is", what " in the second census", get_##name##_after)

static const struct column diff_columns[] = {
	{ "pid", "PID", "first process started in the address space",
	  .kind = KIND_ID, .total = TOTAL_ROWS, .derive = get_pid },
	{ "user", "User", "name of the effective user", .kind = KIND_TEXT,
	  .total = TOTAL_DISTINCT, .derive = get_user },
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = get_comm },
	{ "start_ns", "Start", "start time", .kind = KIND_SINCE_BOOT,
	  .derive = get_start },
	{ "change", "Change",
	  "new, gone, grown or shrunk (PSS), changed, unknown",
	  .kind = KIND_WORD, .words = changes, .n_words = ARRAY_SIZE(changes),
	  .derive = get_change },
	THREE(swap, "Swap", "swap"),
	THREE(uss, "USS", "USS"),
	THREE(pss, "PSS", "PSS"),
	THREE(rss, "RSS", "RSS"),
	{ "size", "Size", "absolute change of PSS",
	  .kind = KIND_BYTES, .derive = get_size },
};

static const struct record_type diff_record = {
	.name = "change",
	.derived = { diff_columns, ARRAY_SIZE(diff_columns) },
};

/**
 * struct diff - two censuses
 * @before, @after: owned
 * @rows, @n_rows: changed processes; owned
 */
struct diff {
	struct snapshot *before;
	struct snapshot *after;
	struct diff_row *rows;
	size_t n_rows;
};

/**
 * struct diff_options - the options of 'diff' alone
 * @other: the second record, or NULL; the first is options.file
 * @window: the two censuses that it compares; SELECTION_ALL: not given
 */
struct diff_options {
	const char *other;
	struct window window;
};

static int diff_words(struct options *options, char **words, int n,
		      struct failure *why)
{
	struct diff_options *own = options->own;

	if (n < 1 || n > 2)
		return fail(why, FAIL_USAGE, "'diff' needs one record, or two");
	if (!strcmp(words[0], "-") && (n < 2 || !strcmp(words[1], "-")))
		return fail(why, FAIL_USAGE, "stdin can be read only once");
	options->file = words[0];
	own->other = n > 1 ? words[1] : NULL;
	return 0;
}

/* Takes one census of the record @path. */
static int take(struct session *session, struct snapshot **snap, const char *path,
		struct selection selection, struct failure *why)
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
	session->partial |= source->damaged;
	source->ops->close(source);
	if (taken == TAKE_DONE)
		subtree_narrow(session, *snap);
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

/* Ends with a NULL. */
static const struct task **sort_tasks(const struct snapshot *snap)
{
	const struct task **sorted = xcalloc(snap->n_tasks + 1, sizeof(*sorted));
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		sorted[i] = &snap->tasks[i];
	qsort(sorted, snap->n_tasks, sizeof(*sorted), compare_tasks);
	return sorted;
}

static void add_row(struct diff *diff, const struct task *before,
		    const struct task *after)
{
	const struct scan *a = &diff->before->scan, *b = &diff->after->scan;
	struct diff_row *row;

	diff->rows = array_grow(diff->rows, diff->n_rows, sizeof(*row));
	row = &diff->rows[diff->n_rows];
	*row = (struct diff_row){
		.before = before,
		.after = after,
		.snap = after ? diff->after : diff->before,
		.same_basis = a->basis == b->basis,
	};
	diff->n_rows += diff_change(row) != DIFF_SAME;
}

static void match(struct diff *diff)
{
	const struct task **before = sort_tasks(diff->before);
	const struct task **after = sort_tasks(diff->after);
	size_t i = 0, k = 0;
	int order;

	while (before[i] || after[k]) {
		if (!before[i] || !after[k])
			order = before[i] ? -1 : 1;
		else
			order = compare_tasks(&before[i], &after[k]);
		add_row(diff, order <= 0 ? before[i] : NULL,
			order >= 0 ? after[k] : NULL);
		i += order <= 0;
		k += order >= 0;
	}
	free(before);
	free(after);
}

/* The change of the system figure @number. */
static struct amount system_delta(const struct diff *diff, unsigned int number)
{
	return amount_minus(amount_total(diff->after, number),
			    amount_total(diff->before, number));
}

static void show_system(const struct diff *diff, const struct options *options,
			FILE *out)
{
	const struct units units = { .suffixes = options->suffixes };
	struct table *table = table_new(command_look(options), out);
	const struct column *column;
	struct amount change;
	unsigned int i;

	table_columns(table, "Figure >Was >Is >Change Meminfo");
	for (i = 0; i < bytes_record.figures.n; i++) {
		column = &bytes_record.figures.columns[i];
		change = system_delta(diff, i);
		if (!column->name || !change.known || !change.bytes)
			continue;
		table_row(table);
		table_cell(table, column->name);
		cell_bytes(table, diff->before->totals.bytes.v[i], &units);
		cell_bytes(table, diff->after->totals.bytes.v[i], &units);
		cell_bytes(table, change.bytes, &units);
		table_cell(table, column->kernel);
	}
	table_finish(table);
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

static void show_json(const struct diff *diff, const struct options *options, FILE *out)
{
	const struct view view = { .snap = diff->after, .numeric = options->numeric };
	const struct document_point from = document_point_of(diff->before);
	const struct document_point to = document_point_of(diff->after);
	struct json json = { .out = out };
	const struct column *column;
	struct amount change;
	unsigned int i;

	document_open(&json, options->command->name);
	document_window(&json, &from, &to);
	json_close(&json, '}');
	command_json_records(&json, "tasks", &view, options,
			     records_of(diff->rows, diff->n_rows, sizeof(*diff->rows)));
	json_open(&json, "system", '{');
	for (i = 0; i < bytes_record.figures.n; i++) {
		column = &bytes_record.figures.columns[i];
		change = system_delta(diff, i);
		if (column->name)
			json_put_known(&json, column->name, change.known, change.bytes);
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
	const struct diff_options *own = options->own;
	const char *other = own->other ? own->other : options->file;
	struct selection from = { .kind = own->other ? SELECTION_LAST : SELECTION_FIRST };
	struct selection to = { .kind = SELECTION_LAST };
	struct diff diff = { 0 };
	int ret;

	if (own->window.from.kind != SELECTION_ALL)
		from = own->window.from;
	if (own->window.to.kind != SELECTION_ALL)
		to = own->window.to;
	ret = take(session, &diff.before, options->file, from, why) ||
	      take(session, &diff.after, other, to, why) ||
	      check_pair(&diff, why) ||
	      (!diff.before->n_tasks && subtree_found(options, diff.after, why)) ? -1 : 0;
	if (!ret) {
		match(&diff);
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

static const struct option_entry option_before = {
	0, "from", "CENSUS", "the first census: number, time, -10m, first, last",
	OWN(SELECTION, diff_options, window.from) };
static const struct option_entry option_after = {
	0, "to", "CENSUS", "the second census, of the second record if there are two",
	OWN(SELECTION, diff_options, window.to) };

static const struct option_use diff_uses[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(numeric), USE(below), USE(before), USE(after), USE(output),
	OPTIONS_OF_TABLES,
};

const struct command diff_command = {
	.name = "diff",
	.words = diff_words,
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
	"--cgroup PATH selects the processes of a cgroup and of those below it.\n"
	"\n"
	"With -J, \"from\" and \"to\" of \"window\" are the two censuses.\n",
	.options = diff_uses,
	.own_size = sizeof(struct diff_options),
	.rows = { &diff_record, "pid,user,comm,change,swap,uss,pss,rss", "size" },
	.run = diff_run,
	/* diff_run() opens the records itself. */
	.no_source = true,
};

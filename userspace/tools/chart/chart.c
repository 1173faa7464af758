// SPDX-License-Identifier: GPL-2.0
/* memcensus chart: a picture of memory by owner. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "model/breakdown.h"
#include "model/format.h"
#include "report/changes.h"
#include "report/warnings.h"
#include "tools/chart/draw.h"

#define DEFAULT_TIME	(60 * NSEC_PER_SEC)

/* Default numbers of rows that are drawn one by one; --top changes them. */
#define DEFAULT_TOP	20
#define DEFAULT_TOP_TIME	10
/* Maximum number of rows: the height of a PNG is at most 32767 pixels. */
#define MOST_ROWS	1000

/* Rows in memory, of processes that have ended too: 60 MB.  A test has fewer. */
#ifndef CHART_ROWS
#define CHART_ROWS	8192
#endif

/**
 * struct chart_options - the options of 'chart' alone
 * @keep: keeps the script and the data
 */
struct chart_options {
	enum chart_kind kind;
	bool system;
	bool keep;
};

/* By enum chart_kind. */
static const char *const kinds[] = { "", "bar", "pie", "time" };

static enum chart_kind kind_of(const char *word)
{
	enum chart_kind kind = CHART_TIME;

	while (kind && strcmp(kinds[kind], word))
		kind--;
	return kind;
}

static int by_amount(const void *a, const void *b, void *chart)
{
	double x = chart_amount(chart, a), y = chart_amount(chart, b);

	return COMPARE(y, x);
}

static void free_row(struct chart_row *row)
{
	series_free(&row->series);
	free(row->name);
}

/* Rows that are drawn one by one. */
static size_t top_of(const struct chart *chart)
{
	const struct options *options = chart->session->options;

	if (options->has_top)
		return options->top && options->top < MOST_ROWS ? options->top : MOST_ROWS;
	return chart->kind == CHART_TIME ? DEFAULT_TOP_TIME : DEFAULT_TOP;
}

/* Finds or adds the row of @key. */
static struct chart_row *find_row(struct chart *chart, const struct chart_row *key)
{
	struct chart_row *row;
	size_t i;

	for (i = 0; i < chart->n; i++) {
		row = &chart->rows[(chart->cursor + i) % chart->n];
		if (row->pid == key->pid && row->start == key->start &&
		    row->user == key->user &&
		    (key->pid || key->user || !strcmp(row->name, key->name))) {
			chart->cursor = (size_t)(row - chart->rows) + 1;
			return row;
		}
	}
	chart->rows = array_grow(chart->rows, chart->n, sizeof(*chart->rows));
	row = &chart->rows[chart->n++];
	row->pid = key->pid;
	row->start = key->start;
	row->user = key->user;
	series_zeros(&row->series, &chart->times);
	chart->cursor = chart->n;
	return row;
}

/* Adds the row @key and takes its name; @known: its parts are known. */
static void add_row(struct chart *chart, const struct chart_row *key, bool known)
{
	struct chart_row *row = find_row(chart, key);

	/* A process may change its name: keep the last one. */
	free(row->name);
	row->name = key->name;
	row->seen = chart->censuses;
	/* Unknown is not zero: keep the last known value. */
	row->known |= known;
	if (known)
		memcpy(row->parts, key->parts, sizeof(row->parts));
	else
		chart->unknown++;
}

/* Reads the values of one record, a task or a group. */
static bool get_parts(const struct chart *chart, const struct view *view, const void *record,
		      double *parts)
{
	/* struct task and struct group have @figures at the same offset. */
	const struct figures *figures = &((const struct task *)record)->figures;
	struct amount uss = amount_figure(figures, MEMCENSUS_F_USS);
	struct amount pss = amount_figure(figures, MEMCENSUS_F_PSS);
	struct amount swap = amount_figure(figures, MEMCENSUS_F_SWAP_PSS);
	struct value value;

	if (chart->parts == 1) {
		if (!column_get(chart->column, view, record, &value))
			return false;
		parts[0] = chart->column->sign ? (double)value.sign : (double)value.number;
		return true;
	}
	if (!swap.known)
		swap = amount_figure(figures, MEMCENSUS_F_SWAP);
	parts[0] = uss.bytes;
	parts[1] = pss.bytes > uss.bytes ? pss.bytes - uss.bytes : 0;
	parts[2] = swap.known ? swap.bytes : 0;
	return uss.known && pss.known;
}

static void add_tasks(struct chart *chart, const struct view *view)
{
	const struct snapshot *snap = view->snap;
	size_t i;

	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];
		struct chart_row key = {
			.pid = task->pid,
			.start = KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0,
			.name = xasprintf("%s %" PRIu64,
					  KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "?",
					  task->pid),
		};

		add_row(chart, &key, get_parts(chart, view, task, key.parts));
	}
}

static const char *group_name(const struct view *view, const struct group *group)
{
	const char *name = KNOWN(group, MEMCENSUS_GROUP_COMM) ? group->comm : "all of these";
	struct value value;

	if (column_get(column_named(&group_rows, "name"), view, group, &value))
		name = value.text;
	if (KNOWN(group, MEMCENSUS_GROUP_UID))
		name = name_of_user(view, group->uid);
	else if (KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		name = name_of_cgroup(view, group->cgroup);
	return name ? name : "?";
}

/*
 * Adds the trees directly below the first processes, which do not overlap, and of these processes
 * what they have themselves.
 */
static void add_trees(struct chart *chart, const struct view *view)
{
	const struct snapshot *snap = view->snap;
	const struct task *root;
	size_t i;

	for (i = 0; i < snap->n_groups; i++) {
		struct group group = snap->groups[i];
		struct chart_row key = { .pid = group.pid };

		if (group.depth > 1)
			continue;
		root = task_of(snap, group.pid);
		key.start = root && KNOWN(root, MEMCENSUS_TASK_START_NS) ? root->start : 0;
		if (!group.depth && root)
			group.figures = root->figures;
		key.name = xasprintf("%s %" PRIu64, group_name(view, &group), group.pid);
		add_row(chart, &key, (group.depth || root) &&
			get_parts(chart, view, &group, key.parts));
	}
}

static void add_groups(struct chart *chart, const struct view *view)
{
	const struct snapshot *snap = view->snap;
	size_t i;

	for (i = 0; i < snap->n_groups; i++) {
		const struct group *group = &snap->groups[i];
		struct chart_row key = {
			.pid = KNOWN(group, MEMCENSUS_GROUP_SESSION) ? group->session : 0,
			.name = xstrdup(group_name(view, group)),
			/* Two users may have one name. */
			.user = KNOWN(group, MEMCENSUS_GROUP_UID) ? 1 + group->uid : 0,
		};

		/* The groups in it are drawn. */
		if (group->contains) {
			free(key.name);
			continue;
		}
		add_row(chart, &key, get_parts(chart, view, group, key.parts));
	}
}

/* Adds the breakdown of MemTotal, in its own order. */
static void add_system(struct chart *chart, const struct view *view)
{
	struct breakdown breakdown = breakdown_of(view->snap);
	size_t i;

	for (i = 0; i + 1 < BREAKDOWN_ROWS; i++) {
		struct chart_row key = { 0 };

		if (breakdown_rows[i].of || !breakdown_shows(&breakdown, (unsigned int)i))
			continue;
		/* A row is below 0 if several counters count one page: draw 0. */
		if (breakdown.rows[i].bytes > 0)
			key.parts[0] = (double)breakdown.rows[i].bytes;
		key.name = xstrdup(breakdown_rows[i].name);
		add_row(chart, &key, breakdown.rows[i].known);
	}
}

static uint64_t boottime_of(const struct snapshot *snap)
{
	return KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) ? snap->scan.boottime : 0;
}

static uint64_t difference(uint64_t from, uint64_t to)
{
	return to > from ? to - from : 0;
}

/*
 * The ns between two censuses.  The clock may have been set, but after a reboot only it tells
 * how long that took.  A live machine was not rebooted.
 */
static uint64_t ns_between(const struct chart *chart, const struct snapshot *before,
			   const struct snapshot *snap)
{
	const uint64_t ns = difference(boottime_of(before), boottime_of(snap));
	const uint64_t clock = difference(time_of(&before->scan), time_of(&snap->scan));

	if (chart->session->source->ops->live ||
	    (changes_one_boot(before, snap) && boottime_of(before) <= boottime_of(snap)))
		return ns;
	return clock > ns ? clock : ns;
}

/*
 * A user may start any number of short-lived processes, each of which is a row over all times:
 * those that have ended and are not among the @top largest become one.  They can only fall behind.
 * A group that comes back begins anew.
 */
static void fold_ended(struct chart *chart, size_t top)
{
	struct chart_row *row;
	size_t i, kept = 0;

	if (chart->system || chart->n < chart->most)
		return;
	if (!chart->n_ended)
		series_zeros(&chart->ended.series, &chart->times);
	qsort_r(chart->rows, chart->n, sizeof(*chart->rows), by_amount, chart);
	for (i = 0; i < chart->n; i++) {
		row = &chart->rows[i];
		if (i < top || row->seen == chart->censuses) {
			chart->rows[kept++] = *row;
			continue;
		}
		if (row->known) {
			series_plus(&chart->ended.series, &row->series);
			chart->n_ended++;
		}
		free_row(row);
	}
	if (!chart->n_ended)
		series_free(&chart->ended.series);
	chart->n = kept;
	chart->most = kept > CHART_ROWS / 2 ? 2 * kept : CHART_ROWS;
}

/* Adds the rows of a census.  @before: the one before; NULL: it is the first. */
static void chart_add(struct chart *chart, const struct snapshot *before,
		      const struct snapshot *snap)
{
	const struct view view = { .snap = snap };
	double t;
	size_t i;

	if (before)
		chart->elapsed += ns_between(chart, before, snap);
	else
		chart->first = time_of(&snap->scan);
	chart->censuses++;
	chart->last = time_of(&snap->scan);
	chart->cursor = 0;
	t = (double)chart->elapsed / 1e9;
	if (chart->system)
		add_system(chart, &view);
	else if (chart->session->options->group_by == MEMCENSUS_BY_TREE)
		add_trees(chart, &view);
	else if (chart->session->options->group_by)
		add_groups(chart, &view);
	else
		add_tasks(chart, &view);
	for (i = 0; i < chart->n; i++) {
		if (chart->rows[i].seen != chart->censuses)
			memset(chart->rows[i].parts, 0, sizeof(chart->rows[i].parts));
		series_add(&chart->rows[i].series, t, chart->rows[i].parts[0]);
	}
	if (chart->n_ended)
		series_add(&chart->ended.series, t, 0);
	series_add(&chart->times, t, 0);
	fold_ended(chart, top_of(chart));
}

/* Drops rows that were never known: a bar of 0 would be wrong. */
static void drop_unknown(struct chart *chart)
{
	size_t i, kept = 0;

	for (i = 0; i < chart->n; i++) {
		if (chart->rows[i].known)
			chart->rows[kept++] = chart->rows[i];
		else
			free_row(&chart->rows[i]);
	}
	chart->n = kept;
}

/* Sorts the rows and sums all but the @top largest in one row; 0: sums none. */
static void chart_arrange(struct chart *chart, size_t top)
{
	struct chart_row *others;
	size_t i, p, first;

	drop_unknown(chart);
	if (chart->system || chart->n + chart->n_ended == 0)
		return;
	qsort_r(chart->rows, chart->n, sizeof(*chart->rows), by_amount, chart);
	/* A single other row keeps its own name. */
	if (!chart->n_ended && (!top || chart->n <= top + 1))
		return;
	chart->others = chart->n > top ? chart->n - top : 0;
	if (chart->n_ended) {
		chart->others += chart->n_ended;
		chart->rows = array_grow(chart->rows, chart->n, sizeof(*chart->rows));
		chart->rows[chart->n++] = chart->ended;
		chart->ended = (struct chart_row){ .pid = 0 };
	}
	first = top < chart->n ? top : chart->n - 1;
	others = &chart->rows[first];
	for (i = first + 1; i < chart->n; i++) {
		for (p = 0; p < 3; p++)
			others->parts[p] += chart->rows[i].parts[p];
		series_plus(&others->series, &chart->rows[i].series);
		free_row(&chart->rows[i]);
	}
	chart->n = first + 1;
	free(others->name);
	others->name = xasprintf("%zu others", chart->others);
}

static void chart_free(struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->n; i++)
		free_row(&chart->rows[i]);
	free(chart->rows);
	free_row(&chart->ended);
	series_free(&chart->times);
	free(chart->what);
	free(chart->title);
}

/* Builds the title: kind of amounts; machine, kernel and time, if known. */
static void make_title(struct chart *chart, const struct snapshot *snap)
{
	const char *kernel = KNOWN(&snap->info, MEMCENSUS_INFO_KERNEL) ?
			     snap->info.kernel : "";
	char from[TIME_SIZE], to[TIME_SIZE];
	struct utsname uts = { 0 };

	/* A record may come from another machine. */
	if (chart->session->source->ops->live)
		uname(&uts);
	chart->what = chart->system ? xstrdup("What MemTotal is made of") :
		      chart->parts > 1 ? xstrdup("PSS and swap of each") :
		      xasprintf("%s: %s", column_header(chart->column), chart->column->help);
	time_text(from, chart->first, true);
	time_text(to, chart->last, true);
	from[strcspn(from, "T")] = ' ';
	to[strcspn(to, "T")] = ' ';
	chart->title = xasprintf("%s%sLinux %s, %s%s%s", uts.nodename,
				 *uts.nodename ? ", " : "", kernel, from,
				 chart->kind == CHART_TIME ? " to " : "",
				 chart->kind == CHART_TIME ? to : "");
}

/* Adds all censuses to a chart over time, only the last one to other charts. */
static int add_censuses(struct chart *chart, struct failure *why)
{
	struct session *session = chart->session;
	struct snapshot *snap, *last = NULL;
	uint64_t count = 0;
	enum taken taken;
	int ret = 0;

	if (session->source->ops->live)
		count = chart->kind == CHART_TIME ?
			session->options->duration / session->options->interval + 1 : 1;
	while (!ret && (!count || session->taken < count)) {
		taken = session_next(session, &snap, why);
		if (taken == TAKE_FAILED)
			ret = -1;
		if (taken != TAKE_DONE)
			break;
		if (chart->kind == CHART_TIME)
			chart_add(chart, last, snap);
		snapshot_free(last);
		last = snap;
	}
	if (!ret && last) {
		if (chart->kind != CHART_TIME)
			chart_add(chart, NULL, last);
		make_title(chart, last);
		session->partial |= chart->system ? warnings_of_sums(stderr, last) :
						    warnings_print(stderr, last);
	}
	snapshot_free(last);
	return ret;
}

static int chart_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct chart_options *own = options->own;
	const struct row_type *type = command_rows(options)->type;
	const char *figure = options->sort ? options->sort : "pss";
	struct chart chart = {
		.kind = own->kind,
		.most = CHART_ROWS,
		.session = session,
		.column = column_named(type, figure),
		.system = own->system,
		.parts = own->kind == CHART_BAR && !options->sort &&
			 !own->system ? 3 : 1,
	};
	int ret;

	if (chart.system)
		session->request.parts |= MEMCENSUS_PART_ZONES;
	ret = subtree_prepare(session, why) ? -1 : add_censuses(&chart, why);
	chart_arrange(&chart, top_of(&chart));
	if (!ret && !chart.n)
		ret = fail(why, FAIL_NO_PROCESS, "nothing to draw: no row has an amount");
	else if (!ret && chart.kind == CHART_TIME && chart.times.n < 2)
		ret = fail(why, FAIL_USAGE,
			   "a chart over time needs at least two censuses; there is one");
	else if (!ret)
		ret = chart_draw(&chart, options->output, own->keep, session->out, why);
	if (!ret && chart.unknown)
		fprintf(stderr, "memcensus: %llu values are not known: drawn as they last were\n",
			(unsigned long long)chart.unknown);
	chart_free(&chart);
	return ret;
}

static int check_words(const struct options *options, struct failure *why)
{
	const struct chart_options *own = options->own;
	const struct column *column = NULL;
	bool svg;

	if (!options->output || !chart_draws(options->output, &svg))
		return fail(why, FAIL_USAGE,
			    "'chart' needs '-o FILE', with a name that ends in .svg or .png");
	if ((options->interval || options->duration) && own->kind != CHART_TIME)
		return fail(why, FAIL_USAGE, "only 'chart time' has '--for' and '--interval'");
	if (options->sort)
		column = column_find(command_rows(options)->type, options->sort,
				     strlen(options->sort));
	/* An unknown column fails elsewhere, with a list of all columns. */
	if (column && column->kind != KIND_BYTES)
		return fail(why, FAIL_USAGE, "'%.60s' is not a column with an amount of memory",
			    options->sort);
	return 0;
}

static int chart_words(struct options *options, char **words, int n,
		       struct failure *why)
{
	struct chart_options *own = options->own;

	own->kind = n == 1 ? kind_of(words[0]) : 0;
	if (!n)
		return fail(why, FAIL_USAGE, "'chart' needs a kind: bar, pie or time");
	if (n > 1)
		return fail(why, FAIL_USAGE, "'chart' takes no '%.60s'", words[1]);
	if (!own->kind)
		return fail(why, FAIL_USAGE, "no chart '%.60s'; there are: bar pie time",
			    words[0]);
	if (check_words(options, why))
		return -1;
	/* Without an interval, a record is drawn with all its censuses. */
	if (own->kind != CHART_TIME || options->file)
		return 0;
	if (!options->duration)
		options->duration = DEFAULT_TIME;
	if (!options->interval)
		options->interval = options->duration > DEFAULT_TIME ?
				    options->duration / 60 : NSEC_PER_SEC;
	return 0;
}

static const struct option_entry option_system = {
	0, "system", NULL, "draw the parts of MemTotal",
	OWN(FLAG, chart_options, system) };
static const struct option_entry option_keep = {
	0, "keep", NULL, "keep script and data in the directory of the picture",
	OWN(FLAG, chart_options, keep) };

static const struct option_use chart_uses[] = {
	USE_AS(sort, "draw this one, an amount"),
	USE(user), USE(cgroups), USE(command),
	USE_AS(groups_by, "tree: those below the first process, or that of --tree; session"),
	USE(cgroup),
	USE_AS(tree, "only these processes and their descendants"), USE(pid), USE(basis),
	USE(file), USE(at), OPTIONS_OF_SERIES, USE(output),
	USE(for), USE(interval), USE(top), USE(system), USE(keep),
	USE(abbreviate), OPTIONS_ALWAYS,
};

static const struct option_rule chart_rules[] = {
	{ .one = &option_system, .others = { OPTIONS_OF_GROUPS, &option_cgroup, &option_tree,
					     &option_pid, &option_sort },
	  .because = "it draws neither processes, groups nor columns" },
	{ }
};

const struct command chart_command = {
	.name = "chart",
	.words = chart_words,
	.about =
	"Draws a picture to the file of -o. Rows are processes, or groups with -u, -g,\n"
	"--command or --by. The N largest are drawn separately (--top: 20, or 10 over time; 0:\n"
	"all), the others as one. -s selects the amount of memory; the default is PSS.\n"
	"\n"
	"  bar   a bar for each row: USS, the rest of PSS, and swap\n"
	"  pie   the share of each row in the sum of all\n"
	"  time  areas on top of each other, a census every --interval for the time\n"
	"        --for (1 minute)\n"
	"\n"
	"--cgroup PATH selects the processes of a cgroup and of those below it, --tree PID a\n"
	"process and its descendants. Of a record, bar and pie show the last census, time\n"
	"shows all of them.\n"
	"\n"
	"--system draws the parts of MemTotal instead. An unavailable value is drawn as\n"
	"the last known one, and stderr says so. --keep keeps the data and the gnuplot\n"
	"script in the directory of the picture, as FILE.dat and FILE.gp.\n",
	.options = chart_uses,
	.rules = chart_rules,
	.own_size = sizeof(struct chart_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM,
	.rows = { &task_rows, "pid,comm,uss,pss,swap", "pss" },
	.further = (const struct further_rows[]){ { "groups", &group_rows }, { } },
	.run = chart_run,
};

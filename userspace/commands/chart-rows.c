// SPDX-License-Identifier: GPL-2.0
/* Collects the rows of a chart from one census or many. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "commands/chart.h"
#include "lib/memory.h"
#include "model/breakdown.h"
#include "model/format.h"

static bool is_row(const struct chart_row *row, const struct chart_row *key)
{
	return row->pid == key->pid && row->start == key->start &&
	       (key->pid || !strcmp(row->name, key->name));
}

/* Finds or adds the row of @key and takes its name. */
static struct chart_row *find_row(struct chart *chart, const struct chart_row *key)
{
	struct chart_row *row;
	size_t i;

	for (i = 0; i < chart->n; i++) {
		row = &chart->rows[(chart->cursor + i) % chart->n];
		if (!is_row(row, key))
			continue;
		chart->cursor = (size_t)(row - chart->rows) + 1;
		/* A process may change its name: keep the last one. */
		free(row->name);
		row->name = key->name;
		return row;
	}
	chart->rows = array_grow(chart->rows, chart->n, sizeof(*chart->rows));
	row = &chart->rows[chart->n++];
	*row = *key;
	series_zeros(&row->series, &chart->times);
	chart->cursor = chart->n;
	return row;
}

/* Adds a row with its @parts; @known: they are known. */
static void add_row(struct chart *chart, struct chart_row *key, bool known)
{
	struct chart_row *row;
	double parts[3];

	memcpy(parts, key->parts, sizeof(parts));
	memset(key->parts, 0, sizeof(key->parts));
	row = find_row(chart, key);
	row->seen = chart->censuses;
	/* Unknown is not zero: keep the last known value. */
	row->known |= known;
	if (known)
		memcpy(row->parts, parts, sizeof(parts));
	else
		chart->unknown++;
}

static bool get_bytes(const struct figures *figures, unsigned int figure, double *bytes)
{
	*bytes = (double)figures->v[figure];
	return KNOWN(figures, figure);
}

/* Reads the values of one record, a task or a group. */
static bool get_parts(const struct chart *chart, const struct view *view, const void *record,
		      double *parts)
{
	/* struct task and struct group have @figures at the same offset. */
	const struct figures *figures = &((const struct task *)record)->figures;
	struct value value;
	double pss;

	if (chart->parts == 1) {
		if (!column_get(chart->column, view, record, &value))
			return false;
		parts[0] = chart->column->sign ? (double)value.sign : (double)value.number;
		return true;
	}
	if (!get_bytes(figures, MEMCENSUS_F_USS, &parts[0]) ||
	    !get_bytes(figures, MEMCENSUS_F_PSS, &pss))
		return false;
	parts[1] = pss > parts[0] ? pss - parts[0] : 0;
	if (!get_bytes(figures, MEMCENSUS_F_SWAP_PSS, &parts[2]) &&
	    !get_bytes(figures, MEMCENSUS_F_SWAP, &parts[2]))
		parts[2] = 0;
	return true;
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

	if (KNOWN(group, MEMCENSUS_GROUP_UID))
		name = name_of_user(view, group->uid);
	else if (KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		name = name_of_cgroup(view, group->cgroup);
	return name ? name : "?";
}

static void add_groups(struct chart *chart, const struct view *view)
{
	const struct snapshot *snap = view->snap;
	size_t i;

	for (i = 0; i < snap->n_groups; i++) {
		struct chart_row key = {
			.name = xstrdup(group_name(view, &snap->groups[i])),
		};

		add_row(chart, &key, get_parts(chart, view, &snap->groups[i], key.parts));
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

void chart_add(struct chart *chart, const struct snapshot *snap)
{
	const struct view view = { .snap = snap };
	uint64_t now = KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS) ? snap->scan.boottime : 0;
	double t;
	size_t i;

	if (!chart->censuses) {
		chart->zero = now;
		chart->first = time_of(&snap->scan);
	}
	chart->censuses++;
	chart->last = time_of(&snap->scan);
	chart->cursor = 0;
	t = now > chart->zero ? (double)(now - chart->zero) / 1e9 : 0;
	if (chart->system)
		add_system(chart, &view);
	else if (chart->session->options->group_by)
		add_groups(chart, &view);
	else
		add_tasks(chart, &view);
	for (i = 0; i < chart->n; i++) {
		if (chart->rows[i].seen != chart->censuses)
			memset(chart->rows[i].parts, 0, sizeof(chart->rows[i].parts));
		series_add(&chart->rows[i].series, t, chart->rows[i].parts[0]);
	}
	series_add(&chart->times, t, 0);
}

double chart_amount(const struct chart *chart, const struct chart_row *row)
{
	double sum = 0;
	size_t i;

	if (chart->kind != CHART_TIME)
		return row->parts[0] + row->parts[1] + row->parts[2];
	for (i = 0; i < row->series.n; i++)
		sum += row->series.points[i].v;
	return sum / (row->series.n ? (double)row->series.n : 1);
}

static int by_amount(const void *a, const void *b, void *chart)
{
	double x = chart_amount(chart, a), y = chart_amount(chart, b);

	return (x < y) - (x > y);
}

static void free_row(struct chart_row *row)
{
	series_free(&row->series);
	free(row->name);
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

void chart_arrange(struct chart *chart, size_t top)
{
	struct chart_row *others;
	size_t i, p;

	drop_unknown(chart);
	if (chart->system || !chart->n)
		return;
	qsort_r(chart->rows, chart->n, sizeof(*chart->rows), by_amount, chart);
	/* A single other row keeps its own name. */
	if (!top || chart->n <= top + 1)
		return;
	others = &chart->rows[top];
	chart->others = chart->n - top;
	for (i = top + 1; i < chart->n; i++) {
		for (p = 0; p < 3; p++)
			others->parts[p] += chart->rows[i].parts[p];
		series_plus(&others->series, &chart->rows[i].series);
		free_row(&chart->rows[i]);
	}
	chart->n = top + 1;
	free(others->name);
	others->name = xasprintf("%zu others", chart->others);
}

void chart_free(struct chart *chart)
{
	size_t i;

	for (i = 0; i < chart->n; i++)
		free_row(&chart->rows[i]);
	free(chart->rows);
	series_free(&chart->times);
	free(chart->title);
}

// SPDX-License-Identifier: GPL-2.0
/* What grew before an OOM kill, by the censuses of a record. */
#include <stdlib.h>
#include <string.h>

#include "commands/oom-growth.h"
#include "host/names.h"
#include "lib/memory.h"
#include "model/document.h"
#include "model/snapshot-json.h"

/* Processes and cgroups that are shown without --all. */
#define SHOWN	10

/* Reads the first intact census from @at on, by @step; NULL: there is none, or @why. */
static struct snapshot *take(struct recorded_ooms *ooms, size_t *at, int step, size_t end,
			     struct failure *why)
{
	struct snapshot *snap;
	int ret;

	why->kind = FAIL_NONE;
	for (; *at != end; *at += step) {
		snap = snapshot_new();
		ret = record_file_read(&ooms->file, &ooms->entries[*at], snap, why);
		if (ret > 0 && snap->has_scan)
			return snap;
		snapshot_free(snap);
		if (ret < 0)
			return NULL;
	}
	return NULL;
}

/* The end of a census, ns since 1970. */
static uint64_t end_of(const struct snapshot *snap)
{
	return snap->scan.realtime + (KNOWN(&snap->scan, MEMCENSUS_SCAN_WALL_NS) ?
				      snap->scan.wall : 0);
}

int oom_growth_find(struct oom_growth *growth, struct recorded_ooms *ooms,
		    const struct recorded_oom *oom, uint64_t span, struct failure *why)
{
	const uint64_t kill = oom->oom->realtime;
	size_t first = 0, last = ooms->n_entries;

	*growth = (struct oom_growth){ .oom = oom };
	while (last && ooms->entries[last - 1].time > kill)
		last--;
	/* One during which the process was killed has a part of what came after. */
	while (last) {
		last--;
		growth->after = take(ooms, &last, -1, (size_t)-1, why);
		if (!growth->after || end_of(growth->after) <= kill)
			break;
		snapshot_free(growth->after);
		growth->after = NULL;
	}
	if (!growth->after)
		return why->kind == FAIL_NONE ? 0 : -1;
	growth->last = ooms->entries[last].number;
	while (first < last && ooms->entries[first].time + span < kill)
		first++;
	for (; first < last; first++) {
		growth->before = take(ooms, &first, 1, last, why);
		if (!growth->before)
			return why->kind == FAIL_NONE ? 0 : -1;
		if (changes_one_boot(growth->before, growth->after))
			break;
		snapshot_free(growth->before);
		growth->before = NULL;
	}
	if (!growth->before)
		return 0;
	growth->first = ooms->entries[first].number;
	growth->changes.before = growth->before;
	growth->changes.after = growth->after;
	changes_find(&growth->changes);
	return 0;
}

void oom_growth_free(struct oom_growth *growth)
{
	changes_free(&growth->changes);
	snapshot_free(growth->before);
	snapshot_free(growth->after);
}

static bool was_killed(const struct oom_growth *growth, const struct change *row)
{
	const struct snapshot *snap = growth->oom->snap;
	const struct task *task = change_task(row);
	size_t i;

	for (i = 0; i < snap->n_oom_victims; i++)
		if (snap->oom_victims[i].oom == growth->oom->oom->number &&
		    snap->oom_victims[i].pid == task->pid &&
		    (!KNOWN(&snap->oom_victims[i], MEMCENSUS_OOM_VICTIM_START_NS) ||
		     snap->oom_victims[i].start == task->start))
			return true;
	return false;
}

static int least_first(const void *a, const void *b)
{
	const int64_t x = change_growth(*(const struct change *const *)a).bytes;
	const int64_t y = change_growth(*(const struct change *const *)b).bytes;

	return (x > y) - (x < y);
}

/*
 * The processes that grew, most last, ended by NULL; the caller frees.  @unknown: how many
 * cannot be compared.
 */
static const struct change **grown(const struct oom_growth *growth, size_t *n, size_t *unknown)
{
	const struct changes *changes = &growth->changes;
	const struct change **rows = xcalloc(changes->n_rows + 1, sizeof(*rows));
	struct amount more;
	size_t i;

	*n = 0;
	*unknown = 0;
	for (i = 0; i < changes->n_rows; i++) {
		more = change_growth(&changes->rows[i]);
		*unknown += !more.known;
		if (more.known && more.bytes > 0)
			rows[(*n)++] = &changes->rows[i];
	}
	if (*n)
		qsort(rows, *n, sizeof(*rows), least_first);
	return rows;
}

static void show_processes(const struct oom_growth *growth, const struct options *options,
			   FILE *out)
{
	static const char *const names[] = {
		"pid", "user", "change", "pss_before", "pss_after", "pss", "swap",
	};
	const struct view view = { .snap = growth->after, .numeric = options->numeric };
	const struct units units = command_units(&view, options);
	struct table *table = table_new(command_look(options), out);
	size_t n, unknown, i, c;
	const struct change **rows = grown(growth, &n, &unknown);

	table_columns(table, ">PID User Change >PSSWas >PSSIs >PSS >Swap Killed Command");
	table_column_text(table, "CgroupPath");
	for (i = options->all || n < SHOWN ? 0 : n - SHOWN; i < n; i++) {
		table_row(table);
		for (c = 0; c < ARRAY_SIZE(names); c++)
			cell_column(table, record_named(&change_record, names[c]),
				    &view, rows[i], &units);
		table_cell(table, was_killed(growth, rows[i]) ? "killed" : NULL);
		cell_column(table, record_named(&change_record, "comm"), &view,
			    rows[i], &units);
		cell_column(table, record_named(&change_record, "cgroup_path"), &view, rows[i],
			    &units);
	}
	table_finish(table);
	if (unknown && !options->raw)
		fprintf(out, "%zu processes could not be compared\n", unknown);
	free(rows);
}

static void show_cgroups(const struct oom_growth *growth, const struct options *options,
			 FILE *out)
{
	const struct view view = { .snap = growth->after, .numeric = options->numeric };
	const struct units units = command_units(&view, options);
	struct table *table = table_new(command_look(options), out);
	struct cgroup_change *v;
	struct view names = view;
	struct amount more;
	size_t n, i;

	v = changes_of_cgroups(&growth->changes, &n);
	table_columns(table, ">Was >Is >Change >ChargedWas >ChargedIs >ChargedChange");
	table_column_text(table, "CgroupPath");
	if (!options->all && n > SHOWN)
		n = SHOWN;
	/* Most last, as everywhere. */
	for (i = n; i > 0; i--) {
		more = amount_minus(v[i - 1].after, v[i - 1].before);
		if (!options->all && more.known && more.bytes <= 0)
			continue;
		names.snap = v[i - 1].snap;
		table_row(table);
		cell_amount(table, v[i - 1].before, &units);
		cell_amount(table, v[i - 1].after, &units);
		cell_amount(table, more, &units);
		cell_amount(table, v[i - 1].charged_before, &units);
		cell_amount(table, v[i - 1].charged_after, &units);
		cell_amount(table, amount_minus(v[i - 1].charged_after, v[i - 1].charged_before),
			    &units);
		table_cell(table, name_of_cgroup(&names, v[i - 1].id));
	}
	table_finish(table);
	free(v);
}

static double seconds_before(const struct oom_growth *growth, const struct snapshot *snap)
{
	return ((double)growth->oom->oom->realtime - (double)snap->scan.realtime) / 1e9;
}

void oom_growth_show(const struct oom_growth *growth, const struct options *options, FILE *out)
{
	char title[200];

	if (!growth->before && !options->raw && growth->after)
		fputs("\nThe record has one census before the kill: what grew is unknown.\n", out);
	else if (!growth->before && !options->raw)
		fputs("\nThe record has no census before the kill: what grew is unknown.\n", out);
	if (!growth->before)
		return;
	snprintf(title, sizeof(title),
		 "Processes that grew from census %llu of the record, %.1f s before the kill, to census %llu, %.1f s before it%s",
		 (unsigned long long)growth->first, seconds_before(growth, growth->before),
		 (unsigned long long)growth->last, seconds_before(growth, growth->after),
		 options->all ? "" : ", the 10 that grew most");
	command_title(options, out, title);
	show_processes(growth, options, out);
	command_title(options, out,
		      "Cgroups that grew in this time: PSS and swap of their processes, and what is charged");
	show_cgroups(growth, options, out);
	command_title(options, out, "The system in this time");
	changes_show_system(&growth->changes, options, out);
}

static void json_amount(struct json *json, const char *key, struct amount amount)
{
	json_put_known(json, key, amount.known, amount.bytes);
}

static void json_processes(struct json *json, const struct oom_growth *growth,
			   const struct options *options)
{
	static const char *const names[] = {
		"pid", "user", "comm", "cgroup_path", "start_ns", "change", "pss_before",
		"pss_after", "pss", "swap",
	};
	const struct view view = { .snap = growth->after, .numeric = options->numeric };
	size_t n, unknown, c;
	const struct change **rows = grown(growth, &n, &unknown);

	json_open(json, "tasks", '[');
	while (n) {
		n--;
		json_open(json, NULL, '{');
		for (c = 0; c < ARRAY_SIZE(names); c++)
			json_column(json, record_named(&change_record, names[c]),
				    &view, rows[n]);
		json_amount(json, "growth", change_growth(rows[n]));
		json_put_bool(json, "killed", was_killed(growth, rows[n]));
		json_close(json, '}');
	}
	json_close(json, ']');
	json_put_unsigned(json, "not_compared", unknown);
	free(rows);
}

void oom_growth_json(struct json *json, const struct oom_growth *growth,
		     const struct options *options)
{
	struct document_point from, to;
	struct view names = { .numeric = options->numeric };
	struct cgroup_change *v;
	size_t n, i;

	if (!growth || !growth->before) {
		json_put_null(json, "growth");
		return;
	}
	from = document_point_of(growth->before);
	to = document_point_of(growth->after);
	json_open(json, "growth", '{');
	document_window(json, &from, &to);
	json_close(json, '}');
	json_processes(json, growth, options);
	v = changes_of_cgroups(&growth->changes, &n);
	json_open(json, "cgroups", '[');
	for (i = 0; i < n; i++) {
		names.snap = v[i].snap;
		json_open(json, NULL, '{');
		json_put_unsigned(json, "cgroup", v[i].id);
		json_put_string(json, "cgroup_path", name_of_cgroup(&names, v[i].id));
		json_amount(json, "before", v[i].before);
		json_amount(json, "after", v[i].after);
		json_amount(json, "growth", amount_minus(v[i].after, v[i].before));
		json_amount(json, "charged_before", v[i].charged_before);
		json_amount(json, "charged_after", v[i].charged_after);
		json_close(json, '}');
	}
	json_close(json, ']');
	free(v);
	changes_json_system(json, &growth->changes);
	json_close(json, '}');
}

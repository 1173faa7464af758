// SPDX-License-Identifier: GPL-2.0
/* Shows the sums and the calls of a trace. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "commands/trace-show.h"
#include "host/exit-watch.h"
#include "lib/text.h"
#include "model/timefmt.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

static const char *const works[TRACE_WORKS] = {
	[TRACE_KSWAPD] = "kswapd",
	[TRACE_DIRECT] = "direct",
	[TRACE_MEMCG] = "memcg",
	[TRACE_COMPACT] = "compaction",
};

static const struct view no_census = { .snap = &(const struct snapshot){ } };

/* A duration with microseconds. */
static void took_text(char *buf, uint64_t ns)
{
	snprintf(buf, NUMBER_SIZE, "%" PRIu64 ".%06" PRIu64, ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / 1000);
}

/* The time of day with microseconds. */
static void clock_text(char *buf, uint64_t realtime, bool date)
{
	size_t used;

	time_text(buf, realtime, date);
	used = strlen(buf);
	snprintf(buf + used, TIME_SIZE - used, ".%06" PRIu64, realtime % NSEC_PER_SEC / 1000);
}

void trace_show_header(const struct trace_report *report)
{
	const struct options *options = report->options;

	if (options->json || options->no_header)
		return;
	if (options->raw)
		fputs("Time PID TID Command Call Arguments Result Took\n", report->out);
	else
		fprintf(report->out, "%-15s %7s %7s %-15s %s\n", "Time", "PID", "TID", "Command",
			"Call");
}

static void json_row(const struct trace_report *report, const struct trace_row *row)
{
	struct json json = { .out = report->out, .line = true };

	json_open(&json, NULL, '{');
	json_put_unsigned(&json, "time", row->time + report->realtime);
	json_put_unsigned(&json, "pid", row->process->pid);
	json_put_unsigned(&json, "tid", row->tid);
	json_put_string(&json, "comm", row->process->comm);
	json_put_string(&json, "call", trace_call_names[row->call]);
	trace_words_json(&json, row);
	json_put_bool(&json, "failed", row->failed);
	json_put_unsigned(&json, "took", row->ns);
	json_close(&json, '}');
}

static void raw_row(const struct trace_report *report, const struct trace_row *row,
		    const char *clock, const char *took)
{
	struct table *table = table_new((struct table_look){ .raw = true, .no_header = true });
	char args[TRACE_WORDS_SIZE], result[TRACE_WORDS_SIZE];

	for (int i = 0; i < 8; i++)
		table_column(table, "", false);
	trace_words_args(args, row);
	trace_words_result(result, row);
	table_row(table);
	table_cell(table, clock);
	table_cellf(table, "%" PRIu32, row->process->pid);
	table_cellf(table, "%" PRIu32, row->tid);
	table_cell(table, row->process->comm);
	table_cell(table, trace_call_names[row->call]);
	table_cell(table, args);
	table_cell(table, result);
	table_cell(table, took);
	table_finish(table, report->out);
}

void trace_show_row(const struct trace_report *report, const struct trace_row *row)
{
	char args[TRACE_WORDS_SIZE], result[TRACE_WORDS_SIZE];
	char clock[TIME_SIZE], took[NUMBER_SIZE], *comm;

	if (report->options->json) {
		json_row(report, row);
		return;
	}
	clock_text(clock, row->time + report->realtime, report->options->raw);
	took_text(took, row->ns);
	if (report->options->raw) {
		raw_row(report, row, clock, took);
		return;
	}
	trace_words_args(args, row);
	trace_words_result(result, row);
	comm = text_printable(row->process->comm);
	if (!comm) {
		report->sums->failed = true;
		return;
	}
	fprintf(report->out, "%-15s %7" PRIu32 " %7" PRIu32 " %-15s %s(%s) = %s <%s>\n", clock,
		row->process->pid, row->tid, comm, trace_call_names[row->call], args, result,
		took);
	free(comm);
}

static bool has_news(const struct trace_process *process)
{
	return memcmp(&process->sums, &process->shown, sizeof(process->sums));
}

/* Processes that did something, and those that were named. */
static bool is_shown(const struct trace_report *report, const struct trace_process *process,
		     bool last)
{
	if (process->waits)
		return false;
	return has_news(process) || (last && !report->options->everything);
}

static struct trace_shown *list(const struct trace_report *report, bool last, size_t *n)
{
	const struct trace_process *process;
	struct trace_shown *rows;
	uint64_t begun, end;

	*n = 0;
	for (process = report->sums->first; process; process = process->next)
		*n += is_shown(report, process, last);
	rows = calloc(*n + 1, sizeof(*rows));
	*n = 0;
	for (process = report->sums->first; rows && process; process = process->next) {
		if (!is_shown(report, process, last))
			continue;
		end = process->ended ? process->ended : report->now;
		begun = process->begun > report->shown ? process->begun : report->shown;
		rows[(*n)++] = (struct trace_shown){
			.process = process,
			.bytes = trace_process_bytes(process),
			.report = report,
			.since = end > begun ? end - begun : 0,
		};
	}
	return rows;
}

static void cell_time(struct table *table, uint64_t ns)
{
	char took[NUMBER_SIZE];

	took_text(took, ns);
	table_cell(table, took);
}

static void show_calls(const struct trace_report *report, const struct trace_shown *rows,
		       size_t n)
{
	const struct units units = { .suffixes = report->options->suffixes };
	struct table *table = table_new(command_look(report->options));
	const struct trace_bytes *now, *then;
	size_t i, call;

	table_column(table, "PID", true);
	table_column_text(table, "Command");
	table_column(table, "Call", false);
	table_column(table, "Calls", true);
	table_column(table, "Failed", true);
	table_column(table, "Asked", true);
	table_column(table, "Given", true);
	table_column(table, "Dropped", true);
	table_column(table, "Time", true);
	for (i = 0; i < n; i++) {
		for (call = 0; call < TRACE_CALLS; call++) {
			now = &rows[i].process->sums.by[call];
			then = &rows[i].process->shown.by[call];
			if (now->calls == then->calls)
				continue;
			table_row(table);
			table_cellf(table, "%" PRIu32, rows[i].process->pid);
			table_cell(table, rows[i].process->comm);
			table_cell(table, trace_call_names[call]);
			table_cellf(table, "%" PRIu64, now->calls - then->calls);
			table_cellf(table, "%" PRIu64, now->failed - then->failed);
			cell_bytes(table, now->asked - then->asked, &units);
			cell_bytes(table, now->given - then->given, &units);
			cell_bytes(table, now->discarded - then->discarded, &units);
			cell_time(table, now->ns - then->ns);
		}
	}
	table_finish(table, report->out);
}

static void show_work(const struct trace_report *report)
{
	const struct units units = { .suffixes = report->options->suffixes };
	struct table *table = table_new(command_look(report->options));
	const uint64_t page = report->sums->page;
	const struct trace_worked *worked;
	const struct trace_actor *actor;
	size_t i, work;

	table_column(table, "PID", true);
	table_column_text(table, "Command");
	table_column(table, "Work", false);
	table_column(table, "Times", true);
	table_column(table, "Time", true);
	table_column(table, "Tried", true);
	table_column(table, "Done", true);
	for (i = 0; i < report->sums->n_actors; i++) {
		actor = &report->sums->actors[i];
		for (work = 0; work < TRACE_WORKS; work++) {
			worked = &actor->by[work];
			if (!worked->n && !worked->tried)
				continue;
			table_row(table);
			table_cellf(table, "%" PRIu32, actor->tid);
			table_cell(table, *actor->comm ? actor->comm : NULL);
			table_cell(table, works[work]);
			table_cellf(table, "%" PRIu64, worked->n);
			cell_time(table, worked->ns + (worked->since ?
						       report->now - worked->since : 0));
			cell_bytes(table, worked->tried * page, &units);
			cell_bytes(table, worked->done * page, &units);
		}
	}
	table_finish(table, report->out);
}

static void show_victims(const struct trace_report *report)
{
	struct table *table = table_new(command_look(report->options));
	const struct trace_victim *victim;
	char clock[TIME_SIZE];
	size_t i;

	table_column(table, "Time", false);
	table_column(table, "PID", true);
	table_column_text(table, "Command");
	for (i = 0; i < report->sums->n_victims; i++) {
		victim = &report->sums->victims[i];
		clock_text(clock, victim->time + report->realtime, report->options->raw);
		table_row(table);
		table_cell(table, clock);
		table_cellf(table, "%" PRIu32, victim->pid);
		table_cell(table, *victim->comm ? victim->comm : NULL);
	}
	table_finish(table, report->out);
}

static void exit_text(char *buf, const struct trace_report *report)
{
	const struct exit_status status = { .known = true, .status = report->child_status };

	exit_status_text(buf, &status);
}

static void show_end(const struct trace_report *report, size_t n)
{
	char how[EXIT_STATUS_SIZE], took[TIME_SIZE];

	time_duration(took, (double)(report->now - report->begun) / 1e9);
	fprintf(report->out, "\n%zu processes in %s; ", n, took);
	if (report->lost_known)
		fprintf(report->out, "%" PRIu64 " events lost", report->lost);
	else
		fputs("lost events unknown", report->out);
	if (report->reclaim && !report->sums->n_actors && !report->sums->n_victims)
		fputs("; no reclaim, compaction or OOM kill in the whole system", report->out);
	if (report->child_ended) {
		exit_text(how, report);
		fprintf(report->out, "; %" PRIu32 ": %s", report->child, how);
	}
	putc('\n', report->out);
}

static void show_tables(struct trace_report *report, const struct trace_shown *rows, size_t n,
			bool last)
{
	const struct options *options = report->options;

	command_records(&no_census, options, records_of(rows, n, sizeof(*rows)),
			options->totals, report->out);
	if (!last)
		return;
	command_title(options, report->out, "By call");
	show_calls(report, rows, n);
	if (report->sums->n_actors) {
		command_title(options, report->out, "Reclaim and compaction, in the whole system");
		show_work(report);
	}
	if (report->sums->n_victims) {
		command_title(options, report->out, "Chosen by the OOM killer");
		show_victims(report);
	}
	if (!options->raw)
		show_end(report, n);
}

static void json_calls(struct json *json, const struct trace_shown *row)
{
	const struct trace_bytes *now, *then;
	size_t call;

	for (call = 0; call < TRACE_CALLS; call++) {
		now = &row->process->sums.by[call];
		then = &row->process->shown.by[call];
		if (now->calls == then->calls)
			continue;
		json_open(json, NULL, '{');
		json_put_unsigned(json, "pid", row->process->pid);
		json_put_unsigned(json, "begun", row->process->begun + row->report->realtime);
		json_put_string(json, "call", trace_call_names[call]);
		json_put_unsigned(json, "calls", now->calls - then->calls);
		json_put_unsigned(json, "failed", now->failed - then->failed);
		json_put_unsigned(json, "asked", now->asked - then->asked);
		json_put_unsigned(json, "given", now->given - then->given);
		json_put_unsigned(json, "fixed", now->fixed - then->fixed);
		json_put_unsigned(json, "discarded", now->discarded - then->discarded);
		json_put_unsigned(json, "unknown", now->unknown - then->unknown);
		json_put_unsigned(json, "time", now->ns - then->ns);
		json_close(json, '}');
	}
}

static void json_work(struct json *json, const struct trace_report *report)
{
	const uint64_t page = report->sums->page;
	const struct trace_victim *victim;
	const struct trace_worked *worked;
	const struct trace_actor *actor;
	size_t i, work;

	if (!report->reclaim) {
		json_put_null(json, "reclaim");
		json_put_null(json, "oom_victims");
		return;
	}
	json_open(json, "reclaim", '[');
	for (i = 0; i < report->sums->n_actors; i++) {
		actor = &report->sums->actors[i];
		for (work = 0; work < TRACE_WORKS; work++) {
			worked = &actor->by[work];
			if (!worked->n && !worked->tried)
				continue;
			json_open(json, NULL, '{');
			json_put_unsigned(json, "pid", actor->tid);
			json_put_string(json, "comm", *actor->comm ? actor->comm : NULL);
			json_put_string(json, "work", works[work]);
			json_put_unsigned(json, "times", worked->n);
			json_put_unsigned(json, "time", worked->ns + (worked->since ?
					  report->now - worked->since : 0));
			json_put_unsigned(json, "tried", worked->tried * page);
			json_put_unsigned(json, "done", worked->done * page);
			json_close(json, '}');
		}
	}
	json_close(json, ']');
	json_open(json, "oom_victims", '[');
	for (i = 0; i < report->sums->n_victims; i++) {
		json_open(json, NULL, '{');
		victim = &report->sums->victims[i];
		json_put_unsigned(json, "time", victim->time + report->realtime);
		json_put_unsigned(json, "pid", victim->pid);
		json_put_string(json, "comm", *victim->comm ? victim->comm : NULL);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void json_child(struct json *json, const struct trace_report *report)
{
	int status = report->child_status;

	json_open(json, "command", '{');
	json_put_unsigned(json, "pid", report->child);
	json_put_known(json, "exit_status", report->child_ended && WIFEXITED(status),
		       WEXITSTATUS(status));
	json_put_known(json, "signal", report->child_ended && WIFSIGNALED(status),
		       WTERMSIG(status));
	json_close(json, '}');
}

static void show_json(struct trace_report *report, const struct trace_shown *rows, size_t n)
{
	const struct options *options = report->options;
	struct json json = { .out = report->out,
			     .line = options->calls || options->interval };
	size_t i;

	json_open(&json, NULL, '{');
	json_put_unsigned(&json, "realtime", report->begun + report->realtime);
	json_put_unsigned(&json, "duration", report->now - report->begun);
	json_put_known(&json, "lost", report->lost_known, (int64_t)report->lost);
	json_put_unsigned(&json, "orphans", report->sums->orphans);
	if (report->child)
		json_child(&json, report);
	command_json_records(&json, "processes", &no_census, options,
			     records_of(rows, n, sizeof(*rows)));
	json_open(&json, "calls", '[');
	for (i = 0; i < n; i++)
		json_calls(&json, &rows[i]);
	json_close(&json, ']');
	json_work(&json, report);
	json_close(&json, '}');
}

int trace_show_sums(struct trace_report *report, bool last, struct failure *why)
{
	struct trace_process *process;
	struct trace_shown *rows;
	size_t n;

	/* In the end, all since the beginning. */
	for (process = report->sums->first; last && process; process = process->next)
		memset(&process->shown, 0, sizeof(process->shown));
	if (last)
		report->shown = 0;
	rows = list(report, last, &n);
	if (!rows)
		return fail_memory(why);
	if (report->options->json)
		show_json(report, rows, n);
	else
		show_tables(report, rows, n, last);
	free(rows);
	for (process = report->sums->first; process; process = process->next)
		process->shown = process->sums;
	report->shown = report->now;
	fflush(report->out);
	return 0;
}

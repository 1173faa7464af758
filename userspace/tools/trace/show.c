// SPDX-License-Identifier: GPL-2.0
/* Shows the sums and the calls of a trace. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/format.h"
#include "os/exit-watch.h"
#include "report/report.h"
#include "tools/trace/call-text.h"
#include "tools/trace/show.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

static const struct snapshot no_census;

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

/* NULL: it had ended before its name was read. */
static const char *comm_of(const struct trace_process *process)
{
	return *process->comm ? process->comm : NULL;
}

static void json_row(const struct trace_report *report, const struct trace_row *row)
{
	const struct document_point from = { .realtime = row->time + report->realtime };
	const struct document_point to = { .realtime = from.realtime + row->ns };
	struct report shown;
	struct json *json = &shown.json;

	report_begin_line(&shown, report->options, &no_census, report->out, true);
	report_points(&shown, &from, &to);
	json_put_unsigned(json, "pid", row->process->pid);
	json_put_unsigned(json, "tid", row->tid);
	json_put_string(json, "comm", comm_of(row->process));
	json_put_string(json, "call", trace_call_names[row->call]);
	call_text_json(json, row);
	json_put_bool(json, "failed", row->failed);
	json_put_unsigned(json, "took_ns", row->ns);
	report_end(&shown);
}

void trace_show_row(const void *context, const struct trace_row *row)
{
	const struct trace_report *report = context;
	char args[CALL_TEXT_SIZE], result[CALL_TEXT_SIZE];
	char clock[TIME_SIZE], took[NUMBER_SIZE], pid[16], tid[16], *comm;
	const char *const cells[] = {
		clock, pid, tid, comm_of(row->process), trace_call_names[row->call], args, result,
		took,
	};
	struct table *table;
	size_t i;

	if (report->options->json) {
		json_row(report, row);
		return;
	}
	clock_text(clock, row->time + report->realtime, report->options->raw);
	snprintf(pid, sizeof(pid), "%" PRIu32, row->process->pid);
	snprintf(tid, sizeof(tid), "%" PRIu32, row->tid);
	call_text_args(args, row);
	call_text_result(result, row);
	time_seconds(took, row->ns);
	if (report->options->raw) {
		table = table_new(true, true, report->out);
		for (i = 0; i < ARRAY_SIZE(cells); i++)
			table_column(table, "", false, 0, CUT_NEVER);
		table_row(table);
		for (i = 0; i < ARRAY_SIZE(cells); i++)
			table_cell(table, cells[i]);
		table_finish(table);
		return;
	}
	comm = text_printable(comm_of(row->process) ? row->process->comm : "-");
	fprintf(report->out, "%-15s %7s %7s %-15s %s(%s) = %s <%s>\n", clock, pid, tid, comm,
		trace_call_names[row->call], args, result, took);
	free(comm);
}

static bool has_news(const struct trace_process *process)
{
	return memcmp(&process->sums, &process->shown, sizeof(process->sums));
}

/* Processes that did something, and those that were named. */
static bool is_process_shown(const struct trace_report *report, const struct trace_process *process,
			     bool last)
{
	if (process->waits)
		return false;
	return has_news(process) || (last && !report->own->everything);
}

/* A row for each process that is shown. */
static struct row_array list_processes(const struct trace_report *report, bool last)
{
	const struct trace_process *process;
	struct trace_shown *rows = NULL, *row;
	uint64_t begun, end;
	size_t n = 0, call;

	for (process = report->sums->first; process; process = process->next) {
		if (!is_process_shown(report, process, last))
			continue;
		end = process->ended ? process->ended : report->now;
		begun = process->begun > report->shown ? process->begun : report->shown;
		rows = array_grow(rows, n, sizeof(*rows));
		row = &rows[n++];
		row->process = process;
		row->report = report;
		row->since = end > begun ? end - begun : 0;
		for (call = 0; call < TRACE_CALLS; call++)
			trace_bytes_add(&row->bytes, process, call);
	}
	return rows_of(rows, n, sizeof(*rows));
}

/* A row for each call that the processes made. */
static struct row_array list_calls(struct row_array processes)
{
	const struct trace_shown *shown = processes.v;
	struct trace_shown *rows = NULL, *row;
	size_t n = 0, i, call;

	for (i = 0; i < processes.n; i++) {
		for (call = 0; call < TRACE_CALLS; call++) {
			rows = array_grow(rows, n, sizeof(*rows));
			row = &rows[n];
			row->process = shown[i].process;
			row->report = shown[i].report;
			row->call = call;
			trace_bytes_add(&row->bytes, row->process, call);
			n += row->bytes.calls != 0;
		}
	}
	return rows_of(rows, n, sizeof(*rows));
}

/* A row for each kind of work that a task did. */
static struct row_array list_work(const struct trace_report *report)
{
	const struct trace_sums *sums = report->sums;
	struct trace_worker *rows = NULL, *row;
	size_t n = 0, i, work;

	for (i = 0; i < sums->n_actors; i++) {
		for (work = 0; work < TRACE_WORKS; work++) {
			rows = array_grow(rows, n, sizeof(*rows));
			row = &rows[n];
			row->actor = &sums->actors[i];
			row->work = work;
			row->did = row->actor->by[work];
			if (row->did.since)
				row->did.ns += report->now - row->did.since;
			row->did.tried *= sums->page;
			row->did.done *= sums->page;
			n += row->did.n || row->did.tried;
		}
	}
	return rows_of(rows, n, sizeof(*rows));
}

/* A row for each process that the OOM killer chose. */
static struct row_array list_victims(const struct trace_report *trace, struct report *report)
{
	struct trace_killed *rows = xcalloc(trace->sums->n_victims, sizeof(*rows));
	const struct trace_victim *victim = trace->sums->victims;
	char clock[TIME_SIZE];
	size_t i;

	for (i = 0; i < trace->sums->n_victims; i++, victim++) {
		const uint64_t realtime = victim->time + trace->realtime;

		clock_text(clock, realtime, report->options->raw);
		rows[i] = (struct trace_killed){
			report_text(report, "%s", clock), realtime, victim->pid,
			*victim->comm ? victim->comm : NULL,
		};
	}
	return rows_of(rows, i, sizeof(*rows));
}

static void show_end(const struct trace_report *report, size_t n)
{
	const struct exit_status status = { .known = true, .status = report->child_status };
	char how[EXIT_STATUS_SIZE], took[TIME_SIZE];

	time_duration(took, (double)(report->now - report->begun) / 1e9);
	if (n || report->sums->n_actors || report->sums->n_victims)
		putc('\n', report->out);
	fprintf(report->out, "%zu process%s in %s; ", n, n == 1 ? "" : "es", took);
	if (report->lost_known)
		fprintf(report->out, "%" PRIu64 " events lost", report->lost);
	else
		fputs("lost events unknown", report->out);
	if (report->reclaim && !report->sums->n_actors && !report->sums->n_victims)
		fputs("; no reclaim, compaction or OOM kill in the whole system", report->out);
	if (report->child_ended) {
		exit_status_text(how, &status);
		fprintf(report->out, "; %" PRIu32 ": %s", report->child, how);
	}
	putc('\n', report->out);
}

/* What only JSON has. */
static void put_head(const struct trace_report *trace, struct report *report)
{
	const struct document_point from = { .realtime = trace->begun + trace->realtime };
	const struct document_point to = { .realtime = trace->now + trace->realtime };
	const int status = trace->child_status;

	report_points(report, &from, &to);
	REPORT(report,
	       { "duration_ns", SECTION_NUMBER,
		 .number = amount_of(true, trace->now - trace->begun) },
	       { "lost", SECTION_NUMBER, .number = amount_of(trace->lost_known, trace->lost) },
	       { "orphans", SECTION_NUMBER, .number = amount_of(true, trace->sums->orphans) });
	if (!trace->child)
		return;
	REPORT(report,
	       { .name = "child", .shape = SECTION_OPEN },
	       { "pid", SECTION_NUMBER, .number = amount_of(true, trace->child) },
	       { "exit_status", SECTION_NUMBER,
		 .number = amount_of(trace->child_ended && WIFEXITED(status),
				     WEXITSTATUS(status)) },
	       { "signal", SECTION_NUMBER,
		 .number = amount_of(trace->child_ended && WIFSIGNALED(status),
				     WTERMSIG(status)) },
	       { .shape = SECTION_CLOSE });
}

/* No heading is above nothing; a script gets it, and JSON an empty array. */
static void show_sections(const struct trace_report *trace, struct report *report,
			  struct row_array processes, bool last)
{
	const bool json = report->options->json, always = json || report->options->raw;
	const struct row_array calls = list_calls(processes), work = list_work(trace);
	const struct row_array victims = list_victims(trace, report);

	if (processes.n || always)
		REPORT(report, { "processes", .chosen = true, .rows = processes });
	if (json || (last && (calls.n || always)))
		REPORT(report,
		       { "calls", .title = "By call", .type = &trace_call_rows, .rows = calls,
			 .columns =
				 "pid comm call calls failed mapped unmapped discarded time_ns" });
	if (json ? trace->reclaim : last && trace->sums->n_actors)
		REPORT(report,
		       { "reclaim", .title = "Reclaim and compaction, in the whole system",
			 .type = &trace_work_rows, .rows = work,
			 .columns = "pid comm work times time_ns tried done" });
	if (json ? trace->reclaim : last && victims.n)
		REPORT(report,
		       { "oom_victims", .title = "Chosen by the OOM killer",
			 .type = &trace_killed_rows, .rows = victims,
			 .columns = "clock pid comm", .members = "realtime_ns pid comm" });
	if (json && !trace->reclaim)
		REPORT(report,
		       { .name = "reclaim", .shape = SECTION_NULL },
		       { .name = "oom_victims", .shape = SECTION_NULL });
	free((void *)calls.v);
	free((void *)work.v);
	free((void *)victims.v);
}

void trace_show_sums(struct trace_report *report, bool last)
{
	struct trace_process *process;
	struct row_array processes;
	struct report shown;

	/* In the end, all since the beginning. */
	for (process = report->sums->first; last && process; process = process->next)
		memset(&process->shown, 0, sizeof(process->shown));
	if (last)
		report->shown = 0;
	processes = list_processes(report, last);
	report_begin_line(&shown, report->options, &no_census, report->out,
			  report->own->calls || report->options->interval);
	if (report->options->json)
		put_head(report, &shown);
	show_sections(report, &shown, processes, last);
	report_end(&shown);
	if (last && !report->options->json && !report->options->raw)
		show_end(report, processes.n);
	free((void *)processes.v);
	for (process = report->sums->first; process; process = process->next)
		process->shown = process->sums;
	report->shown = report->now;
	fflush(report->out);
}

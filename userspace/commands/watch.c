// SPDX-License-Identifier: GPL-2.0
/* memcensus watch: shows processes until they end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/delta.h"
#include "cli/command.h"
#include "commands/interval.h"
#include "commands/watch-events.h"
#include "host/process.h"
#include "model/timefmt.h"
#include "model/warnings.h"

#define USUAL_INTERVAL	1000000000ULL

/**
 * struct watch - the state of a run
 * @session: options and source
 * @exits: exit events; NULL for a record
 * @v: processes seen so far, in order; owned
 * @n: their number
 * @ended: number of those that have ended
 * @pids: requested processes that have not ended; owned
 * @n_pids: their number
 * @rows: number of rows so far
 */
struct watch {
	struct session *session;
	struct exit_watch *exits;
	struct watched *v;
	size_t n;
	size_t ended;
	uint32_t *pids;
	size_t n_pids;
	uint64_t rows;
};

static const unsigned int amounts[] = {
	MEMCENSUS_F_VSS, MEMCENSUS_F_RSS, MEMCENSUS_F_PSS, MEMCENSUS_F_USS,
	MEMCENSUS_F_SWAP,
};

#define N_AMOUNTS	(sizeof(amounts) / sizeof(amounts[0]))

static void cell_rate(struct table *table, const struct rate *rate)
{
	if (rate->known)
		table_cellf(table, rate->value && rate->value < 10 ? "%.1f" : "%.0f",
			    rate->value);
	else
		table_cell(table, NULL);
}

static struct table *new_table(struct watch *watch)
{
	const struct options *options = watch->session->options;
	struct table_look look = command_look(options);
	struct table *table;
	size_t i;

	look.no_header = !interval_header_due(options, watch->rows++);
	table = table_new(look);
	table_column_wide(table, "Time", false, TIME_WIDTH);
	table_column_wide(table, "PID", true, 7);
	for (i = 0; i < N_AMOUNTS; i++)
		table_column_wide(table,
				  column_header(&task_record.figures.columns[amounts[i]]),
				  true, 9);
	table_column_wide(table, "MinFlt/s", true, 8);
	table_column_wide(table, "MajFlt/s", true, 8);
	table_column(table, "Growth", false);
	return table;
}

static void put_row(struct watch *watch, const struct view *view,
		    const struct task *task, const struct delta *delta)
{
	const struct options *options = watch->session->options;
	const struct units units = command_units(view, options);
	char time[TIME_SIZE], kinds[DELTA_SIZE];
	struct table *table = new_table(watch);
	size_t i;

	table_row(table);
	time_text(time, time_of(&view->snap->scan), options->raw);
	table_cell(table, time);
	table_cellf(table, "%" PRIu64, task->pid);
	for (i = 0; i < N_AMOUNTS; i++)
		cell_column(table, &task_record.figures.columns[amounts[i]], view, task, &units);
	cell_rate(table, &delta->min_faults);
	cell_rate(table, &delta->maj_faults);
	table_cell(table, delta_text(kinds, delta));
	table_finish(table, watch->session->out);
}

static void json_rate(struct json *json, const char *key, const struct rate *rate)
{
	if (rate->known)
		json_put_ratio(json, key, rate->value);
	else
		json_put_null(json, key);
}

static void put_line(const struct watch *watch, const struct view *view,
		     const struct task *task, const struct delta *delta)
{
	const struct column *state = &task_record.fields.columns[MEMCENSUS_TASK_STATE];
	struct json json = { .out = watch->session->out, .line = true };
	const uint64_t time = time_of(&view->snap->scan);
	unsigned int figure;
	size_t i;

	json_open(&json, NULL, '{');
	json_put_known(&json, "time", time, (int64_t)time);
	json_put_unsigned(&json, "pid", task->pid);
	json_put_string(&json, "state", KNOWN(task, MEMCENSUS_TASK_STATE) ?
			column_word(state, task->state) : NULL);
	for (i = 0; i < N_AMOUNTS; i++) {
		figure = amounts[i];
		json_put_known(&json, task_record.figures.columns[figure].name,
			       KNOWN(&task->figures, figure), (int64_t)task->figures.v[figure]);
	}
	json_rate(&json, "min_faults_per_second", &delta->min_faults);
	json_rate(&json, "maj_faults_per_second", &delta->maj_faults);
	delta_json(&json, "growth", delta);
	json_close(&json, '}');
}

static struct watched *find(const struct watch *watch, uint64_t pid)
{
	size_t i;

	for (i = 0; i < watch->n; i++)
		if (watch->v[i].pid == pid && !watch->v[i].ended)
			return &watch->v[i];
	return NULL;
}

static int has_begun(struct watch *watch, const struct task *task,
		     struct watched **process, struct failure *why)
{
	struct watched *v = reallocarray(watch->v, watch->n + 1, sizeof(*v));

	if (!v)
		return fail_memory(why);
	watch->v = v;
	*process = &v[watch->n++];
	**process = (struct watched){
		.pid = (uint32_t)task->pid,
		.start = KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0,
	};
	return 0;
}

/* @process has ended: the census of @realtime lacks it, or @task has its PID now. */
static int has_ended(struct watch *watch, struct watched *process,
		     uint64_t realtime, const struct task *task, struct failure *why)
{
	struct exit_status exited = exit_watch_status(watch->exits, process->pid);
	size_t i, kept = 0;

	process->ended = true;
	watch->ended++;
	for (i = 0; i < watch->n_pids; i++)
		if (watch->pids[i] != process->pid)
			watch->pids[kept++] = watch->pids[i];
	watch->n_pids = kept;
	if (watch->session->request.pids)
		watch->session->request.n_pids = kept;
	return events_put_end(watch->session, process, realtime, &exited,
			      task && KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL,
			      why);
}

static int show_task(struct watch *watch, const struct view *view,
		     const struct task *task, struct failure *why)
{
	uint64_t realtime = time_of(&view->snap->scan);
	struct delta_sample now = delta_of_task(task, &view->snap->scan);
	struct watched *process = find(watch, task->pid);
	bool first = !process;
	struct delta delta;
	int ret = 0;

	if (first)
		ret = has_begun(watch, task, &process, why);
	else if (process->start && KNOWN(task, MEMCENSUS_TASK_START_NS) &&
		 task->start != process->start)
		return has_ended(watch, process, realtime, task, why);
	if (!ret)
		ret = events_put_name(watch->session, process, realtime,
				      KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "",
				      first, exit_watch_executed(watch->exits, process->pid),
				      why);
	if (ret)
		return ret;

	delta = delta_between(first ? NULL : &process->sample, &now);
	if (watch->session->options->json)
		put_line(watch, view, task, &delta);
	else
		put_row(watch, view, task, &delta);
	/* Keep the last known sample: the next growth is counted from it. */
	if (first || now.has_amounts)
		process->sample = now;
	process->seen = realtime;
	return 0;
}

/* A record may have all processes; a live census only those requested. */
static bool is_asked_for(const struct watch *watch, const struct task *task)
{
	size_t i, t;

	if (watch->session->source->ops->live)
		return true;
	for (i = 0; i < watch->n_pids; i++) {
		if (watch->pids[i] == task->pid)
			return true;
		for (t = 0; t < task->peers.n; t++)
			if (watch->pids[i] == task->peers.v[t])
				return true;
	}
	return false;
}

/* Whether @task was seen before: has_ended() then shows its end, once. */
static bool was_met(const struct watch *watch, const struct task *task)
{
	size_t i;

	for (i = 0; i < watch->n; i++)
		if (watch->v[i].pid == task->pid)
			return true;
	return false;
}

/* Its end is an event; its record would count as a process that was not walked. */
static void drop_ended(const struct watch *watch, struct snapshot *snap)
{
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++)
		if (!task_is_gone(&snap->tasks[i]) || !was_met(watch, &snap->tasks[i]))
			snap->tasks[kept++] = snap->tasks[i];
	snap->n_tasks = kept;
}

static bool is_in(const struct snapshot *snap, uint32_t pid)
{
	size_t i;

	for (i = 0; i < snap->n_tasks; i++)
		if (snap->tasks[i].pid == pid)
			return !task_is_gone(&snap->tasks[i]);
	return false;
}

static int show_census(struct watch *watch, const struct snapshot *snap,
		       struct failure *why)
{
	const struct view view = { .snap = snap };
	bool live = watch->session->source->ops->live;
	size_t i, n = watch->n;
	int ret = 0;

	for (i = 0; !ret && i < n; i++)
		if (!watch->v[i].ended && !is_in(snap, watch->v[i].pid) &&
		    (!live || process_is_gone(watch->v[i].pid)))
			ret = has_ended(watch, &watch->v[i],
					time_of(&snap->scan), NULL, why);
	for (i = 0; !ret && i < snap->n_tasks; i++)
		if (is_asked_for(watch, &snap->tasks[i]))
			ret = show_task(watch, &view, &snap->tasks[i], why);
	fflush(watch->session->out);
	watch->session->partial |= warnings_print(stderr, snap);
	return ret;
}

static int watch_each(struct watch *watch, struct failure *why)
{
	struct session *session = watch->session;
	struct snapshot *snap;
	enum taken taken;
	int ret = 0;

	while (!ret && watch->n_pids) {
		/* The first census must find at least one process. */
		session->may_end = watch->n;
		taken = session_next(session, &snap, why);
		if (taken == TAKE_END)
			break;
		if (taken == TAKE_DONE) {
			drop_ended(watch, snap);
			ret = show_census(watch, snap, why);
		}
		if (taken == TAKE_FAILED)
			ret = -1;
		snapshot_free(snap);
	}
	return ret;
}

/* Lists the requested processes, each once; a thread ID means its process. */
static void choose_pids(struct watch *watch)
{
	const struct options *options = watch->session->options;
	bool live = watch->session->source->ops->live;
	size_t i, k;

	for (i = 0; i < options->n_pids; i++) {
		uint32_t pid = live ? process_of(options->pids[i]) : options->pids[i];

		for (k = 0; k < watch->n_pids && watch->pids[k] != pid; k++)
			;
		if (k == watch->n_pids)
			watch->pids[watch->n_pids++] = pid;
	}
}

static int watch_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct watch watch = { .session = session };
	int ret = -1;

	watch.pids = malloc(options->n_pids * sizeof(*watch.pids));
	if (!watch.pids)
		return fail_memory(why);
	choose_pids(&watch);
	/* Request all processes of a record: by PID it fails if one of several has ended. */
	session->request.pids = session->source->ops->live ? watch.pids : NULL;
	session->request.n_pids = session->source->ops->live ? watch.n_pids : 0;
	if (session->source->ops->live) {
		watch.exits = exit_watch_listen(watch.pids, watch.n_pids);
		if (!watch.exits) {
			fail_memory(why);
			goto out;
		}
	}
	ret = watch_each(&watch, why);
	if (!ret && !watch.n && session->taken)
		ret = fail(why, FAIL_NO_PROCESS,
			   "these censuses do not contain process %u", options->pids[0]);
out:
	exit_watch_free(watch.exits);
	free(watch.v);
	free(watch.pids);
	return ret;
}

static int watch_words(struct options *options, char **words, int n,
		       struct failure *why)
{
	if (options_pids(options, words, n ? 1 : 0, why) ||
	    options_interval(options, words + 1, n - 1, why))
		return -1;
	/* Without an interval, all censuses of a record are shown. */
	if (!options->interval && !options->file)
		options->interval = USUAL_INTERVAL;
	return 0;
}

static const struct option_use watch_options[] = {
	USE(basis), OPTIONS_COMMON,
};

const struct command watch_command = {
	.name = "watch",
	.args = "PID [INTERVAL [COUNT]]",
	.words = watch_words,
	.summary = "a process until it ends: what grows, and how",
	.about =
	"Prints a row every INTERVAL seconds (1) until the process ends, and then a line\n"
	"that says when and how it ended: its exit status, a signal, the OOM killer.\n"
	"PID,PID,... watches several processes. A row has amounts in KiB, minor and major\n"
	"page faults per second, and what happened since the previous row:\n"
	"\n"
	"  reserved  the address space grew but was not touched yet: malloc, mmap\n"
	"  touched   more memory is in use, resident or swapped out\n"
	"  swapped   more of it is swapped out\n"
	"  released  address space or memory was freed\n"
	"  steady    none of these\n"
	"\n"
	"The process events of the kernel say how it ended. Without them the status of the\n"
	"zombie does, or the line says that the cause is unknown. A process with the same\n"
	"PID but another start time is another process.\n"
	"\n"
	"-J writes a line of JSON for each row and for each event.\n",
	.options = watch_options,
	.basis = MEMCENSUS_BASIS_MAPCOUNT,
	.parts = MEMCENSUS_PART_TASKS,
	.run = watch_run,
};

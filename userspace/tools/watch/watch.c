// SPDX-License-Identifier: GPL-2.0
/* memcensus watch: shows processes until they end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/subtree.h"
#include "lib/budget.h"
#include "lib/memory.h"
#include "lib/output.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/format.h"
#include "model/returned.h"
#include "os/exit-watch.h"
#include "os/kernel-stack.h"
#include "os/process.h"
#include "report/interval.h"
#include "report/warnings.h"
#include "tools/watch/peak.h"

/* A terminal needs so many for all columns, with "reserved,touched" in the last one. */
#define WIDE_COLUMNS	111

#define DEFAULT_INTERVAL	1000000000ULL

/**
 * struct sample - a task in one census, reduced to what rows compare
 * @used: bytes: resident, hugetlb or swapped out, page tables, kernel stacks
 * @swap: bytes, the part of @used that is swapped out
 * @min_faults, @maj_faults: since the start of the task
 * @moment: time of the census, ns since boot
 * @point: the census
 */
struct sample {
	struct amount vss;
	struct amount used;
	struct amount swap;
	struct amount min_faults;
	struct amount maj_faults;
	struct amount moment;
	struct document_point point;
};

/**
 * struct watched - a watched process
 * @start: ns since boot; 0: unknown
 * @comm: its last known name; owned, NULL: it was never known
 * @seen: the census that saw it last
 * @sample: its last known figures
 */
struct watched {
	uint32_t pid;
	uint64_t start;
	char *comm;
	struct document_point seen;
	struct sample sample;
	bool ended;
};

/* Where the process @pid is, for compare_u64(). */
struct watched_pid {
	uint64_t pid;
	size_t at;
};

/**
 * struct watch - the state of a run
 * @exits: exit events; NULL for a record
 * @v: the @n processes that were seen, in order, until a census says no more that they have ended;
 *	owned
 * @by_pid: those that were seen before the census that is shown, @known of them, by PID; owned
 * @pids: requested processes that have not ended; none with --cgroup or --tree
 * @basis: enum memcensus_basis of the first census
 * @stack: bytes of a kernel stack
 * @rows: that were shown; 0: no process was seen
 * @empty: the cgroup has no process
 */
struct watch {
	struct session *session;
	struct exit_watch *exits;
	struct watched *v;
	size_t n;
	struct watched_pid *by_pid;
	size_t known;
	struct ids pids;
	uint64_t basis;
	struct amount stack;
	uint64_t rows;
	bool empty;
};

/* Kinds of growth between two samples. */
enum growth {
	RESERVED,	/* address space grew by more than memory in use: malloc, mmap */
	TOUCHED,	/* more memory is in use: resident, swapped out, for tables and stacks */
	SWAPPED,	/* more of it is swapped out */
	RELEASED,	/* address space or memory in use shrank */
	GROWTHS,
};

static const char *const growths[GROWTHS] = { "reserved", "touched", "swapped", "released" };

/**
 * struct watch_row - a process in a census
 * @then: the sample that it is compared with; all unknown: there is none
 * @now: of this census
 * @time: of the census
 */
struct watch_row {
	const struct task *task;
	struct sample then;
	struct sample now;
	char time[TIME_SIZE];
};

static struct sample sample_of(const struct task *task, const struct snapshot *snap,
			       struct amount stack)
{
	const struct scan *scan = &snap->scan;
	const struct figures *f = &task->figures;
	struct sample sample = {
		.vss = amount_figure(f, MEMCENSUS_F_VSS),
		.used = amount_plus(amount_figure(f, MEMCENSUS_F_RSS),
				    amount_figure(f, MEMCENSUS_F_SWAP)),
		.swap = amount_figure(f, MEMCENSUS_F_SWAP),
		.min_faults = { KNOWN(task, MEMCENSUS_TASK_MIN_FAULTS), task->min_faults },
		.maj_faults = { KNOWN(task, MEMCENSUS_TASK_MAJ_FAULTS), task->maj_faults },
		.moment = { KNOWN(scan, MEMCENSUS_SCAN_BOOTTIME_NS), scan->boottime },
		.point = document_point_of(snap),
	};

	if (KNOWN(f, MEMCENSUS_F_HUGETLB))
		sample.used.bytes += f->v[MEMCENSUS_F_HUGETLB];
	if (KNOWN(f, MEMCENSUS_F_PAGETABLES))
		sample.used.bytes += f->v[MEMCENSUS_F_PAGETABLES];
	sample.used.bytes += returned_stacks(task, stack).bytes;
	return sample;
}

/* How much the counter @offset of a sample grew per second. */
static bool rate_per_second(const struct column *column, const struct view *view,
			    const void *record, struct value *value)
{
	const struct amount ns = amount_minus(((const struct watch_row *)record)->now.moment,
					      ((const struct watch_row *)record)->then.moment);
	struct amount then, now, growth;

	(void)view;
	memcpy(&then, (const char *)record + offsetof(struct watch_row, then) + column->offset,
	       sizeof(then));
	memcpy(&now, (const char *)record + offsetof(struct watch_row, now) + column->offset,
	       sizeof(now));
	growth = amount_minus(now, then);
	value->ratio = growth.bytes / (ns.bytes / 1e9);
	return growth.known && growth.bytes >= 0 && ns.known && ns.bytes > 0;
}

/* A bit for each kind of growth. */
static bool growth_of(const struct watch_row *row, struct value *value)
{
	const struct amount vss = amount_minus(row->now.vss, row->then.vss);
	const struct amount used = amount_minus(row->now.used, row->then.used);
	const struct amount swap = amount_minus(row->now.swap, row->then.swap);

	value->number = (uint64_t)(vss.bytes > 0 && vss.bytes > used.bytes) << RESERVED |
			(uint64_t)(used.bytes > 0) << TOUCHED |
			(uint64_t)(swap.bytes > 0) << SWAPPED |
			(uint64_t)(used.bytes < 0 || vss.bytes < 0) << RELEASED;
	return vss.known && used.known;
}

COMPUTED(growth, watch_row, growth_of(row, value))
COMPUTED(is_steady, watch_row,
	 growth_of(row, value) && !value->number && (value->text = "steady"))
DERIVED(watch_time, watch_row, text, row->time, true)

static const struct column watch_columns[] = {
	{ "time", "Time", "when the census began", .kind = KIND_TEXT, .derive = watch_time },
	{ "min_faults", "MinFlt/s", "minor faults", .kind = KIND_RATE, .format = "%.1f",
	  .derive = rate_per_second, .offset = offsetof(struct sample, min_faults) },
	{ "maj_faults", "MajFlt/s", "major faults", .kind = KIND_RATE, .format = "%.1f",
	  .derive = rate_per_second, .offset = offsetof(struct sample, maj_faults) },
	{ "growth", "Growth", "what happened since then", .kind = KIND_BITS, .words = growths,
	  .n_words = GROWTHS, .derive = growth },
	{ "steady", .help = "if nothing did", .kind = KIND_TEXT, .derive = is_steady },
};

static const struct row_type watch_rows = ROWS_OF("process watched", watch_columns);

/* Shows @task as it is compared with @then, the first one: NULL. */
static void show_watched(struct watch *watch, const struct snapshot *snap,
			 const struct task *task, const struct sample *now,
			 const struct sample *then)
{
	const struct options *options = watch->session->options;
	const bool frames = watch->basis == MEMCENSUS_BASIS_FRAMES;
	const size_t width = options->raw ? 0 : output_columns(watch->session->out);
	const bool narrow = width && width < WIDE_COLUMNS;
	struct watch_row row = { .task = task, .now = *now };
	const char *columns;
	struct report report;

	if (then)
		row.then = *then;
	time_text(row.time, now->point.realtime, options->raw);
	report_begin_line(&report, options, snap, watch->session->out, true);
	report_points(&report, then ? &then->point : NULL, &now->point);
	report.no_header = !interval_header_due(options, watch->rows++);
	if (narrow)
		columns = "time:8 pid:6 vss:8 rss:8 pss:8 uss:8 swap:7 steady|growth=Growth";
	else
		columns = report_text(&report, "time:%d pid:7 vss:9 rss:9 pss:9 uss:9 swap:9 %s%s",
				      TIME_WIDTH, frames ? "fork_shared:9 " : "",
				      "fork_most:9 min_faults:8 maj_faults:8 steady|growth:1=Growth");
	if (narrow && watch->rows == 1 && !options->json)
		fputs("Too wide, so without: ForkMost MinFlt/s MajFlt/s\n", report.out);
	/* Rows of a table leave out what a census on their basis cannot have. */
	REPORT(&report,
	       { .shape = SECTION_MEMBERS, .type = &watch_rows, .rows = ONE_ROW(&row),
		 .joins = { JOIN(task_rows, watch_row, task) },
		 .members =
			"pid state vss rss pss uss swap fork_shared fork_most min_faults maj_faults growth",
		 .columns = columns });
	report_end(&report);
}

/**
 * struct watch_event - what happened to a process
 * @comm: NULL: unknown
 * @exited: how it ended, or NULL
 * @heir: name of the process that has its PID now, or NULL
 */
struct watch_event {
	uint64_t pid;
	const char *event;
	const char *comm;
	const struct exit_status *exited;
	const char *heir;
};

DERIVED(event_ended, watch_event, number, row->exited->realtime, true)
DERIVED(event_status, watch_event, number, WEXITSTATUS(row->exited->status),
	row->exited->known && WIFEXITED(row->exited->status))
DERIVED(event_signal, watch_event, number, WTERMSIG(row->exited->status),
	row->exited->known && WIFSIGNALED(row->exited->status))
DERIVED(event_oom, watch_event, number, row->exited->oom, true)

static const struct column event_columns[] = {
	MEMBER(watch_event, "pid", NULL, pid, ID, "process"),
	MEMBER(watch_event, "event", NULL, event, TEXT, "begin, exec, renamed, ended"),
	MEMBER(watch_event, "comm", NULL, comm, TEXT, "its name"),
	{ "ended_realtime_ns", .kind = KIND_REALTIME, .derive = event_ended },
	{ "exit_status", .kind = KIND_ID, .derive = event_status },
	{ "signal", .kind = KIND_ID, .derive = event_signal },
	{ "oom_killed", .kind = KIND_BOOL, .derive = event_oom },
	MEMBER(watch_event, "reused_by", NULL, heir, TEXT, "who has its PID"),
};

static const struct row_type event_rows = ROWS_OF("event", event_columns);

/* Writes an @event of @process as JSON.  The census @now found it, the one before did not. */
static void put_event(const struct watch *watch, const struct watched *process,
		      const struct document_point *now, const char *event,
		      const struct exit_status *exited, const char *heir)
{
	const struct watch_event row = { process->pid, event, process->comm, exited, heir };
	struct report report;

	report_begin_line(&report, watch->session->options, NULL, watch->session->out, true);
	report_points(&report, process->seen.realtime ? &process->seen : NULL, now);
	REPORT(&report,
	       { .shape = SECTION_MEMBERS, .type = &event_rows, .rows = ONE_ROW(&row),
		 .members = report_text(&report, "pid event comm%s%s", exited ?
				" ended_realtime_ns exit_status signal oom_killed" : "",
				heir ? " reused_by" : "") });
	report_end(&report);
}

/* Begins the text of an event; on stderr if scripts read raw rows on stdout. */
static FILE *begin_event(const struct watch *watch, const struct watched *process,
			 uint64_t realtime)
{
	bool raw = watch->session->options->raw;
	FILE *out = raw ? stderr : watch->session->out;
	char time[TIME_SIZE];

	time_text(time, realtime, raw);
	fprintf(out, "%s%-*s %7" PRIu32 " ", raw ? "memcensus: " : "", TIME_WIDTH, time,
		process->pid);
	return out;
}

/* A process may have an empty name: "" as in raw rows. The caller frees it. */
static char *name_text(const char *comm)
{
	return text_printable(!comm ? "-" : *comm ? comm : "\"\"");
}

/*
 * Stores @comm, unless it is NULL, as the name of @process.  Prints it if it is the @first one,
 * if it has changed, or if the process has @executed a program.
 */
static void put_watched_name(const struct watch *watch, struct watched *process,
			     const struct document_point *now, const char *comm, bool first,
			     bool executed)
{
	char *name, date[TIME_SIZE];
	FILE *out;

	if (!first && !executed && (!comm || (process->comm && !strcmp(process->comm, comm))))
		return;
	if (comm) {
		free(process->comm);
		process->comm = xstrdup(comm);
	}
	if (watch->session->options->json) {
		put_event(watch, process, now, first ? "begin" : executed ? "exec" : "renamed",
			  NULL, NULL);
		return;
	}
	time_text(date, now->realtime, true);
	name = name_text(process->comm);
	out = begin_event(watch, process, now->realtime);
	if (first)
		fprintf(out, "is %s, on %.10s\n", name, date);
	else if (executed)
		fprintf(out, "has executed %s\n", name);
	else
		fprintf(out, "is called %s now: another program, or name\n", name);
	free(name);
}

/*
 * Prints that @process has ended as @exited says; the census @now found that.
 * @heir: name of the process that has its PID now, or NULL.
 */
static void put_end(const struct watch *watch, const struct watched *process,
		    const struct document_point *now, const struct exit_status *exited,
		    const char *heir)
{
	char how[EXIT_STATUS_SIZE], from[TIME_SIZE], to[TIME_SIZE];
	char *name = name_text(heir);
	FILE *out = begin_event(watch, process, now->realtime);

	exit_status_text(how, exited);
	time_text(from, exited->realtime ? exited->realtime : process->seen.realtime, false);
	time_text(to, now->realtime, false);
	if (exited->realtime)
		fprintf(out, "ended at %s: %s", from, how);
	else
		fprintf(out, "ended between %s and %s: %s", from, to, how);
	fprintf(out, "%s%s\n", heir ? "; its number has now " : "", heir ? name : "");
	free(name);
}

/* Before a census: who is new in it is in it once. */
static void sort_watched(struct watch *watch)
{
	size_t i;

	free(watch->by_pid);
	watch->by_pid = xcalloc(watch->n, sizeof(*watch->by_pid));
	watch->known = watch->n;
	for (i = 0; i < watch->n; i++)
		watch->by_pid[i] = (struct watched_pid){ watch->v[i].pid, i };
	qsort(watch->by_pid, watch->n, sizeof(*watch->by_pid), compare_u64);
}

/* The same of @snap->outside; the caller frees it. */
static struct watched_pid *sort_outside(const struct snapshot *snap)
{
	struct watched_pid *by_pid = xcalloc(snap->n_outside, sizeof(*by_pid));
	size_t i;

	for (i = 0; i < snap->n_outside; i++)
		by_pid[i] = (struct watched_pid){ snap->outside[i].pid, i };
	qsort(by_pid, snap->n_outside, sizeof(*by_pid), compare_u64);
	return by_pid;
}

/* A process with @pid, known before this census, that has not ended; @ended: or has. */
static struct watched *find_watched(const struct watch *watch, uint64_t pid, bool ended)
{
	size_t i = FIRST_NOT(watch->known, k, watch->by_pid[k].pid < pid);
	struct watched *process;

	for (; i < watch->known && watch->by_pid[i].pid == pid; i++) {
		process = &watch->v[watch->by_pid[i].at];
		if (ended || !process->ended)
			return process;
	}
	return NULL;
}

/* The next census is not requested for @pid. */
static void forget_pid(struct watch *watch, uint64_t pid)
{
	struct ids *pids = &watch->pids;
	size_t i, kept = 0;

	for (i = 0; i < pids->n; i++)
		if (pids->v[i] != pid)
			pids->v[kept++] = pids->v[i];
	pids->n = kept;
	if (watch->session->request.pids.n)
		watch->session->request.pids.n = kept;
}

/* @process has ended: the census @now lacks it, or @task has its PID now. */
static void has_ended(struct watch *watch, struct watched *process,
		      const struct document_point *now, const struct task *task)
{
	const char *heir = task && KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL;
	struct exit_status exited = exit_watch_end(watch->exits, process->pid);

	process->ended = true;
	forget_pid(watch, process->pid);
	if (watch->session->options->json)
		put_event(watch, process, now, "ended", &exited, heir);
	else
		put_end(watch, process, now, &exited, heir);
}

static void show_task(struct watch *watch, const struct snapshot *snap, const struct task *task)
{
	struct sample now = sample_of(task, snap, watch->stack);
	struct watched *process = find_watched(watch, task->pid, false);
	bool first = !process;

	/* warnings_print() says of which PIDs there is no process, once. */
	if (task_is_absent(task)) {
		forget_pid(watch, task->pid);
		return;
	}
	if (first) {
		watch->v = array_grow(watch->v, watch->n, sizeof(*watch->v));
		process = &watch->v[watch->n++];
		process->pid = (uint32_t)task->pid;
		process->start = KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0;
		if (watch->session->by_subtree)
			exit_watch_add(watch->exits, process->pid);
	} else if (process->start && KNOWN(task, MEMCENSUS_TASK_START_NS) &&
		   task->start != process->start) {
		has_ended(watch, process, &now.point, task);
		return;
	}
	put_watched_name(watch, process, &now.point,
			 KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL,
			 first, exit_watch_executed(watch->exits, process->pid));

	show_watched(watch, snap, task, &now, first ? NULL : &process->sample);
	/* Keep the last known sample: the next growth is counted from it. */
	if (first || (now.vss.known && now.used.known))
		process->sample = now;
	process->seen = now.point;
}

/* A record may have all processes; a live census, or one of a subtree, only those requested. */
static bool is_asked_for(const struct watch *watch, const struct task *task)
{
	return watch->session->source->ops->live || subtree_given(watch->session->options) ||
	       task_is_of(task, watch->pids.v, watch->pids.n);
}

/* Forgets who has ended, but not as long as the census still has what ended. */
static void forget_ended(struct watch *watch, const struct snapshot *snap)
{
	const struct task *task;
	size_t i, kept = 0;

	for (i = 0; i < watch->n; i++) {
		task = watch->v[i].ended ? task_of(snap, watch->v[i].pid) : NULL;
		if (!watch->v[i].ended || (task && task_is_gone(task)))
			watch->v[kept++] = watch->v[i];
		else
			free(watch->v[i].comm);
	}
	watch->n = kept;
}

/*
 * Who is not watched has no row.  An end is an event; the record of who ended would count as one
 * that was not walked.
 */
static void drop_others(const struct watch *watch, struct snapshot *snap)
{
	const struct task *task;
	size_t i, kept = 0;

	for (i = 0; i < snap->n_tasks; i++) {
		task = &snap->tasks[i];
		if (is_asked_for(watch, task) &&
		    (!task_is_gone(task) || !find_watched(watch, task->pid, true)))
			snap->tasks[kept++] = *task;
	}
	snap->n_tasks = kept;
}

static bool is_in(const struct snapshot *snap, uint32_t pid)
{
	const struct task *task = task_of(snap, pid);

	return task && !task_is_gone(task);
}

/* Whether it is in the census @now, but in another cgroup: then it lives. */
static bool has_moved(struct watched *process, const struct snapshot *snap,
		      const struct watched_pid *outside, const struct document_point *now)
{
	size_t i = FIRST_NOT(snap->n_outside, k, outside[k].pid < process->pid);
	const struct task *task;

	for (; i < snap->n_outside && outside[i].pid == process->pid; i++) {
		task = &snap->outside[outside[i].at];
		if (task_is_gone(task) ||
		    (process->start && KNOWN(task, MEMCENSUS_TASK_START_NS) &&
		     task->start != process->start))
			continue;
		process->seen = *now;
		return true;
	}
	return false;
}

/* @snap: the census @now; NULL: there is none, because no process is left. */
static void find_ended(struct watch *watch, const struct snapshot *snap,
		       const struct document_point *now)
{
	const bool live = watch->session->source->ops->live;
	struct watched_pid *outside = snap ? sort_outside(snap) : NULL;
	size_t i, n = watch->n;

	for (i = 0; i < n; i++)
		if (!watch->v[i].ended && !(snap && is_in(snap, watch->v[i].pid)) &&
		    !(snap && has_moved(&watch->v[i], snap, outside, now)) &&
		    (!live || process_is_gone(watch->v[i].pid)))
			has_ended(watch, &watch->v[i], now, NULL);
	free(outside);
}

static void show_census(struct watch *watch, const struct snapshot *snap)
{
	const struct document_point now = document_point_of(snap);
	size_t i;

	if (!watch->basis)
		watch->basis = snap->scan.basis;
	if (!watch->stack.known && watch->session->source->ops->live)
		watch->stack = kernel_stack_size(amount_total(snap, MEMCENSUS_S_KERNEL_STACK));
	find_ended(watch, snap, &now);
	for (i = 0; i < snap->n_tasks; i++)
		show_task(watch, snap, &snap->tasks[i]);
	fflush(watch->session->out);
	watch->session->partial |= warnings_print(stderr, snap);
}

/* The subtree has no process any more: 0 if it had one, or -1. */
static int subtree_ended(struct watch *watch, const struct failure *why)
{
	const struct document_point now = { .realtime = signals_realtime() };

	if (!watch->rows || !watch->session->by_subtree || why->kind != FAIL_NO_PROCESS)
		return -1;
	find_ended(watch, NULL, &now);
	fflush(watch->session->out);
	return 0;
}

/*
 * A cgroup without a process may get some, as of a service that restarts: its rows go on.  Returns
 * whether that is what @why says.
 */
static bool wait_for_processes(struct watch *watch, const struct failure *why)
{
	struct session *session = watch->session;

	if (!watch->rows || !session->by_subtree || !session->options->cgroup ||
	    why->kind != FAIL_NO_PROCESS || signals_stopped())
		return false;
	if (!watch->empty) {
		subtree_ended(watch, why);
		fprintf(stderr, "memcensus: no process is in cgroup '%.200s' now: %s\n",
			*session->options->cgroup ? session->options->cgroup : "/",
			"the rows go on when one is");
	}
	watch->empty = true;
	/* It is one of COUNT. */
	session->taken++;
	return true;
}

/* Whether a later census may succeed: a subtree may have too many processes for a moment. */
static bool may_go_on(const struct watch *watch, const struct failure *why)
{
	return watch->rows && watch->session->by_subtree && why->kind == FAIL_SYSTEM;
}

static int watch_each(struct watch *watch, struct failure *why)
{
	struct session *session = watch->session;
	enum taken taken = TAKE_DONE;
	struct snapshot *snap;

	while ((watch->pids.n || subtree_given(session->options)) && taken == TAKE_DONE) {
		/* The first census must find at least one process. */
		session->may_end = watch->rows;
		taken = session_next(session, &snap, why);
		if (taken == TAKE_DONE) {
			forget_ended(watch, snap);
			sort_watched(watch);
			drop_others(watch, snap);
			show_census(watch, snap);
			snapshot_free(snap);
			watch->empty = false;
		} else if (taken == TAKE_FAILED && wait_for_processes(watch, why)) {
			taken = TAKE_DONE;
		} else if (taken == TAKE_FAILED && may_go_on(watch, why)) {
			fprintf(stderr, "memcensus: %s\n", why->text);
			session->partial = true;
			taken = TAKE_DONE;
		}
	}
	return taken == TAKE_FAILED ? subtree_ended(watch, why) : 0;
}

static int none_found(const struct options *options, struct failure *why)
{
	if (options->cgroup)
		return fail(why, FAIL_NO_PROCESS,
			    "no process of these censuses is in cgroup '%.200s'",
			    *options->cgroup ? options->cgroup : "/");
	return fail(why, FAIL_NO_PROCESS, "these censuses do not contain process %" PRIu64,
		    options->n_roots ? options->roots[0] : options->pids[0]);
}

/**
 * struct watch_options - the options of 'watch' alone
 * @peak: it measures a tree, and prints no rows
 * @budget: share of a processor, 0 to 1; 0: not given
 * @budget_text: as it was given
 * @record: file for the censuses; NULL: not given
 * @wait: of a command: measure what it leaves behind, too
 */
struct watch_options {
	bool peak;
	double budget;
	const char *budget_text;
	const char *record;
	bool wait;
};

static int watch_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct watch_options *own = options->own;
	const bool live = session->source->ops->live;
	struct watch watch = { .session = session };
	size_t i;
	int ret;

	if (own->peak)
		return peak_run(session, own->budget, own->record, own->wait, why);
	/* A thread ID means its process. */
	for (i = 0; i < options->n_pids; i++)
		ids_add(&watch.pids, live ? process_of(options->pids[i]) : options->pids[i]);
	/* Request all processes of a record: by PID it fails if one of several has ended. */
	session->request.pids = (struct numbers){ live ? watch.pids.n : 0, watch.pids.v };
	session->by_subtree = live && subtree_given(options);
	if (live)
		watch.exits = exit_watch_listen(watch.pids.v, watch.pids.n);
	ret = watch_each(&watch, why);
	if (!ret && !watch.rows && session->taken)
		ret = none_found(options, why);
	exit_watch_free(watch.exits);
	for (i = 0; i < watch.n; i++)
		free(watch.v[i].comm);
	free(watch.v);
	free(watch.by_pid);
	ids_free(&watch.pids);
	return ret;
}

static int watch_words(struct options *options, char **words, int n,
		       struct failure *why)
{
	const int named = !subtree_given(options);
	struct watch_options *own = options->own;

	own->peak = options->program || (options->n_roots && !n && !options->file);
	if ((own->budget_text || own->record) && !own->peak)
		return fail(why, FAIL_USAGE,
			    "'--%s' needs '-- COMMAND', or '--tree' without an interval",
			    own->record ? "record" : "budget");
	if (own->wait && !options->program)
		return fail(why, FAIL_USAGE, "'--wait' needs '-- COMMAND'");
	if (own->record && !strcmp(own->record, "-"))
		return fail(why, FAIL_USAGE, "'--record' needs a file: stdout is the command's");
	if (options->duration && (!own->peak || (options->program && !own->wait)))
		return fail(why, FAIL_USAGE,
			    "'--for' needs '--tree' without an interval, or '--wait'");
	if (options->program &&
	    (n || subtree_given(options) || options->file || !options->program[0]))
		return fail(why, FAIL_USAGE, "'watch --' takes a command to run, and nothing else");
	if (own->peak && options->n_roots > 1)
		return fail(why, FAIL_USAGE, "'watch --tree' measures one tree: name one PID");
	if (own->peak && options->basis == MEMCENSUS_BASIS_MAPCOUNT)
		return fail(why, FAIL_USAGE, "a tree is counted by frames only");
	if (own->peak)
		return 0;
	if ((named && options_pids(options, words, n ? 1 : 0, why)) ||
	    options_interval(options, words + named, n - named, why))
		return -1;
	/* Without an interval, all censuses of a record are shown. */
	if (!options->interval && !options->file)
		options->interval = DEFAULT_INTERVAL;
	return 0;
}

static int set_watch_budget(struct options *options, const char *value, struct failure *why)
{
	if (budget_parse(&((struct watch_options *)options->own)->budget, value))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not a budget: a share of one processor, from 0.01%% to 100%%",
		    value);
}

static const struct option_entry option_budget = {
	0, "budget", "PERCENT", "of a tree: most CPU time, of one processor; else any",
	OWN(TEXT, watch_options, budget_text), .set = set_watch_budget };

static const struct option_entry option_record = {
	0, "record", "FILE", "of a tree: append the censuses to this record, for chart time",
	OWN(TEXT, watch_options, record) };

static const struct option_entry option_wait = {
	0, "wait", NULL, "of a COMMAND: go on until what it left behind has ended, too",
	OWN(FLAG, watch_options, wait) };

static const struct option_use watch_options[] = {
	USE_AS(cgroup, "the processes of this cgroup and of those below it"),
	USE_AS(tree, "these processes and their descendants"),
	USE_AS(interval, "time between two censuses of a tree; 0.1 s"), USE(budget),
	USE(record), USE(wait),
	USE_AS(for, "of --tree, or of what --wait waits for: how long it is measured"),
	USE(basis), OPTIONS_OF_SERIES, OPTIONS_COMMON,
};

const struct command watch_command = {
	.name = "watch",
	.words = watch_words,
	.about =
	"Prints a row every INTERVAL seconds (1) until the process ends, and then a line\n"
	"that says when and how it ended: its exit status, a signal, the OOM killer.\n"
	"PID,PID,... watches several processes, --cgroup PATH instead of a PID those of a\n"
	"cgroup and of those below it, --tree PID a process and all its descendants; also\n"
	"those that join later. The rows of a cgroup go on, up to COUNT or Ctrl-C, when its\n"
	"processes have ended and others come, as of a service that restarts.\n"
	"\n"
	"A row has amounts in KiB, minor and major page faults per second, and what\n"
	"happened since the previous row:\n"
	"\n"
	"  reserved  the address space grew but was not touched yet: malloc, mmap\n"
	"  touched   more memory is in use: resident or swapped out, page tables, threads\n"
	"  swapped   more of it is swapped out\n"
	"  released  address space or memory was freed\n"
	"  steady    none of these\n"
	"\n"
	"The process events of the kernel say how it ended. Without them the status of the\n"
	"zombie does, or the line says that the cause is unknown. A process with the same\n"
	"PID but another start time is another process.\n"
	"\n"
	"-- COMMAND runs a command and prints at its end the most that it and all that it\n"
	"started had together, each page once, as time -v does for one process: the peak of\n"
	"PSS, USS, swap, and of the sum of RSS to compare. --tree PID without an INTERVAL\n"
	"measures a process that runs, until it ends or until Ctrl-C. A census each\n"
	"--interval (0.1 s) finds a peak that lasts as long; the longest gap says what it may\n"
	"have missed, and 'at_most' what PSS and USS of a command never exceeded. Orphans of\n"
	"COMMAND count, with --wait also those that it leaves behind, until they have ended\n"
	"or until Ctrl-C. Signals are passed on to it, and its exit status is that of\n"
	"memcensus. The result goes to stderr, or to -o FILE. On a terminal --interval also\n"
	"prints a row for each census.\n"
	"\n"
	"ForkMost is its part of the copies if all owners write to all anonymous pages that\n"
	"they share by fork: what a snapshot can still cost, added up over the parent and all\n"
	"children. --basis frames also tells how much it shares (ForkShared).\n"
	"\n"
	"-J writes a line of JSON for each row and for each event; with --raw the lines of\n"
	"events go to stderr.\n",
	.options = watch_options,
	.own_size = sizeof(struct watch_options),
	.program = true,
	.basis = MEMCENSUS_BASIS_MAPCOUNT,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_SYSTEM,
	.run = watch_run,
};

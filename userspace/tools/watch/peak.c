// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/budget.h"
#include "lib/memory.h"
#include "lib/signals.h"
#include "model/amount.h"
#include "model/cgroup-tree.h"
#include "model/format.h"
#include "os/process.h"
#include "record/recorded-names.h"
#include "record/recorder.h"
#include "report/report.h"
#include "tools/watch/command.h"
#include "tools/watch/peak.h"

/* Processes that are named at the peak of PSS. */
#define HOLDERS	10

static const struct {
	const char *name;
	unsigned int figure;
} kinds[] = {
	{ "pss", MEMCENSUS_F_PSS }, { "uss", MEMCENSUS_F_USS }, { "swap", MEMCENSUS_F_SWAP },
	{ "rss", MEMCENSUS_F_RSS },
};

#define KINDS	ARRAY_SIZE(kinds)

/**
 * struct peak - the largest value of a figure
 * @realtime: of the census, ns since 1970
 * @after: the same, ns since the begin
 * @mms: address spaces of the tree then
 */
struct peak {
	const char *name;
	struct amount bytes;
	uint64_t realtime;
	uint64_t after;
	uint64_t mms;
};

/* A process at the peak of PSS. */
struct holder {
	uint64_t pid;
	char comm[MEMCENSUS_NAME_LEN];
	struct amount swap;
	struct amount uss;
	struct amount pss;
	struct amount rss;
};

/**
 * struct measured - a run; the columns describe the numbers
 * @recorder: records the samples; NULL: nothing does, or it failed
 * @root: the tree is that of this process; 0: it is a cgroup
 * @without_root: it is this program, which does not count
 * @waits: the command has ended, and what it left behind is measured to its end
 * @begun, @last: of the run, of the last sample; ns of CLOCK_MONOTONIC
 * @failed: censuses that failed, the first one for @why
 * @hidden: censuses without the tree, because the user may not read all of it
 * @seq: of the last census
 */
struct measured {
	struct session *session;
	struct recorder *recorder;
	uint64_t root;
	bool without_root;
	bool waits;
	struct peak peaks[KINDS];
	struct holder holders[HOLDERS];
	size_t n_holders;
	uint64_t begun;
	uint64_t last;
	uint64_t samples;
	uint64_t lower;
	uint64_t interval;
	uint64_t gap;
	uint64_t wall;
	uint64_t cpu;
	struct amount largest;
	bool has_left;
	uint64_t left;
	uint64_t failed;
	uint64_t hidden;
	uint64_t seq;
	struct failure why;
};

static const struct column peak_columns[] = {
	MEMBER(peak, "figure", "Peak", name, TEXT,
	       "what was largest: pss, uss, swap; rss: their sum"),
	MEMBER_MEMORY(peak, "peak", "Memory", bytes, "its largest value in a census"),
	MEMBER(peak, "realtime_ns", NULL, realtime, REALTIME, "when"),
	MEMBER(peak, "after_ns", "After", after, SECONDS, "the same, since the begin"),
	MEMBER(peak, "mms", "MMs", mms, COUNT, "address spaces then"),
};

const struct row_type peak_rows = ROWS_OF("peak", peak_columns);

DERIVED(holder_comm, holder, text, row->comm, *row->comm)

static const struct column holder_columns[] = {
	MEMBER(holder, "pid", "PID", pid, ID, "process"),
	{ "comm", "Command", "command name", .kind = KIND_TEXT, .derive = holder_comm },
	MEMBER_MEMORY(holder, "swap", "Swap", swap, "swapped out"),
	MEMBER_MEMORY(holder, "uss", "USS", uss, "exclusive"),
	MEMBER_MEMORY(holder, "pss", "PSS", pss, "proportional share"),
	MEMBER_MEMORY(holder, "rss", "RSS", rss, "mapped pages"),
};

DERIVED(measured_cost, measured, ratio, 100.0 * (double)row->cpu / (double)row->wall, row->wall)
DERIVED(measured_left, measured, number, row->left, row->has_left)

static const struct column measured_columns[] = {
	MEMBER(measured, "samples", NULL, samples, COUNT,
	       "censuses that found a process of the tree"),
	MEMBER(measured, "lower_bounds", NULL, lower, COUNT,
	       "of these, with a process that was not walked whole"),
	MEMBER(measured, "failed", NULL, failed, COUNT, "further censuses, which failed"),
	MEMBER(measured, "interval_ns", NULL, interval, SECONDS, "wanted between two censuses"),
	MEMBER(measured, "gap_ns", NULL, gap, SECONDS,
	       "without one at most: what came and went is unseen"),
	MEMBER(measured, "wall_ns", NULL, wall, SECONDS, "that the run took"),
	{ "cost", NULL, "CPU time of the censuses, percent of one processor",
	  .kind = KIND_PERCENT, .derive = measured_cost },
	MEMBER_MEMORY(measured, "largest_rss", NULL, largest,
		      "largest RSS of one process, between censuses too"),
	{ "left", NULL, "address spaces that the command left behind",
	  .kind = KIND_COUNT, .derive = measured_left },
};

const struct row_type peak_holder_rows = ROWS_OF("process at a peak", holder_columns);
const struct row_type peak_run_rows = ROWS_OF("measured run", measured_columns);

static bool is_cgroup(const struct snapshot *snap, const struct group *group, const char *path)
{
	const char *name = KNOWN(group, MEMCENSUS_GROUP_CGROUP) && snap->naming ?
			   snap->naming(snap, NAME_CGROUP, group->cgroup, false) : NULL;

	return name && !strcmp(name, path);
}

/* That which is measured; NULL: a tree is. */
static const char *cgroup_of(const struct measured *m)
{
	const struct options *options = m->session->options;

	return options->n_cgroups ? options->cgroups[0] : NULL;
}

/* The group of the tree, or of the cgroup; NULL: it has ended. */
static const struct group *find_tree(const struct measured *m, const struct snapshot *snap)
{
	const char *cgroup = cgroup_of(m);
	const struct group *group;

	for (group = snap->groups; group < snap->groups + snap->n_groups; group++)
		if (cgroup ? is_cgroup(snap, group, cgroup) && group->mms :
			     KNOWN(group, MEMCENSUS_GROUP_PID) && group->pid == m->root)
			return group;
	return NULL;
}

/*
 * A flag for each group of @snap that is @tree or in it; the caller frees them.  Each group is
 * before those in it, so one pass finds all, however deep they are.
 */
static bool *find_below(const struct snapshot *snap, const struct group *tree)
{
	bool *in = xcalloc(snap->n_groups, sizeof(*in));
	const struct group *group, *parent;

	for (group = tree; tree && group < snap->groups + snap->n_groups; group++) {
		parent = group_parent(snap, group);
		in[group - snap->groups] = group == tree ||
					   (parent && in[parent - snap->groups]);
	}
	return in;
}

/* @in: of find_below() */
static bool is_in(const struct snapshot *snap, const bool *in, const struct task *task)
{
	const struct group *group = KNOWN(task, MEMCENSUS_TASK_GROUP) ?
				    group_of(snap, task->group) : NULL;

	return group && in[group - snap->groups];
}

/* Keeps the largest ones, the largest first. */
static void add_holder(struct measured *m, const struct task *task)
{
	const struct figures *f = &task->figures;
	struct holder holder = {
		.pid = task->pid, .swap = amount_figure(f, MEMCENSUS_F_SWAP),
		.uss = amount_figure(f, MEMCENSUS_F_USS), .pss = amount_figure(f, MEMCENSUS_F_PSS),
		.rss = amount_figure(f, MEMCENSUS_F_RSS),
	};
	size_t i;

	snprintf(holder.comm, sizeof(holder.comm), "%s",
		 KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "");
	for (i = m->n_holders; i > 0 && m->holders[i - 1].pss.bytes < holder.pss.bytes; i--)
		if (i < HOLDERS)
			m->holders[i] = m->holders[i - 1];
	if (i < HOLDERS)
		m->holders[i] = holder;
	m->n_holders += m->n_holders < HOLDERS;
}

/* Returns how many address spaces @tree has. */
static uint64_t mms_of(const struct measured *m, const struct group *tree)
{
	return tree ? tree->mms - m->without_root : 0;
}

/* @at: when the census began, ns of CLOCK_MONOTONIC. */
static void add_sample(struct measured *m, const struct snapshot *snap, const struct group *tree,
		       uint64_t at)
{
	const struct task *root = m->without_root ? task_of(snap, m->root) : NULL;
	bool lower = false, *in;
	size_t i, k;

	m->samples++;
	if (at - m->last > m->gap)
		m->gap = at - m->last;
	m->last = at;
	for (k = 0; k < KINDS; k++) {
		struct amount now = amount_figure(&tree->figures, kinds[k].figure);
		struct peak *peak = &m->peaks[k];

		if (root)
			now = amount_minus(now, amount_figure(&root->figures, kinds[k].figure));
		if (!now.known || (peak->bytes.known && peak->bytes.bytes >= now.bytes))
			continue;
		peak->bytes = now;
		peak->realtime = snap->scan.realtime;
		peak->after = at - m->begun;
		peak->mms = mms_of(m, tree);
		if (kinds[k].figure == MEMCENSUS_F_PSS)
			m->n_holders = 0;
	}
	in = find_below(snap, tree);
	for (i = 0; i < snap->n_tasks; i++) {
		const struct task *task = &snap->tasks[i];

		if (task == root || !is_in(snap, in, task))
			continue;
		lower |= task_is_unseen(task) && !task_is_gone(task);
		if (m->peaks[0].bytes.known && m->peaks[0].after == at - m->begun)
			add_holder(m, task);
	}
	free(in);
	m->lower += lower;
}

/* Says once that the record lacks what follows. */
static void stop_record(struct measured *m, const struct failure *why)
{
	struct failure late;

	fprintf(stderr, "memcensus: the record ends here: %s\n", why->text);
	m->session->partial = true;
	recorder_close(m->recorder, &late);
	m->recorder = NULL;
}

/* Takes a census, and records it. */
static enum taken take(struct measured *m, struct snapshot **snap, struct failure *why)
{
	struct failure lost = { .kind = FAIL_NONE };
	enum taken taken;

	if (!m->recorder)
		return session_take(m->session, snap, why);
	m->session->source->tap = recorder_begin(m->recorder);
	taken = session_take(m->session, snap, why);
	m->session->source->tap = NULL;
	if (taken != TAKE_DONE) {
		recorder_abort(m->recorder);
		return taken;
	}
	names_write(*snap);
	if (recorder_end(m->recorder, *snap, &lost) != RECORDER_DONE)
		stop_record(m, &lost);
	return taken;
}

/* When a census began that may be older than its request, ns of CLOCK_MONOTONIC. */
static uint64_t begin_of(const struct snapshot *snap)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return signals_now() + snap->scan.boottime -
	       ((uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec);
}

/* Takes a census.  @after: the command has ended.  False: the tree has. */
static bool take_sample(struct measured *m, bool after)
{
	uint64_t at = signals_now();
	bool again = false, hidden = false;
	const struct group *tree = NULL;
	struct failure why = { .kind = FAIL_NONE };
	struct snapshot *snap;
	enum taken taken;

	/* A record has all processes, and the service sends those that it may. */
	m->session->request.tree = m->recorder || m->session->source->shared ? 0 : m->root;
	taken = take(m, &snap, &why);

	if (taken != TAKE_DONE) {
		if (taken == TAKE_FAILED && !m->failed++)
			m->why = why;
		return m->without_root && !m->waits;
	}
	tree = find_tree(m, snap);
	if (m->session->source->shared) {
		at = begin_of(snap) > m->last ? begin_of(snap) : m->last;
		again = snap->seq == m->seq;
		m->seq = snap->seq;
		/* The service sends no tree with a process that the user may not read. */
		hidden = !tree && m->root && task_of(snap, m->root);
		m->hidden += hidden && !again;
	}
	if (after) {
		m->has_left = tree;
		m->left = mms_of(m, tree);
	} else if (mms_of(m, tree) && !again) {
		add_sample(m, snap, tree, at);
	}
	snapshot_free(snap);
	return hidden || (m->without_root ? !m->waits || mms_of(m, tree) : !!tree);
}

/*
 * Takes censuses until @command has ended; if it has, or is NULL, until the tree has, a signal, or
 * --for.
 */
static void measure(struct measured *m, struct watched_command *command, double share)
{
	const uint64_t duration = m->session->options->duration;
	const uint64_t begun = signals_now();
	struct watched_command *running = command && !command->ended ? command : NULL;
	uint64_t due = m->begun, used = budget_clock(), cost = 0, now;
	struct budget budget;

	budget_begin(&budget, share > 0 ? share : 1, m->begun);
	for (;;) {
		now = signals_now();
		if (duration && !running && now - begun >= duration)
			return;
		if (now >= due)
			due += ((now - due) / m->interval + 1) * m->interval;
		if (share > 0 && budget_when(&budget, cost, now) > due)
			due = budget_when(&budget, cost, now);
		/* A tree that exists is counted at once. */
		if (!running && !m->session->taken)
			due = now;
		if (running)
			watched_command_wait(running, due);
		else if (due > now && !signals_sleep_until(due))
			return;
		/* It has ended: this reaps orphans, and does not wait. */
		if (command && !running)
			watched_command_wait(command, due);
		if (running && running->ended)
			return;
		if (signals_now() < due)
			continue;
		if (!take_sample(m, false))
			return;
		cost = budget_clock() - used;
		used += cost;
		budget_use(&budget, cost, signals_now());
	}
}

static void show_peaks(const struct measured *m, FILE *out)
{
	const struct document_point from = { .realtime = signals_realtime() - m->wall },
				    to = { .realtime = signals_realtime() };
	const struct options *options = m->session->options;
	const bool any = m->samples;
	/* On a terminal the last table is what one sees. */
	const bool last = any && !options->raw && !options->json;
	const struct section peaks = {
		"peaks", .type = &peak_rows, .rows = ROWS(m->peaks, any ? KINDS : 0),
		.columns = any ? "figure peak:9 after mms" : NULL, .title = last ? "" : NULL,
	}, holders = {
		"holders", .title = any ? "At the peak of PSS" : NULL, .type = &peak_holder_rows,
		.rows = ROWS(m->holders, m->n_holders),
		.columns = any ? "pid:7 comm swap uss pss rss" : NULL,
	}, run = {
		"run", .shape = SECTION_OBJECT, .title = any && !last ? "" : NULL,
		.type = &peak_run_rows, .described = true, .rows = ONE_ROW(m),
	};
	struct report report;

	report_begin(&report, options, NULL, out);
	report_points(&report, &from, &to);
	REPORT(&report, last ? run : peaks, holders, last ? peaks : run);
	report_end(&report);
	fflush(out);
}

static void note_samples(const struct measured *m)
{
	if (m->hidden)
		fprintf(stderr,
			"memcensus: %" PRIu64 " censuses lack the tree: you may not read all\n",
			m->hidden);
	if (!m->samples && !m->hidden)
		fprintf(stderr, "memcensus: no sample: %s\n", m->failed ? m->why.text :
			"it ended before the first census: use a shorter '--interval'");
	else if (m->failed)
		fprintf(stderr, "memcensus: %" PRIu64 " censuses failed: %s\n", m->failed,
			m->why.text);
}

/* @waits: also what the command leaves behind, until it has ended, a signal, or --for. */
static int measure_command(struct measured *m, double share, bool waits, struct failure *why)
{
	struct session *session = m->session;
	const struct options *options = session->options;
	struct watched_command command;
	struct rusage usage;
	int ret;

	m->root = process_own();
	m->without_root = true;
	ret = watched_command_begin(&command, options->program, &session->child, why);
	if (ret) {
		watched_command_end(&command);
		return -1;
	}
	m->begun = signals_now();
	m->last = m->begun;
	measure(m, &command, share);
	if (waits) {
		m->waits = true;
		signals_catch();
		measure(m, &command, share);
	}
	m->wall = signals_now() - m->begun;
	if (signals_now() - m->last > m->gap)
		m->gap = signals_now() - m->last;
	take_sample(m, true);
	if (!getrusage(RUSAGE_CHILDREN, &usage))
		m->largest = amount_of(true, (uint64_t)usage.ru_maxrss * 1024);
	session->child = program_exit_status(command.status);
	watched_command_end(&command);
	return 0;
}

/* @path: of the record. */
static void end_record(struct measured *m, const char *path)
{
	const char *cgroup = cgroup_of(m);
	const char *quote = cgroup ? "'" : "";
	char root[24];
	struct failure why;

	if (!m->recorder)
		return;
	snprintf(root, sizeof(root), "%" PRIu64, m->root);
	if (recorder_close(m->recorder, &why)) {
		fprintf(stderr, "memcensus: %s\n", why.text);
		m->session->partial = true;
	} else {
		fprintf(stderr,
			"memcensus: draw it: memcensus -f '%s' chart time --%s %s%s%s -o FILE.svg\n",
			path, cgroup ? "cgroup" : "tree", quote,
			cgroup ?: root, quote);
	}
}

int peak_run(struct session *session, double budget, const char *record, bool waits,
	     struct failure *why)
{
	const struct recorder_options how = { .ring = 0 };
	const struct options *options = session->options;
	const uint64_t used = budget_clock();
	struct measured m = {
		.session = session,
		.interval = options->interval ? options->interval : PEAK_INTERVAL,
	};
	size_t i;

	if (options->n_called && options->n_cgroups != 1)
		return fail(why, FAIL_USAGE,
			    "'%.200s' is the name of %zu cgroups: name one by --cgroup",
			    options->called[0].name, options->n_cgroups);
	if (record) {
		m.recorder = recorder_open(record, &how, why);
		if (!m.recorder)
			return -1;
	}
	session->request.group_by = options->n_cgroups ? MEMCENSUS_BY_CGROUP : MEMCENSUS_BY_TREE;
	/* A record has the totals too, without which no command reads it. */
	session->request.totals = record;
	for (i = 0; i < KINDS; i++)
		m.peaks[i].name = kinds[i].name;
	if (options->program) {
		if (measure_command(&m, budget, waits, why))
			return -1;
	} else {
		m.root = options->n_cgroups ? 0 : process_of((uint32_t)options->roots[0]);
		session->whole = true;
		m.begun = signals_now();
		m.last = m.begun;
		measure(&m, NULL, budget);
		m.wall = signals_now() - m.begun;
		if (!m.samples && m.hidden)
			return fail(why, FAIL_PRIVILEGE,
				    "you may not read all processes of the tree of PID %" PRIu64
				    ": run as root (sudo)", m.root);
		if (!m.samples && options->n_cgroups && !m.failed)
			return fail(why, FAIL_NO_PROCESS, "no process is in cgroup '%.200s'",
				    options->cgroups[0]);
		if (!m.samples)
			return m.failed ? (*why = m.why, -1) :
			       fail(why, FAIL_NO_PROCESS,
				    "no such process, or one without memory: PID %" PRIu64, m.root);
	}
	m.cpu = budget_clock() - used;
	/* The command writes to stdout. */
	show_peaks(&m, options->program && !options->output ? stderr : session->out);
	note_samples(&m);
	end_record(&m, record);
	return 0;
}

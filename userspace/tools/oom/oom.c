// SPDX-License-Identifier: GPL-2.0
/* memcensus oom: what was there when the OOM killer ran. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/names.h"
#include "report/figures.h"
#include "tools/oom/growth.h"
#include "tools/oom/killers.h"
#include "tools/oom/limited.h"
#include "tools/oom/memory.h"
#include "tools/oom/oom.h"

/* What memcensus-record.service writes. */
static const char *unit_record = "/var/lib/memcensus/memcensus.record";

void oom_record(const char *path)
{
	unit_record = path;
}

/* The options of 'oom' alone.  @number: of the kill; 0: the newest. */
struct oom_options {
	uint64_t number;
};

/**
 * struct event - a row of the kills
 * @kill: it
 * @victim: its first one
 * @shown: the rest is about it; else NULL
 */
struct event {
	const struct kill *kill;
	const struct kill_victim *victim;
	const char *shown;
};

static const struct column event_columns[] = {
	MEMBER(event, "shown", "Shown", shown, TEXT, "where the rest is about it"),
};

static const struct row_type event_rows = ROWS_OF("row of an OOM kill", event_columns);

/**
 * struct events - the kills that are listed
 * @v: the newest first, @n; owned
 * @shown: that the rest is about; NULL: there is none
 * @growth: what grew before it, of a record
 * @nodes: one was of nodes
 * @recorded: there is a record
 * @killers: services that killed
 */
struct events {
	struct event *v;
	size_t n;
	struct kill *shown;
	struct oom_growth growth;
	bool nodes;
	bool recorded;
	struct killers killers;
};

/* The task that @pid was in @snap, if its user is the same; its number may be of another one. */
static const struct task *task_before(const struct snapshot *snap, uint64_t pid, uint64_t uid)
{
	const struct task *task = snap ? task_of(snap, pid) : NULL;

	return task && KNOWN(task, MEMCENSUS_TASK_UID) && task->uid == uid ? task : NULL;
}

/* Fills in what the census before the kill that is shown has of its processes. */
static void look_back(struct kill *kill, const struct snapshot *before)
{
	const struct view view = { .snap = before };
	const struct task *task;
	size_t i;

	if (!before)
		return;
	for (i = 0; i < kill->n_victims; i++)
		kill->victims[i].before = task_before(before, kill->victims[i].pid,
						      kill->victims[i].uid);
	task = kill->caller_pid ? task_of(before, kill->caller_pid) : NULL;
	if (task && KNOWN(task, MEMCENSUS_TASK_CGROUP))
		kill->caller_cgroup = name_of_cgroup(&view, task->cgroup);
}

/**
 * struct holding - a process of the census before
 * @task: it
 * @killed: "killed"; or NULL
 */
struct holding {
	const struct task *task;
	const char *killed;
};

static const struct column holding_columns[] = {
	MEMBER(holding, "killed", "Killed", killed, TEXT, "whether it was killed"),
};

static const struct row_type holding_rows = ROWS_OF("process before a kill", holding_columns);

static int by_pss(const void *a, const void *b)
{
	const struct task *x = ((const struct holding *)a)->task;
	const struct task *y = ((const struct holding *)b)->task;
	const struct amount p = amount_figure(&x->figures, MEMCENSUS_F_PSS);
	const struct amount q = amount_figure(&y->figures, MEMCENSUS_F_PSS);

	return COMPARE(p.known ? p.bytes : -1, q.known ? q.bytes : -1) ?: COMPARE(x->pid, y->pid);
}

/* Whether all of the machine is shown, also of a kill in a cgroup. */
static bool shows_all(const struct report *report)
{
	return report->options->all || report->options->json || report->options->raw;
}

/* The cgroup that tables without --all are narrowed to; NULL: none. */
static const char *within(const struct report *report, const struct kill *kill)
{
	return shows_all(report) ? NULL : kill->limited;
}

static bool was_killed(const struct kill *kill, const struct task *task)
{
	size_t i;

	for (i = 0; i < kill->n_victims; i++)
		if (kill->victims[i].before == task)
			return true;
	return false;
}

static void show_held(struct report *report, const struct kill *kill,
		      const struct snapshot *before, uint64_t number)
{
	struct holding *rows = xcalloc(before->n_tasks + 1, sizeof(*rows));
	const char *top = within(report, kill), *path, *text;
	const struct task *task;
	size_t i, n = 0;
	bool all;

	for (i = 0; i < before->n_tasks; i++) {
		task = &before->tasks[i];
		path = KNOWN(task, MEMCENSUS_TASK_CGROUP) ?
		       name_of_cgroup(&report->view, task->cgroup) : NULL;
		if (!top || (path && cgroup_path_within(path, top)))
			rows[n++] = (struct holding){
				task, was_killed(kill, task) ? "killed" : NULL };
	}
	qsort(rows, n, sizeof(*rows), by_pss);
	if (!n && top) {
		text = report_text(report,
				   "\nNo process of %s was in census %" PRIu64
				   ", %s before the kill.\n", report_name(report, top), number,
				   growth_age(report, kill_after(kill, &before->scan)));
		REPORT(report, { .note = text });
		free(rows);
		return;
	}
	all = report->options->all || n <= OOM_SHOWN;
	REPORT(report,
	       { .type = &holding_rows, .joins = { JOIN(task_rows, holding, task) },
		 .title = report_text(report, "Who held what%s%s in census %" PRIu64
				      ", %s before the kill%s", top ? " in " : "",
				      top ? report_name(report, top) : "", number,
				      growth_age(report, kill_after(kill, &before->scan)),
				      all ? "" : ", the largest 10 by PSS"),
		 .columns = "pid user swap uss pss rss killed comm",
		 .rows = ROWS(rows, n), .most = all ? 0 : OOM_SHOWN });
	free(rows);
}

/* What would have kept more. */
#define KEEPS	"'systemctl enable --now memcensus-record'"

/* What is missing. */
static const char *lacks(const struct events *events)
{
	static const char *const none[] = {
		"\nThe record has no census before the kill: who held what is unknown.\n",
		"\nThe record has no census of this boot before the kill: who held what is unknown.\n",
	};

	if (events->recorded)
		return none[events->growth.rebooted];
	return "\nThere is no record: who held what is unknown.\n"
	       KEEPS "\nkeeps one from now on, with a census before each kill.\n";
}

static void put_event(struct report *report, const void *row)
{
	const struct kill *kill = ((const struct event *)row)->kill;

	REPORT(report,
	       { "killed", .type = &kill_victim_rows,
		 .rows = ROWS(kill->victims, kill->n_victims) });
}

/* What is known of the kill in tables only. */
static void show_kill(struct report *report, const struct events *events)
{
	const struct oom_growth *growth = &events->growth;
	const struct kill *kill = events->shown;

	REPORT(report,
	       { .title = "Who was killed", .type = &kill_victim_rows,
		 .rows = ROWS(kill->victims, kill->n_victims),
		 .columns =
			 "pid user oom_score_adj anon ?file ?shmem ?pagetables uss_before ?pss_before ?swap_before comm",
		 .note = kill->killed == kill->n_victims ? NULL :
			 report_text(report, "%" PRIu64 " more were killed\n",
				     kill->killed - kill->n_victims) });
	if (growth->before)
		oom_growth_report(growth, within(report, kill), report);
	if (growth->after)
		show_held(report, kill, growth->after, growth->last);
	else
		REPORT(report, { .note = lacks(events) });
}

/* What JSON has of the census before. */
static void put_before(struct report *report, const struct events *events)
{
	const struct snapshot *before = events->growth.after;

	if (!before)
		REPORT(report, { .name = "before", .shape = SECTION_NULL });
	else
		REPORT(report,
		       { .name = "before", .shape = SECTION_OPEN },
		       { "scan", SECTION_OBJECT, .type = &scan_rows, .rows = ONE_ROW(&before->scan),
			 .number = { true, (int64_t)before->seq } },
		       { "tasks", .type = &task_rows },
		       { .shape = SECTION_CLOSE });
	oom_growth_report(&events->growth, NULL, report);
}

/* What memory was used for: of a kill in a cgroup, that of the machine is not what ran out. */
static void show_memory(struct report *report, const struct events *events)
{
	const struct snapshot *before = events->growth.after, *after = events->growth.next;
	const struct kill *kill = events->shown;

	limited_report(report, kill, before, after);
	if (!shows_all(report) && kill->scope == KILL_CGROUP)
		return;
	oom_memory_report(report, kill, before, after);
}

static void show_none(struct report *report, const struct events *events)
{
	const char *text = "No OOM kill in the record.\n";

	if (!report->options->file)
		text = events->recorded ? "No OOM kill in the kernel's log, or in the record.\n" :
			"No OOM kill in the kernel's log. " KEEPS " keeps those\n"
			"to come, with a census before each.\n";
	REPORT(report, { .note = text },
	       { .name = "charged", .shape = SECTION_NULL },
	       { "memory", .type = &figure_rows, .rows = ROWS((struct figure_row *)NULL, 0) });
	if (report->options->json)
		REPORT(report, { .name = "before", .shape = SECTION_NULL },
		       { .name = "growth", .shape = SECTION_NULL });
}

static void show_events(const struct events *events, const struct session *session)
{
	const bool nodes = events->nodes || session->options->raw;
	const struct kill *kill = events->shown;
	struct snapshot *none = snapshot_new();
	struct report report;
	const char *columns;

	/* The names are of this machine, unless a record has those of another. */
	names_live(none);
	report_begin(&report, session->options, events->growth.after ?: none, session->out);
	columns = report_text(&report,
			      "number realtime_ns scope %svictims pid comm=Killed cgroup_path ?caller_pid ?caller_comm ?caller_cgroup_path shown",
			      nodes ? "nodes " : "");
	REPORT(&report,
	       { "events", .type = events->n || session->options->json ? &event_rows : NULL,
		 .joins = { JOIN(kill_rows, event, kill), JOIN(kill_victim_rows, event, victim),
			    SELF(event_rows) },
		 .parts = put_event,
		 .columns = events->n ? columns : NULL,
		 .rows = ROWS(events->v, events->n) },
	       { "shown", SECTION_NUMBER, .number = { kill, kill ? (int64_t)kill->number : 0 } });
	if (!kill) {
		show_none(&report, events);
	} else {
		if (!session->options->json)
			show_kill(&report, events);
		show_memory(&report, events);
		if (session->options->json)
			put_before(&report, events);
	}
	killers_report(&events->killers, &report);
	report_end(&report);
	snapshot_free(none);
}

static void add_events(struct events *events, const struct recorded_kills *kills, uint64_t number,
		       const struct recorded_kill **shown)
{
	const struct kill *kill;
	size_t i;

	*shown = NULL;
	events->v = xcalloc(kills->n + 1, sizeof(*events->v));
	for (i = 0; i < kills->n; i++) {
		kill = kills->v[i].kill;
		events->v[events->n++] = (struct event){ kill, &kill->victims[0], NULL };
		events->nodes |= kill->scope == KILL_NODES;
		if (*shown || (number && kill->number != number))
			continue;
		*shown = &kills->v[i];
		events->v[i].shown = "below";
		events->shown = kills->v[i].kill;
	}
}

static int show(struct session *session, struct recorded_kills *kills, struct failure *why)
{
	const struct options *options = session->options;
	const struct oom_options *own = options->own;
	const bool from = options->window.from.kind != SELECTION_ALL;
	struct events events = { .recorded = kills->recorded };
	const struct recorded_kill *shown;
	int ret = 0;

	add_events(&events, kills, own->number, &shown);
	if (own->number && !shown)
		ret = fail(why, FAIL_USAGE,
			   "there is no OOM kill %" PRIu64 ": 'memcensus %soom' lists them",
			   own->number, options->file ? "-f FILE " : "");
	if (!ret && shown && kills->recorded)
		ret = oom_growth_find(&events.growth, kills, shown,
				      from ? UINT64_MAX / 2 : OOM_GROWTH_SPAN, why);
	if (!ret) {
		if (shown)
			look_back(events.shown, events.growth.after);
		if (!options->file)
			events.killers = killers_read();
		show_events(&events, session);
	}
	killers_free(&events.killers);
	oom_growth_free(&events.growth);
	free(events.v);
	return ret;
}

/* Reads the record that is named. */
static int read_file(struct recorded_kills *kills, const struct options *options,
		     struct failure *why)
{
	int ret = recorded_kills_read(kills, options->file, &options->window, why);

	if (!ret && !kills->n_entries)
		ret = fail(why, FAIL_LOST, "'%.200s' has no complete census here", options->file);
	else if (!ret && !kills->read)
		ret = fail(why, FAIL_REFUSED,
			   "'%.200s' has no lines of the kernel's log, not even that there were no kills: record again as root with 'memcensus record FILE INTERVAL', without '--pid'",
			   options->file);
	return ret;
}

/* Reads the log of this machine, and what its unit has recorded. */
static int read_machine(struct recorded_kills *kills, const struct options *options,
			struct failure *why)
{
	if (!access(unit_record, R_OK) &&
	    recorded_kills_read(kills, unit_record, &options->window, why)) {
		fprintf(stderr, "memcensus: %s\n", why->text);
		recorded_kills_free(kills);
		memset(kills, 0, sizeof(*kills));
	}
	if (recorded_kills_live(kills) || kills->read)
		return 0;
	return fail(why, FAIL_PRIVILEGE,
		    "cannot read the kernel's log, /dev/kmsg: run as root (sudo), or read a record: '-f FILE'");
}

static int oom_run(struct session *session, struct failure *why)
{
	struct recorded_kills kills = { .n = 0 };
	int ret;

	ret = session->options->file ? read_file(&kills, session->options, why) :
				       read_machine(&kills, session->options, why);
	recorded_kills_sort(&kills);
	if (!ret)
		ret = show(session, &kills, why);
	session->partial |= kills.file.said;
	recorded_kills_free(&kills);
	return ret;
}

static int oom_words(struct options *options, char **words, int n, struct failure *why)
{
	struct oom_options *own = options->own;

	/* It takes no census, and recorded_kills_read() opens a record itself. */
	options->no_source = true;
	if (n > 1)
		return fail(why, FAIL_USAGE, "'oom' takes no '%.60s'", words[1]);
	if (n && (!text_number(words[0], strlen(words[0]), &own->number) || !own->number))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not the number of an OOM kill: 'memcensus oom' lists them",
			    words[0]);
	return 0;
}

static const struct option_use oom_options[] = {
	USE_AS(all, "all processes of the census before, and the machine's memory"),
	USE(numeric), USE(file), USE(from), USE(to), USE(output), OPTIONS_OF_TABLES
};

const struct command oom_command = {
	.name = "oom",
	.words = oom_words,
	.about =
	"Prints the OOM kills of the kernel's log, the newest first, and of the newest one, or of\n"
	"the one with this NUMBER: who was killed, who held how much in the last census before,\n"
	"what grew in the ten minutes before it, or since --from, and what memory was used for\n"
	"before, at the kill and after it.\n"
	"\n"
	"The kernel says who was killed, by whose limit, and what memory was used for. Who held\n"
	"what before, and what came back, is in a record: that of memcensus-record.service, if\n"
	"it runs on this machine, or the one of -f. Enable the service once.\n"
	"\n"
	"A kill in a cgroup is one whose caller was at the limit of a cgroup. It is told in that\n"
	"cgroup: its limit and what was charged, by kind; only its processes and those below it.\n"
	"-a has all of the machine. A kill by a memory policy or a cpuset is told in its nodes.\n"
	"Processes of a cgroup that is killed as a whole are one kill, with up to eight of its\n"
	"victims.\n"
	"\n"
	"Who was killed by systemd-oomd or earlyoom, before the kernel had to, follows as the\n"
	"journal has it.\n",
	.options = oom_options,
	.own_size = sizeof(struct oom_options),
	.run = oom_run,
};

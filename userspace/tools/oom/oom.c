// SPDX-License-Identifier: GPL-2.0
/* memcensus oom: what was there when the OOM killer ran. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/oom.h"
#include "report/figures.h"
#include "model/cgroup-tree.h"
#include "tools/oom/growth.h"
#include "tools/oom/limited.h"

/* The options of 'oom' alone.  @number: of the event; 0: the newest. */
struct oom_options {
	uint64_t number;
};

/**
 * struct event - a row of the events
 * @of: it, with the snapshot that has its names
 * @victim: its first one; NULL: unknown
 * @victims: how many are known
 * @shown: the rest is about it; else NULL
 */
struct event {
	struct recorded_oom of;
	const struct oom_victim *victim;
	size_t victims;
	const char *shown;
};

static const struct column event_columns[] = {
	MEMBER(event, "shown", "Shown", shown, TEXT, "where the rest is about it"),
};

static const struct row_type event_rows = ROWS_OF("row of an OOM event", event_columns);

/**
 * struct events - the events that are listed
 * @v: the newest first, @n; owned
 * @shown: the one that the rest is about; without an event: there is none
 * @growth: what grew before it; NULL: not of a record
 */
struct events {
	struct event *v;
	size_t n;
	struct event shown;
	const struct oom_growth *growth;
};

static bool is_victim_of(const void *oom, const void *victim)
{
	return ((const struct oom_victim *)victim)->oom == ((const struct oom *)oom)->number;
}

/* Adds the next event, which is shown if it is the first one, or the first with @number. */
static void add_event(struct events *events, struct recorded_oom of, uint64_t number)
{
	const struct oom_victim *victims = of.snap->oom_victims;
	struct event *event;
	size_t i;

	events->v = array_grow(events->v, events->n, sizeof(*events->v));
	event = &events->v[events->n++];
	event->of = of;
	for (i = of.snap->n_oom_victims; i--;)
		if (is_victim_of(of.oom, &victims[i])) {
			event->victim = &victims[i];
			event->victims++;
		}
	if (events->shown.of.oom || (number && of.oom->number != number))
		return;
	event->shown = "below";
	events->shown = *event;
}

/* How the event that is shown killed a process of the census before. */
static bool task_killed(const struct column *column, const struct view *view,
			const void *record, struct value *value)
{
	const struct snapshot *snap = view->snap;
	const struct task *task = record;
	size_t i;

	(void)column;
	for (i = 0; i < snap->n_oom_victims; i++) {
		if (snap->oom_victims[i].pid != task->pid)
			continue;
		value->text = oom_victim_end(&snap->oom_victims[i]);
		if (oom_task(snap, &snap->oom_victims[i]) == record)
			return true;
	}
	return false;
}

static const struct column killed_columns[] = {
	{ "killed", "Killed", "how it was killed", .kind = KIND_TEXT, .derive = task_killed },
};

static const struct row_type killed_rows = ROWS_OF("process killed", killed_columns);

/* Whether a row of the memory is shown: a few, without --all. */
static bool is_main(const void *options, const void *record)
{
	static const unsigned char numbers[] = {
		MEMCENSUS_S_FREE, MEMCENSUS_S_AVAILABLE, MEMCENSUS_S_ANON, MEMCENSUS_S_ACTIVE_FILE,
		MEMCENSUS_S_INACTIVE_FILE, MEMCENSUS_S_SHMEM, MEMCENSUS_S_SLAB_RECLAIMABLE,
		MEMCENSUS_S_SLAB_UNRECLAIMABLE, MEMCENSUS_S_KERNEL_STACK, MEMCENSUS_S_PAGETABLES,
		MEMCENSUS_S_SWAP_FREE, MEMCENSUS_S_UNEVICTABLE,
	};
	const struct figure_row *row = record;
	const struct amount *v = row->amounts;

	return row->name && v[1].known && (((const struct options *)options)->all ||
		(memchr(numbers, (int)row->number, sizeof(numbers)) &&
		 v[0].bytes | v[1].bytes | v[2].bytes));
}

static void put_event(struct report *report, const void *row)
{
	const struct oom *oom = ((const struct event *)row)->of.oom;

	REPORT(report,
	       { "bytes", SECTION_FIGURES, .type = &bytes_rows, .rows = ONE_ROW(&oom->bytes) },
	       { "after", SECTION_FIGURES, .type = &bytes_rows, .rows = ONE_ROW(&oom->after) },
	       { "killed", .type = &oom_victim_rows, .filter = is_victim_of, .about = oom });
}

/* Whether all of the machine is shown, also of a kill in a cgroup. */
static bool shows_all(const struct report *report)
{
	return report->options->all || report->options->json || report->options->raw;
}

/*
 * The cgroup that tables without --all are narrowed to; NULL: none.  Of one that was removed, only
 * the number is known, and not what was below it.
 */
static const char *within(const struct report *report, const struct oom *oom)
{
	const char *path = shows_all(report) ? NULL : limited_path(&report->view, oom);

	return path && *path == '/' ? path : NULL;
}

/* Whether the task @row was in the cgroup whose limit was reached, of the @report about it. */
static bool is_within(const void *untyped, const void *row)
{
	const struct report *report = untyped;
	const struct task *task = row;
	const char *top = within(report, oom_subject(report->view.snap));
	const char *path = KNOWN(task, MEMCENSUS_TASK_CGROUP) ?
			   name_of_cgroup(&report->view, task->cgroup) : NULL;

	return !top || (path && cgroup_path_within(path, top));
}

static void show_before(struct report *report, const struct events *events)
{
	const struct snapshot *snap = report->view.snap;
	const struct oom *oom = events->shown.of.oom;
	const char *none = NULL, *top = within(report, oom);
	size_t i, n = 0;
	bool all;

	for (i = 0; i < snap->n_tasks; i++)
		n += is_within(report, &snap->tasks[i]);
	all = report->options->all || n <= OOM_SHOWN;

	if (!snap->has_scan)
		none = events->growth ? "\nThe module had no census of all processes before it.\n" :
		       "\nNo census was taken before it: who held what is unknown.\n";
	else if (!snap->n_tasks && events->growth)
		none = "\nWho held what in the census before is not in this record.\n";
	if (none)
		REPORT(report, { .note = none });
	else
		REPORT(report,
		       { .type = &task_rows, .joins = { SELF(killed_rows) },
			 .title = report_text(report, "Who held what%s%s in census %" PRIu64
					      ", %.1f s before the kill%s",
					      top ? " in " : "",
					      top ? report_name(report, top) : "", oom->census,
					      (double)oom_after(oom, &snap->scan) / 1e9,
					      all ? "" : ", the largest 10 by PSS"),
			 .columns = "pid user swap uss pss rss killed comm",
			 .filter = is_within, .about = report,
			 .sort = "pss", .most = all ? 0 : OOM_SHOWN });
}

/* Of a kill in a cgroup, the memory of the machine is not what ran out. */
static bool shows_machine(const struct report *report, const struct oom *oom)
{
	return shows_all(report) || !oom || oom->scope != MEMCENSUS_OOM_SCOPE_CGROUP;
}

/* What is known of the kill in tables only. */
static void show_kill(struct report *report, const struct events *events)
{
	const struct oom *oom = events->shown.of.oom;
	const struct figures *const all[] = {
		&report->view.snap->totals.bytes, &oom->bytes, &oom->after,
	};
	struct figure_row *memory;

	REPORT(report,
	       { .title = "Who was killed", .type = &oom_victim_rows,
		 .columns =
			 "pid user oom_score_adj ?dying anon ?file ?shmem swap ?pagetables uss_before ?pss_before comm",
		 .filter = is_victim_of, .about = oom,
		 .note = oom->victims <= events->shown.victims ? NULL :
			 report_text(report, "%" PRIu64 " more were killed\n",
				     oom->victims - events->shown.victims) });
	if (events->growth)
		oom_growth_report(events->growth, within(report, oom), report);
	show_before(report, events);
	limited_report(report, oom, events->shown.victim);
	if (!shows_machine(report, oom))
		return;
	memory = figure_rows_of(&bytes_rows.figures, all, 3);
	REPORT(report,
	       { .title = KNOWN(oom, MEMCENSUS_OOM_DELAY_NS) ?
			  report_text(report, "Memory before, at the kill, and %.1f s after it",
				      (double)oom->delay / 1e9) : "Memory before and at the kill",
		 .type = &figure_rows, .rows = ROWS(memory, bytes_rows.figures.n),
		 .columns =
			 "figure=Memory 0=Before 1=Kill change 2=After next=ChangeAfter ~meaning",
		 .filter = is_main, .about = report->options });
	free(memory);
}

/* What JSON has of the census before. */
static void put_before(struct report *report)
{
	const struct snapshot *snap = report->view.snap;

	if (!snap->has_scan)
		REPORT(report, { .name = "before", .shape = SECTION_NULL });
	else
		REPORT(report,
		       { .name = "before", .shape = SECTION_OPEN },
		       { "scan", SECTION_OBJECT, .type = &scan_rows, .rows = ONE_ROW(&snap->scan),
			 .number = { true, (int64_t)snap->seq } },
		       { "tasks", .type = &task_rows },
		       { "zones", .type = &zone_rows },
		       { "nodes", .type = &node_rows },
		       { "bytes", SECTION_FIGURES, .type = &bytes_rows,
			 .rows = ONE_ROW(&snap->totals.bytes) },
		       { .shape = SECTION_CLOSE });
}

/* @snap: of the event that is shown, or without events. */
static void show_events(const struct events *events, const struct snapshot *snap,
			const struct session *session)
{
	const struct options *options = session->options;
	const struct oom *oom = events->shown.of.oom;
	struct report report;

	report_begin(&report, options, snap, session->out);
	if (!oom && !options->json) {
		REPORT(&report, { .note = options->file ? "No OOM kill in the record.\n" :
				  "No OOM kill since the module was loaded.\n" });
		goto out;
	}
	REPORT(&report,
	       { "events", .type = &event_rows, .own_names = true, .parts = put_event,
		 .joins = { JOIN(oom_rows, event, of.oom),
			    JOIN(oom_victim_rows, event, victim) },
		 .columns =
			 "number realtime_ns scope victims pid comm=Killed cgroup_path ?caller_pid ?caller_comm ?census ?census_realtime_ns shown",
		 .rows = ROWS(events->v, events->n) },
	       { "shown", SECTION_NUMBER, .number = { oom, oom ? (int64_t)oom->number : 0 } },
	       { "module", SECTION_OBJECT, .type = &info_rows, .rows = ONE_ROW(&snap->info) });
	if (!options->json)
		show_kill(&report, events);
	if (shows_machine(&report, oom))
		REPORT(&report,
		       { "zones", .title = "Zones at the kill", .type = &zone_rows,
			 .columns =
				 "node name managed free wmark_min wmark_low wmark_high to_min to_low to_high pcp",
			 .rows = rows_in(snap, &oom_zone_rows) },
		       { "nodes", .title = "Nodes at the kill", .type = &node_rows,
			 .columns =
				 "id kswapd kswapd_order kswapd_zone kswapd_failures balanced ?active_anon ?inactive_anon ?active_file ?inactive_file ?unevictable ?dirty ?writeback",
			 .rows = rows_in(snap, &oom_node_rows) });
	if (options->json)
		put_before(&report);
	if (options->json && options->file)
		oom_growth_report(events->growth, NULL, &report);
out:
	report_end(&report);
}

/* The events of a record, and what grew before the one that is shown. */
static int show_recorded(struct session *session, struct recorded_ooms *ooms,
			 struct failure *why)
{
	const struct options *options = session->options;
	const struct oom_options *own = options->own;
	const bool from = options->window.from.kind != SELECTION_ALL;
	struct snapshot *none = snapshot_new();
	struct oom_growth growth = { 0 };
	struct events events = { .growth = &growth };
	int ret = 0;
	size_t i;

	for (i = 0; i < ooms->n; i++)
		add_event(&events, ooms->v[i], own->number);
	if (own->number && !events.shown.of.oom)
		ret = fail(why, FAIL_USAGE,
			   "'%.200s' has no OOM event %llu: 'memcensus -f FILE oom' lists them",
			   options->file, (unsigned long long)own->number);
	if (!ret && events.shown.of.oom)
		ret = oom_growth_find(&growth, ooms, &events.shown.of,
				      from ? UINT64_MAX / 2 : OOM_GROWTH_SPAN, why);
	if (!ret)
		show_events(&events, events.shown.of.oom ? events.shown.of.snap : none, session);
	oom_growth_free(&growth);
	free(events.v);
	snapshot_free(none);
	return ret;
}

static int run_recorded(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct recorded_ooms ooms;
	int ret;

	ret = recorded_ooms_read(&ooms, options->file, &options->window, why);
	if (!ret && !ooms.n_entries)
		ret = fail(why, FAIL_LOST, "'%.200s' has no complete census here", options->file);
	else if (!ret && !ooms.asked)
		ret = fail(why, FAIL_REFUSED,
			   "'%.200s' has no OOM events, not even that there were none: record again with 'memcensus record FILE INTERVAL', without '--pid'",
			   options->file);
	if (!ret)
		ret = show_recorded(session, &ooms, why);
	session->partial |= ooms.file.said;
	recorded_ooms_free(&ooms);
	return ret;
}

static int oom_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct oom_options *own = options->own;
	struct events events = { 0 };
	struct snapshot *snap;
	size_t i;

	if (options->file)
		return run_recorded(session, why);
	session->request.command = MEMCENSUS_CMD_OOM;
	session->request.event = own->number;
	if (session_take(session, &snap, why) != TAKE_DONE)
		return -1;
	if (own->number) {
		snap->asked.known |= 1ULL << MEMCENSUS_REQ_EVENT;
		snap->asked.event = own->number;
	}
	for (i = 0; i < snap->n_ooms; i++)
		add_event(&events, (struct recorded_oom){ .snap = snap, .oom = &snap->ooms[i] },
			  own->number);
	show_events(&events, snap, session);
	free(events.v);
	snapshot_free(snap);
	return 0;
}

static int oom_words(struct options *options, char **words, int n, struct failure *why)
{
	struct oom_options *own = options->own;

	/* recorded_ooms_read() opens the record itself. */
	options->no_source = options->file;
	if (n > 1)
		return fail(why, FAIL_USAGE, "'oom' takes no '%.60s'", words[1]);
	if (n && (!text_number(words[0], strlen(words[0]), &own->number) || !own->number))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not the number of an OOM event: 'memcensus oom' lists them",
			    words[0]);
	return 0;
}

static const struct option_use oom_options[] = {
	USE_AS(all, "all processes of the census before, and all totals"),
	USE(numeric), USE(file), OPTIONS_OF_SERIES, USE(output), OPTIONS_OF_TABLES
};

const struct command oom_command = {
	.name = "oom",
	.words = oom_words,
	.about =
	"Prints the last four OOM events that the kernel module saw since it was loaded, the\n"
	"newest first, and of the newest one, or of the one with this NUMBER, what was known\n"
	"when the OOM killer chose its victim: who was killed, who held how much in the last\n"
	"census before, the memory of the system then, at the kill and about a second after\n"
	"it, the zones and their distance to the watermarks, and the state of kswapd.\n"
	"\n"
	"The module walks nothing at a kill: what it knows of processes is from the last\n"
	"census that somebody took. To have one, take censuses all the time: 'memcensus\n"
	"record', 'memcensus export' or a timer.\n"
	"\n"
	"Of a record (-f) it prints all events that the record has, and of the newest, or of\n"
	"NUMBER, also what changed in the ten minutes before it, or since --from: processes,\n"
	"cgroups and the system, from the first census to the last one before the kill.\n"
	"\n"
	"A kill in a cgroup is one whose caller was at the limit of a cgroup. It is told in that\n"
	"cgroup: its limit and what was charged, by kind, and is now; only its processes and\n"
	"those below it; and whether the first victim fits again. -a has all of the machine.\n"
	"Processes that one caller kills within a second, such as a cgroup that is killed as a whole, are\n"
	"one event, with up to eight of its victims.\n",
	.options = oom_options,
	.own_size = sizeof(struct oom_options),
	.run = oom_run,
};

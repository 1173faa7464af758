// SPDX-License-Identifier: GPL-2.0
/* memcensus oom: what was there when the OOM killer ran. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/oom-growth.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "model/document.h"
#include "model/snapshot-json.h"

/* Processes of the census before that are shown without --all. */
#define TASKS_SHOWN	10

/* The options of 'oom' alone.  @number: of the event; 0: the newest. */
struct oom_options {
	uint64_t number;
};

/**
 * struct events - the events that are listed
 * @v: the newest first, @n; owned
 * @shown: the one that the rest is about; NULL: there is none
 * @growth: what grew before it; NULL: not of a record
 */
struct events {
	struct recorded_oom *v;
	size_t n;
	const struct recorded_oom *shown;
	const struct oom_growth *growth;
};

/* Chooses the newest, or the newest with this number. */
static void choose(struct events *events, uint64_t number)
{
	size_t i;

	events->shown = NULL;
	for (i = 0; i < events->n && !events->shown; i++)
		if (!number || events->v[i].oom->number == number)
			events->shown = &events->v[i];
}

/* The first victim of @oom; NULL: unknown. */
static const struct oom_victim *first_victim(const struct snapshot *snap, const struct oom *oom)
{
	size_t i;

	for (i = 0; i < snap->n_oom_victims; i++)
		if (snap->oom_victims[i].oom == oom->number)
			return &snap->oom_victims[i];
	return NULL;
}

static const struct oom_victim *victim_of(const struct snapshot *snap, const struct task *task)
{
	size_t i;

	for (i = 0; i < snap->n_oom_victims; i++)
		if (oom_task(snap, &snap->oom_victims[i]) == task)
			return &snap->oom_victims[i];
	return NULL;
}

/* Fills the next cell with column @name of @record; "-" without a record. */
static void cell_named(struct table *table, const struct record_type *type, const char *name,
		       const struct view *view, const void *record, const struct units *units)
{
	if (record)
		cell_column(table, record_named(type, name), view, record, units);
	else
		table_cell(table, NULL);
}

static void show_events(const struct events *events, const struct options *options, FILE *out)
{
	struct view one = { .snap = events->shown->snap, .numeric = options->numeric };
	const struct units units = command_units(&one, options);
	struct table *table = table_new(command_look(options), out);
	const struct view *view = &one;
	size_t i;

	table_columns(table, ">OOM Time Scope >Victims >PID Killed");
	table_column_long(table, "CgroupPath");
	table_columns(table, ">CallerPID Caller >Census CensusTime Shown");
	for (i = 0; i < events->n; i++) {
		const struct oom *oom = events->v[i].oom;
		const struct oom_victim *victim = first_victim(events->v[i].snap, oom);

		one.snap = events->v[i].snap;
		table_row(table);
		cell_named(table, &oom_record, "number", view, oom, &units);
		cell_named(table, &oom_record, "realtime_ns", view, oom, &units);
		cell_named(table, &oom_record, "scope", view, oom, &units);
		cell_named(table, &oom_record, "victims", view, oom, &units);
		cell_named(table, &oom_victim_record, "pid", view, victim, &units);
		cell_named(table, &oom_victim_record, "comm", view, victim, &units);
		cell_named(table, &oom_victim_record, "cgroup_path", view, victim, &units);
		cell_named(table, &oom_record, "caller_pid", view, oom, &units);
		cell_named(table, &oom_record, "caller_comm", view, oom, &units);
		cell_named(table, &oom_record, "census", view, oom, &units);
		cell_named(table, &oom_record, "census_realtime_ns", view, oom, &units);
		table_cell(table, &events->v[i] == events->shown ? "below" : NULL);
	}
	table_finish(table);
}

static void show_victims(const struct view *view, const struct options *options,
			 const struct oom *oom, FILE *out)
{
	static const char *const columns[] = {
		"pid", "user", "oom_score_adj", "dying", "anon", "file", "shmem", "swap",
		"pagetables", "uss_before", "pss_before", "comm",
	};
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	const struct snapshot *snap = view->snap;
	uint64_t n = 0;
	size_t i, c;

	table_columns(table,
		      ">PID User >OOMadj Dying >Anon >File >Shmem >Swap >Tables >USSbefore >PSSbefore Command");
	for (i = 0; i < snap->n_oom_victims; i++) {
		if (snap->oom_victims[i].oom != oom->number)
			continue;
		n++;
		table_row(table);
		for (c = 0; c < ARRAY_SIZE(columns); c++)
			cell_named(table, &oom_victim_record, columns[c], view,
				   &snap->oom_victims[i], &units);
	}
	table_finish(table);
	if (!options->raw && oom->victims > n)
		fprintf(out, "%" PRIu64 " more were killed\n", oom->victims - n);
}

static void show_tasks(const struct view *view, const struct options *options, FILE *out)
{
	static const char *const columns[] = { "pid", "user", "swap", "uss", "pss", "rss" };
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	const struct oom_victim *victim;
	struct listing listing;
	struct table *table;
	size_t i, c;

	listing_fill(&listing, view, records_in(snap, &task_record));
	listing_sort(&listing, record_named(&task_record, "pss"), false);
	i = options->all || listing.n_rows < TASKS_SHOWN ? 0 : listing.n_rows - TASKS_SHOWN;
	table = table_new(command_look(options), out);
	table_columns(table, ">PID User >Swap >USS >PSS >RSS Killed");
	table_column_text(table, "Command");
	for (; i < listing.n_rows; i++) {
		table_row(table);
		for (c = 0; c < ARRAY_SIZE(columns); c++)
			cell_named(table, &task_record, columns[c], view, listing.rows[i], &units);
		victim = victim_of(snap, listing.rows[i]);
		table_cell(table, !victim ? NULL : victim->dying ? "was dying" : "killed");
		cell_named(table, &task_record, "comm", view, listing.rows[i], &units);
	}
	table_finish(table);
	listing_free(&listing);
}

/* What is shown without --all. */
static bool is_main(unsigned int number)
{
	static const unsigned char numbers[] = {
		MEMCENSUS_S_FREE, MEMCENSUS_S_AVAILABLE, MEMCENSUS_S_ANON, MEMCENSUS_S_ACTIVE_FILE,
		MEMCENSUS_S_INACTIVE_FILE, MEMCENSUS_S_SHMEM, MEMCENSUS_S_SLAB_RECLAIMABLE,
		MEMCENSUS_S_SLAB_UNRECLAIMABLE, MEMCENSUS_S_KERNEL_STACK, MEMCENSUS_S_PAGETABLES,
		MEMCENSUS_S_SWAP_FREE, MEMCENSUS_S_UNEVICTABLE,
	};

	return memchr(numbers, (int)number, sizeof(numbers));
}

static void show_memory(const struct view *view, const struct options *options,
			const struct oom *oom, FILE *out)
{
	const struct column_set *set = &bytes_record.figures;
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	unsigned int i;

	table_columns(table, "Memory >Before >Kill >Change >After >ChangeAfter");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (i = 0; i < set->n; i++) {
		const struct amount before = amount_total(view->snap, i);
		const struct amount kill = amount_figure(&oom->bytes, i);
		const struct amount after = amount_figure(&oom->after, i);

		if (!set->columns[i].name || !kill.known)
			continue;
		if (!options->all && (!is_main(i) ||
				      !(before.bytes | kill.bytes | after.bytes)))
			continue;
		table_row(table);
		table_cell(table, set->columns[i].name);
		cell_amount(table, before, &units);
		cell_amount(table, kill, &units);
		cell_amount(table, amount_minus(kill, before), &units);
		cell_amount(table, after, &units);
		cell_amount(table, amount_minus(after, kill), &units);
		if (!options->raw)
			table_cell(table, set->columns[i].help);
	}
	table_finish(table);
}

/* How long before @oom its census began, in s; negative: unknown. */
static double age(const struct oom *oom)
{
	return KNOWN(oom, MEMCENSUS_OOM_CENSUS_REALTIME_NS) &&
	       KNOWN(oom, MEMCENSUS_OOM_REALTIME_NS) ?
	       ((double)oom->realtime - (double)oom->census_realtime) / 1e9 : -1;
}

static void title_before(const struct view *view, const struct options *options,
			 const struct oom *oom, FILE *out)
{
	char title[160];

	snprintf(title, sizeof(title),
		 "Who held what in census %" PRIu64 ", %.1f s before the kill%s", oom->census,
		 age(oom), options->all || view->snap->n_tasks <= TASKS_SHOWN ? "" :
		 ", the largest 10 by PSS");
	command_title(options, out, title);
}

static void oom_show(const struct events *events, const struct options *options, FILE *out)
{
	const struct oom *oom = events->shown->oom;
	const struct snapshot *snap = events->shown->snap;
	const struct view one = { .snap = snap, .numeric = options->numeric };
	const struct view *view = &one;
	char title[120];

	show_events(events, options, out);
	command_title(options, out, "Who was killed");
	show_victims(view, options, oom, out);
	if (events->growth)
		oom_growth_show(events->growth, options, out);
	if (snap->has_scan && !snap->n_tasks && events->growth) {
		if (!options->raw)
			fputs("\nWho held what in the census before is not in this record.\n", out);
	} else if (snap->has_scan) {
		title_before(view, options, oom, out);
		show_tasks(view, options, out);
	} else if (!options->raw) {
		fputs(events->growth ?
		      "\nThe module had no census of all processes before it.\n" :
		      "\nNo census was taken before it: who held what is unknown.\n", out);
	}
	if (KNOWN(oom, MEMCENSUS_OOM_DELAY_NS))
		snprintf(title, sizeof(title),
			 "Memory before, at the kill, and %.1f s after it",
			 (double)oom->delay / 1e9);
	else
		snprintf(title, sizeof(title), "Memory before and at the kill");
	command_title(options, out, title);
	show_memory(view, options, oom, out);
	command_title(options, out, "Zones at the kill");
	command_columns(view, options, &oom_zone_record,
			"node,name,managed,free,wmark_min,wmark_low,wmark_high,to_min,to_low,to_high,pcp",
			out);
	command_title(options, out, "Nodes at the kill");
	command_columns(view, options, &oom_node_record,
			"id,kswapd,kswapd_order,kswapd_zone,kswapd_failures,balanced,active_anon,inactive_anon,active_file,inactive_file,unevictable,dirty,writeback",
			out);
}

/* JSON */

static void put_fields(struct json *json, const struct record_type *type,
		       const struct view *view, const void *record)
{
	unsigned int i;

	for (i = 0; i < type->fields.n; i++)
		if (type->fields.columns[i].name && type->fields.columns[i].kind != KIND_NEST)
			json_column(json, &type->fields.columns[i], view, record);
	for (i = 0; i < type->derived.n; i++)
		if (type->derived.columns[i].in_json)
			json_column(json, &type->derived.columns[i], view, record);
}

static void put_bytes(struct json *json, const char *key, const struct figures *figures)
{
	const struct column_set *set = &bytes_record.figures;
	unsigned int i;

	json_open(json, key, '{');
	for (i = 0; i < set->n; i++)
		if (set->columns[i].name)
			json_put_known(json, set->columns[i].name, KNOWN(figures, i),
				       (int64_t)figures->v[i]);
	json_close(json, '}');
}

static void put_event(struct json *json, const struct view *view, const struct oom *oom)
{
	const struct snapshot *snap = view->snap;
	size_t i;

	json_open(json, NULL, '{');
	put_fields(json, &oom_record, view, oom);
	put_bytes(json, "bytes", &oom->bytes);
	put_bytes(json, "after", &oom->after);
	json_open(json, "killed", '[');
	for (i = 0; i < snap->n_oom_victims; i++) {
		if (snap->oom_victims[i].oom != oom->number)
			continue;
		json_open(json, NULL, '{');
		put_fields(json, &oom_victim_record, view, &snap->oom_victims[i]);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void put_records(struct json *json, const char *key, const struct record_type *type,
			const struct record_type *as, const struct view *view)
{
	struct listing listing;

	listing_fill(&listing, view, records_in(view->snap, type));
	snapshot_json_listing(json, key, as, &listing);
	listing_free(&listing);
}

static void put_before(struct json *json, const struct view *view)
{
	const struct snapshot *snap = view->snap;

	if (!snap->has_scan) {
		json_put_null(json, "before");
		return;
	}
	json_open(json, "before", '{');
	json_open(json, "scan", '{');
	json_put_unsigned(json, "seq", snap->seq);
	put_fields(json, &scan_record, view, &snap->scan);
	json_close(json, '}');
	put_records(json, "tasks", &task_record, &task_record, view);
	put_records(json, "zones", &zone_record, &zone_record, view);
	put_records(json, "nodes", &node_record, &node_record, view);
	put_bytes(json, "bytes", &snap->totals.bytes);
	json_close(json, '}');
}

/* @snap: of the event that is shown, or without events. */
static void oom_json(const struct events *events, const struct snapshot *snap,
		     const struct options *options, FILE *out)
{
	const struct oom *oom = events->shown ? events->shown->oom : NULL;
	struct view one = { .numeric = options->numeric };
	const struct view *view = &one;
	struct json json = { .out = out };
	size_t i;

	document_open(&json, "oom");
	json_open(&json, "events", '[');
	for (i = 0; i < events->n; i++) {
		one.snap = events->v[i].snap;
		put_event(&json, view, events->v[i].oom);
	}
	one.snap = snap;
	json_close(&json, ']');
	json_put_known(&json, "shown", oom, oom ? (int64_t)oom->number : 0);
	json_open(&json, "module", '{');
	put_fields(&json, &info_record, view, &snap->info);
	json_close(&json, '}');
	put_records(&json, "zones", &oom_zone_record, &zone_record, view);
	put_records(&json, "nodes", &oom_node_record, &node_record, view);
	put_before(&json, view);
	if (options->file)
		oom_growth_json(&json, events->growth, options);
	json_close(&json, '}');
}

static void show(const struct events *events, const struct snapshot *snap,
		 const struct session *session)
{
	const struct options *options = session->options;

	if (options->json)
		oom_json(events, snap, options, session->out);
	else if (events->shown)
		oom_show(events, options, session->out);
	else if (!options->raw)
		fprintf(session->out, options->file ? "No OOM kill in the record.\n" :
			"No OOM kill since the module was loaded.\n");
}

/* The events of a record, and what grew before the one that is shown. */
static int show_recorded(struct session *session, struct recorded_ooms *ooms,
			 struct failure *why)
{
	const struct options *options = session->options;
	const struct oom_options *own = options->own;
	const bool from = options->window.from.kind != SELECTION_ALL;
	struct events events = { .v = ooms->v, .n = ooms->n };
	struct snapshot *none = snapshot_new();
	struct oom_growth growth = { 0 };
	int ret = 0;

	choose(&events, own->number);
	if (own->number && !events.shown)
		ret = fail(why, FAIL_USAGE,
			   "'%.200s' has no OOM event %llu: 'memcensus -f FILE oom' lists them",
			   options->file, (unsigned long long)own->number);
	if (!ret && events.shown) {
		ret = oom_growth_find(&growth, ooms, events.shown,
				      from ? UINT64_MAX / 2 : OOM_GROWTH_SPAN, why);
		events.growth = &growth;
	}
	if (!ret)
		show(&events, events.shown ? events.shown->snap : none, session);
	oom_growth_free(&growth);
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
	session->request.oom = true;
	session->request.event = own->number;
	if (session_take(session, &snap, why) != TAKE_DONE)
		return -1;
	for (i = 0; i < snap->n_ooms; i++) {
		events.v = array_grow(events.v, events.n, sizeof(*events.v));
		events.v[events.n++] = (struct recorded_oom){ snap, &snap->ooms[i] };
	}
	choose(&events, own->number);
	show(&events, snap, session);
	free(events.v);
	snapshot_free(snap);
	return 0;
}

/* recorded_ooms_read() opens the record itself. */
static bool needs_source(const struct options *options)
{
	return !options->file;
}

static int oom_words(struct options *options, char **words, int n, struct failure *why)
{
	struct oom_options *own = options->own;

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
	"NUMBER, also what grew in the ten minutes before it, or since --from: processes,\n"
	"cgroups and the system, from the first census to the last one before the kill.\n"
	"\n"
	"A kill in a cgroup is one whose caller was at the limit of a cgroup. Processes that\n"
	"one caller kills within a second, such as a cgroup that is killed as a whole, are\n"
	"one event, with up to eight of its victims.\n",
	.options = oom_options,
	.own_size = sizeof(struct oom_options),
	.run = oom_run,
	.needs_source = needs_source,
};

// SPDX-License-Identifier: GPL-2.0
/* Shows what a command takes: functions shared by the commands. */
#include <string.h>

#include "cli/command.h"
#include "host/cmdlines.h"
#include "model/snapshot-json.h"
#include "model/warnings.h"

const struct command_slot *command_find(const char *name)
{
	const struct command_slot *slot;

	for (slot = command_slots; slot->name; slot++)
		if (!strcmp(slot->name, name))
			return slot;
	return NULL;
}

const struct rows *command_rows(const struct options *options)
{
	if (options->group_by && options->command->groups)
		return &options->command->groups[options->group_by];
	if (options->mappings)
		return options->command->mappings;
	return &options->command->rows;
}

int command_choose(struct options *options, struct failure *why)
{
	const struct rows *rows = command_rows(options);
	const char *sort = options->sort ? options->sort : rows->sort;
	const bool all = options->all || options->json;

	if (!rows->type)
		return 0;
	options->order = record_find(rows->type, sort, strlen(sort));
	if (!options->order)
		return columns_unknown(rows->type, sort, strlen(sort), why);
	if ((!options->json || options->columns || options->all) &&
	    columns_choose(&options->chosen, rows->type, options->columns,
			   all ? NULL : rows->columns, why))
		return -1;
	if (command_reads_cmdlines(options) && !cmdlines_add)
		return fail_left_out(why, "command lines");
	return 0;
}

bool command_reads_cmdlines(const struct options *options)
{
	const struct columns *columns = &options->chosen;
	size_t i;

	for (i = options->all ? 0 : columns->listed; i < columns->n; i++)
		if (columns->v[i] == task_cmdline)
			return true;
	return options->order && options->order == task_cmdline;
}

/* Fills @listing with @records of command_rows(), arranged by @options. */
static void fill(struct listing *listing, const struct view *view,
		 const struct options *options, struct records records)
{
	listing_fill(listing, view, records);
	listing->columns = options->chosen;
	listing_sort(listing, options->order, options->reverse);
}

void command_records(const struct view *view, const struct options *options,
		     struct records records, bool totals, FILE *out)
{
	const struct units units = command_units(view, options);
	struct listing listing;

	fill(&listing, view, options, records);
	listing_print(&listing, command_look(options), &units, totals, out);
	listing_free(&listing);
}

void command_json_records(struct json *json, const char *key, const struct view *view,
			  const struct options *options, struct records records)
{
	struct listing listing;

	fill(&listing, view, options, records);
	snapshot_json_listing(json, key, command_rows(options)->type, &listing);
	listing_free(&listing);
}

void command_figures(const struct view *view, const struct options *options,
		     const struct record_type *type, const unsigned int *which,
		     size_t n, FILE *out)
{
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	bool events = type == &events_record;
	const struct column *column;
	size_t i;

	table_columns(table, events ? "Event >Count Vmstat" : "Figure >Amount Meminfo");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (i = 0; i < (which ? n : type->figures.n); i++) {
		column = &type->figures.columns[which ? which[i] : i];
		if (!column->name)
			continue;
		table_row(table);
		table_cell(table, column->name);
		cell_column(table, column, view, &view->snap->totals, &units);
		table_cell(table, column->kernel);
		if (!options->raw)
			table_cell(table, column->help);
	}
	table_finish(table);
}

struct table_look command_look(const struct options *options)
{
	return (struct table_look){
		.raw = options->raw,
		.no_header = options->no_header,
	};
}

struct units command_units(const struct view *view,
			   const struct options *options)
{
	const struct amount total = amount_total(view->snap, MEMCENSUS_S_TOTAL);

	return (struct units){
		.suffixes = options->suffixes,
		.percent = options->percent,
		.whole = total.known ? total.bytes : 0,
	};
}

void command_title(const struct options *options, FILE *out, const char *title)
{
	putc('\n', out);
	if (!options->raw && title)
		fprintf(out, "%s:\n\n", title);
}

uint32_t present_parts(const struct options *options)
{
	/* Without a command, JSON has a whole census, by the module's default. */
	if (options->json && !options->command_given && !options->mappings &&
	    !options->mapping.given)
		return 0;
	if (options->command->parts_of)
		return options->command->parts_of(options);
	return options->command->parts |
	       (options->types ? MEMCENSUS_PART_TYPES : 0) |
	       (options->vmas ? MEMCENSUS_PART_VMAS : 0);
}

/* The parts in JSON: without those requested only to make groups and sums. */
static uint32_t shown_parts(const struct options *options)
{
	uint32_t parts = present_parts(options);

	if (!parts)
		return REQUEST_DEFAULT_PARTS;
	if (options->command->shown)
		parts = options->command->shown;
	if (options->group_by || options->mappings)
		parts &= ~MEMCENSUS_PART_TASKS;
	return parts;
}

static void present_json(const struct view *view, const struct options *options, FILE *out)
{
	const struct record_type *type = command_rows(options)->type;
	struct listing listing;
	const struct json_parts what = {
		.parts = shown_parts(options),
		.type = type ? type : &task_record,
		.listing = &listing,
		.totals = options->totals,
		.breakdown = options->command->breakdown,
		.pages = options->pages,
		.line = options_series(options),
	};

	if (type)
		fill(&listing, view, options, records_in(view->snap, type));
	else
		listing_fill(&listing, view, records_in(view->snap, what.type));
	snapshot_json(out, view->snap, &what);
	listing_free(&listing);
}

/* Prints one census as a table or JSON, and its warnings. */
static void present(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	FILE *out = session->out;

	if (options->json)
		present_json(&view, options, out);
	else
		options->command->show(&view, options, out);
	/* Print the table before the warnings: both may go to one terminal. */
	fflush(out);
	if (session->taken == 1 && options->bound)
		fprintf(stderr, "memcensus: %s is known on the %s basis only: using it\n",
			options->bound->name, basis_words[options->bound->basis]);
	session->partial |= warnings_print(stderr, snap);
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command line%s did not come in time: %s\n",
			session->missed, session->missed == 1 ? "" : "s", options->comm.given ?
			"these processes were chosen by name alone" : "shown as -");
	session->partial |= session->missed;
	session->missed = 0;
}

/* Takes the next census; drops processes that the program chose and that have ended. */
static enum taken take(struct session *session, struct snapshot **snap,
		       struct failure *why)
{
	const struct command *command = session->options->command;
	enum taken taken;

	if (command->prepare && command->prepare(session, why))
		return TAKE_FAILED;
	taken = session_next(session, snap, why);
	if (taken == TAKE_DONE && session->pids)
		snapshot_drop_gone(*snap);
	return taken;
}

int present_censuses(struct session *session, struct failure *why)
{
	const struct command *command = session->options->command;
	struct snapshot *snap;
	enum taken taken;
	int ret = 0;

	while (!ret && (taken = take(session, &snap, why)) == TAKE_DONE) {
		if (session->taken > 1 && !session->options->json)
			command_title(session->options, session->out, NULL);
		if (command->refine)
			ret = command->refine(session, snap, why);
		if (!ret)
			present(session, snap);
		snapshot_free(snap);
	}
	return ret || taken == TAKE_FAILED ? -1 : 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Functions shared by the commands. */
#include <string.h>

#include "cli/command.h"
#include "model/snapshot-json.h"

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

int command_arrange(struct listing *listing, const struct options *options,
		    struct failure *why)
{
	const struct rows *rows = command_rows(options);
	const char *defaults = options->json || options->all ? NULL : rows->columns;
	const char *sort = options->sort ? options->sort : rows->sort;

	if (!options->json || options->columns || options->all) {
		if (columns_choose(&listing->columns, rows->type,
				   options->columns, defaults, why))
			return -1;
	}
	listing_sort(listing, record_find(rows->type, sort, strlen(sort)),
		     options->reverse);
	return 0;
}

int command_records(const struct view *view, const struct options *options,
		    const struct record_type *type, const char *columns,
		    struct records records, bool totals, FILE *out,
		    struct failure *why)
{
	const struct units units = command_units(view, options);
	struct listing listing;
	int ret;

	listing_fill(&listing, view, records);
	if (type == command_rows(options)->type)
		ret = command_arrange(&listing, options, why);
	else
		ret = columns_choose(&listing.columns, type, columns, NULL, why);
	if (!ret)
		listing_print(&listing, command_look(options), &units, totals, out);
	listing_free(&listing);
	return ret;
}

int command_json_records(struct json *json, const char *key, const struct view *view,
			 const struct options *options, struct records records,
			 struct failure *why)
{
	struct listing listing;
	int ret;

	listing_fill(&listing, view, records);
	ret = command_arrange(&listing, options, why);
	if (!ret)
		snapshot_json_listing(json, key, command_rows(options)->type, &listing);
	listing_free(&listing);
	return ret;
}

void command_figures(const struct view *view, const struct options *options,
		     const struct record_type *type, const unsigned int *which,
		     size_t n, FILE *out)
{
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options));
	bool events = type == &events_record;
	const struct column *column;
	size_t i;

	table_column(table, events ? "Event" : "Figure", false);
	table_column(table, events ? "Count" : "Amount", true);
	table_column(table, events ? "Vmstat" : "Meminfo", false);
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
	table_finish(table, out);
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
	const struct figures *bytes = &view->snap->totals.bytes;

	return (struct units){
		.suffixes = options->suffixes,
		.percent = options->percent,
		.whole = KNOWN(bytes, MEMCENSUS_S_TOTAL) ?
			 bytes->v[MEMCENSUS_S_TOTAL] : 0,
	};
}

void command_title(const struct options *options, FILE *out, const char *title)
{
	putc('\n', out);
	if (!options->raw && title)
		fprintf(out, "%s:\n\n", title);
}

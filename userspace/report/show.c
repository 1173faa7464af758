// SPDX-License-Identifier: GPL-2.0
/* Shows what a command takes: functions shared by the commands. */
#include "report/show.h"
#include "report/snapshot-json.h"

void command_arrange(struct listing *listing, const struct view *view,
		     const struct options *options, struct records records)
{
	listing_fill(listing, view, records);
	listing->columns = options->chosen;
	listing_sort(listing, options->order, options->reverse);
	if (options->tree)
		listing_nest(listing);
}

void command_records(const struct view *view, const struct options *options,
		     struct records records, bool totals, FILE *out)
{
	const struct units units = command_units(view, options);
	struct listing listing;

	command_arrange(&listing, view, options, records);
	listing_print(&listing, command_look(options), &units, totals, out);
	listing_free(&listing);
}

void command_columns(const struct view *view, const struct options *options,
		     const struct record_type *type, const char *columns, FILE *out)
{
	const struct units units = command_units(view, options);
	struct listing listing;
	struct failure why;

	listing_fill(&listing, view, records_in(view->snap, type));
	columns_choose(&listing.columns, type, columns, NULL, &why);
	listing_print(&listing, command_look(options), &units, false, out);
	columns_free(&listing.columns);
	listing_free(&listing);
}

void command_json_records(struct json *json, const char *key, const struct view *view,
			  const struct options *options, struct records records)
{
	struct listing listing;

	command_arrange(&listing, view, options, records);
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
		table_column_long(table, "Meaning");
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

void command_described(const struct view *view, const struct options *options,
		       const struct record_type *type, const void *record, FILE *out)
{
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	const struct column *column;
	unsigned int i;

	table_columns(table, "What >Amount");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (i = 0; (column = record_column(type, i)); i++) {
		table_row(table);
		table_cell(table, column->name);
		cell_column(table, column, view, record, &units);
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

// SPDX-License-Identifier: GPL-2.0
/* Shows sections as tables, raw or as JSON. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "report/document.h"
#include "report/report.h"
#include "report/show.h"
#include "report/snapshot-json.h"

/* Columns of a section, and bytes of a name that it gives one. */
#define CELLS_MAX	24
#define NAME_SIZE	24

/**
 * struct cell - a column of a section
 * @column: under its name and heading in the section
 * @join: of its record; NULL: it is of the row
 */
struct cell {
	struct column column;
	const struct section_join *join;
	char name[NAME_SIZE];
};

struct cells {
	struct cell v[CELLS_MAX];
	size_t n;
};

/* The list is a part of the program: a wrong name is an error in it. */
static void find_column(struct cell *cell, const struct section *section, const char *name,
			size_t len)
{
	const struct column *column = record_find(section->type, name, len);
	const struct section_join *join;

	for (join = section->joins; !column && join->type; join++) {
		cell->join = join;
		column = record_find(join->type, name, len);
	}
	if (!column)
		abort();
	cell->column = *column;
}

static void choose_cells(struct cells *cells, const struct section *section, const char *list,
			 bool raw)
{
	struct cell *cell;
	size_t len, name;

	for (cells->n = 0; *list; list += len + !!list[len]) {
		const bool text_only = *list == '~';

		list += text_only;
		len = strcspn(list, " ");
		if (text_only && raw)
			continue;
		if (cells->n == CELLS_MAX)
			abort();
		cell = &cells->v[cells->n++];
		*cell = (struct cell){ 0 };
		name = strcspn(list, " =");
		find_column(cell, section, list, name);
		if (name == len)
			continue;
		snprintf(cell->name, NAME_SIZE, "%.*s", (int)(len - name - 1), list + name + 1);
		cell->column.name = cell->name;
		cell->column.header = cell->name;
	}
}

/* The record that has the value of @cell; NULL: none. */
static const void *cell_record(const struct cell *cell, const void *row)
{
	const void *record = row;

	if (cell->join && cell->join->at != SIZE_MAX)
		memcpy(&record, (const char *)row + cell->join->at, sizeof(record));
	return record;
}

static struct view view_of(const struct report *report, const struct section *section,
			   const void *row)
{
	struct view view = report->view;

	if (section->own_names)
		memcpy(&view.snap, row, sizeof(view.snap));
	return view;
}

/* The rows that are shown, in their order; listing_free() frees them. */
static void arrange(struct listing *listing, const struct report *report,
		    const struct section *section)
{
	const struct records rows = section->rows.size ? section->rows :
				    records_in(report->view.snap, section->type);
	const void *row;
	size_t i, n = 0;

	listing_fill(listing, &report->view, rows);
	for (i = 0; i < rows.n; i++) {
		row = (const char *)rows.v +
		      (section->backwards ? rows.n - 1 - i : i) * rows.size;
		if (!section->filter || section->filter(section->about, row))
			listing->rows[n++] = row;
	}
	listing->n_rows = n;
	if (section->sort)
		listing_sort(listing, record_named(section->type, section->sort),
			     section->backwards);
	if (section->most && section->most < n) {
		listing->n_rows = section->most;
		memmove(listing->rows, listing->rows + n - section->most,
			section->most * sizeof(*listing->rows));
	}
}

static void fill_row(struct table *table, const struct cells *cells, const struct view view,
		     const void *row, const struct units *units)
{
	const struct cell *cell;

	for (cell = cells->v; cell < cells->v + cells->n; cell++)
		cell_column(table, &cell->column, &view, cell_record(cell, row), units);
}

static void show_section_table(const struct report *report, const struct section *section)
{
	const struct options *options = report->options;
	const struct units units = command_units(&report->view, options);
	struct table *table = table_new(command_look(options), report->out);
	struct listing rows;
	struct cells cells;
	size_t i;

	choose_cells(&cells, section, section->columns, options->raw);
	for (i = 0; i < cells.n; i++)
		if (cells.v[i].column.kind == KIND_TEXT)
			table_column_text(table, column_header(&cells.v[i].column));
		else
			table_column(table, units_header(&units, &cells.v[i].column),
				     column_is_right(&cells.v[i].column));
	arrange(&rows, report, section);
	for (i = 0; i < rows.n_rows; i++) {
		table_row(table);
		fill_row(table, &cells, view_of(report, section, rows.rows[i]), rows.rows[i],
			 &units);
	}
	listing_free(&rows);
	if (section->sum && !options->raw) {
		table_total_row(table);
		fill_row(table, &cells, report->view, section->sum, &units);
	}
	table_finish(table);
}

/* All columns of one record, one a row, with their meaning unless the output is raw. */
static void show_described(const struct report *report, const struct section *section)
{
	const struct options *options = report->options;
	const struct units units = command_units(&report->view, options);
	struct table *table = table_new(command_look(options), report->out);
	const struct column *column;
	unsigned int i;

	table_columns(table, "What >Amount");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (i = 0; (column = record_column(section->type, i)); i++) {
		table_row(table);
		table_cell(table, column->name);
		cell_column(table, column, &report->view, section->rows.v, &units);
		if (!options->raw)
			table_cell(table, column->help);
	}
	table_finish(table);
}

/* The options by which rows that are @chosen are arranged. */
static struct options arrangement(const struct report *report, const struct section *section)
{
	struct options options = *report->options;

	options.reverse ^= section->falling && !options.sort;
	return options;
}

static void show_section(const struct report *report, const struct section *section)
{
	const struct options options = arrangement(report, section);

	if (section->title)
		command_title(&options, report->out, section->title);
	if (section->chosen)
		command_records(&report->view, &options, section->rows, options.totals,
				report->out);
	else if (section->described)
		show_described(report, section);
	else if (section->columns)
		show_section_table(report, section);
	if (section->note && !options.raw)
		fputs(section->note, report->out);
}

/* JSON */

/* The members of a row: those of @cells or, without, all. */
static void put_section_row(struct report *report, const struct section *section,
			    const struct cells *cells, const void *row)
{
	const struct view outer = report->view, view = view_of(report, section, row);
	const struct cell all = { .join = section->joins[0].type ? &section->joins[0] : NULL };
	const struct column *column;
	size_t i;

	if (section->number.known)
		json_put_signed(&report->json, "seq", section->number.bytes);
	for (i = 0; i < cells->n; i++)
		json_column(&report->json, &cells->v[i].column, &view,
			    cell_record(&cells->v[i], row));
	if (section->described)
		for (i = 0; (column = record_column(section->type, i)); i++)
			json_column(&report->json, column, &view, row);
	else if (!section->members)
		json_members(&report->json, all.join ? all.join->type : section->type, &view,
			     cell_record(&all, row));
	report->view = view;
	if (section->parts)
		section->parts(report, row);
	report->view = outer;
}

/* A row by its first member: an object, or one value. */
static void put_keyed(struct report *report, const struct section *section, struct cells *cells,
		      const void *row)
{
	const struct view view = view_of(report, section, row);
	struct value key;
	size_t i;

	if (!column_get(&cells->v[0].column, &view, cell_record(&cells->v[0], row), &key))
		return;
	if (cells->n > 2)
		json_open(&report->json, key.text, '{');
	else
		cells->v[1].column.name = key.text;
	for (i = 1; i < cells->n; i++)
		json_column(&report->json, &cells->v[i].column, &view,
			    cell_record(&cells->v[i], row));
	if (cells->n > 2)
		json_close(&report->json, '}');
}

static void put_figures(struct json *json, const struct column_set *set,
			const struct figures *figures)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->columns[i].name)
			json_put_known(json, set->columns[i].name, KNOWN(figures, i),
				       (int64_t)figures->v[i]);
}

static void put_rows(struct report *report, const struct section *section)
{
	const bool array = section->shape == SECTION_ARRAY;
	struct json *json = &report->json;
	struct listing rows;
	struct cells cells;
	size_t i;

	choose_cells(&cells, section, section->members ?: "", false);
	json_open(json, section->name, array ? '[' : '{');
	arrange(&rows, report, section);
	for (i = 0; i < rows.n_rows; i++) {
		if (array)
			json_open(json, NULL, '{');
		if (section->shape == SECTION_KEYED)
			put_keyed(report, section, &cells, rows.rows[i]);
		else if (section->shape == SECTION_FIGURES)
			put_figures(json, &section->type->figures, rows.rows[i]);
		else
			put_section_row(report, section, &cells, rows.rows[i]);
		if (array)
			json_close(json, '}');
	}
	json_close(json, array ? ']' : '}');
	listing_free(&rows);
}

/* Records of command_rows(), arranged by @options. */
static void put_chosen(struct report *report, const struct section *section,
		       const struct options *options)
{
	struct listing listing;

	command_arrange(&listing, &report->view, options, section->rows);
	snapshot_json_listing(&report->json, section->name, command_rows(options)->type,
			      &listing);
	listing_free(&listing);
}

static void put_section(struct report *report, const struct section *section)
{
	const struct options options = arrangement(report, section);
	struct json *json = &report->json;

	if (section->shape == SECTION_CLOSE)
		json_close(json, '}');
	else if (section->shape == SECTION_OPEN)
		json_open(json, section->name, '{');
	else if (section->shape == SECTION_NUMBER)
		json_put_known(json, section->name, section->number.known, section->number.bytes);
	else if (section->shape == SECTION_TEXT)
		json_put_string(json, section->name, section->text);
	else if (section->shape == SECTION_NULL)
		json_put_null(json, section->name);
	else if (section->shape == SECTION_SCAN)
		snapshot_json_scan(json, report->view.snap);
	else if (section->chosen)
		put_chosen(report, section, &options);
	else
		put_rows(report, section);
}

void report_begin_line(struct report *report, const struct options *options,
		       const struct snapshot *snap, FILE *out, bool line)
{
	*report = (struct report){
		options, { snap, options->numeric }, .out = out,
		.json = { .out = out, .line = line },
	};
	if (options->json)
		document_open(&report->json, options->command->name);
}

void report_begin(struct report *report, const struct options *options,
		  const struct snapshot *snap, FILE *out)
{
	report_begin_line(report, options, snap, out, false);
}

void report_sections(struct report *report, const struct section *sections, size_t n)
{
	for (; n--; sections++)
		if (!report->options->json)
			show_section(report, sections);
		else if (sections->name || sections->shape == SECTION_CLOSE)
			put_section(report, sections);
}

void report_window(struct report *report, const struct snapshot *from, const struct snapshot *to)
{
	const struct document_point points[] = { document_point_of(from), document_point_of(to) };

	if (!report->options->json)
		return;
	document_window(&report->json, from ? &points[0] : NULL, &points[1]);
	json_close(&report->json, '}');
}

void report_end(struct report *report)
{
	if (report->options->json)
		json_close(&report->json, '}');
	while (report->n_texts)
		free(report->texts[--report->n_texts]);
	free(report->texts);
}

const char *report_text(struct report *report, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	report->texts = array_grow(report->texts, report->n_texts, sizeof(*report->texts));
	report->texts[report->n_texts++] = text;
	return text;
}

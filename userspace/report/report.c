// SPDX-License-Identifier: GPL-2.0
/* Shows sections as tables, raw or as JSON. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/on-nodes.h"
#include "report/report.h"
#include "report/row-json.h"

/* Of amounts, in tables of a series. */
#define STREAM_WIDTH	8

/**
 * struct cell - a column of a section
 * @column: under its name and heading in the section
 * @other: where that is unknown; or NULL
 * @join: whose column it is; NULL: it is of the row
 * @right: aligned so
 * @width: at least so wide
 * @orders: it is a list by order: so many columns of a table
 * @cut: of a table that is too wide
 */
struct cell {
	struct column column;
	const struct column *other;
	const struct section_join *join;
	bool right;
	unsigned int width;
	size_t orders;
	enum cut cut;
};

/* @v: owned */
struct cells {
	struct cell *v;
	size_t n;
};

static struct cell *add_cell(struct cells *cells)
{
	cells->v = array_grow(cells->v, cells->n, sizeof(*cells->v));
	return &cells->v[cells->n++];
}

/* @may_lack: the column may be left out. */
static enum cut cut_of(const struct column *column, bool may_lack)
{
	if (column->kind == KIND_TEXT && !(may_lack && column->spare))
		return CUT_WIDEST;
	if (!may_lack || column->kind == KIND_ID)
		return CUT_NEVER;
	return column->alarm ? CUT_LATE : CUT_COLUMN;
}

/* In a table of all columns, the number of a cgroup is behind its path. */
static void put_path_first(struct columns *columns)
{
	const struct column *path;
	size_t number = 0, i;

	while (number < columns->n && strcmp(columns->v[number]->name, "cgroup"))
		number++;
	for (i = number; i < columns->n && strcmp(columns->v[i]->name, "cgroup_path"); i++)
		continue;
	if (i >= columns->n)
		return;
	path = columns->v[i];
	memmove(columns->v + number + 1, columns->v + number,
		(i - number) * sizeof(*columns->v));
	columns->v[number] = path;
}

/* The columns that options choose; in a table those by node are one for each. */
static struct cells chosen_cells(const struct report *report)
{
	const struct options *options = report->options;
	struct columns columns = options->chosen;
	/* Not what was asked for. */
	const size_t defaults = options->all ? 0 : columns.listed;
	struct cells cells = { };
	struct cell *cell;
	size_t i;

	if (!options->json)
		columns = on_nodes_expand(&columns, command_rows(options)->type, report->view.snap);
	if (options->all && !options->json && !options->raw)
		put_path_first(&columns);
	for (i = 0; i < columns.n; i++) {
		cell = add_cell(&cells);
		cell->column = *columns.v[i];
		cell->right = column_is_right(&cell->column);
		cell->cut = columns.v[i] == task_cmdline ? CUT_FIRST :
			    cut_of(&cell->column, i < defaults && columns.v[i] != options->order);
	}
	if (!options->json)
		columns_free(&columns);
	return cells;
}

/* The list is a part of the program: a wrong name is an error in it. */
static void find_column(struct cell *cell, const struct section *section, const char *name)
{
	const size_t len = strcspn(name, " |:=");
	const struct column *column = column_find(section->type, name, len);
	const struct section_join *join;

	for (join = section->joins; !column && join->type; join++) {
		cell->join = join;
		column = column_find(join->type, name, len);
	}
	if (!column)
		abort();
	cell->column = *column;
	if (name[len] == '|')
		cell->other = column_find(cell->join ? cell->join->type : section->type,
					  name + len + 1, strcspn(name + len + 1, " :="));
}

/* The columns of @list; NULL: those that are chosen, or none. */
static struct cells choose_cells(struct report *report, const struct section *section,
				 const char *list)
{
	struct cells cells = { };
	struct cell *cell;
	size_t len, name;

	if (section->chosen)
		return chosen_cells(report);
	for (list = list ?: ""; *list; list += len + !!list[len]) {
		const bool text_only = *list == '~', may_lack = list[text_only] == '?';

		list += text_only + may_lack;
		len = strcspn(list, " ");
		if (text_only && report->options->raw)
			continue;
		cell = add_cell(&cells);
		cell->right = *list == '>';
		list += cell->right;
		len -= cell->right;
		find_column(cell, section, list);
		cell->right |= column_is_right(&cell->column);
		cell->cut = may_lack ? CUT_COLUMN : cut_of(&cell->column, false);
		name = strcspn(list, " :=");
		if (list[name] == ':') {
			cell->width = (unsigned int)atoi(list + name + 1);
			cell->cut = may_lack ? CUT_COLUMN : CUT_NEVER;
		}
		name = strcspn(list, " =");
		if (name == len)
			continue;
		cell->column.name = report_text(report, "%.*s", (int)(len - name - 1),
						list + name + 1);
		cell->column.header = cell->column.name;
	}
	return cells;
}

/* The row, or what it points to, that has the value of @cell; NULL: none. */
static const void *cell_joined(const struct cell *cell, const void *row)
{
	const void *joined = row;

	if (cell->join && cell->join->at != SIZE_MAX)
		memcpy(&joined, (const char *)row + cell->join->at, sizeof(joined));
	return joined;
}

/* The column of @cell that has a value in @joined, under the name of the first. */
static struct column column_in(const struct cell *cell, const struct view *view,
			       const void *joined)
{
	struct column column = cell->column;
	struct value value;

	if (cell->other && !(joined && column_get(&column, view, joined, &value))) {
		column = *cell->other;
		column.name = cell->column.name;
	}
	return column;
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
	const struct options *options = report->options;
	const struct row_array rows = section->rows.size ? section->rows :
				    rows_in(report->view.snap, section->type);
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
		listing_sort(listing, column_named(section->type, section->sort),
			     section->backwards);
	if (section->chosen)
		listing_sort(listing, options->order,
			     options->reverse ^ (section->falling && !options->sort));
	if (section->chosen && (options->forest || options->group_by == MEMCENSUS_BY_TREE))
		listing_nest(listing);
	if (section->most && section->most < n) {
		listing->n_rows = section->most;
		memmove(listing->rows, listing->rows + n - section->most,
			section->most * sizeof(*listing->rows));
	}
}

/* The columns of @cell in a table: for a list by order, as many as the longest of @rows. */
static void add_column(struct table *table, const struct report *report,
		       const struct section *section, struct cell *cell,
		       const struct listing *rows, const struct units *units)
{
	const struct column *column = &cell->column;
	char order[NUMBER_SIZE];
	struct value value;
	size_t i;

	if (!column_is_by_order(column)) {
		table_column(table, units_header(units, column), cell->right, cell->width,
			     cell->cut);
		return;
	}
	for (i = 0; i < rows->n_rows; i++) {
		const struct view view = view_of(report, section, rows->rows[i]);

		if (column_get(column, &view, cell_joined(cell, rows->rows[i]), &value) &&
		    cell->orders < value.list.n)
			cell->orders = value.list.n;
	}
	for (i = 0; i < cell->orders; i++) {
		snprintf(order, sizeof(order), "%zu", i);
		table_column(table, order, true, cell->width, CUT_NEVER);
	}
}

/* A list by order: a cell for each. */
static void fill_orders(struct table *table, const struct cell *cell, const struct view *view,
			const void *joined)
{
	const struct column *column = &cell->column;
	char text[NUMBER_SIZE];
	struct value value;
	size_t i;

	if (!column_get(column, view, joined, &value))
		value.list.n = 0;
	for (i = 0; i < cell->orders; i++)
		table_cell(table, i < value.list.n &&
			   element_text(text, column, value.list.v[i]) ? text : NULL);
}

/* @depth: of a row of a tree, by which a text in the first cell is indented. */
static void fill_row(struct report *report, struct table *table, const struct cells *cells,
		     const struct view view, const void *row, unsigned int depth,
		     const struct units *units)
{
	const struct cell *cell;
	struct column column;
	const void *joined;
	struct value value;

	for (cell = cells->v; cell < cells->v + cells->n; cell++) {
		joined = cell_joined(cell, row);
		column = column_in(cell, &view, joined);
		if (column_is_by_order(&column))
			fill_orders(table, cell, &view, joined);
		else if (depth && cell == cells->v && column.kind == KIND_TEXT &&
			 column_get(&column, &view, joined, &value))
			table_cell(table, report_text(report, "%*s%s", 2 * (int)depth, "",
						      value.text));
		else
			cell_column(table, &column, &view, joined, units);
	}
}

/* @total: it is the last one, below a line. */
static void begin_row(const struct report *report, struct table *table, bool total)
{
	if (total)
		table_total_row(table);
	else
		table_row(table);
	if (report->stamp)
		table_cell(table, report->stamp);
}

static void fill_totals(const struct report *report, struct table *table,
			const struct cells *cells, const struct listing *rows,
			const struct units *units)
{
	const struct cell *cell;
	struct value total;
	char *text;

	begin_row(report, table, true);
	for (cell = cells->v; cell < cells->v + cells->n; cell++) {
		text = NULL;
		if (!listing_total(rows, &cell->column, &total))
			text = cell->column.total ? NULL : xstrdup(cell == cells->v ? "total" : "");
		else if (cell->column.total == TOTAL_SUM)
			text = value_text(&cell->column, rows->view, &total, units);
		else
			text = xasprintf("%" PRIu64, total.number);
		table_cell(table, text);
		free(text);
	}
}

struct units report_units(const struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct amount total = snap ? amount_total(snap, MEM_TOTAL) :
					   (struct amount){ };

	return (struct units){
		.suffixes = report->options->suffixes,
		.percent = report->options->percent,
		.bytes = report->options->bytes,
		.whole = total.known ? total.bytes : 0,
	};
}

const char *report_amount(struct report *report, int64_t bytes)
{
	const struct units units = report_units(report);
	char text[NUMBER_SIZE];

	if (!amount_text(text, (double)bytes, bytes / 1024, &units))
		return "-";
	return report_text(report, "%s%s", text,
			   units_are_kib(&units) ? " KiB" : units.bytes ? " bytes" : "");
}

static struct table *new_table(const struct report *report)
{
	return table_new(report->options->raw, report->options->no_header || report->no_header,
			 report->out);
}

static void show_section_table(struct report *report, const struct section *section)
{
	const struct options *options = report->options;
	const struct units units = report_units(report);
	struct table *table = new_table(report);
	struct cells cells = choose_cells(report, section, section->columns);
	struct listing rows;
	size_t i;

	arrange(&rows, report, section);
	if (report->kept)
		table_continue(table, report->kept);
	if (report->stamp)
		table_column(table, "Time", false, TIME_WIDTH, CUT_NEVER);
	for (i = 0; i < cells.n; i++) {
		/* Those of later tables are likely to be as wide. */
		if (report->kept && cells.v[i].column.kind == KIND_BYTES)
			cells.v[i].width = STREAM_WIDTH;
		add_column(table, report, section, &cells.v[i], &rows, &units);
	}
	for (i = 0; i < rows.n_rows; i++) {
		begin_row(report, table, false);
		fill_row(report, table, &cells, view_of(report, section, rows.rows[i]),
			 rows.rows[i], rows.depths && !options->raw ? rows.depths[i] : 0, &units);
	}
	report->rows += rows.n_rows;
	if (section->chosen && (section->totals || options->totals))
		fill_totals(report, table, &cells, &rows, &units);
	if (section->sum && !options->raw) {
		begin_row(report, table, true);
		fill_row(report, table, &cells, report->view, section->sum, 0, &units);
	}
	table_finish(table);
	listing_free(&rows);
	free(cells.v);
}

/* A value that is ns in JSON and seconds in a table has the unit in its name. */
static const char *described_name(struct report *report, const struct column *column)
{
	const size_t len = strlen(column->name) - strlen("_ns");

	return column->kind != KIND_SECONDS ? column->name :
	       report_text(report, "%.*s_seconds", (int)len, column->name);
}

/* All columns of one row, one a line, with their meaning unless the output is raw. */
static void show_described(struct report *report, const struct section *section)
{
	const struct options *options = report->options;
	const struct units units = report_units(report);
	struct table *table = new_table(report);
	const struct column *column;
	unsigned int i;

	table_column(table, "What", false, 0, CUT_NEVER);
	table_column(table, "Amount", true, 0, CUT_NEVER);
	if (!options->raw)
		table_column(table, "Meaning", false, 0, CUT_WIDEST);
	for (i = 0; (column = column_at(section->type, i)); i++) {
		table_row(table);
		table_cell(table, described_name(report, column));
		cell_column(table, column, &report->view, section->rows.v, &units);
		if (!options->raw)
			table_cell(table, column->help);
	}
	table_finish(table);
}

static void show_section(struct report *report, const struct section *section)
{
	const struct options *options = report->options;

	if (section->title)
		putc('\n', report->out);
	if (section->title && *section->title && !options->raw)
		fprintf(report->out, "%s:\n\n", section->title);
	if (section->described)
		show_described(report, section);
	else if (section->columns || (section->chosen && section->shape != SECTION_TOTALS))
		show_section_table(report, section);
	if (section->note && !options->raw)
		fputs(section->note, report->out);
}

/* JSON */

static void put_cell(struct report *report, const struct cell *cell, const struct view *view,
		     const void *row)
{
	const void *joined = cell_joined(cell, row);
	const struct column column = column_in(cell, view, joined);

	json_column(&report->json, &column, view, joined);
}

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
		put_cell(report, &cells->v[i], &view, row);
	if (section->described)
		for (i = 0; (column = column_at(section->type, i)); i++)
			json_column(&report->json, column, &view, row);
	else if (!cells->n)
		json_members(&report->json, all.join ? all.join->type : section->type, &view,
			     cell_joined(&all, row));
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

	if (!column_get(&cells->v[0].column, &view, cell_joined(&cells->v[0], row), &key))
		return;
	if (cells->n > 2)
		json_open(&report->json, key.text, '{');
	else
		cells->v[1].column.name = key.text;
	for (i = 1; i < cells->n; i++)
		put_cell(report, &cells->v[i], &view, row);
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
	const bool members = section->shape == SECTION_MEMBERS;
	struct json *json = &report->json;
	struct cells cells = choose_cells(report, section, section->members);
	struct listing rows;
	size_t i;

	if (!members)
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
	if (!members)
		json_close(json, array ? ']' : '}');
	listing_free(&rows);
	free(cells.v);
}

/* The sums of rows that are chosen, of each column of them. */
static void put_totals(struct report *report, const struct section *section)
{
	const struct column *column;
	struct listing rows;
	struct value total;
	unsigned int i;

	json_open(&report->json, section->name, '{');
	arrange(&rows, report, section);
	for (i = 0; (column = column_at(section->type, i)); i++)
		if (column->total == TOTAL_SUM)
			json_value(&report->json, column,
				   listing_total(&rows, column, &total) ? &total : NULL);
	listing_free(&rows);
	json_close(&report->json, '}');
}

/* How the census was made. */
static void put_scan(struct report *report)
{
	const struct snapshot *snap = report->view.snap;

	REPORT(report,
	       { "scan", SECTION_OBJECT, .type = &scan_rows, .rows = ONE_ROW(&snap->scan),
		 .number = { true, (int64_t)snap->seq } },
	       { "module", SECTION_OBJECT, .type = &info_rows, .rows = ONE_ROW(&snap->info) });
}

static void put_section(struct report *report, const struct section *section)
{
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
		put_scan(report);
	else if (section->shape == SECTION_TOTALS)
		put_totals(report, section);
	else
		put_rows(report, section);
}

struct document_point document_point_of(const struct snapshot *snap)
{
	struct document_point point = { };

	if (!snap)
		return point;
	point.seq = snap->seq;
	point.number = snap->number;
	point.realtime = time_of(&snap->scan);
	if (KNOWN(&snap->scan, MEMCENSUS_SCAN_BOOTTIME_NS))
		point.boottime = snap->scan.boottime;
	return point;
}

/* NULL: since boot. */
static void put_point(struct json *json, const char *key, const struct document_point *point)
{
	if (!point) {
		json_put_null(json, key);
		return;
	}
	json_open(json, key, '{');
	json_put_known(json, "seq", point->seq, (int64_t)point->seq);
	json_put_known(json, "number", point->number, (int64_t)point->number);
	json_put_realtime(json, "realtime_ns", point->realtime);
	json_put_boottime(json, "boottime_ns", point->boottime);
	json_close(json, '}');
}

void document_window(struct json *json, const struct document_point *from,
		     const struct document_point *to)
{
	json_open(json, "window", '{');
	put_point(json, "from", from);
	put_point(json, "to", to);
}

static void put_head(struct json *json, const char *command)
{
	json_open(json, NULL, '{');
	json_put_unsigned(json, "memcensus", DOCUMENT_VERSION);
	json_put_string(json, "command", command);
}

void report_begin_line(struct report *report, const struct options *options,
		       const struct snapshot *snap, FILE *out, bool line)
{
	*report = (struct report){
		options, { snap, options->numeric }, .out = out,
		.json = { .out = out, .line = line },
	};
	if (options->json)
		put_head(&report->json, options->command->name);
}

void report_begin(struct report *report, const struct options *options,
		  const struct snapshot *snap, FILE *out)
{
	report_begin_line(report, options, snap, out, false);
}

void report_sections(struct report *report, const struct section *sections, size_t n)
{
	for (; n--; sections++) {
		struct section section = *sections;

		if (section.chosen)
			section.type = command_rows(report->options)->type;
		if (!report->options->json)
			show_section(report, &section);
		else if (section.name || section.shape == SECTION_CLOSE ||
			 section.shape == SECTION_MEMBERS)
			put_section(report, &section);
	}
}

void report_points(struct report *report, const struct document_point *from,
		   const struct document_point *to)
{
	if (!report->options->json)
		return;
	document_window(&report->json, from, to);
	json_close(&report->json, '}');
}

void report_window(struct report *report, const struct snapshot *from, const struct snapshot *to)
{
	const struct document_point points[] = { document_point_of(from), document_point_of(to) };

	report_points(report, from ? &points[0] : NULL, &points[1]);
}

void report_end(struct report *report)
{
	if (report->options->json)
		json_close(&report->json, '}');
	while (report->n_texts)
		free(report->texts[--report->n_texts]);
	free(report->texts);
}

static const char *keep_text(struct report *report, char *text)
{
	report->texts = array_grow(report->texts, report->n_texts, sizeof(*report->texts));
	report->texts[report->n_texts++] = text;
	return text;
}

const char *report_text(struct report *report, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return keep_text(report, text);
}

const char *report_name(struct report *report, const char *name)
{
	return keep_text(report, text_printable(name ?: "-"));
}

// SPDX-License-Identifier: GPL-2.0
/* A table of text, aligned or raw. */
#include <stdlib.h>
#include <string.h>
#include <libsmartcols.h>

#include "lib/memory.h"
#include "lib/output.h"
#include "lib/text.h"
#include "report/table.h"

#define UNKNOWN	"-"
/* An empty cell of a raw row must still be one word. */
#define EMPTY	"\"\""

/* A text column keeps at least these characters, if its header has no more. */
#define LEAST	8
/* The end of a cut text, as in top. */
#define CUT	"+"

/**
 * struct cuttable - what a table remembers of a column to cut it
 * @header: owned
 * @width: of its widest cell or header
 * @least: the width that it keeps
 * @told: a cell is neither 0 nor unknown
 * @left_out: it is not shown
 */
struct cuttable {
	char *header;
	enum cut cut;
	size_t width;
	size_t least;
	bool told;
	bool left_out;
};

/**
 * struct table - a wrapper around libsmartcols
 * @total: the first row after the divider, or NULL
 * @cell: column of the next cell
 * @columns: @n of them; owned
 * @kept: of those before; NULL: it is alone
 * @width: 0: that of the terminal, if @out is one
 */
struct table {
	struct table_kept *kept;
	size_t width;
	struct cuttable *columns;
	size_t n;
	struct libscols_table *grid;
	struct libscols_line *line;
	struct libscols_line *total;
	size_t cell;
	bool raw;
	FILE *out;
};

/* libsmartcols fails only for want of memory. */
static void check(int error)
{
	if (error)
		memory_failed();
}

struct table *table_new(bool raw, bool no_header, FILE *out)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->grid = scols_new_table();
	check(!table->grid);
	table->raw = raw;
	table->out = out;
	scols_table_set_stream(table->grid, out);
	scols_table_enable_raw(table->grid, raw);
	scols_table_enable_noheadings(table->grid, no_header);
	/* libsmartcols does not escape the backslash; our encoding is reversible. */
	scols_table_enable_noencoding(table->grid, 1);
	return table;
}

void table_column(struct table *table, const char *header, bool right, unsigned int width,
		  enum cut cut)
{
	const size_t len = strlen(header);
	const bool text = cut == CUT_WIDEST || cut == CUT_FIRST;
	int flags = (right ? SCOLS_FL_RIGHT : 0) | (text ? SCOLS_FL_TRUNC : 0);

	/* A width above the header's is a minimum only with STRICTWIDTH. */
	if (width > len)
		flags |= SCOLS_FL_STRICTWIDTH;
	else if (width)
		width = (unsigned int)len;
	check(!scols_table_new_column(table->grid, header, width, flags));
	table->columns = array_grow(table->columns, table->n, sizeof(*table->columns));
	table->columns[table->n++] = (struct cuttable){
		.header = xstrdup(header),
		.cut = cut,
		.width = width > len ? width : len,
		.least = len > LEAST ? len : LEAST,
	};
}

void table_fit(struct table *table, size_t width)
{
	table->width = width;
}

static size_t width_of(const struct table *table)
{
	return table->width ? table->width : output_columns(table->out);
}

void table_continue(struct table *table, struct table_kept *kept)
{
	table->kept = kept;
}

/* The next column of text to be cut that is wider than @width; NULL: none can be. */
static struct cuttable *next_cut(const struct table *table, size_t width)
{
	struct cuttable *found = NULL, *column;

	for (column = table->columns; column < table->columns + table->n; column++) {
		if ((column->cut != CUT_WIDEST && column->cut != CUT_FIRST) ||
		    column->width <= column->least || column->width <= width)
			continue;
		if (!found || column->cut > found->cut ||
		    (column->cut == found->cut &&
		     (column->cut == CUT_FIRST || column->width > found->width)))
			found = column;
	}
	return found;
}

/* Cuts the cells of column @number that are wider than @width. */
static void cut_cells(struct table *table, size_t number, size_t width)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_line *line;
	const char *text;
	size_t bytes, cells;
	char *cut;

	check(!iter);
	while (!scols_table_next_line(table->grid, iter, &line)) {
		text = scols_cell_get_data(scols_line_get_cell(line, number));
		if (!text || !text[text_fit(text, width, &cells)])
			continue;
		bytes = text_fit(text, width - strlen(CUT), &cells);
		cut = xasprintf("%.*s" CUT, (int)bytes, text);
		check(scols_line_set_data(line, number, cut));
		free(cut);
	}
	scols_free_iter(iter);
}

static int rank_left_out(const struct cuttable *column)
{
	return !column->told ? 0 : column->cut == CUT_COLUMN ? 1 : 2;
}

/* The next column to be left out; NULL: none can be. */
static struct cuttable *next_left_out(const struct table *table)
{
	struct cuttable *found = NULL, *column;

	for (column = table->columns; column < table->columns + table->n; column++)
		if ((column->cut == CUT_COLUMN || column->cut == CUT_LATE) && !column->left_out &&
		    (!found || rank_left_out(column) <= rank_left_out(found)))
			found = column;
	return found;
}

static void leave_out(struct table *table, struct cuttable *column)
{
	struct libscols_column *shown =
		scols_table_get_column(table->grid, (size_t)(column - table->columns));

	column->left_out = true;
	check(scols_column_set_flags(shown, scols_column_get_flags(shown) | SCOLS_FL_HIDDEN));
}

/* Headings have no characters of several bytes. */
static void put_left_out(const struct table *table)
{
	const size_t width = width_of(table);
	size_t i, used = 0;

	for (i = 0; i < table->n; i++) {
		const char *header = table->columns[i].header;

		if (!table->columns[i].left_out)
			continue;
		if (!used)
			used = fprintf(table->out, "Too wide, so without:");
		else if (used + 1 + strlen(header) > width)
			used = fprintf(table->out, "\n ") - 1;
		used += fprintf(table->out, " %s", header);
	}
	if (used)
		putc('\n', table->out);
}

/* Leaves columns out and cuts text until all fit into the terminal, if the output is one. */
static void cut_to_terminal(struct table *table)
{
	const size_t width = width_of(table);
	size_t total = table->n ? table->n - 1 : 0, i;
	struct cuttable *column;

	scols_table_set_termforce(table->grid, width ? SCOLS_TERMFORCE_ALWAYS :
						       SCOLS_TERMFORCE_NEVER);
	if (table->raw || !width)
		return;
	scols_table_set_termwidth(table->grid, width);
	for (i = 0; i < table->n; i++)
		total += table->columns[i].width;
	for (; total > width && (column = next_cut(table, width / 2)); total--)
		column->width--;
	for (; total > width && (column = next_left_out(table)); total -= column->width + 1)
		leave_out(table, column);
	for (; total > width && (column = next_cut(table, 0)); total--)
		column->width--;
	for (i = 0; i < table->n; i++)
		if (table->columns[i].cut == CUT_WIDEST || table->columns[i].cut == CUT_FIRST)
			cut_cells(table, i, table->columns[i].width);
}

/* Makes it as wide as those before. */
static void widen(struct table *table)
{
	struct table_kept *kept = table->kept;
	size_t i;

	if (kept->n != table->n) {
		free(kept->widths);
		*kept = (struct table_kept){ .widths = xcalloc(table->n, sizeof(*kept->widths)),
					     .n = table->n };
	}
	for (i = 0; i < table->n; i++) {
		struct cuttable *column = &table->columns[i];

		if (kept->widths[i] < column->width)
			kept->widths[i] = column->width;
		column->width = kept->widths[i];
		/* Which columns are left out is not to depend on the values of one table. */
		column->told = true;
	}
}

/* Prints the header again if other columns are left out than before. */
static void line_up(struct table *table)
{
	size_t i, shown = 0;

	for (i = 0; i < table->n; i++) {
		struct libscols_column *column = scols_table_get_column(table->grid, i);

		shown += !table->columns[i].left_out;
		if (table->columns[i].width <= strlen(table->columns[i].header))
			continue;
		check(scols_column_set_whint(column, (double)table->columns[i].width));
		check(scols_column_set_flags(column, scols_column_get_flags(column) |
					     SCOLS_FL_STRICTWIDTH));
	}
	if (table->kept->shown != shown && table->kept->shown)
		scols_table_enable_noheadings(table->grid, 0);
	table->kept->shown = shown;
}

/* Prints the current row, with the header before the first one, and drops it. */
static void put_table_line(struct table *table)
{
	check(scols_table_print_range(table->grid, table->line, table->line));
	putc('\n', table->out);
	scols_table_remove_line(table->grid, table->line);
	scols_table_enable_noheadings(table->grid, 1);
}

void table_row(struct table *table)
{
	if (table->raw && table->line)
		put_table_line(table);
	table->line = scols_table_new_line(table->grid, NULL);
	check(!table->line);
	table->cell = 0;
}

void table_total_row(struct table *table)
{
	table_row(table);
	table->total = table->line;
}

void table_cell(struct table *table, const char *text)
{
	char *printable = text && !table->raw ? text_printable(text) : NULL;
	size_t width;

	if (!text)
		text = UNKNOWN;
	else if (printable)
		text = printable;
	else if (!*text)
		text = EMPTY;
	text_fit(text, SIZE_MAX, &width);
	if (table->columns[table->cell].width < width)
		table->columns[table->cell].width = width;
	table->columns[table->cell].told |= strcmp(text, UNKNOWN) && strcmp(text, "0") && *text;
	check(scols_line_set_data(table->line, table->cell++, text));
	free(printable);
}

static void put_divider(struct table *table)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_column *column;
	size_t width = 0;

	while (iter && !scols_table_next_column(table->grid, iter, &column))
		if (!scols_column_is_hidden(column))
			width += scols_column_get_width(column) + 1;
	scols_free_iter(iter);
	while (width-- > 1)
		putc('-', table->out);
	putc('\n', table->out);
}

void table_finish(struct table *table)
{
	size_t n = scols_table_get_nlines(table->grid), i;

	if (table->kept && !table->raw)
		widen(table);
	cut_to_terminal(table);
	if (table->kept && !table->raw)
		line_up(table);
	if (table->raw && table->line) {
		put_table_line(table);
	} else if (!table->total || n < 2) {
		check(scols_print_table(table->grid));
	} else {
		check(scols_table_print_range(table->grid, NULL,
					      scols_table_get_line(table->grid, n - 2)));
		put_divider(table);
		check(scols_table_print_range(table->grid, table->total, NULL));
		putc('\n', table->out);
	}
	if (!table->kept || !scols_table_is_noheadings(table->grid))
		put_left_out(table);
	scols_unref_table(table->grid);
	for (i = 0; i < table->n; i++)
		free(table->columns[i].header);
	free(table->columns);
	free(table);
}

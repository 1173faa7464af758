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
 * @width: of its widest cell or header
 * @least: the width that it keeps
 */
struct cuttable {
	enum cut cut;
	size_t width;
	size_t least;
};

/**
 * struct table - a wrapper around libsmartcols
 * @total: the first row after the divider, or NULL
 * @cell: column of the next cell
 * @columns: @n of them; owned
 */
struct table {
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
	int flags = (right ? SCOLS_FL_RIGHT : 0) | (cut ? SCOLS_FL_TRUNC : 0);

	/* A width above the header's is a minimum only with STRICTWIDTH. */
	if (width > len)
		flags |= SCOLS_FL_STRICTWIDTH;
	else if (width)
		width = (unsigned int)len;
	check(!scols_table_new_column(table->grid, header, width, flags));
	table->columns = array_grow(table->columns, table->n, sizeof(*table->columns));
	table->columns[table->n++] = (struct cuttable){
		.cut = cut,
		.width = width > len ? width : len,
		.least = len > LEAST ? len : LEAST,
	};
}

/* The next column to be cut; NULL: none can be. */
static struct cuttable *next_cut(const struct table *table)
{
	struct cuttable *found = NULL, *column;

	for (column = table->columns; column < table->columns + table->n; column++) {
		if (column->cut == CUT_NEVER || column->width <= column->least)
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

/* Cuts text until all columns fit into the terminal, if the output is one. */
static void cut_to_terminal(struct table *table)
{
	const size_t width = output_columns(table->out);
	size_t total = table->n ? table->n - 1 : 0, i;
	struct cuttable *column;

	scols_table_set_termforce(table->grid, width ? SCOLS_TERMFORCE_ALWAYS :
						       SCOLS_TERMFORCE_NEVER);
	if (table->raw || !width)
		return;
	scols_table_set_termwidth(table->grid, width);
	for (i = 0; i < table->n; i++)
		total += table->columns[i].width;
	for (; total > width && (column = next_cut(table)); total--)
		column->width--;
	for (i = 0; i < table->n; i++)
		if (table->columns[i].cut != CUT_NEVER)
			cut_cells(table, i, table->columns[i].width);
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
	check(scols_line_set_data(table->line, table->cell++, text));
	free(printable);
}

static void put_divider(struct table *table)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_column *column;
	size_t width = 0;

	while (iter && !scols_table_next_column(table->grid, iter, &column))
		width += scols_column_get_width(column) + 1;
	scols_free_iter(iter);
	while (width-- > 1)
		putc('-', table->out);
	putc('\n', table->out);
}

void table_finish(struct table *table)
{
	size_t n = scols_table_get_nlines(table->grid);

	cut_to_terminal(table);
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
	scols_unref_table(table->grid);
	free(table->columns);
	free(table);
}

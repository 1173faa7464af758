// SPDX-License-Identifier: GPL-2.0
/* A table of text, aligned or raw. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <libsmartcols.h>

#include "lib/memory.h"
#include "lib/table.h"
#include "lib/text.h"

#define UNKNOWN	"-"
/* An empty cell of a raw row must still be one word. */
#define EMPTY	"\"\""

/**
 * struct table - a wrapper around libsmartcols
 * @total: the first row after the divider, or NULL
 * @cell: column of the next cell
 */
struct table {
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

struct table *table_new(struct table_look look, FILE *out)
{
	struct table *table = xcalloc(1, sizeof(*table));

	table->grid = scols_new_table();
	check(!table->grid);
	table->raw = look.raw;
	table->out = out;
	scols_table_set_stream(table->grid, out);
	scols_table_enable_raw(table->grid, look.raw);
	scols_table_enable_noheadings(table->grid, look.no_header);
	/* libsmartcols does not escape the backslash; our encoding is reversible. */
	scols_table_enable_noencoding(table->grid, 1);
	return table;
}

void table_column(struct table *table, const char *header, bool right)
{
	table_column_wide(table, header, right, 0);
}

void table_columns(struct table *table, const char *headers)
{
	char *copy = xstrdup(headers), *rest = copy, *header;
	bool right;

	while ((header = strsep(&rest, " "))) {
		right = *header == '>';
		table_column(table, header + right, right);
	}
	free(copy);
}

void table_column_wide(struct table *table, const char *header, bool right,
		       unsigned int width)
{
	int flags = right ? SCOLS_FL_RIGHT : 0;

	/* A width above the header's is a minimum only with STRICTWIDTH. */
	if (width > strlen(header))
		flags |= SCOLS_FL_STRICTWIDTH;
	else if (width)
		width = strlen(header);
	check(!scols_table_new_column(table->grid, header, width, flags));
}

void table_column_text(struct table *table, const char *header)
{
	check(!scols_table_new_column(table->grid, header, 0, SCOLS_FL_TRUNC));
}

/* Prints the current row, with the header before the first one, and drops it. */
static void put_line(struct table *table)
{
	check(scols_table_print_range(table->grid, table->line, table->line));
	putc('\n', table->out);
	scols_table_remove_line(table->grid, table->line);
	scols_table_enable_noheadings(table->grid, 1);
}

void table_row(struct table *table)
{
	if (table->raw && table->line)
		put_line(table);
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

	if (!text)
		text = UNKNOWN;
	else if (printable)
		text = printable;
	else if (!*text)
		text = EMPTY;
	check(scols_line_set_data(table->line, table->cell++, text));
	free(printable);
}

void table_cellf(struct table *table, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	table_cell(table, text);
	free(text);
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

	if (table->raw && table->line) {
		put_line(table);
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
	free(table);
}

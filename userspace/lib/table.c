// SPDX-License-Identifier: GPL-2.0
/* A table of text, aligned or raw. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <libsmartcols.h>

#include "lib/table.h"
#include "lib/text.h"

#define UNKNOWN	"-"
/* An empty cell of a raw row must still be one word. */
#define EMPTY	"\"\""

/**
 * struct table - a wrapper around libsmartcols
 * @grid: the libsmartcols table
 * @line: the current row
 * @total: the first row after the divider, or NULL
 * @cell: column of the next cell
 * @raw: raw output
 * @out: stream to which each complete row is written at once, or NULL
 * @failed: memory ran out
 */
struct table {
	struct libscols_table *grid;
	struct libscols_line *line;
	struct libscols_line *total;
	size_t cell;
	bool raw;
	bool failed;
	FILE *out;
};

struct table *table_new(struct table_look look)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->grid = scols_new_table();
	if (!table->grid) {
		free(table);
		return NULL;
	}
	table->raw = look.raw;
	scols_table_enable_raw(table->grid, look.raw);
	scols_table_enable_noheadings(table->grid, look.no_header);
	/* libsmartcols does not escape the backslash; our encoding is reversible. */
	scols_table_enable_noencoding(table->grid, 1);
	return table;
}

static void add_column(struct table *table, const char *header, double width,
		       int flags)
{
	if (!scols_table_new_column(table->grid, header, width, flags))
		table->failed = true;
}

void table_column(struct table *table, const char *header, bool right)
{
	table_column_wide(table, header, right, 0);
}

void table_column_wide(struct table *table, const char *header, bool right,
		       unsigned int width)
{
	int flags = right ? SCOLS_FL_RIGHT : 0;

	if (!table)
		return;
	/* A width above the header's is a minimum only with STRICTWIDTH. */
	if (width > strlen(header))
		flags |= SCOLS_FL_STRICTWIDTH;
	else if (width)
		width = strlen(header);
	add_column(table, header, width, flags);
}

void table_column_text(struct table *table, const char *header)
{
	if (table)
		add_column(table, header, 0, SCOLS_FL_TRUNC);
}

void table_stream(struct table *table, FILE *out)
{
	if (!table || !table->raw)
		return;
	table->out = out;
	scols_table_set_stream(table->grid, out);
}

/* Prints the current row, with the header before the first one, and drops it. */
static void put_line(struct table *table)
{
	if (!table->line || table->failed)
		return;
	if (scols_table_print_range(table->grid, table->line, table->line))
		table->failed = true;
	putc('\n', table->out);
	scols_table_remove_line(table->grid, table->line);
	table->line = NULL;
	scols_table_enable_noheadings(table->grid, 1);
}

void table_row(struct table *table)
{
	if (!table)
		return;
	if (table->out)
		put_line(table);
	table->line = scols_table_new_line(table->grid, NULL);
	table->cell = 0;
	if (!table->line)
		table->failed = true;
}

void table_total_row(struct table *table)
{
	table_row(table);
	if (table)
		table->total = table->line;
}

static void set_cell(struct table *table, const char *text)
{
	if (scols_line_set_data(table->line, table->cell++, text))
		table->failed = true;
}

void table_cell(struct table *table, const char *text)
{
	char *printable;

	if (!table || !table->line)
		return;
	if (!text) {
		set_cell(table, UNKNOWN);
	} else if (table->raw) {
		set_cell(table, *text ? text : EMPTY);
	} else {
		printable = text_printable(text);
		if (printable)
			set_cell(table, printable);
		else
			table->failed = true;
		free(printable);
	}
}

void table_cellf(struct table *table, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n >= 0) {
		table_cell(table, text);
		free(text);
	} else if (table) {
		table->failed = true;
	}
}

void table_fail(struct table *table)
{
	if (table)
		table->failed = true;
}

/* Prints a divider as wide as the table. */
static void put_divider(struct table *table, FILE *out)
{
	struct libscols_iter *iter = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_column *column;
	size_t width = 0;

	while (iter && !scols_table_next_column(table->grid, iter, &column))
		width += scols_column_get_width(column) + 1;
	scols_free_iter(iter);
	while (width-- > 1)
		putc('-', out);
	putc('\n', out);
}

static int table_print(struct table *table, FILE *out)
{
	size_t n = scols_table_get_nlines(table->grid);
	struct libscols_line *last;

	if (table->out && table->line) {
		put_line(table);
		return table->failed ? -1 : 0;
	}
	if (table->failed)
		return -1;
	scols_table_set_stream(table->grid, out);
	if (!table->total || table->raw || n < 2)
		return scols_print_table(table->grid) ? -1 : 0;

	last = scols_table_get_line(table->grid, n - 2);
	if (scols_table_print_range(table->grid, NULL, last))
		return -1;
	put_divider(table, out);
	if (scols_table_print_range(table->grid, table->total, NULL))
		return -1;
	putc('\n', out);
	return 0;
}

int table_finish(struct table *table, FILE *out, struct failure *why)
{
	int ret = -1;

	if (table) {
		ret = table_print(table, out);
		scols_unref_table(table->grid);
		free(table);
	}
	return ret ? fail_memory(why) : 0;
}

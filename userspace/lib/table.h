/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of text, aligned or raw: a thin coat over libsmartcols.
 *
 * Untrusted text (names of commands, paths) may be put into a cell as it
 * is: the aligned table shows it as text_printable() does, the raw one with
 * \xNN for each byte that is blank, a backslash or not printable ASCII, so
 * that a line has as many words as there are columns.
 *
 * Memory that runs out is remembered, and table_finish() says so; until then
 * every function here takes NULL for a table that could not be allocated.
 */
#ifndef READER_TABLE_H
#define READER_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/**
 * struct table_look - how tables are shown
 * @raw: one blank between words, nothing aligned
 * @no_header: no names of columns
 */
struct table_look {
	bool raw;
	bool no_header;
};

struct table;

/* A new table; NULL without memory. */
struct table *table_new(struct table_look look);

/* Adds a column; right: its cells are set against the right edge. */
void table_column(struct table *table, const char *header, bool right);

/*
 * The same, at least @width characters wide: tables of one row each then line up,
 * unless a cell is wider.
 */
void table_column_wide(struct table *table, const char *header, bool right,
		       unsigned int width);

/*
 * Adds a column of text that is cut where the terminal is too narrow for all
 * columns.  What goes elsewhere than to a terminal is never cut.
 */
void table_column_text(struct table *table, const char *header);

/*
 * From now on rows of a raw table go to @out as soon as they are filled, and
 * no memory grows with their number.  An aligned one has to know all of them.
 */
void table_stream(struct table *table, FILE *out);

/* Begins a row. Its cells are filled from left to right. */
void table_row(struct table *table);

/* Begins the last row, which a line parts from the others. */
void table_total_row(struct table *table);

/* Fills the next cell of the row; NULL where it is not known. */
void table_cell(struct table *table, const char *text);
void table_cellf(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Has table_finish() say that memory ran out. */
void table_fail(struct table *table);

/* Prints it and frees it. 0, or -1 and @why where memory ran out. */
int table_finish(struct table *table, FILE *out, struct failure *why);

#endif /* READER_TABLE_H */

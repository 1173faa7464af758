/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of text, aligned or raw: a thin wrapper around libsmartcols.
 *
 * Callers may put untrusted text (command names, paths) into a cell unchanged:
 * the aligned table shows it as text_printable() does.  The raw table writes
 * \xNN for each byte that is blank, a backslash or not printable ASCII, so
 * that a line has exactly one word per column.
 */
#ifndef READER_TABLE_H
#define READER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table;

/*
 * @raw: one blank between words, no alignment.
 *
 * A raw table writes each complete row to @out at once, so memory does not grow with the
 * number of rows.  An aligned table needs all rows first.
 */
struct table *table_new(bool raw, bool no_header, FILE *out);

/*
 * What becomes of a column if the terminal is too narrow for all.  Text is cut to half of it.  Then
 * whole columns are left out, and a line says so: those that have nothing but 0 and -, then the
 * last ones, those of CUT_LATE at the end.  Then text is cut further.  Of texts, those of first
 * columns are cut first, the last of them before the others, then the widest.  A cut text ends in
 * '+'.  Output that is not to a terminal has all.
 */
enum cut {
	CUT_NEVER,
	CUT_WIDEST,
	CUT_FIRST,
	CUT_COLUMN,
	CUT_LATE,
};

/*
 * Adds a column, at least @width characters wide: single-row tables then line up unless a cell is
 * wider.
 */
void table_column(struct table *table, const char *header, bool right, unsigned int width,
		  enum cut cut);

/**
 * struct table_kept - what consecutive tables with the same columns keep
 * @widths: of their @n columns so far; owned
 * @shown: columns of the last one
 */
struct table_kept {
	size_t *widths;
	size_t n;
	size_t shown;
};

/*
 * The rows line up with those of the tables before, as far as they are as wide.  A table that shows
 * other columns than the last one has a header.
 */
void table_continue(struct table *table, struct table_kept *kept);

/* It is cut to @width characters, as on a terminal. */
void table_fit(struct table *table, size_t width);

/* Begins a row. Its cells are filled from left to right. */
void table_row(struct table *table);

/* Begins the last row; a divider separates it from the others. */
void table_total_row(struct table *table);

/* Fills the next cell of the row; NULL: unknown. */
void table_cell(struct table *table, const char *text);
void table_finish(struct table *table);

#endif /* READER_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of one kind, sorted: the rows of tables and of the arrays of JSON.
 */
#ifndef READER_LISTING_H
#define READER_LISTING_H

#include "model/columns.h"
#include "model/format.h"
#include "report/table.h"

/**
 * struct listing - rows to be shown
 * @view: for the getters; owned by the caller
 * @rows: the rows in order; the array is owned, the rows are not
 * @n_rows: how many
 * @groups: they are groups, which may contain others
 * @depths: by row, how many rows contain it: text is indented; NULL: they are flat; owned
 */
struct listing {
	const struct view *view;
	const void **rows;
	size_t n_rows;
	bool groups;
	unsigned int *depths;
};

/* An array of @n rows of one kind, of @size bytes each; @groups: of a snapshot. */
struct row_array {
	const void *v;
	size_t n;
	size_t size;
	bool groups;
};

static inline struct row_array rows_of(const void *v, size_t n, size_t size)
{
	return (struct row_array){ v, n, size, false };
}

/* The rows of @snap of the kind @type: tasks, groups, mappings, zones or nodes. */
struct row_array rows_in(const struct snapshot *snap, const struct row_type *type);

/* Takes all @rows in their order. */
void listing_fill(struct listing *listing, const struct view *view, struct row_array rows);
void listing_free(struct listing *listing);

/* Sorts by @column, unknown values first; equal rows keep the order of the rows. */
void listing_sort(struct listing *listing, const struct column *column,
		  bool reverse);

/* Puts groups behind those that contain them; after listing_sort(). */
void listing_nest(struct listing *listing);

/* Fills the next cell of @table with @column of @row; NULL: it is unknown. */
void cell_column(struct table *table, const struct column *column, const struct view *view,
		 const void *row, const struct units *units);

/*
 * The total of @column over the rows, KIND_PERCENT as a ratio, TOTAL_ROWS and
 * TOTAL_DISTINCT as a number; false if there is none or it is unknown.  The sum has no value
 * of a group that is in the value of another row.
 */
bool listing_total(const struct listing *listing, const struct column *column,
		   struct value *value);

#endif /* READER_LISTING_H */

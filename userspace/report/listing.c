// SPDX-License-Identifier: GPL-2.0
/* Records of one kind, sorted. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-tree.h"
#include "report/listing.h"

struct row_array rows_in(const struct snapshot *snap, const struct row_type *type)
{
	struct row_array rows = { .size = type->size, .groups = type == &group_rows };

	if (type->size) {
		memcpy(&rows.v, (const char *)snap + type->array, sizeof(rows.v));
		memcpy(&rows.n, (const char *)snap + type->count, sizeof(rows.n));
	}
	return rows;
}

void listing_fill(struct listing *listing, const struct view *view, struct row_array rows)
{
	size_t i;

	memset(listing, 0, sizeof(*listing));
	listing->view = view;
	listing->rows = xcalloc(rows.n, sizeof(*listing->rows));
	for (i = 0; i < rows.n; i++)
		listing->rows[i] = (const char *)rows.v + i * rows.size;
	listing->n_rows = rows.n;
	listing->groups = rows.groups;
}

void listing_free(struct listing *listing)
{
	free(listing->rows);
	free(listing->depths);
	listing->rows = NULL;
	listing->depths = NULL;
}

/* The argument of compare_rows(). */
struct order {
	const struct view *view;
	const struct column *column;
	bool reverse;
};

static int compare_values(const struct column *column, const struct value *a,
			  const struct value *b)
{
	switch (column->kind) {
	case KIND_TEXT:
		return strcmp(a->text, b->text);
	case KIND_PERCENT:
		return COMPARE(a->ratio, b->ratio);
	case KIND_LIST:
	case KIND_BLOCKS:
	case KIND_INDEXES:
		return COMPARE(a->list.n, b->list.n);
	default:
		return column->sign ? COMPARE(a->sign, b->sign) :
				      COMPARE(a->number, b->number);
	}
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const void *row_a = *(const void *const *)a;
	const void *row_b = *(const void *const *)b;
	const struct order *order = arg;
	struct value value_a, value_b;
	bool has_a, has_b;
	int ret;

	has_a = column_get(order->column, order->view, row_a, &value_a);
	has_b = column_get(order->column, order->view, row_b, &value_b);
	if (has_a && has_b)
		ret = compare_values(order->column, &value_a, &value_b);
	else
		ret = has_a - has_b;
	if (order->reverse)
		ret = -ret;
	/* Equal rows keep the order of their array. */
	return ret ? ret : COMPARE((uintptr_t)row_a, (uintptr_t)row_b);
}

void listing_sort(struct listing *listing, const struct column *column,
		  bool reverse)
{
	struct order order = { listing->view, column, reverse };

	qsort_r(listing->rows, listing->n_rows, sizeof(*listing->rows),
		compare_rows, &order);
}

void listing_nest(struct listing *listing)
{
	listing->depths = xcalloc(listing->n_rows, sizeof(*listing->depths));
	groups_nest(listing->view->snap, listing->rows, listing->depths, listing->n_rows);
}

void cell_column(struct table *table, const struct column *column, const struct view *view,
		 const void *row, const struct units *units)
{
	struct value value;
	char *text = NULL;

	if (row && column_get(column, view, row, &value))
		text = value_text(column, view, &value, units);
	table_cell(table, text);
	free(text);
}

/* Number of distinct values; sorts a copy of the rows. */
static uint64_t count_distinct(const struct listing *listing,
			       const struct column *column)
{
	struct listing copy = *listing;
	struct value last, value;
	uint64_t n = 0;
	size_t i;

	copy.rows = xmemdup(listing->rows, listing->n_rows * sizeof(*copy.rows));
	listing_sort(&copy, column, false);
	for (i = 0; i < copy.n_rows; i++) {
		if (!column_get(column, listing->view, copy.rows[i], &value))
			continue;
		if (!n || compare_values(column, &last, &value))
			n++;
		last = value;
	}
	free(copy.rows);
	return n;
}

/* Whether the value of @column in @row is in that of a group which contains it. */
static bool is_contained(const struct listing *listing, const struct column *column,
			 const void *row)
{
	struct value value;

	while (listing->groups && (row = group_parent(listing->view->snap, row)))
		if (column_get(column, listing->view, row, &value))
			return true;
	return false;
}

bool listing_total(const struct listing *listing, const struct column *column,
		   struct value *total)
{
	struct value value;
	bool known = false;
	size_t i;

	memset(total, 0, sizeof(*total));
	switch (column->total) {
	case TOTAL_NONE:
		return false;
	case TOTAL_ROWS:
		total->number = listing->n_rows;
		return true;
	case TOTAL_DISTINCT:
		total->number = count_distinct(listing, column);
		return total->number;
	case TOTAL_SUM:
		break;
	}

	for (i = 0; i < listing->n_rows; i++) {
		if (!column_get(column, listing->view, listing->rows[i], &value) ||
		    is_contained(listing, column, listing->rows[i]))
			continue;
		known = true;
		if (column->kind == KIND_PERCENT)
			total->ratio += value.ratio;
		else if (column->sign ?
			 __builtin_add_overflow(total->sign, value.sign, &total->sign) :
			 __builtin_add_overflow(total->number, value.number, &total->number))
			return false;
	}
	return known;
}

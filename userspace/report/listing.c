// SPDX-License-Identifier: GPL-2.0
/* Records of one kind, sorted, by chosen columns. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "model/on-nodes.h"
#include "report/listing.h"

struct records records_in(const struct snapshot *snap, const struct record_type *type)
{
	struct records records = { .size = type->size, .groups = type == &group_record };

	if (type->size) {
		memcpy(&records.v, (const char *)snap + type->array, sizeof(records.v));
		memcpy(&records.n, (const char *)snap + type->count, sizeof(records.n));
	}
	return records;
}

void listing_fill(struct listing *listing, const struct view *view, struct records records)
{
	size_t i;

	memset(listing, 0, sizeof(*listing));
	listing->view = view;
	listing->rows = xcalloc(records.n, sizeof(*listing->rows));
	for (i = 0; i < records.n; i++)
		listing->rows[i] = (const char *)records.v + i * records.size;
	listing->n_rows = records.n;
	listing->groups = records.groups;
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
	case KIND_HOLDERS:
		return strcmp(a->text, b->text);
	case KIND_PERCENT:
		return COMPARE(a->ratio, b->ratio);
	case KIND_LIST:
	case KIND_FRAMES:
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

void cell_bytes(struct table *table, int64_t bytes, const struct units *units)
{
	char text[NUMBER_SIZE];

	table_cell(table, amount_text(text, bytes, bytes / 1024, units) ? text : NULL);
}

void cell_amount(struct table *table, struct amount amount, const struct units *units)
{
	if (amount.known)
		cell_bytes(table, amount.bytes, units);
	else
		table_cell(table, NULL);
}

static void cell_value(struct table *table, const struct column *column,
		       const struct view *view, const struct value *value,
		       const struct units *units)
{
	char *text = value_text(column, view, value, units);

	table_cell(table, text);
	free(text);
}

void cell_column(struct table *table, const struct column *column, const struct view *view,
		 const void *record, const struct units *units)
{
	struct value value;

	if (record && column_get(column, view, record, &value))
		cell_value(table, column, view, &value, units);
	else
		table_cell(table, NULL);
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
	case TOTAL_MEAN:
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

static void put_totals(const struct listing *listing, struct table *table,
		       const struct units *units)
{
	const struct column *column;
	struct value total;
	size_t i;

	table_total_row(table);
	for (i = 0; i < listing->columns.n; i++) {
		column = listing->columns.v[i];
		if (!listing_total(listing, column, &total))
			table_cell(table, i ? column->total ? NULL : "" : "total");
		else if (column->total == TOTAL_SUM)
			cell_value(table, column, listing->view, &total, units);
		else
			table_cellf(table, "%" PRIu64, total.number);
	}
}

/* The text of the first column shows the depth. */
static void cell_nested(struct table *table, const struct listing *listing, size_t row)
{
	struct value value;

	if (column_get(listing->columns.v[0], listing->view, listing->rows[row], &value))
		table_cellf(table, "%*s%s", 2 * (int)listing->depths[row], "", value.text);
	else
		table_cell(table, NULL);
}

static void print_listing(const struct listing *listing, struct table_look look,
			  const struct units *units, bool totals, FILE *out)
{
	struct table *table = table_new(look, out);
	const struct column *column;
	const char *header;
	size_t row, i;

	for (i = 0; i < listing->columns.n; i++) {
		column = listing->columns.v[i];
		header = units_header(units, column);
		if (column == task_cmdline)
			table_column_long(table, header);
		else if (column->kind == KIND_TEXT || column->kind == KIND_HOLDERS)
			table_column_text(table, header);
		else
			table_column(table, header, column_is_right(column));
	}
	for (row = 0; row < listing->n_rows; row++) {
		i = listing->depths && !look.raw && listing->columns.v[0]->kind == KIND_TEXT;
		table_row(table);
		if (i)
			cell_nested(table, listing, row);
		for (; i < listing->columns.n; i++)
			cell_column(table, listing->columns.v[i], listing->view,
				    listing->rows[row], units);
	}
	if (totals)
		put_totals(listing, table, units);
	table_finish(table);
}

void listing_print(const struct listing *listing, struct table_look look,
		   const struct units *units, bool totals, FILE *out)
{
	const struct record_type *type = listing->groups ? &group_record : &task_record;
	struct listing expanded = *listing;

	expanded.columns = on_nodes_expand(&listing->columns, type, listing->view->snap);
	print_listing(&expanded, look, units, totals, out);
	columns_free(&expanded.columns);
}

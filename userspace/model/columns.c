// SPDX-License-Identifier: GPL-2.0
/* Find columns, and read their values from rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "model/columns.h"

/* The value of a @column that has no bit in a bitmap. */
static bool get_held(const struct column *column, const char *base, struct value *value)
{
	struct amount amount;

	if (column->held == HELD_AMOUNT) {
		memcpy(&amount, base + column->offset, sizeof(amount));
		value->sign = amount.bytes;
		return amount.known;
	}
	memcpy(&value->number, base + column->offset, sizeof(value->number));
	return column->kind != KIND_TEXT || value->text;
}

bool column_get(const struct column *column, const struct view *view,
		const void *row, struct value *value)
{
	const char *base = row;
	uint64_t known;

	if (column->derive)
		return column->derive(column, view, row, value);
	if (column->held != HELD_ATTRIBUTE)
		return get_held(column, base, value);

	memcpy(&known, base + column->known, sizeof(known));
	if (!(known >> column->number & 1)) {
		memset(value, 0, sizeof(*value));
		return column->optional;
	}

	base += column->offset;
	if (column->wire == WIRE_STRING)
		memcpy(&value->text, base, sizeof(value->text));
	else if (column_is_list(column))
		memcpy(&value->list, base, sizeof(value->list));
	else
		memcpy(&value->number, base, sizeof(value->number));
	return true;
}

void *row_add(const struct row_type *type, struct snapshot *snap)
{
	char *array = (char *)snap + type->array;
	size_t *n = (size_t *)((char *)snap + type->count);
	void *v;

	memcpy(&v, array, sizeof(v));
	if (!v) {
		snap->arrays = array_grow(snap->arrays, snap->n_arrays, sizeof(*snap->arrays));
		snap->arrays[snap->n_arrays++] = type->array;
	}
	v = array_grow(v, *n, type->size);
	snap->bytes += type->size;
	memcpy(array, &v, sizeof(v));
	return (char *)v + (*n)++ * type->size;
}

const char *column_header(const struct column *column)
{
	return column->header ? column->header : column->name;
}

const char *column_word(const struct column *column, uint64_t value)
{
	return value < column->n_words ? column->words[value] : NULL;
}

bool column_is_right(const struct column *column)
{
	switch (column->kind) {
	case KIND_TEXT:
	case KIND_WORD:
	case KIND_LIST:
	case KIND_BOOL:
	case KIND_REALTIME:
		return false;
	default:
		return true;
	}
}

const struct column *column_at(const struct row_type *type,
			       unsigned int i)
{
	const struct column_set *const sets[] = {
		&type->fields, &type->figures, &type->derived,
	};
	const struct column *column;
	unsigned int s, c;

	for (s = 0; s < 3; s++) {
		for (c = 0; c < sets[s]->n; c++) {
			column = &sets[s]->columns[c];
			if (column->name && column->kind != KIND_NEST && !i--)
				return column;
		}
	}
	return NULL;
}

static bool same_word(const char *word, const char *name, size_t len)
{
	return strlen(word) == len && !strncasecmp(word, name, len);
}

const struct column *column_find(const struct row_type *type,
				 const char *name, size_t len)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(type, i)); i++)
		if (same_word(column->name, name, len))
			return column;
	for (i = 0; (column = column_at(type, i)); i++)
		if (same_word(column_header(column), name, len))
			return column;
	return type->find ? type->find(name, len) : NULL;
}

const struct column *column_named(const struct row_type *type, const char *name)
{
	return column_find(type, name, strlen(name));
}

/* Longer names are compared up to here. */
#define NAME_MOST	60

/* Letters to add, take away or change to make @b of the @len letters at @a. */
static size_t distance(const char *a, size_t len, const char *b)
{
	size_t row[NAME_MOST + 1], left, above, i, k;

	for (i = 0; i <= len; i++)
		row[i] = i;
	for (k = 0; b[k]; k++) {
		left = row[0];
		row[0] = k + 1;
		for (i = 0; i < len; i++) {
			above = row[i + 1];
			left += a[i] != b[k];
			if (left > above + 1)
				left = above + 1;
			if (left > row[i] + 1)
				left = row[i] + 1;
			row[i + 1] = left;
			left = above;
		}
	}
	return row[len];
}

/* Names that are so near are shown. */
#define NEAREST	3

int columns_unknown(const struct row_type *type, const char *name,
		    size_t len, struct failure *why)
{
	struct {
		size_t distance;
		const char *name;
	} nearest[NEAREST + 1] = { 0 };
	const struct column *column;
	char list[NEAREST * (NAME_MOST + 1) + 1] = "";
	size_t n = 0, at, far;
	unsigned int i;

	len = len > NAME_MOST ? NAME_MOST : len;
	for (i = 0; (column = column_at(type, i)); i++) {
		far = distance(name, len, column->name);
		for (at = n; at && nearest[at - 1].distance > far; at--)
			nearest[at] = nearest[at - 1];
		nearest[at].distance = far;
		nearest[at].name = column->name;
		n += n < NEAREST;
	}
	for (at = 0, far = 0; at < n; at++)
		far += snprintf(list + far, sizeof(list) - far, " %.*s", NAME_MOST,
				nearest[at].name);
	return fail(why, FAIL_USAGE, "no column '%.*s'; the nearest:%s; all: '-c help'",
		    (int)len, name, list);
}

void columns_add(struct columns *columns, const struct column *column)
{
	columns->v = array_grow(columns->v, columns->n, sizeof(*columns->v));
	columns->v[columns->n++] = column;
}

static int columns_add_list(struct columns *columns,
			    const struct row_type *type, const char *list,
			    struct failure *why)
{
	const struct column *column;
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		column = column_find(type, list, len);
		if (!column)
			return columns_unknown(type, list, len, why);
		columns_add(columns, column);
		if (!list[len])
			return 0;
	}
}

int columns_choose(struct columns *columns, const struct row_type *type,
		   const char *list, const char *defaults, struct failure *why)
{
	const bool first_defaults = !list || *list == '+';
	const struct column *column;
	unsigned int i;
	int ret = 0;

	*columns = (struct columns){ 0 };
	if (first_defaults && defaults)
		ret = columns_add_list(columns, type, defaults, why);
	for (i = 0; first_defaults && !defaults && (column = column_at(type, i)); i++)
		columns_add(columns, column);
	columns->listed = columns->n;
	if (!ret && list)
		ret = columns_add_list(columns, type, list + (*list == '+'), why);
	if (ret)
		columns_free(columns);
	return ret;
}

void columns_free(struct columns *columns)
{
	free(columns->v);
	columns->v = NULL;
	columns->n = 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Records as JSON, by the arrays of columns. */
#include <string.h>

#include "lib/json.h"
#include "model/on-nodes.h"
#include "report/row-json.h"

/* Bytes of the longest name of a member. */
#define NAME_SIZE	40

static void put_list(struct json *json, const struct column *column,
		     const struct numbers *list)
{
	size_t i;

	json_open(json, column->name, '[');
	for (i = 0; i < list->n; i++) {
		if (column->kind == KIND_INDEXES)
			json_put_signed(json, NULL, (int64_t)list->v[i]);
		else if (column->kind == KIND_BLOCKS &&
			 list->v[i] == BLOCKS_UNKNOWN)
			json_put_null(json, NULL);
		else
			json_put_unsigned(json, NULL, list->v[i]);
	}
	json_close(json, ']');
}

/* The member of a KIND_KIB: bytes. */
static void put_kib(struct json *json, const struct column *column, const struct value *value)
{
	const size_t len = strlen(column->name) - strlen("_kib");
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%.*s_bytes", (int)len, column->name);
	if (value)
		json_put_unsigned(json, name, value->number << 10);
	else
		json_put_null(json, name);
}

void json_value(struct json *json, const struct column *column, const struct value *value)
{
	const uint64_t number = value ? value->number : 0;
	const char *word = NULL;

	switch (column->kind) {
	case KIND_KIB:
		put_kib(json, column, value);
		return;
	case KIND_REALTIME:
		json_put_realtime(json, column->name, number);
		return;
	case KIND_SINCE_BOOT:
		json_put_boottime(json, column->name, number);
		return;
	case KIND_WORD:
		word = column_word(column, number);
		break;
	default:
		break;
	}
	if (!value)
		json_put_null(json, column->name);
	else if (column->kind == KIND_TEXT || word)
		json_put_string(json, column->name, word ? word : value->text);
	else if (column->kind == KIND_BOOL)
		json_put_bool(json, column->name, number);
	else if (column->kind == KIND_PERCENT)
		json_put_ratio(json, column->name, value->ratio);
	else if (column->kind == KIND_REAL)
		json_put_real(json, column->name, value->ratio);
	else if (column_is_list(column))
		put_list(json, column, &value->list);
	else if (column->sign)
		json_put_signed(json, column->name, value->sign);
	else
		json_put_unsigned(json, column->name, number);
}

/* Of nodes where others have memory, the amounts are 0. */
static void put_on_nodes(struct json *json, const struct column *column, const struct view *view,
			 const void *row)
{
	const struct task *task = row;
	const struct numbers *ids = &view->snap->node_ids;
	struct on_node found;
	size_t i;

	if (!task->on.known) {
		json_put_null(json, column->name);
		return;
	}
	json_open(json, column->name, '[');
	for (i = 0; i < ids->n; i++) {
		on_nodes_get(&task->on, ids->v[i], &found);
		json_open(json, NULL, '{');
		json_put_unsigned(json, "node", ids->v[i]);
		if (column->name[0] == 'n')
			json_put_unsigned(json, "rss", found.rss);
		else
			json_put_unsigned(json, "hugetlb", found.hugetlb);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void json_column(struct json *json, const struct column *column, const struct view *view,
		 const void *row)
{
	struct value value;

	if (row && column->kind == KIND_ON_NODES)
		put_on_nodes(json, column, view, row);
	else
		json_value(json, column, row && column_get(column, view, row, &value) ?
			  &value : NULL);
}

static void put_set(struct json *json, const struct column_set *set,
		    const struct view *view, const void *row)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (set->columns[i].name && set->columns[i].kind != KIND_NEST)
			json_column(json, &set->columns[i], view, row);
}

/* The values of @set that are read, not computed from others. */
static void put_read(struct json *json, const struct column_set *set,
		     const struct view *view, const void *row)
{
	unsigned int i;

	for (i = 0; i < set->n; i++)
		if (!set->columns[i].derive)
			json_column(json, &set->columns[i], view, row);
}

void json_members(struct json *json, const struct row_type *type, const struct view *view,
		  const void *row)
{
	const struct group *group = type == &group_rows ? row : NULL;
	unsigned int i;

	put_set(json, &type->fields, view, row);
	for (i = 0; i < type->derived.n; i++)
		if (!type->fields.n || type->derived.columns[i].in_json)
			json_column(json, &type->derived.columns[i], view, row);
	put_set(json, &type->figures, view, row);
	if (group && KNOWN(group, MEMCENSUS_GROUP_CGROUP))
		put_read(json, &type->derived, view, row);
}

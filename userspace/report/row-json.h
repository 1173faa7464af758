/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values of a row as JSON.  Figures have their ABI names; unknown values are null.
 */
#ifndef READER_ROW_JSON_H
#define READER_ROW_JSON_H

#include "lib/json.h"
#include "model/columns.h"

/* Writes the member of @column; NULL: unknown. */
void json_value(struct json *json, const struct column *column, const struct value *value);

/* Writes the value of @column in @row as its member, or null, also if @row is NULL. */
void json_column(struct json *json, const struct column *column, const struct view *view,
		 const void *row);

/*
 * Writes the members of a @row: its ABI attributes, what was read beside them, and the names
 * of its numbers.
 */
void json_members(struct json *json, const struct row_type *type, const struct view *view,
		  const void *row);

#endif /* READER_ROW_JSON_H */

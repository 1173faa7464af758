/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values of a record as JSON.  Figures have their ABI names; unknown values are null.
 */
#ifndef READER_ROW_JSON_H
#define READER_ROW_JSON_H

#include "lib/json.h"
#include "model/columns.h"

/* Writes the member of @column; NULL: unknown. */
void json_value(struct json *json, const struct column *column, const struct value *value);

/* Writes the value of @column in @record as its member, or null, also if @record is NULL. */
void json_column(struct json *json, const struct column *column, const struct view *view,
		 const void *record);

/*
 * Writes the members of a @record: its ABI attributes, what was read beside them, and the names
 * of its numbers.
 */
void json_members(struct json *json, const struct record_type *type, const struct view *view,
		  const void *record);

#endif /* READER_ROW_JSON_H */

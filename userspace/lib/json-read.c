// SPDX-License-Identifier: GPL-2.0
/* Reads JSON that others wrote. */
#include <string.h>

#include "lib/json-read.h"

/* The end of the string that begins at @at with its quote; NULL: it has none. */
static const char *string_end(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : NULL;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && strchr(" \t\r\n", *at) && *at)
		at++;
	return at;
}

/*
 * The end of the value at @at: what jansson then takes or not.  NULL: it has none, or is too deep.
 * jansson calls itself for each array and object in another one.
 */
static const char *value_end(const char *at, const char *end)
{
	unsigned int depth = 0;

	while (at < end) {
		if (*at == '"') {
			at = string_end(at, end);
			if (!at)
				return NULL;
			if (!depth)
				return at;
			continue;
		}
		if (*at == '{' || *at == '[') {
			if (++depth > JSON_DEPTH)
				return NULL;
		} else if (*at == '}' || *at == ']') {
			if (!depth)
				return at;
			if (!--depth)
				return at + 1;
		} else if (*at == ',' && !depth) {
			return at;
		}
		at++;
	}
	return depth ? NULL : at;
}

json_t *json_read(const char *text, size_t len)
{
	const char *const end = text + len, *at = skip_blanks(text, end);

	if (at == end || !value_end(at, end))
		return NULL;
	return json_loadb(at, (size_t)(end - at), JSON_DECODE_ANY, NULL);
}

/* Takes the value from @at to @end, of a member whose name in quotes is @name, if @keys has it. */
static void take_member(const char *name, size_t name_len, const char *at, const char *end,
			const char *const *keys, json_t **values, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!values[i] && name_len == strlen(keys[i]) + 2 &&
		    !memcmp(name + 1, keys[i], name_len - 2))
			values[i] = json_loadb(at, (size_t)(end - at), JSON_DECODE_ANY, NULL);
}

void json_read_members(const char *text, size_t len, const char *const *keys, json_t **values,
		       size_t n)
{
	const char *const end = text + len;
	const char *at = skip_blanks(text, end), *name, *value;
	size_t i, name_len;

	memset(values, 0, n * sizeof(*values));
	if (at == end || *at != '{')
		return;
	do {
		name = skip_blanks(at + 1, end);
		at = name < end && *name == '"' ? string_end(name, end) : NULL;
		if (!at)
			break;
		name_len = (size_t)(at - name);
		at = skip_blanks(at, end);
		if (at == end || *at != ':')
			break;
		value = skip_blanks(at + 1, end);
		at = value_end(value, end);
		if (!at)
			break;
		take_member(name, name_len, value, at, keys, values, n);
		at = skip_blanks(at, end);
	} while (at < end && *at == ',');
	/* Half of a file, that somebody is writing, has nothing. */
	if (at && at < end && *at == '}')
		return;
	for (i = 0; i < n; i++) {
		json_decref(values[i]);
		values[i] = NULL;
	}
}

json_t *json_read_member(const char *text, size_t len, const char *key)
{
	json_t *value;

	json_read_members(text, len, &key, &value, 1);
	return value;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

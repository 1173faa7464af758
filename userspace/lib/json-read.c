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

json_t *json_read_member(const char *text, size_t len, const char *key)
{
	const char *const end = text + len;
	const char *at = skip_blanks(text, end), *name, *after;
	const size_t key_len = strlen(key);

	/* Half of a file, that somebody is writing, has nothing. */
	if (at == end || *at != '{' || !value_end(at, end))
		return NULL;
	do {
		name = skip_blanks(at + 1, end);
		after = name < end && *name == '"' ? string_end(name, end) : NULL;
		at = after ? skip_blanks(after, end) : end;
		if (at == end || *at != ':')
			return NULL;
		at = skip_blanks(at + 1, end);
		if ((size_t)(after - name) == key_len + 2 && !memcmp(name + 1, key, key_len)) {
			after = value_end(at, end);
			return after ? json_loadb(at, (size_t)(after - at), JSON_DECODE_ANY,
						  NULL) : NULL;
		}
		at = value_end(at, end);
		at = at ? skip_blanks(at, end) : end;
	} while (at < end && *at == ',');
	return NULL;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

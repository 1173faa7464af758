/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads JSON that others wrote, by jansson: at most JSON_DEPTH arrays and objects in each other.
 */
#ifndef READER_JSON_READ_H
#define READER_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define JSON_DEPTH	64

/* The value in the @len bytes at @text, which json_decref() frees; NULL: it is no JSON. */
json_t *json_read(const char *text, size_t len);

/*
 * The same of members @keys of the object that @text is, @n of them, to @values, without what else
 * it has: a small part of a large text is read quickly, in one pass.  Of several of one name, the
 * first one; of a text that ends early, none.
 */
void json_read_members(const char *text, size_t len, const char *const *keys, json_t **values,
		       size_t n);

/* The same of one member. */
json_t *json_read_member(const char *text, size_t len, const char *key);

/* The text of member @key of @object; NULL: @object is none, or has none. */
const char *json_text(const json_t *object, const char *key);

#endif /* READER_JSON_READ_H */

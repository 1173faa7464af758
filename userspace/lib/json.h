/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing JSON to a stream.
 *
 * The outer two levels of a document are written as they come, each item by
 * itself, so memory does not grow with the census; what lies deeper is one
 * item.  The output is always valid UTF-8: bytes of a string that are not
 * become U+FFFD, and where a string holds control characters or some that turn
 * the direction of writing, its item is plain ASCII with escapes.
 *
 * Integers are below 2^63, as parsers have them.  Larger ones, which only IDs,
 * offsets and addresses can be, are strings of their decimal digits: no parser
 * rounds these.
 *
 * Where memory runs out the program ends and says so.
 *
 * @key is the member's name inside of an object, NULL inside of an array.
 */
#ifndef READER_JSON_H
#define READER_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How deep a document may be. */
#define JSON_DEPTH	8

/**
 * struct json - a document being written
 * @out: where to
 * @depth: how many objects and arrays are open
 * @filled: whether something is in the innermost one
 * @line: the whole document is on one line
 * @ascii: the item being made is to be plain ASCII
 * @item: the item being made, NULL: none is; @text, @size: what it is so far
 *
 * Begins as { .out = stream }, and is that again when what was opened first
 * is closed.
 */
struct json {
	FILE *out;
	unsigned int depth;
	bool filled;
	bool line;
	bool ascii;
	FILE *item;
	char *text;
	size_t size;
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_put_unsigned(struct json *json, const char *key, uint64_t value);
void json_put_signed(struct json *json, const char *key, int64_t value);
/* As it is, and with four digits behind the point. */
void json_put_real(struct json *json, const char *key, double value);
void json_put_ratio(struct json *json, const char *key, double value);
void json_put_bool(struct json *json, const char *key, bool value);
void json_put_string(struct json *json, const char *key, const char *value);
void json_put_null(struct json *json, const char *key);

#endif /* READER_JSON_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON to a stream.
 *
 * The output is always valid UTF-8: invalid bytes of a string become U+FFFD.  A string that
 * holds control characters or changes the text direction is written in ASCII with escapes.
 *
 * Many parsers, as jq, read numbers as doubles and round integers beyond 2^53.  So larger
 * ones (only IDs, offsets and addresses) are strings of decimal digits.  Points in time are
 * always numbers of ns, with the same as text beside them.
 *
 * @key is the member's name inside an object, NULL inside an array.
 */
#ifndef READER_JSON_H
#define READER_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Maximum depth of a document. */
#define JSON_DEPTH	8

/**
 * struct json - a document under construction
 * @out: the output stream
 * @depth: number of open objects and arrays
 * @filled: the innermost one is not empty
 * @line: the whole document is on one line
 *
 * Starts as { .out = stream }, and returns to that state when the outermost
 * object or array is closed.
 */
struct json {
	FILE *out;
	unsigned int depth;
	bool filled;
	bool line;
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_put_unsigned(struct json *json, const char *key, uint64_t value);
void json_put_signed(struct json *json, const char *key, int64_t value);
/*
 * Points in time, in ns; 0: unknown.  @key ends in _ns; the member without this suffix has
 * the same as text: 2026-11-20T09:54:55.123456789Z, or 1234.123456789 in s since boot.
 */
void json_put_realtime(struct json *json, const char *key, uint64_t ns);
void json_put_boottime(struct json *json, const char *key, uint64_t ns);
/* json_put_real() writes 15 significant digits, json_put_ratio() four decimals. */
void json_put_real(struct json *json, const char *key, double value);
void json_put_ratio(struct json *json, const char *key, double value);
void json_put_bool(struct json *json, const char *key, bool value);
/* NULL: unknown. */
void json_put_string(struct json *json, const char *key, const char *value);
void json_put_null(struct json *json, const char *key);
/* @value, or null unless it is @known. */
void json_put_known(struct json *json, const char *key, bool known, int64_t value);

#endif /* READER_JSON_H */

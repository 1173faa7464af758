// SPDX-License-Identifier: GPL-2.0
/* Writing JSON to a stream, by jansson. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"

/* What is opened below this is written item by item, each on its own line. */
#define LINE_DEPTH	2

/* Digits of a ratio behind the point, and of any number altogether. */
#define RATIO_UNIT	10000.0
#define RATIO_DIGITS	15

static void *check(void *p)
{
	if (p)
		return p;
	fputs("memcensus: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

/* @text as valid UTF-8, in @copy if it must be changed, which the caller frees. */
static const char *make_valid(struct json *json, const char *text, char **copy)
{
	size_t len, size, i;
	bool valid = true;
	uint32_t c;
	FILE *out;

	*copy = NULL;
	for (i = 0; text[i]; i += len) {
		len = utf8_get(text + i, &c);
		if (!len)
			valid = false;
		else if (!utf8_is_plain(c))
			json->ascii = true;
		len += !len;
	}
	if (valid)
		return text;

	out = check(open_memstream(copy, &size));
	for (i = 0; text[i]; i += len) {
		len = utf8_get(text + i, &c);
		fwrite(len ? text + i : "\xef\xbf\xbd", 1, len ? len : 3, out);
		len += !len;
	}
	fclose(out);
	return check(*copy);
}

static json_t *string_of(struct json *json, const char *text)
{
	char *copy;
	json_t *value;

	value = check(json_string_nocheck(make_valid(json, text, &copy)));
	free(copy);
	return value;
}

/* DEL, which jansson takes for plain, stands in strings alone: terminals obey it. */
static int put_text(const char *text, size_t len, void *out)
{
	const char *del;

	while ((del = memchr(text, 0x7f, len))) {
		fwrite(text, 1, del - text, out);
		fputs("\\u007F", out);
		len -= del + 1 - text;
		text = del + 1;
	}
	fwrite(text, 1, len, out);
	return 0;
}

static void dump(struct json *json, json_t *value)
{
	const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY |
			     JSON_REAL_PRECISION(RATIO_DIGITS);

	json_dump_callback(value, put_text, json->out,
			   flags | (json->ascii ? JSON_ENSURE_ASCII : 0));
	json_decref(value);
	json->ascii = false;
}

/* What stands before an item on the stream: comma, line, name. */
static void put_key(struct json *json, const char *key)
{
	const bool ascii = json->ascii;

	if (json->filled)
		putc(',', json->out);
	if (json->depth && json->depth <= LINE_DEPTH && !json->line)
		fprintf(json->out, "\n%*s", (int)json->depth, "");
	json->filled = true;
	if (!key)
		return;
	json->ascii = false;
	dump(json, string_of(json, key));
	putc(':', json->out);
	json->ascii = ascii;
}

/* The object or array that is being made, NULL where it is on the stream. */
static json_t *inner(const struct json *json)
{
	return json->depth > LINE_DEPTH ? json->open[json->depth - 1] : NULL;
}

static void put(struct json *json, const char *key, json_t *value)
{
	json_t *in = inner(json);
	char *copy = NULL;

	if (!in) {
		put_key(json, key);
		dump(json, value);
		return;
	}
	if (key ? json_object_set_new_nocheck(in, make_valid(json, key, &copy), value) :
		  json_array_append_new(in, value))
		check(NULL);
	free(copy);
}

void json_open(struct json *json, const char *key, char bracket)
{
	json_t *value;

	if (json->depth >= JSON_DEPTH)
		abort();
	if (json->depth < LINE_DEPTH) {
		put_key(json, key);
		putc(bracket, json->out);
		json->filled = false;
		json->depth++;
		return;
	}
	value = check(bracket == '{' ? json_object() : json_array());
	if (json->depth > LINE_DEPTH)
		put(json, key, value);
	else
		put_key(json, key);
	json->open[json->depth++] = value;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->depth == LINE_DEPTH)
		dump(json, json->open[json->depth]);
	if (json->depth >= LINE_DEPTH)
		return;
	if (json->filled && !json->line)
		fprintf(json->out, "\n%*s", (int)json->depth, "");
	putc(bracket, json->out);
	json->filled = json->depth;
	if (!json->depth)
		putc('\n', json->out);
}

void json_put_unsigned(struct json *json, const char *key, uint64_t value)
{
	char digits[NUMBER_SIZE];

	if (value <= INT64_MAX) {
		json_put_signed(json, key, (int64_t)value);
		return;
	}
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	json_put_string(json, key, digits);
}

void json_put_signed(struct json *json, const char *key, int64_t value)
{
	put(json, key, check(json_integer(value)));
}

void json_put_real(struct json *json, const char *key, double value)
{
	if (isfinite(value))
		put(json, key, check(json_real(value)));
	else
		json_put_null(json, key);
}

void json_put_ratio(struct json *json, const char *key, double value)
{
	json_put_real(json, key, round(value * RATIO_UNIT) / RATIO_UNIT);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	put(json, key, json_boolean(value));
}

void json_put_string(struct json *json, const char *key, const char *value)
{
	put(json, key, string_of(json, value));
}

void json_put_null(struct json *json, const char *key)
{
	put(json, key, json_null());
}

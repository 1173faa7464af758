// SPDX-License-Identifier: GPL-2.0
/* Writes JSON to a stream. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/json.h"
#include "lib/memory.h"
#include "lib/text.h"

/* Up to this depth, each item is written on its own line. */
#define LINE_DEPTH	2

/* Doubles have all integers up to this one. */
#define EXACT_MAX	(INT64_C(1) << 53)

#define NSEC_PER_SEC	UINT64_C(1000000000)
/* Bytes that the text of a point in time needs. */
#define POINT_SIZE	48
/* Bytes of the longest name of one. */
#define KEY_SIZE	40

/* Precision of a ratio, and significant digits of any real number. */
#define RATIO_UNIT	10000.0
#define RATIO_MAX	4e15
#define RATIO_DIGITS	15

/* Returns the memory stream in which an item is built. */
static FILE *item_begin(struct json *json)
{
	if (!json->item)
		json->item = xopen_memstream(&json->text, &json->size);
	return json->item;
}

/* Escapes characters beyond ASCII; they occur only in strings. */
static void put_ascii(FILE *out, const char *text)
{
	uint32_t c;

	for (; *text; text += utf8_get(text, &c)) {
		utf8_get(text, &c);
		if (c < 0x80)
			putc((int)c, out);
		else if (c < 0x10000)
			fprintf(out, "\\u%04X", c);
		else
			fprintf(out, "\\u%04X\\u%04X", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
	}
}

static void item_end(struct json *json)
{
	xfclose(json->item);
	if (json->ascii)
		put_ascii(json->out, json->text);
	else
		fwrite(json->text, 1, json->size, json->out);
	free(json->text);
	json->item = NULL;
	json->ascii = false;
}

/* JSON allows a plain DEL, but terminals interpret it: escape it too. */
static void put_char(FILE *out, const char *text, size_t len)
{
	static const char letters[] = "btn\0fr";

	if (*text == '"' || *text == '\\')
		fprintf(out, "\\%c", *text);
	else if (*text >= '\b' && *text <= '\r' && *text != '\v')
		fprintf(out, "\\%c", letters[*text - '\b']);
	else if ((unsigned char)*text < ' ' || *text == 0x7f)
		fprintf(out, "\\u%04X", *text);
	else
		fwrite(text, 1, len, out);
}

static void put_text(struct json *json, const char *text)
{
	uint32_t c;
	size_t len;

	putc('"', json->item);
	for (; *text; text += len) {
		len = utf8_get(text, &c);
		if (len)
			put_char(json->item, text, len);
		else
			fputs("\xef\xbf\xbd", json->item);
		if (len && !utf8_is_plain(c))
			json->ascii = true;
		len += !len;
	}
	putc('"', json->item);
}

/* Writes what precedes a value: comma, line break, name. */
static void put_key(struct json *json, const char *key)
{
	FILE *out = json->item ? json->item : json->out;

	if (json->filled)
		putc(',', out);
	if (json->depth && json->depth <= LINE_DEPTH && !json->line)
		fprintf(out, "\n%*s", (int)json->depth, "");
	json->filled = true;
	if (!key)
		return;
	item_begin(json);
	put_text(json, key);
	if (json->depth <= LINE_DEPTH)
		item_end(json);
	putc(':', out);
}

static FILE *value_begin(struct json *json, const char *key)
{
	put_key(json, key);
	return item_begin(json);
}

static void value_end(struct json *json)
{
	if (json->depth <= LINE_DEPTH)
		item_end(json);
}

void json_open(struct json *json, const char *key, char bracket)
{
	if (json->depth >= JSON_DEPTH)
		abort();
	if (json->depth < LINE_DEPTH) {
		put_key(json, key);
		putc(bracket, json->out);
	} else {
		putc(bracket, value_begin(json, key));
	}
	json->filled = false;
	json->depth++;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->depth >= LINE_DEPTH) {
		putc(bracket, json->item);
		value_end(json);
	} else {
		if (json->filled && !json->line)
			fprintf(json->out, "\n%*s", (int)json->depth, "");
		putc(bracket, json->out);
	}
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
	const bool exact = value <= EXACT_MAX && value >= -EXACT_MAX;

	fprintf(value_begin(json, key), exact ? "%" PRId64 : "\"%" PRId64 "\"", value);
	value_end(json);
}

/* Writes @ns as the number @key, and @text as the member without the suffix of @key. */
static void put_point(struct json *json, const char *key, uint64_t ns, const char *text)
{
	const size_t len = strlen(key) - strlen("_ns");
	char name[KEY_SIZE];

	if (len >= sizeof(name) || strcmp(key + len, "_ns"))
		abort();
	snprintf(name, sizeof(name), "%.*s", (int)len, key);
	if (ns) {
		fprintf(value_begin(json, key), "%" PRIu64, ns);
		value_end(json);
	} else {
		json_put_null(json, key);
	}
	json_put_string(json, name, ns ? text : NULL);
}

void json_put_realtime(struct json *json, const char *key, uint64_t ns)
{
	const time_t seconds = (time_t)(ns / NSEC_PER_SEC);
	char date[POINT_SIZE / 2], text[POINT_SIZE];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%09" PRIu64 "Z", date, ns % NSEC_PER_SEC);
	put_point(json, key, ns, text);
}

void json_put_boottime(struct json *json, const char *key, uint64_t ns)
{
	char text[POINT_SIZE];

	snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64, ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC);
	put_point(json, key, ns, text);
}

void json_put_real(struct json *json, const char *key, double value)
{
	char digits[NUMBER_SIZE], *exponent;

	if (!isfinite(value)) {
		json_put_null(json, key);
		return;
	}
	snprintf(digits, sizeof(digits), "%.*g", RATIO_DIGITS, value);
	exponent = strchr(digits, 'e');
	if (exponent)
		sprintf(exponent + 1, "%d", atoi(exponent + 1));
	/* Keep the type: a whole number still gets ".0". */
	fprintf(value_begin(json, key), "%s%s", digits, strpbrk(digits, ".e") ? "" : ".0");
	value_end(json);
}

void json_put_ratio(struct json *json, const char *key, double value)
{
	const double units = value * RATIO_UNIT;

	/* A larger one has no decimals; round() would load libm. */
	if (fabs(units) < RATIO_MAX)
		value = (int64_t)(units + (units < 0 ? -0.5 : 0.5)) / RATIO_UNIT;
	json_put_real(json, key, value);
}

void json_put_bool(struct json *json, const char *key, bool value)
{
	fputs(value ? "true" : "false", value_begin(json, key));
	value_end(json);
}

void json_put_string(struct json *json, const char *key, const char *value)
{
	if (!value) {
		json_put_null(json, key);
		return;
	}
	value_begin(json, key);
	put_text(json, value);
	value_end(json);
}

void json_put_known(struct json *json, const char *key, bool known, int64_t value)
{
	if (known)
		json_put_signed(json, key, value);
	else
		json_put_null(json, key);
}

void json_put_null(struct json *json, const char *key)
{
	fputs("null", value_begin(json, key));
	value_end(json);
}

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

/* JSON allows a plain DEL, but terminals interpret it: escape it too. */
static void put_ascii(FILE *out, uint32_t c)
{
	static const char letters[] = "btn\0fr";

	if (c == '"' || c == '\\')
		fprintf(out, "\\%c", (int)c);
	else if (c >= '\b' && c <= '\r' && c != '\v')
		fprintf(out, "\\%c", letters[c - '\b']);
	else if (c < ' ' || c == 0x7f || (c > 0x7f && c < 0x10000))
		fprintf(out, "\\u%04X", c);
	else if (c > 0x7f)
		fprintf(out, "\\u%04X\\u%04X", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
	else
		putc((int)c, out);
}

static bool text_is_plain(const char *text)
{
	uint32_t c;
	size_t len;

	for (; *text; text += len ?: 1) {
		len = utf8_get(text, &c);
		if (len && !utf8_is_plain(c))
			return false;
	}
	return true;
}

static void put_text(FILE *out, const char *text)
{
	const bool plain = text_is_plain(text);
	uint32_t c;
	size_t len;

	putc('"', out);
	for (; *text; text += len ?: 1) {
		len = utf8_get(text, &c);
		if (len && (!plain || c < 0x80))
			put_ascii(out, c);
		else if (len)
			fwrite(text, 1, len, out);
		else
			fputs(plain ? "\xef\xbf\xbd" : "\\uFFFD", out);
	}
	putc('"', out);
}

/* Writes what precedes a value: comma, line break, name.  Returns where the value goes. */
static FILE *put_key(struct json *json, const char *key)
{
	FILE *out = json->out;

	if (json->filled)
		putc(',', out);
	if (json->depth && json->depth <= LINE_DEPTH && !json->line)
		fprintf(out, "\n%*s", (int)json->depth, "");
	json->filled = true;
	if (key) {
		put_text(out, key);
		putc(':', out);
	}
	return out;
}

void json_open(struct json *json, const char *key, char bracket)
{
	if (json->depth >= JSON_DEPTH)
		abort();
	putc(bracket, put_key(json, key));
	json->filled = false;
	json->depth++;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->depth < LINE_DEPTH && json->filled && !json->line)
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
	const bool exact = value <= EXACT_MAX && value >= -EXACT_MAX;

	fprintf(put_key(json, key), exact ? "%" PRId64 : "\"%" PRId64 "\"", value);
}

/* Writes @ns as the number @key, and @text as the member without the suffix of @key. */
static void put_point(struct json *json, const char *key, uint64_t ns, const char *text)
{
	const size_t len = strlen(key) - strlen("_ns");
	char name[KEY_SIZE];

	if (len >= sizeof(name) || strcmp(key + len, "_ns"))
		abort();
	snprintf(name, sizeof(name), "%.*s", (int)len, key);
	if (ns)
		fprintf(put_key(json, key), "%" PRIu64, ns);
	else
		json_put_null(json, key);
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
	fprintf(put_key(json, key), "%s%s", digits, strpbrk(digits, ".e") ? "" : ".0");
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
	fputs(value ? "true" : "false", put_key(json, key));
}

void json_put_string(struct json *json, const char *key, const char *value)
{
	if (value)
		put_text(put_key(json, key), value);
	else
		json_put_null(json, key);
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
	fputs("null", put_key(json, key));
}

// SPDX-License-Identifier: GPL-2.0
/* Writes metrics in the text format of Prometheus. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/exposition.h"
#include "lib/text.h"

#define REPLACEMENT	0xfffd
#define REPLACEMENT_UTF8	"\xef\xbf\xbd"

static void put_plain(FILE *out, const char *text, size_t len, bool quoted)
{
	if (*text == '\n')
		fputs("\\n", out);
	else if (*text == '\\' || (*text == '"' && quoted))
		fprintf(out, "\\%c", *text);
	else
		fwrite(text, 1, len, out);
}

/* The length of the character at @text if it needs no escape, else 0. */
static size_t plain_length(const char *text)
{
	uint32_t c;
	const size_t len = utf8_get(text, &c);

	return len && c != REPLACEMENT && (c == '\n' || utf8_is_plain(c)) ? len : 0;
}

static bool is_plain(const char *text)
{
	size_t len;

	for (; *text; text += len) {
		len = plain_length(text);
		if (!len)
			return false;
	}
	return true;
}

/*
 * Different label values must stay different: a scraper rejects the whole document if
 * two samples have the same labels, and any user can choose a command name.
 * Text with control characters or invalid UTF-8 starts with U+FFFD; each such byte is
 * written as \xNN, and each backslash is doubled.
 */
static void put_label_text(FILE *out, const char *text)
{
	const bool plain = is_plain(text);
	size_t len;

	if (!plain)
		fputs(REPLACEMENT_UTF8, out);
	for (; *text; text += len) {
		len = plain_length(text);
		if (!len) {
			len = 1;
			fprintf(out, "\\\\x%02x", (unsigned char)*text);
			continue;
		}
		put_plain(out, text, len, true);
		if (!plain && *text == '\\')
			put_plain(out, text, len, true);
	}
}

size_t exposition_length(const char *text)
{
	/* A quote or a backslash; or U+FFFD and \\xNN for each byte. */
	return is_plain(text) ? 2 * strlen(text) : strlen(REPLACEMENT_UTF8) + 5 * strlen(text);
}

static void put_metric_name(const struct exposition *om)
{
	const struct metric *metric = om->metric;

	fputs(metric->name, om->out);
	if (metric->unit)
		fprintf(om->out, "_%s", metric->unit);
	if (metric->counter)
		fputs("_total", om->out);
}

static void put_head(const struct exposition *om)
{
	const char *c;

	fputs("# HELP ", om->out);
	put_metric_name(om);
	putc(' ', om->out);
	for (c = om->metric->help; *c; c++)
		put_plain(om->out, c, 1, false);
	fputs("\n# TYPE ", om->out);
	put_metric_name(om);
	fprintf(om->out, " %s\n", om->metric->counter ? "counter" : "gauge");
}

void exposition_metric(struct exposition *om, const struct metric *metric)
{
	om->metric = metric;
	om->begun = false;
}

static void put_sample(struct exposition *om, const struct label *labels, size_t n)
{
	size_t i;

	if (!om->begun)
		put_head(om);
	om->begun = true;
	put_metric_name(om);
	for (i = 0; i < n; i++) {
		fprintf(om->out, "%c%s=\"", i ? ',' : '{', labels[i].name);
		put_label_text(om->out, labels[i].value);
		putc('"', om->out);
	}
	if (n)
		putc('}', om->out);
}

void exposition_unsigned(struct exposition *om, const struct label *labels,
			 size_t n, uint64_t value)
{
	put_sample(om, labels, n);
	fprintf(om->out, " %" PRIu64 "\n", value);
}

void exposition_signed(struct exposition *om, const struct label *labels,
		       size_t n, int64_t value)
{
	put_sample(om, labels, n);
	fprintf(om->out, " %" PRId64 "\n", value);
}

void exposition_real(struct exposition *om, const struct label *labels,
		     size_t n, double value)
{
	char text[NUMBER_SIZE];
	int digits = 15;

	do
		snprintf(text, sizeof(text), "%.*g", digits, value);
	while (strtod(text, NULL) != value && ++digits <= 17);
	put_sample(om, labels, n);
	fprintf(om->out, " %s\n", text);
}

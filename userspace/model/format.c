// SPDX-License-Identifier: GPL-2.0
/* Values, times and durations as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "model/format.h"

const char *units_header(const struct units *units, const struct column *column)
{
	return column->scaled && !units_are_kib(units) ? column->scaled : column_header(column);
}

bool amount_text(char *buf, double bytes, int64_t kib, const struct units *units)
{
	if (units->percent && !units->whole)
		return false;
	if (units->percent)
		snprintf(buf, NUMBER_SIZE, "%.2f%%", 100.0 * bytes / units->whole);
	else if (units->suffixes)
		text_size(buf, bytes);
	else if (units->bytes)
		snprintf(buf, NUMBER_SIZE, "%.0f", bytes);
	else
		snprintf(buf, NUMBER_SIZE, "%" PRId64, kib);
	return true;
}

bool element_text(char *buf, const struct column *column, uint64_t number)
{
	const int64_t sign = (int64_t)number;

	if (column->kind == KIND_INDEXES && sign == EXTFRAG_AVAILABLE)
		snprintf(buf, NUMBER_SIZE, "ok");
	else if (column->kind == KIND_INDEXES)
		snprintf(buf, NUMBER_SIZE, "%.3f", sign / 1000.0);
	else
		snprintf(buf, NUMBER_SIZE, "%" PRIu64, number);
	return column->kind != KIND_BLOCKS || number != BLOCKS_UNKNOWN;
}

static char *list_text(const struct column *column, const struct numbers *list)
{
	char element[NUMBER_SIZE], *text;
	size_t size, i;
	FILE *out;

	if (!list->n)
		return NULL;
	out = xopen_memstream(&text, &size);
	for (i = 0; i < list->n; i++)
		fprintf(out, "%s%s", i ? "," : "",
			element_text(element, column, list->v[i]) ? element : "-");
	xfclose(out);
	return text;
}

/* The text of a value that is no list; false if it is unavailable. */
static bool plain_text(char *buf, const char **text, const struct column *column,
		       const struct view *view, const struct value *value,
		       const struct units *units)
{
	const struct scan *scan;

	switch (column->kind) {
	case KIND_BYTES:
		return column->sign ?
		       amount_text(buf, value->sign, value->sign / 1024, units) :
		       amount_text(buf, value->number, value->number >> 10, units);
	case KIND_TEXT:
		*text = value->text;
		return value->text;
	case KIND_WORD:
		*text = column_word(column, value->number);
		if (*text)
			return true;
		*text = buf;
		break;
	case KIND_BOOL:
		*text = column->words ? column->words[!!value->number] :
			value->number ? "yes" : "no";
		return *text;
	case KIND_SINCE_BOOT:
		/* As local time, by the clocks at the census. */
		scan = &view->snap->scan;
		time_text(buf, scan->realtime - scan->boottime + value->number, true);
		return KNOWN(scan, MEMCENSUS_SCAN_REALTIME_NS) &&
		       KNOWN(scan, MEMCENSUS_SCAN_BOOTTIME_NS);
	case KIND_REALTIME:
		time_text(buf, value->number, true);
		return true;
	case KIND_ADDRESS:
		snprintf(buf, NUMBER_SIZE, "%016" PRIx64, value->number);
		return true;
	case KIND_PERCENT:
	case KIND_REAL:
		snprintf(buf, NUMBER_SIZE, column->format ?: "%.2f", value->ratio);
		return true;
	case KIND_SECONDS:
		time_seconds(buf, value->number);
		return true;
	case KIND_ON_NODES:
		/* A table has a column for each node. */
		return false;
	default:
		break;
	}
	if (column->sign)
		snprintf(buf, NUMBER_SIZE, "%" PRId64, value->sign);
	else
		snprintf(buf, NUMBER_SIZE, "%" PRIu64, value->number);
	return true;
}

char *value_text(const struct column *column, const struct view *view,
		 const struct value *value, const struct units *units)
{
	char buf[NUMBER_SIZE];
	const char *plain = buf;

	if (column_is_list(column))
		return list_text(column, &value->list);
	return plain_text(buf, &plain, column, view, value, units) ? xstrdup(plain) : NULL;
}

void time_text(char *buf, uint64_t realtime, bool date)
{
	time_t seconds = (time_t)(realtime / NSEC_PER_SEC);
	struct tm tm;

	if (!realtime || !localtime_r(&seconds, &tm) ||
	    !strftime(buf, TIME_SIZE, date ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm))
		snprintf(buf, TIME_SIZE, "-");
}

void time_duration(char *buf, double seconds)
{
	static const struct {
		double size;
		const char *name;
	} units[] = {
		{ 1, "s" }, { 60, "min" }, { 3600, "h" }, { 86400, "days" },
		{ 365.25 * 86400, "years" },
	};
	size_t i = ARRAY_SIZE(units) - 1;

	/* The largest unit that fits at least twice. */
	while (i && seconds < 2 * units[i].size)
		i--;
	seconds /= units[i].size;
	if (seconds > 1e4)
		snprintf(buf, TIME_SIZE, "over 10000 %s", units[i].name);
	else
		snprintf(buf, TIME_SIZE, seconds < 10 && i ? "%.1f %s" : "%.0f %s",
			 seconds, units[i].name);
}

void time_seconds(char *buf, uint64_t ns)
{
	snprintf(buf, TIME_SIZE, "%" PRIu64 ".%06" PRIu64, ns / NSEC_PER_SEC,
		 ns % NSEC_PER_SEC / 1000);
}

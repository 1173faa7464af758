/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One value as the text of a table cell; times of censuses, in local time, and durations.
 */
#ifndef READER_FORMAT_H
#define READER_FORMAT_H

#include "model/columns.h"

/**
 * struct units - how amounts of memory are written
 * @suffixes: in the unit that fits, with its suffix
 * @percent: in percent of @whole
 * @bytes: in bytes
 * @whole: bytes; 0: unknown
 *
 * In KiB if none is set.
 */
struct units {
	bool suffixes;
	bool percent;
	bool bytes;
	uint64_t whole;
};

static inline bool units_are_kib(const struct units *units)
{
	return !units->suffixes && !units->percent && !units->bytes;
}

/* The heading of @column with @units. */
const char *units_header(const struct units *units, const struct column *column);

/*
 * Writes an amount of memory to @buf of NUMBER_SIZE bytes.  @kib is the same
 * amount in KiB, rounded towards zero.  False if @units wants percent and
 * @units->whole is unknown.
 */
bool amount_text(char *buf, double bytes, int64_t kib, const struct units *units);

/*
 * @value of @column; NULL if it is unavailable.  The caller frees it.  Names that
 * other programs chose are not escaped.
 */
char *value_text(const struct column *column, const struct view *view,
		 const struct value *value, const struct units *units);

/* Writes an element of the list @column to @buf of NUMBER_SIZE bytes; false if it is unknown. */
bool element_text(char *buf, const struct column *column, uint64_t number);

/* Bytes that any time or duration needs. */
#define TIME_SIZE	40
/* Characters of the time of day. */
#define TIME_WIDTH	8

/* When the census began, ns since 1970; 0 if unknown. */
static inline uint64_t time_of(const struct scan *scan)
{
	return KNOWN(scan, MEMCENSUS_SCAN_REALTIME_NS) ? scan->realtime : 0;
}

/*
 * 11:20:45, or with @date 2026-11-20T11:20:45; "-" for 0.  @buf holds
 * TIME_SIZE.
 */
void time_text(char *buf, uint64_t realtime, bool date);

/* ns as seconds with microseconds. */
void time_seconds(char *buf, uint64_t ns);

/* 90 s, 42 min, 5.1 h, 3.2 days ... */
void time_duration(char *buf, double seconds);

#endif /* READER_FORMAT_H */

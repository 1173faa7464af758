/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times of censuses, in local time, and durations, as text.
 */
#ifndef READER_TIMEFMT_H
#define READER_TIMEFMT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/* Bytes that any text here needs. */
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

#endif /* READER_TIMEFMT_H */

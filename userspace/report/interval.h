/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows at intervals, as in vmstat and sar: a row for each census with the changes
 * since the previous one, and an average at the end or at Ctrl-C.
 */
#ifndef READER_INTERVAL_H
#define READER_INTERVAL_H

#include "cli/session.h"
#include "model/amount.h"
#include "model/format.h"
#include "report/report.h"

struct level;

/**
 * struct interval - a row: what is between two censuses
 * @before: the earlier one; NULL: the row is of the time since boot
 * @now: the later one; that of an average over several boots knows nothing
 * @seconds: between both; 0: unknown
 * @average: it is the last row, of all censuses
 * @levels: for the average, those of each column; NULL: none are columns of the command
 * @stamp: its time
 */
struct interval {
	const struct snapshot *before;
	const struct snapshot *now;
	double seconds;
	bool average;
	const struct level *levels;
	char stamp[TIME_SIZE];
};

/* The column "time", for a join of the row with itself. */
extern const struct row_type interval_time_rows;

/* The total @number of a column, and how much its event grew each second. */
column_fn interval_level, interval_rate;

/* By how much the event @number grew, or its whole value since boot. */
struct amount interval_growth(const struct interval *row, unsigned int number);

/* The growth of @part in percent of that of @whole. */
bool interval_percent(const struct interval *row, unsigned int part, unsigned int whole,
		      struct value *value);

/* Columns of struct interval: levels of memory, events and bytes in a second. */
#define LEVEL_BY(name_, header_, get_, help_, ...)			\
	{ .name = name_, .header = header_, .help = help_, .kind = KIND_BYTES,	\
	  .sign = true, .total = TOTAL_MEAN, .derive = get_, __VA_ARGS__ }
#define LEVEL(name_, header_, num, help_, ...)				\
	LEVEL_BY(name_, header_, interval_level, help_, .number = num, __VA_ARGS__)
#define RATE_OF(kind_, name_, header_, num, help_, ...)			\
	{ .name = name_, .header = header_, .help = help_, .kind = kind_, \
	  .derive = interval_rate, .number = num, __VA_ARGS__ }
#define RATE(...)	RATE_OF(KIND_RATE, __VA_ARGS__)
#define BYTES_RATE(...)	RATE_OF(KIND_BYTES_RATE, __VA_ARGS__)

/* Shows a row; NULL: the columns @interval of the command. */
typedef void interval_fn(struct report *report, const struct interval *row);

/*
 * Shows a row by @show for each census, which has the parts @parts, if there is an interval or
 * a record with several censuses; else presents one census.  0, or -1 and @why.
 */
int interval_or_one(struct session *session, interval_fn *show, uint32_t parts,
		    struct failure *why);

/* Seconds from @before, or from boot if it is NULL, to @snap; 0: unknown. */
double interval_seconds(const struct snapshot *before, const struct snapshot *snap);

/* Whether a header precedes row @row, from 0. */
bool interval_header_due(const struct options *options, uint64_t row);

#endif /* READER_INTERVAL_H */

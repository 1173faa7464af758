/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows at intervals, as vmstat and sar have them: a line a census, with what
 * changed since the one before, and an average at the end or at Ctrl-C.
 */
#ifndef READER_INTERVAL_H
#define READER_INTERVAL_H

#include "lib/part.h"
#include "cli/session.h"
#include "model/amount.h"
#include "model/listing.h"

/* How a column follows from a census, or from two. */
enum interval_kind {
	INTERVAL_LEVEL,		/* the amount at that time */
	INTERVAL_RATE,		/* a counter: how much more a second */
	INTERVAL_RATIO,		/* two counters: growth of one in percent of the other's */
};

/**
 * struct interval_column - a column of such rows
 * @name: in JSON
 * @header: over the column
 * @help: one line
 * @kind: how it follows
 * @memory: it is in bytes; else a count
 * @percent: a level in thousandths of a percent
 * @wide: shown with -w, and in JSON
 * @number: handed to @get
 * @get: the amount or the counter in a census; not known where it is not there
 * @of: number of the counter that a INTERVAL_RATIO is a part of
 */
struct interval_column {
	const char *name;
	const char *header;
	const char *help;
	enum interval_kind kind;
	bool memory;
	bool percent;
	bool wide;
	unsigned int number;
	struct amount (*get)(const struct snapshot *snap, unsigned int number);
	unsigned int of;
};

/* An amount and an event of the totals, for @get. */
struct amount interval_bytes(const struct snapshot *snap, unsigned int number);
struct amount interval_event(const struct snapshot *snap, unsigned int number);
/* KiB of pages that are counted, as vmstat has what is swapped. */
struct amount interval_swapped(const struct snapshot *snap, unsigned int number);

/*
 * Takes the censuses of @session and prints a row for each: of the first, what
 * is counted is since boot.  @partial: as of struct command's run().  0, or -1
 * and @why.
 */
int interval_run(struct session *session, const struct interval_column *columns,
		 size_t n, struct failure *why);

/* For --help: what each column is. */
void interval_help(FILE *out, const struct interval_column *columns, size_t n);

/* The number and the time of a census, as members of an open object. */
void interval_json_time(struct json *json, const struct snapshot *snap);

/* Seconds from @before, or from boot where it is NULL, to @snap; 0: not known. */
double interval_seconds(const struct snapshot *before, const struct snapshot *snap);

/* Whether row @row, from 0, is to have a header above it. */
bool interval_header_due(const struct options *options, uint64_t row);

/* The rows of 'system' and 'kswapd', and for --help their columns; as above. */
int system_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;
int kswapd_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;
MAY_BE_LEFT_OUT void system_columns(FILE *out);
MAY_BE_LEFT_OUT void kswapd_columns(FILE *out);

/* Amounts that 'system' shows once, too. */
struct amount system_used(const struct snapshot *snap);
struct amount system_cache(const struct snapshot *snap);
struct amount system_swap_used(const struct snapshot *snap);

/* options_interval(), for commands that show rows so; also of a record. */
static inline int interval_words(struct options *options, char **words, int n,
				 struct failure *why)
{
	if (!system_rows && (n || options_series(options)))
		return fail_left_out(why, "rows at an interval");
	return options_interval(options, words, n, why);
}

#endif /* READER_INTERVAL_H */

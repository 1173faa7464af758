/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows at intervals, as in vmstat and sar: a row for each census with the changes
 * since the previous one, and an average at the end or at Ctrl-C.
 */
#ifndef READER_INTERVAL_H
#define READER_INTERVAL_H

#include "cli/session.h"
#include "model/amount.h"
#include "report/document.h"

/* How the value of a column is computed, from one census or from two. */
enum interval_kind {
	INTERVAL_LEVEL,		/* the amount at that time */
	INTERVAL_RATE,		/* a counter: its growth per second */
	INTERVAL_RATIO,		/* two counters: growth of one in percent of the other's */
};

/**
 * struct interval_column - a column of the rows at an interval, as in vmstat and sar
 * @name: its name in JSON
 * @memory: it is in bytes; else a count
 * @percent: a level in thousandths of a percent
 * @pages: a counter of pages, shown in KiB, as vmstat shows swapping
 * @kib: a counter of KiB
 * @wide: shown only with -w and in JSON
 * @number: of the amount in the totals, or of the event
 * @plus, @minus: numbers of amounts to add and to subtract, or 0
 * @get: returns a level that is no amount of the totals; @number is its argument
 * @of: INTERVAL_RATIO: number of the event in the denominator
 */
struct interval_column {
	const char *name;
	const char *header;
	const char *help;
	enum interval_kind kind;
	bool memory;
	bool percent;
	bool pages;
	bool kib;
	bool wide;
	unsigned int number;
	unsigned int plus;
	unsigned int minus;
	struct amount (*get)(const struct snapshot *snap, unsigned int number);
	unsigned int of;
};

/*
 * Columns: memory, events per second, and per second KiB and pages in KiB.  In JSON rates
 * are bytes and their names end in _per_second.
 */
#define LEVEL(name_, header_, num, help_, ...)				\
	{ .name = name_, .header = header_, .help = help_,		\
	  .kind = INTERVAL_LEVEL, .memory = true, .number = num, __VA_ARGS__ }
#define RATE(name_, header_, num, help_, ...)				\
	{ .name = name_, .header = header_, .help = help_,		\
	  .kind = INTERVAL_RATE, .number = num, __VA_ARGS__ }
#define KIB_RATE(name_, header_, num, help_, ...)			\
	RATE(name_, header_, num, help_, .kib = true, __VA_ARGS__)
#define SWAPPED(name_, header_, num, help_, ...)			\
	RATE(name_, header_, num, help_, .pages = true, __VA_ARGS__)

/**
 * struct censuses - those of a run; owned
 * @first: the first one
 * @before: the one before @now; NULL: @now is the first
 * @since: @before; NULL if it is of an earlier boot: counters began again
 * @now: the last one so far
 * @rebooted: they are of several boots: what grew from @first to @now is unknown
 * @taken: why there is no further one
 */
struct censuses {
	struct snapshot *first;
	struct snapshot *before;
	const struct snapshot *since;
	struct snapshot *now;
	bool rebooted;
	enum taken taken;
};

/*
 * Take the censuses of @session and print rows for each.  interval_run(): the columns
 * @interval of the command, in the first row of a boot rates since boot.
 */
typedef int (*rows_fn)(struct session *session, struct failure *why);
int interval_run(struct session *session, struct failure *why);

/*
 * Runs @rows if there is an interval or a record with several censuses, with the parts
 * @parts; else presents one census.  0, or -1 and @why.
 */
int interval_or_one(struct session *session, rows_fn rows, uint32_t parts,
		    struct failure *why);

/* Prints @columns for --help: name, heading, meaning. */
void interval_help(const struct interval_column *columns, FILE *out);

/* Takes the next census, after what was printed of the one before is written; false: none. */
bool interval_next(struct session *session, struct censuses *censuses, struct failure *why);

/*
 * Ends a run: below the rows of a whole record, shows its last census as the command does
 * without an interval, and frees all.  Returns 0, or -1 if the last census failed.
 */
int interval_end(struct session *session, struct censuses *censuses);

/*
 * Opens a document for the row of @snap, with the window since @before, or since boot if
 * that is NULL.
 */
void interval_json_open(struct json *json, const struct session *session,
			const struct snapshot *before, const struct snapshot *snap);

/* Seconds from @before, or from boot if it is NULL, to @snap; 0: unknown. */
double interval_seconds(const struct snapshot *before, const struct snapshot *snap);

/* Whether a header precedes row @row, from 0. */
bool interval_header_due(const struct options *options, uint64_t row);

#endif /* READER_INTERVAL_H */

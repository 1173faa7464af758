/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'tasks', 'map', 'system', 'kswapd' and 'buddy' take from parts that a build may
 * leave out, and what these parts share with them.
 */
#ifndef READER_OPTIONAL_H
#define READER_OPTIONAL_H

#include "cli/command.h"

/* If needed, puts the processes that match the filters into the request. */
int tasks_prepare(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

/* Drops what does not match the filters, and sums up mappings. */
int tasks_refine(struct session *session, struct snapshot *snap, struct failure *why)
	MAY_BE_LEFT_OUT;

/* Prints the table of one census with totals and zones. */
void areas_show(const struct view *view, const struct options *options, FILE *out)
	MAY_BE_LEFT_OUT;

/* A row for each mapping in the range of @options, with a picture of its pages. */
void pages_show(const struct view *view, const struct options *options, FILE *out)
	MAY_BE_LEFT_OUT;

/* Every figure of the mappings in @snap, as in smaps. */
void smaps_show(const struct snapshot *snap, FILE *out) MAY_BE_LEFT_OUT;

/* Parses START-END, hexadecimal as in maps. 0, or -1 and @why. */
int pages_range(struct options *options, const char *value,
		struct failure *why) MAY_BE_LEFT_OUT;

/* Prints what --vm or --slab selects, of this machine or a record. 0, or -1 and @why. */
int proc_text_run(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

/*
 * Take the censuses of @session and print rows for each: the columns @interval of the
 * command, in the first row rates since boot; the blocks of zones.  0, or -1 and @why.
 */
typedef int (*rows_fn)(struct session *session, struct failure *why);
int interval_run(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;
int buddy_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

extern const struct interval_column system_interval[] MAY_BE_LEFT_OUT;
extern const struct interval_column kswapd_interval[] MAY_BE_LEFT_OUT;

/*
 * Runs @rows if there is an interval or a record with several censuses, with the parts
 * @parts; else presents one census.  0, or -1 and @why.
 */
int rows_run(struct session *session, rows_fn rows, uint32_t parts,
	     struct failure *why) MAY_BE_LEFT_OUT;

/* The run() of these commands. */
static inline int rows_or_one(struct session *session, rows_fn rows, uint32_t parts,
			      struct failure *why)
{
	return rows_run ? rows_run(session, rows, parts, why) :
			  present_censuses(session, why);
}

/* options_interval() for these commands; accepts records too. */
static inline int rows_words(struct options *options, char **words, int n,
			     struct failure *why)
{
	if (rows_run)
		return options_interval(options, words, n, why);
	return n || options_series(options) ? fail_left_out(why, "rows at an interval") : 0;
}

/* The number of orders that zones have, and the cell of an attribute of a zone. */
size_t buddy_orders(const struct snapshot *snap);
void buddy_cell(struct table *table, unsigned int attribute, const struct zone *zone,
		const struct units *units);

#endif /* READER_OPTIONAL_H */

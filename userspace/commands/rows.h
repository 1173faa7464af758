/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands that print rows at an interval: 'system', 'kswapd' and 'buddy'.
 */
#ifndef READER_ROWS_H
#define READER_ROWS_H

#include "cli/present.h"
#include "cli/session.h"
#include "lib/part.h"
#include "model/listing.h"

/* Takes the censuses of @session and prints rows for each. 0, or -1 and @why. */
typedef int (*rows_fn)(struct session *session, struct failure *why);
int system_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;
int kswapd_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;
int buddy_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

/* Their columns, for --help. */
MAY_BE_LEFT_OUT void system_columns(FILE *out);
MAY_BE_LEFT_OUT void kswapd_columns(FILE *out);

/*
 * Runs @rows if there is an interval or a record with several censuses, with the parts
 * @parts; else presents one census.  0, or -1 and @why.
 */
int rows_run(struct session *session, rows_fn rows, uint32_t parts, bool *partial,
	     struct failure *why) MAY_BE_LEFT_OUT;

/* The run() of these commands. */
static inline int rows_or_one(struct session *session, rows_fn rows, uint32_t parts,
			      bool *partial, struct failure *why)
{
	return rows_run ? rows_run(session, rows, parts, partial, why) :
			  present_censuses(session, partial, why);
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

/* Amounts that 'system' shows without an interval too. */
struct amount system_used(const struct snapshot *snap);
struct amount system_cache(const struct snapshot *snap);
struct amount system_swap_used(const struct snapshot *snap);

#endif /* READER_ROWS_H */

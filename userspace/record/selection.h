/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which censuses of a record to read.
 */
#ifndef READER_SELECTION_H
#define READER_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/failure.h"

/**
 * enum selection_kind - which censuses of a record to read
 * @SELECTION_ALL: all, one after the other
 * @SELECTION_LAST: the last complete one
 * @SELECTION_FIRST: the first complete one
 * @SELECTION_NUMBER: the one with this number
 * @SELECTION_TIME: the last one not after this time
 * @SELECTION_CLOCK: the same, on the day of the last census or, if that is later, the day before
 * @SELECTION_BEFORE: the same, this long before the last census
 */
enum selection_kind {
	SELECTION_ALL,
	SELECTION_LAST,
	SELECTION_FIRST,
	SELECTION_NUMBER,
	SELECTION_TIME,
	SELECTION_CLOCK,
	SELECTION_BEFORE,
};

/**
 * struct selection - a census of a record
 * @value: the number, from 1; ns since 1970-01-01 UTC, or since midnight, local time;
 *	ns before the last census
 * @span: ns from the start of what the word names to @value: a minute, a second, or 0
 */
struct selection {
	enum selection_kind kind;
	uint64_t value;
	uint64_t span;
};

/* The censuses from one to another, both included; SELECTION_ALL is no limit. */
struct window {
	struct selection from;
	struct selection to;
};

/*
 * Parses 'first', 'last', a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS], both in
 * local time, @SECONDS since 1970, or -TIME before the last census.  A minute or second
 * means its end, so that a printed time selects the census that it was printed for.  0, or
 * -1 and @why.
 */
int selection_parse(struct selection *selection, const char *word, struct failure *why);

/* Longest time from the head of a census to its own time, which tables print, ns. */
#define SELECTION_CENSUS_MAX	60000000000ULL

/* Whether it is a SELECTION_TIME after the record, whose last census is of time @last. */
bool selection_is_later(struct selection selection, uint64_t last);

/* Turns SELECTION_CLOCK into the SELECTION_TIME of the day of @last, also if that is later. */
struct selection selection_on_day(struct selection selection, uint64_t last);

/* Turns SELECTION_CLOCK and SELECTION_BEFORE into SELECTION_TIME; @last: of the last census. */
struct selection selection_at(struct selection selection, uint64_t last);

/*
 * The same for the end of a window of a record of the censuses @first to @last, that of time
 * @last_time; SELECTION_FIRST and SELECTION_LAST become numbers.
 */
struct selection selection_in(struct selection selection, uint64_t first, uint64_t last,
			      uint64_t last_time);

/* Whether selection_at() changes it: without the end of the record it means nothing yet. */
bool selection_needs_end(struct selection selection);

/*
 * Whether the census @number of time @time is in @window, whose selections do not need the
 * end of the record any more.
 */
bool window_has(const struct window *window, uint64_t number, uint64_t time);

#endif /* READER_SELECTION_H */

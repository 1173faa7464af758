/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which census of a record to read.
 */
#ifndef READER_SELECTION_H
#define READER_SELECTION_H

#include <stdint.h>

#include "lib/failure.h"
#include "lib/failure.h"

/**
 * enum selection_kind - which censuses of a record to read
 * @SELECTION_ALL: all, one after the other
 * @SELECTION_LAST: the last complete one
 * @SELECTION_FIRST: the first complete one
 * @SELECTION_NUMBER: the one with this number
 * @SELECTION_TIME: the last one not after this time
 * @SELECTION_CLOCK: the same, on the day of the last census
 */
enum selection_kind {
	SELECTION_ALL,
	SELECTION_LAST,
	SELECTION_FIRST,
	SELECTION_NUMBER,
	SELECTION_TIME,
	SELECTION_CLOCK,
};

/* @value: the number, from 1; ns since 1970-01-01 UTC, or since midnight, local time. */
struct selection {
	enum selection_kind kind;
	uint64_t value;
};

/*
 * Parses 'first', 'last', a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS], both in
 * local time, or @SECONDS since 1970.  A minute or second means its end, so that
 * a printed time selects the census that it was printed for.  0, or -1 and @why.
 */
int selection_parse(struct selection *selection, const char *word, struct failure *why);

/* Turns SELECTION_CLOCK into SELECTION_TIME on the day of the time @last. */
struct selection selection_on_day(struct selection selection, uint64_t last);

#endif /* READER_SELECTION_H */

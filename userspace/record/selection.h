/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which census of a record is wanted.
 */
#ifndef READER_SELECTION_H
#define READER_SELECTION_H

#include <stdint.h>

#include "lib/failure.h"
#include "lib/part.h"

/**
 * enum pick_kind - which censuses of a record are wanted
 * @PICK_ALL: one after the other
 * @PICK_LAST: the last that is whole
 * @PICK_FIRST: the first that is whole
 * @PICK_NUMBER: the one of that number
 * @PICK_TIME: the last one not after that moment
 * @PICK_CLOCK: the same, on the day of the last one
 */
enum pick_kind {
	PICK_ALL,
	PICK_LAST,
	PICK_FIRST,
	PICK_NUMBER,
	PICK_TIME,
	PICK_CLOCK,
};

/**
 * struct pick - the same, of the command line
 * @kind: see enum pick_kind
 * @value: of PICK_NUMBER, from 1; of PICK_TIME, ns since 1970-01-01 UTC; of
 *	PICK_CLOCK, ns since midnight by the local clock
 */
struct pick {
	enum pick_kind kind;
	uint64_t value;
};

/*
 * Reads 'first', 'last', a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS], both by
 * the local clock, or @SECONDS since 1970.  A minute or second means its end,
 * so that a moment as it was printed is found again.  0, or -1 and @why.
 */
int pick_parse(struct pick *pick, const char *word, struct failure *why) MAY_BE_LEFT_OUT;

/* @pick with its PICK_CLOCK made PICK_TIME, on the day of the moment @last. */
struct pick pick_on_day(struct pick pick, uint64_t last);

#endif /* READER_SELECTION_H */

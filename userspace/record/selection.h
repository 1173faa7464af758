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
 * enum selection_kind - which censuses of a record are wanted
 * @SELECTION_ALL: one after the other
 * @SELECTION_LAST: the last that is whole
 * @SELECTION_FIRST: the first that is whole
 * @SELECTION_NUMBER: the one of that number
 * @SELECTION_TIME: the last one not after that moment
 * @SELECTION_CLOCK: the same, on the day of the last one
 */
enum selection_kind {
	SELECTION_ALL,
	SELECTION_LAST,
	SELECTION_FIRST,
	SELECTION_NUMBER,
	SELECTION_TIME,
	SELECTION_CLOCK,
};

/**
 * struct selection - the same, of the command line
 * @kind: see enum selection_kind
 * @value: of SELECTION_NUMBER, from 1; of SELECTION_TIME, ns since 1970-01-01 UTC; of
 *	SELECTION_CLOCK, ns since midnight by the local clock
 */
struct selection {
	enum selection_kind kind;
	uint64_t value;
};

/*
 * Reads 'first', 'last', a number, HH:MM[:SS], YYYY-MM-DDTHH:MM[:SS], both by
 * the local clock, or @SECONDS since 1970.  A minute or second means its end,
 * so that a moment as it was printed is found again.  0, or -1 and @why.
 */
int selection_parse(struct selection *selection, const char *word, struct failure *why)
	MAY_BE_LEFT_OUT;

/* @selection with its SELECTION_CLOCK made SELECTION_TIME, on the day of the moment @last. */
struct selection selection_on_day(struct selection selection, uint64_t last);

#endif /* READER_SELECTION_H */

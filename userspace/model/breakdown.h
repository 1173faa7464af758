/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where all of MemTotal is: amounts that add up to it.
 *
 * Each page is counted once.  What processes map is theirs, by frames, so page
 * cache and shared memory are counted less what is mapped of them; kernel
 * stacks lie in vmalloc memory, which is counted without them.  What none of
 * the rows explains is a row of its own, and may be negative.
 * Documentation/accuracy.rst says what is in it.
 */
#ifndef READER_BREAKDOWN_H
#define READER_BREAKDOWN_H

#include "model/amount.h"

/**
 * struct breakdown_row - where a part of memory is
 * @name: a word, for -J and --raw
 * @of: the row above is made of it; not added again
 * @help: one line
 */
struct breakdown_row {
	const char *name;
	bool of;
	const char *help;
};

/* The last two are what is not explained, and MemTotal. */
#define BREAKDOWN_ROWS	20
extern const struct breakdown_row breakdown_rows[BREAKDOWN_ROWS];

/**
 * struct breakdown - the amounts of a census
 * @rows: by the number of breakdown_rows[]
 */
struct breakdown {
	struct amount rows[BREAKDOWN_ROWS];
};

/*
 * Needs tasks, zones and totals of the frames basis.  What could not be had
 * is in what is not explained.
 */
struct breakdown breakdown_of(const struct snapshot *snap);

/* Whether row @i is to be shown: some kernels have no such memory. */
bool breakdown_shows(const struct breakdown *breakdown, unsigned int i);

#endif /* READER_BREAKDOWN_H */

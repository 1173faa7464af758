/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One value as text, as a cell of a table shows it.
 */
#ifndef READER_FORMAT_H
#define READER_FORMAT_H

#include "model/columns.h"

/**
 * struct units - how amounts of memory are written
 * @suffixes: with the unit that fits
 * @percent: of @whole
 * @whole: bytes; 0: not known
 *
 * KiB if neither.
 */
struct units {
	bool suffixes;
	bool percent;
	uint64_t whole;
};

/*
 * An amount of memory into @buf, which holds NUMBER_SIZE.  @kib is what it is
 * in KiB, cut off towards zero.  False where percent were asked for of what is
 * not known.
 */
bool amount_text(char *buf, double bytes, int64_t kib, const struct units *units);

/*
 * @value of @column into *@text, which the caller frees: NULL where it cannot
 * be said.  What strangers chose is in it as it came.  0, or -1 without
 * memory, with *@text NULL.
 */
int value_text(char **text, const struct column *column, const struct view *view,
	       const struct value *value, const struct units *units);

#endif /* READER_FORMAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One value as the text of a table cell.
 */
#ifndef READER_FORMAT_H
#define READER_FORMAT_H

#include "model/columns.h"

/**
 * struct units - how amounts of memory are written
 * @suffixes: in the unit that fits, with its suffix
 * @percent: in percent of @whole
 * @whole: bytes; 0: unknown
 *
 * In KiB if neither is set.
 */
struct units {
	bool suffixes;
	bool percent;
	uint64_t whole;
};

/*
 * Writes an amount of memory to @buf of NUMBER_SIZE bytes.  @kib is the same
 * amount in KiB, rounded towards zero.  False if @units wants percent and
 * @units->whole is unknown.
 */
bool amount_text(char *buf, double bytes, int64_t kib, const struct units *units);

/*
 * @value of @column; NULL if it is unavailable.  The caller frees it.  Names that
 * other programs chose are not escaped.
 */
char *value_text(const struct column *column, const struct view *view,
		 const struct value *value, const struct units *units);

#endif /* READER_FORMAT_H */

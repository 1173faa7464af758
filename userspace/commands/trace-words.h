/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments and results of traced calls as words.
 */
#ifndef READER_TRACE_WORDS_H
#define READER_TRACE_WORDS_H

#include "commands/trace-sums.h"
#include "lib/json.h"

/* Bytes that the arguments or the result of any call need. */
#define TRACE_WORDS_SIZE	512

/* What stands between the parentheses of the call, as in its manual page. */
void trace_words_args(char *buf, const struct trace_row *row);

/* The result: an address, a number, or the error's name and meaning. */
void trace_words_result(char *buf, const struct trace_row *row);

/* The same as members of an open object. */
void trace_words_json(struct json *json, const struct trace_row *row);

#endif /* READER_TRACE_WORDS_H */

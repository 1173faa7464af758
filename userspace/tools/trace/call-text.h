/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments and results of traced calls as text.
 */
#ifndef READER_CALL_TEXT_H
#define READER_CALL_TEXT_H

#include "lib/json.h"
#include "tools/trace/sums.h"

/* Bytes that the arguments or the result of any call need. */
#define CALL_TEXT_SIZE	512

/* What stands between the parentheses of the call, as in its manual page. */
void call_text_args(char *buf, const struct trace_row *row);

/* The result: an address, a number, or the error's name and meaning. */
void call_text_result(char *buf, const struct trace_row *row);

/* The same as members of an open object. */
void call_text_json(struct json *json, const struct trace_row *row);

#endif /* READER_CALL_TEXT_H */

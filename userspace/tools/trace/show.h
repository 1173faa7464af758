/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the sums and the calls of a trace.
 */
#ifndef READER_TRACE_SHOW_H
#define READER_TRACE_SHOW_H

#include "tools/trace/columns.h"

/* Prints one call at once; @report is a struct trace_report. */
void trace_show_row(const void *report, const struct trace_row *row);
void trace_show_header(const struct trace_report *report);

/* Prints all sums since the last call.  @last: the end of the trace. */
void trace_show_sums(struct trace_report *report, bool last);

#endif /* READER_TRACE_SHOW_H */

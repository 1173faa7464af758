/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the sums and the calls of a trace.
 */
#ifndef READER_TRACE_SHOW_H
#define READER_TRACE_SHOW_H

#include "cli/command.h"
#include "commands/trace-sums.h"

/**
 * struct trace_report - what is shown
 * @out: stream of the results
 * @begun, @now: ns of CLOCK_MONOTONIC
 * @shown: when sums were last shown; 0: never
 * @realtime: what to add to these for ns since 1970
 * @lost_known, @lost: events that the kernel could not keep
 * @reclaim: reclaim, compaction and the OOM killer are traced
 * @child: the program that was run, 0: none
 * @child_ended, @child_status: it has ended, as wait(2) says
 */
struct trace_report {
	const struct options *options;
	struct trace_sums *sums;
	FILE *out;
	uint64_t begun;
	uint64_t now;
	uint64_t shown;
	uint64_t realtime;
	bool lost_known;
	uint64_t lost;
	bool reclaim;
	uint32_t child;
	bool child_ended;
	int child_status;
};

/* The columns of a process and of its calls, which read struct trace_shown. */
extern const struct record_type trace_record;
extern const struct record_type trace_call_record;

struct trace_shown {
	const struct trace_process *process;
	struct trace_bytes bytes;
	const struct trace_report *report;
	uint64_t since;		/* ns in which @bytes came */
	enum trace_call call;	/* of trace_call_record */
};

/* The columns of what a task did for free memory. */
extern const struct record_type trace_work_record;

struct trace_worker {
	const struct trace_actor *actor;
	enum trace_work work;
	struct trace_worked did;	/* until now, in bytes instead of pages */
};

/* Prints one call at once; @report is a struct trace_report. */
void trace_show_row(const void *report, const struct trace_row *row);
void trace_show_header(const struct trace_report *report);

/* Prints all sums since the last call.  @last: the end of the trace. */
void trace_show_sums(struct trace_report *report, bool last);

/* Bytes that the arguments or the result of any call need. */
#define TRACE_WORDS_SIZE	512

/* What stands between the parentheses of the call, as in its manual page. */
void trace_words_args(char *buf, const struct trace_row *row);

/* The result: an address, a number, or the error's name and meaning. */
void trace_words_result(char *buf, const struct trace_row *row);

/* The same as members of an open object. */
void trace_words_json(struct json *json, const struct trace_row *row);

#endif /* READER_TRACE_SHOW_H */

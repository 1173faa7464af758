/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a trace shows, and the columns of its tables.
 */
#ifndef READER_TRACE_COLUMNS_H
#define READER_TRACE_COLUMNS_H

#include "cli/command.h"
#include "tools/trace/sums.h"

/**
 * struct trace_options - the options of 'trace' alone
 * @calls: prints each call
 * @everything: traces all processes
 * @buffer: KiB of the trace buffer of each CPU; 0: not given
 */
struct trace_options {
	bool calls;
	bool everything;
	uint64_t buffer;
};

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
	const struct trace_options *own;
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
extern const struct row_type trace_rows;
extern const struct row_type trace_call_rows;

struct trace_shown {
	const struct trace_process *process;
	struct trace_bytes bytes;
	const struct trace_report *report;
	uint64_t since;		/* ns in which @bytes came */
	enum trace_call call;	/* of trace_call_rows */
};

/* The columns of what a task did for free memory. */
extern const struct row_type trace_work_rows;

struct trace_worker {
	const struct trace_actor *actor;
	enum trace_work work;
	struct trace_worked did;	/* until now, in bytes instead of pages */
};

/* The columns of a process that the OOM killer chose. */
extern const struct row_type trace_killed_rows;

/* @clock: the time of day; @realtime: ns since 1970; @comm: NULL: unknown */
struct trace_killed {
	const char *clock;
	uint64_t realtime;
	uint64_t pid;
	const char *comm;
};

#endif /* READER_TRACE_COLUMNS_H */

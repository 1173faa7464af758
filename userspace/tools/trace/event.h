/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An event of a trace, whatever kernel it comes from, and how the records of the
 * kernel's trace buffer become one.
 *
 * The format of a record is the kernel's own description of it in tracefs, so the
 * offsets of fields may differ between kernels.
 */
#ifndef READER_TRACE_EVENT_H
#define READER_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/* The traced system calls. */
enum trace_call {
	TRACE_BRK,
	TRACE_MMAP,
	TRACE_MUNMAP,
	TRACE_MREMAP,
	TRACE_MADVISE,
	TRACE_CALLS
};

extern const char *const trace_call_names[TRACE_CALLS];

/* What a task does for free memory. */
enum trace_work {
	TRACE_KSWAPD,
	TRACE_DIRECT,		/* direct reclaim: it waits for memory */
	TRACE_MEMCG,		/* reclaim for the limit of a cgroup */
	TRACE_COMPACT,
	TRACE_WORKS
};

/* What happened; each comment gives the arguments. */
enum trace_what {
	TRACE_ENTER,		/* those of the call */
	TRACE_RETURN,		/* the result */
	TRACE_NEWTASK,		/* the new TID, clone flags; comm: its name */
	TRACE_RENAME,		/* the TID, 0: the task itself; comm: its new name */
	TRACE_EXEC,		/* the TID since, the TID before */
	TRACE_EXIT,
	TRACE_FAULT,		/* the process, 1 if it needed I/O */
	TRACE_WORK_BEGIN,
	TRACE_WORK_END,
	TRACE_SHRINK,		/* pages scanned, pages reclaimed */
	TRACE_MIGRATE,		/* pages migrated, pages that failed */
	TRACE_VICTIM,		/* the process */
};

#define TRACE_ARGS	6
#define TRACE_COMM	16

/**
 * struct trace_event - an event
 * @time: ns of CLOCK_MONOTONIC
 * @tid: the thread that it happened to, in the first PID namespace
 * @what: enum trace_what
 * @call: enum trace_call, of TRACE_ENTER and TRACE_RETURN; enum trace_work, of TRACE_WORK_*
 * @args: by @what; 0 where there are fewer
 * @comm: by @what; ends with NUL, and may have any other byte
 */
struct trace_event {
	uint64_t time;
	uint32_t tid;
	uint8_t what;
	uint8_t call;
	uint64_t args[TRACE_ARGS];
	char comm[TRACE_COMM];
};

/**
 * struct trace_kind - an event of the kernel
 * @system, @name: its name in tracefs
 * @what, @call: what it becomes, as of struct trace_event
 * @fields: of the arguments, by name; a '?' before it: 0 if this kernel has none
 * @comm: the field of the name, or NULL
 * @targets: only of the traced processes; else of all tasks, and optional
 */
struct trace_kind {
	const char *system;
	const char *name;
	enum trace_what what;
	uint8_t call;
	const char *fields[TRACE_ARGS];
	const char *comm;
	bool targets;
};

#define TRACE_KINDS_MAX	32

extern const struct trace_kind trace_kinds[];
extern const size_t trace_n_kinds;

struct trace_formats;

/* @page: the kernel's text events/header_page. */
struct trace_formats *trace_formats_new(const char *page, size_t size);
void trace_formats_free(struct trace_formats *formats);

/*
 * Learns the format of @kind from the kernel's description.  Returns 0, or -1 and
 * @why: the description is wrong, or lacks a field.
 */
int trace_formats_add(struct trace_formats *formats, const struct trace_kind *kind,
		      const char *text, size_t size, struct failure *why);

/* Bytes of a page of the trace buffer. */
size_t trace_formats_page(const struct trace_formats *formats);

/*
 * Decodes one record of @size bytes; false if it is of no known kind, or too short.
 * Sets all of @event but @time.
 */
bool trace_formats_decode(const struct trace_formats *formats, const void *record,
			  size_t size, struct trace_event *event);

/* Gets each event of a page, in order. */
typedef void trace_see(void *context, const struct trace_event *event);

/* Decodes a page of the trace buffer.  Returns the number of events; @last: time of the last. */
size_t trace_formats_each(const struct trace_formats *formats, void *page, trace_see *see,
			  void *context, uint64_t *last);

#endif /* READER_TRACE_EVENT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instances of the kernel's trace buffer, where the events of a trace come from.
 *
 * They belong to one run alone, and are removed at the
 * end.  A guard, a process that waits for the end of this one, removes them if it is
 * killed; if both are, the next run does.
 */
#ifndef READER_TRACE_INSTANCE_H
#define READER_TRACE_INSTANCE_H

#include <poll.h>

#include "tools/trace/event.h"

struct trace_instance;

/* Sets the directory of tracefs, for tests. */
void trace_instance_root(const char *dir);

/*
 * Starts the guard and removes what earlier runs left.  Call it before any file is
 * open that the guard must not hold.  Returns 0, or -1 and @why: there is no tracefs,
 * or it may not be used.
 */
int trace_guard_start(struct failure *why);

/* Ends the guard, after all instances are removed. */
void trace_guard_end(void);

/*
 * Makes an instance for the kinds of events that are of @targets, or of all tasks, with a
 * buffer of @kib for each CPU.  It records nothing yet.  NULL and @why.  A missing optional
 * event sets @missing to its name.
 */
struct trace_instance *trace_instance_new(bool targets, uint64_t kib, const char **missing,
					  struct failure *why);

/* Removes it; NULL is ignored. */
void trace_instance_end(struct trace_instance *instance);

/* Adds threads that are traced, and what they fork; none: all tasks.  0, or -1 and @why. */
int trace_instance_follow(struct trace_instance *instance, const uint64_t *tids, size_t n,
			  struct failure *why);

/* Does not trace the thread @tid.  0, or -1 and @why. */
int trace_instance_exclude(struct trace_instance *instance, uint32_t tid, struct failure *why);

/* Begins to record its events. */
int trace_instance_record(struct trace_instance *instance, struct failure *why);

/* Stops to record; what is recorded can still be read. */
void trace_instance_stop(struct trace_instance *instance);

/*
 * Reads at most @pages of each CPU's buffer to @see.  Sets @until to the time of the last
 * event of the CPU that is not read to its end and is furthest behind; it is left where
 * all are.  Adds the number of events to @n.  0, or -1 and @why.
 */
int trace_instance_read(struct trace_instance *instance, size_t pages, trace_see *see,
			void *context, uint64_t *until, uint64_t *n, struct failure *why);

/* Adds at most @max files that are readable when a buffer is half full; returns how many. */
size_t trace_instance_poll(const struct trace_instance *instance, struct pollfd *fds, size_t max);

/* Adds the number of events that did not fit into the buffers; false: unknown. */
bool trace_instance_lost(struct trace_instance *instance, uint64_t *lost);

#endif /* READER_TRACE_INSTANCE_H */

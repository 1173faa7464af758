/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page faults of traced processes, from the kernel's performance events: one record for
 * each, with process and thread.  Where events are refused, faults are unknown.
 */
#ifndef READER_TRACE_FAULTS_H
#define READER_TRACE_FAULTS_H

#include <poll.h>

#include "host/process.h"
#include "host/trace-event.h"

struct trace_faults;

/*
 * Of the threads @tids and what they fork; of all tasks if there are none.  @on_exec: from
 * their exec on.  Returns NULL and @why if the kernel refuses the events.
 */
struct trace_faults *trace_faults_new(const struct ids *tids, bool on_exec, struct failure *why);

/* Adds threads to those of trace_faults_new().  Returns 0, or -1 and @why. */
int trace_faults_follow(struct trace_faults *faults, const uint32_t *tids, size_t n,
			struct failure *why);

/* Reads what is recorded to @see, and adds its number to @n. */
void trace_faults_read(struct trace_faults *faults, trace_see *see, void *context,
		       uint64_t *n);

/* Adds at most @max files that are readable when a buffer is half full; returns how many. */
size_t trace_faults_poll(const struct trace_faults *faults, struct pollfd *fds, size_t max);

/* Counts no more; what is recorded can still be read. */
void trace_faults_stop(struct trace_faults *faults);

/* Faults that did not fit into the buffers; false: unknown. */
bool trace_faults_lost(const struct trace_faults *faults, uint64_t *lost);

void trace_faults_free(struct trace_faults *faults);

#endif /* READER_TRACE_FAULTS_H */

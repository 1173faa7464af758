/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is traced, and where its events come from.
 *
 * Instances of the kernel's trace buffer belong to one run alone, and are removed at the
 * end.  A guard, a process that waits for the end of this one, removes them if it is
 * killed; if both are, the next run does.
 *
 * Page faults come from the kernel's performance events: one record for each, with process
 * and thread.  Where events are refused, faults are unknown.
 */
#ifndef READER_TRACE_SOURCES_H
#define READER_TRACE_SOURCES_H

#include <poll.h>

#include "commands/trace-event.h"
#include "host/process.h"
#include "lib/part.h"

struct trace_instance;

/* Sets the directory of tracefs, for tests. */
void trace_instance_root(const char *dir) MAY_BE_LEFT_OUT;

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
int trace_instance_follow(struct trace_instance *instance, const uint32_t *tids, size_t n,
			  struct failure *why);

/* Does not trace the thread @tid.  0, or -1 and @why. */
int trace_instance_spare(struct trace_instance *instance, uint32_t tid, struct failure *why);

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

/*
 * Adds the processes of the cgroup @path, a directory or a path in the default hierarchy,
 * and of those below it.  0, or -1 and @why: there is no such cgroup, or none has a process.
 */
int trace_cgroup(struct ids *ids, const char *path, struct failure *why);

/* The process of thread @tid, and its name in TRACE_COMM bytes; false: it is gone. */
bool trace_who(uint32_t tid, uint32_t *pid, char *comm);

/*
 * The end of the heap of @pid, in whole pages; 0: unknown.  The kernel takes the mmap
 * lock of the process for it: a process that holds its own for long gives no answer.
 */
uint64_t trace_break(uint32_t pid);

/* Bytes of a huge page where mmap() says no size; 0: unknown. */
uint64_t trace_huge_page(void);

#endif /* READER_TRACE_SOURCES_H */

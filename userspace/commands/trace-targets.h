/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is traced: processes with their threads, and a program that is started for it.
 */
#ifndef READER_TRACE_TARGETS_H
#define READER_TRACE_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "commands/trace-event.h"

/* A growing list of thread or process IDs; owned. */
struct trace_ids {
	uint32_t *v;
	size_t n;
};

/* Adds @id; @added is set if it was not in the list.  0, or -1 and @why. */
int trace_ids_add(struct trace_ids *ids, uint32_t id, bool *added, struct failure *why);

/* Adds the threads of process @pid; none if it has ended.  0, or -1 and @why. */
int trace_ids_threads(struct trace_ids *ids, uint32_t pid, bool *added, struct failure *why);

/* Adds all processes.  0, or -1 and @why. */
int trace_ids_all(struct trace_ids *ids, struct failure *why);

/*
 * Opens the cgroup @path: a directory, or a path in the default hierarchy.  Returns its
 * descriptor, or -1 and @why.
 */
int trace_cgroup_open(const char *path, struct failure *why);

/* Adds the processes of the cgroup and of those below it.  0, or -1 and @why. */
int trace_ids_cgroup(struct trace_ids *ids, int cgroup, struct failure *why);

void trace_ids_free(struct trace_ids *ids);

/* The process of thread @tid, and its name in TRACE_COMM bytes; false: it is gone. */
bool trace_who(uint32_t tid, uint32_t *pid, char *comm);

/*
 * The end of the heap of @pid, in whole pages; 0: unknown.  The kernel takes the mmap
 * lock of the process for it: a process that holds its own for long gives no answer.
 */
uint64_t trace_break(uint32_t pid);

/* Bytes of a huge page where mmap() says no size; 0: unknown. */
uint64_t trace_huge_page(void);

#endif /* READER_TRACE_TARGETS_H */

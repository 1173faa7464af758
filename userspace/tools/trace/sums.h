/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adds the events of a trace up: calls, bytes and page faults by process; reclaim and
 * compaction by task.
 *
 * Events come in order of time.  Threads belong to processes, and tasks that share an
 * address space share its break, as the events of fork, exec and exit say.  Memory is
 * bounded: beyond TRACE_PROCESSES_MAX, processes are counted together.
 */
#ifndef READER_TRACE_SUMS_H
#define READER_TRACE_SUMS_H

#include <stdio.h>

#include "tools/trace/event.h"

/* Rows of processes, tasks that reclaim, and victims of the OOM killer that are kept. */
#define TRACE_PROCESSES_MAX	65536
#define TRACE_ACTORS_MAX	4096
#define TRACE_VICTIMS_MAX	1024

/**
 * struct trace_bytes - the sums of one call of one process
 * @calls: calls that returned
 * @failed: of these, calls that failed
 * @mapped: bytes of address space that successful calls asked for, in whole pages
 * @unmapped: bytes of address space that they gave back
 * @fixed: of @mapped, at a fixed address, where they may replace other mappings
 * @discarded: bytes whose content madvise() gave back, not their address space
 * @unknown: calls of brk() whose bytes are unknown: the break before was unknown
 * @ns: time in these calls
 */
struct trace_bytes {
	union {
		struct {
			uint64_t calls;
			uint64_t failed;
			uint64_t mapped;
			uint64_t unmapped;
			uint64_t fixed;
			uint64_t discarded;
			uint64_t unknown;
			uint64_t ns;
		};
		uint64_t v[8];
	};
};

/* What process sums count. */
struct trace_figures {
	struct trace_bytes by[TRACE_CALLS];
	uint64_t min_faults;
	uint64_t maj_faults;
};

/**
 * struct trace_process - a process
 * @pid: in the first PID namespace; 0: all that are counted together
 * @parent: 0: it was there before the trace
 * @begun, @ended: ns of CLOCK_MONOTONIC, of the trace; @ended 0: it has not
 * @waits: counts nothing before it executes a program
 * @gone: /proc has no such process, but no event has said so
 * @threads: that have not ended
 * @sums: since @begun
 * @shown: @sums when rows were last shown
 * @next: in the order of their first event
 * @older: in the same bucket of @by_pid
 */
struct trace_process {
	uint32_t pid;
	char comm[TRACE_COMM];
	uint32_t parent;
	uint64_t begun;
	uint64_t ended;
	bool waits;
	bool gone;
	uint32_t threads;
	struct trace_figures sums;
	struct trace_figures shown;
	struct trace_process *next;
	struct trace_process *older;
};

/**
 * struct trace_worked - one kind of work of a task
 * @n: how often it ended, or is in progress
 * @ns: time in it
 * @tried: pages scanned; of compaction, pages that could not be migrated
 * @done: pages reclaimed; of compaction, migrated
 * @since: begin of that in progress, 0: none
 */
struct trace_worked {
	uint64_t n;
	uint64_t ns;
	uint64_t tried;
	uint64_t done;
	uint64_t since;
};

struct trace_actor {
	uint32_t tid;
	char comm[TRACE_COMM];
	struct trace_worked by[TRACE_WORKS];
};

/* A process that the OOM killer chose. */
struct trace_victim {
	uint64_t time;
	uint32_t pid;
	char comm[TRACE_COMM];
};

/**
 * struct trace_row - a call that returned
 * @time, @ns: when it began, and how long it took
 * @result: what the kernel returned
 * @failed: it failed; brk() has no error, but gives another break
 */
struct trace_row {
	uint64_t time;
	uint64_t ns;
	uint32_t tid;
	const struct trace_process *process;
	enum trace_call call;
	const uint64_t *args;
	int64_t result;
	bool failed;
};

/**
 * struct trace_ops - what the sums ask
 * @who: finds the process of a thread that no event introduced, and its name; false: it
 *	is gone
 * @row: gets each call that returned; NULL: not wanted
 * @context: argument of @row
 */
struct trace_ops {
	bool (*who)(uint32_t tid, uint32_t *pid, char *comm);
	void (*row)(const void *context, const struct trace_row *row);
	const void *context;
};

struct trace_thread;
struct trace_space;

#define TRACE_BUCKETS	4096

/**
 * struct trace_sums - all sums
 * @ops: what the sums ask
 * @page, @huge: bytes of a page, and of a huge page where mmap() says no size; 0: unknown
 * @first, @last: processes, in the order of their first event; owned
 * @n_live: those that have not ended
 * @orphans: returns without a beginning: it was before the trace, or is lost
 * @actors, @victims: owned
 * @missed_actors, @missed_victims: events beyond their bounds
 * @faults_known: page faults are counted
 * @threads, @by_pid: by TID, and the newest of each PID first
 */
struct trace_sums {
	struct trace_ops ops;
	uint64_t page;
	uint64_t huge;
	struct trace_process *first;
	struct trace_process *last;
	size_t n_processes;
	size_t n_live;
	uint64_t orphans;
	struct trace_actor *actors;
	size_t n_actors;
	uint64_t missed_actors;
	struct trace_victim *victims;
	size_t n_victims;
	uint64_t missed_victims;
	bool faults_known;
	struct trace_thread *threads[TRACE_BUCKETS];
	struct trace_process *by_pid[TRACE_BUCKETS];
};

/*
 * Adds process @pid, which has @n threads, before the trace.  @waits: it counts from
 * its exec on.  @brk: its break; 0: unknown.
 */
void trace_sums_add(struct trace_sums *sums, uint32_t pid, const char *comm,
		    const uint64_t *tids, size_t n, uint64_t now, uint64_t brk, bool waits);

/* Counts an event. */
void trace_sums_feed(struct trace_sums *sums, const struct trace_event *event);

/* Process @pid has ended, although no event said so. */
void trace_sums_gone(struct trace_sums *sums, uint32_t pid, uint64_t now);

/* Says to @out what the sums lack, beyond their bounds.  Return: true if they lack something. */
bool trace_sums_missed(const struct trace_sums *sums, FILE *out);

void trace_sums_free(struct trace_sums *sums);

/* Adds what @call of a process did since it was last shown. */
void trace_bytes_add(struct trace_bytes *sum, const struct trace_process *process,
		     enum trace_call call);

#endif /* READER_TRACE_SUMS_H */

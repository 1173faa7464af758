/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OOM kills, by what the kernel writes to its log.
 *
 * Users choose names in these lines: of processes, 15 bytes of any kind, and of cgroups that were
 * delegated to them.  A name may look like the fields behind it; where it does, and no other line
 * tells, what it may be is unknown.
 */
#ifndef READER_KILL_H
#define READER_KILL_H

#include "model/amount.h"

/**
 * struct kernel_line - a line of the kernel's log
 * @sequence: its number since boot
 * @stamp: when, by the log's own clock, ns
 * @realtime, @boottime: the same since 1970 and since boot
 * @text: as /dev/kmsg has it: bytes that are not printed, and backslashes, are \xNN
 */
struct kernel_line {
	uint64_t sequence;
	uint64_t stamp;
	uint64_t realtime;
	uint64_t boottime;
	const char *text;
};

/* What ran out of memory. */
enum kill_scope {
	KILL_MACHINE,
	KILL_NODES,		/* those that a memory policy or a cpuset allows */
	KILL_CGROUP,
	KILL_BY_HAND,		/* nothing: somebody wrote f to /proc/sysrq-trigger */
};

/*
 * Memory of the machine, or of the nodes, at the kill, in bytes: the first is the sum of the
 * others.  The kernel does not print the last ones.
 */
enum kill_memory {
	KILL_TOTAL,
	KILL_FREE,
	KILL_ANON,		/* on LRU lists, and with what is in tmpfs */
	KILL_SHMEM,
	KILL_FILE,
	KILL_LOCKED,
	KILL_SLAB,		/* in pages, of all nodes */
	KILL_STACK,
	KILL_TABLES,
	KILL_HUGETLB,
	KILL_VMALLOC,
	KILL_PERCPU,
	KILL_REST,
	KILL_MEMORY_KINDS,
};

/* What was charged to the cgroup whose limit was reached, and to those below it; in bytes. */
enum kill_charge {
	KILL_LIMIT,
	KILL_CHARGED,
	KILL_CHARGED_ANON,
	KILL_CHARGED_FILE,	/* page cache, with @KILL_CHARGED_SHMEM */
	KILL_CHARGED_SHMEM,
	KILL_CHARGED_KERNEL,
	KILL_CHARGED_SOCK,
	KILL_CHARGES,
};

/*
 * A process that was killed, with the counters of its address space, in bytes; @before: what it was
 * in a census before, of its owner; NULL: unknown.
 */
struct kill_victim {
	const struct task *before;
	uint64_t pid;
	char *comm;
	uint64_t uid;
	int64_t oom_score_adj;
	uint64_t vss;
	uint64_t anon;
	uint64_t file;
	uint64_t shmem;
	uint64_t pagetables;
};

/* Victims of one kill that are kept; the others are counted. */
#define KILL_VICTIMS	8

/**
 * struct kill - processes that one caller of the allocator made the kernel kill
 * @number, @stamp: those of the line that names the first victim
 * @realtime, @boottime: when, ns since 1970 and since boot
 * @scope: enum kill_scope
 * @nodes: of KILL_NODES: which ones, as the kernel writes them; owned
 * @caller: whose allocation failed; owned; NULL: unknown
 * @caller_pid: its PID; 0: unknown
 * @caller_cgroup: path of its cgroup in a census before, of the owner of that; NULL: unknown
 * @limited: path of the cgroup whose limit was reached; owned; NULL: none, or unknown
 * @within: path of that of the first victim, likewise
 * @victims: the first ones; @n_victims of @killed
 * @as_one: path of the cgroup whose processes are killed at once (memory.oom.group); owned
 * @memory, @charges: by their enum
 */
struct kill {
	uint64_t number;
	uint64_t stamp;
	uint64_t realtime;
	uint64_t boottime;
	uint64_t scope;
	char *nodes;
	char *caller;
	uint64_t caller_pid;
	const char *caller_cgroup;
	char *limited;
	char *within;
	struct kill_victim victims[KILL_VICTIMS];
	size_t n_victims;
	uint64_t killed;
	char *as_one;
	struct amount memory[KILL_MEMORY_KINDS];
	struct amount charges[KILL_CHARGES];
};

/**
 * struct kills - of a log
 * @v: the oldest first, @n; owned, each too
 * @report: of what the kernel has begun to report; NULL: nothing
 * @summary: its line with cgroups; owned
 * @stats_of: path of the cgroup that it has figures of; owned
 * @at: time since boot of the last victim
 */
struct kills {
	struct kill **v;
	size_t n;
	struct kill *report;
	char *summary;
	char *stats_of;
	uint64_t at;
};

/* Reads the next line; those that are not of a kill are ignored. */
void kills_line(struct kills *kills, const struct kernel_line *line);
void kills_free(struct kills *kills);

/*
 * Whether kills_line() would read @text; *@report, false at first, is whether it is within a
 * report, and is for the next line.
 */
bool kills_need(const char *text, bool *report);

/* Whether @text names a victim, the end of a report. */
bool kills_end(const char *text);

/* What ran out, in words. */
extern const char *const kill_scopes[KILL_BY_HAND + 1];

/* Their columns, and those of the victims. */
extern const struct row_type kill_rows;
extern const struct row_type kill_victim_rows;

/*
 * How long @kill was after the begin of a census of its boot, ns.  By the time since boot: the
 * clock may have been set between them.
 */
static inline int64_t kill_after(const struct kill *kill, const struct scan *scan)
{
	return (int64_t)(kill->boottime - scan->boottime);
}

#endif /* READER_KILL_H */

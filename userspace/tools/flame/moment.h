/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of processes at a point in time, by the stack of its last page fault.
 */
#ifndef READER_FLAME_MOMENT_H
#define READER_FLAME_MOMENT_H

#include "model/snapshot.h"
#include "tools/flame/fault-record.h"

/**
 * struct flame_share - what a stack holds
 * @process, @area: name of the process and of the mapping, in @names
 * @stack: number of the stack; STACK_NONE, STACK_DROPPED: the remainder
 * @resident, @exclusive: bytes
 */
struct flame_share {
	const char *process;
	const char *area;
	uint32_t stack;
	uint64_t resident;
	uint64_t exclusive;
};

/* The pages of a process; @snap is owned. */
struct flame_census {
	uint32_t pid;
	struct snapshot *snap;
};

/**
 * struct flame_moment - a point in time; all 0: none yet
 * @time: ns since 1970
 * @censuses, @n_censuses: one for each process, freed by flame_moment_join(); owned
 * @v, @n: shares; owned
 * @names: each name once, as of tsearch(3)
 * @resident, @exclusive: bytes of all shares
 */
struct flame_moment {
	uint64_t time;
	struct flame_census *censuses;
	size_t n_censuses;
	struct flame_share *v;
	size_t n;
	void *names;
	size_t processes;
	uint64_t resident;
	uint64_t exclusive;
};

/* Fills the empty @snap with the pages of @pid; a test has its own. 0, or -1 and @why. */
typedef int flame_pages_fn(void *context, struct snapshot *snap, uint32_t pid,
			   struct failure *why);

/* From the module, a struct source @context, and pagemap. */
flame_pages_fn flame_pages;

/* Takes a census of each process of @record by @fn. 0, or -1 and @why. */
int flame_moment_take(struct flame_moment *moment, const struct fault_record *record,
		      flame_pages_fn *fn, void *context, struct failure *why);

/*
 * Finds the stack of each page; @record has all events up to the census.  A page without a
 * stack of its own takes that of the fault that mapped it too:
 *  - part of a huge page: the last fault in this huge page;
 *  - page cache: a fault in the same 64 KiB, for the kernel maps what is around a fault.
 */
void flame_moment_join(struct flame_moment *moment, const struct fault_record *record);

void flame_moment_free(struct flame_moment *moment);

#endif /* READER_FLAME_MOMENT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the page faults of some processes have left: for each page the stack of its last
 * fault.
 *
 * A forked process inherits the stacks of its parent's pages; an exec clears them, an exit
 * ends them.
 */
#ifndef READER_FAULT_RECORD_H
#define READER_FAULT_RECORD_H

#include <stdbool.h>

#include "faults/code-maps.h"
#include "faults/events.h"
#include "tools/flame/page-stacks.h"

/* Maximum number of processes at the same time. */
#define FAULT_PROCESSES_MAX	65536

/**
 * struct fault_process - a process that lives
 * @maps: its code
 * @pages: the stacks of its pages
 */
struct fault_process {
	uint32_t pid;
	uint32_t threads;
	char name[32];
	struct code_maps maps;
	struct page_stacks pages;
};

struct unwinder;

/**
 * struct fault_record - the state of a run
 * @v, @n: processes, ascending by PID; owned
 * @objects: files with code
 * @budget: bound of the maps of pages
 * @unwinder: NULL: callchains of the events count
 * @not_unwound: faults whose stack copy could not be unwound
 * @no_process: faults of processes that did not fit
 */
struct fault_record {
	struct fault_process **v;
	size_t n;
	uint64_t page;
	struct code_objects objects;
	struct stacks stacks;
	struct page_budget budget;
	struct unwinder *unwinder;
	uint64_t faults;
	uint64_t not_unwound;
	uint64_t no_process;
};

/* Begins without a process. */
void fault_record_begin(struct fault_record *record);

/* Adds the process @pid, which is running. 0, or -1 and @why. */
int fault_record_process(struct fault_record *record, uint32_t pid, struct failure *why);

/* Adds an event; @context is a struct fault_record. */
fault_event_fn fault_record_add;

/* NULL: no such process. */
struct fault_process *fault_record_find(const struct fault_record *record, uint32_t pid);

void fault_record_free(struct fault_record *record);

#endif /* READER_FAULT_RECORD_H */

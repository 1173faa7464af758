/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page faults of processes and their stacks, from perf_event_open(2).
 *
 * A software event needs no PMU. Each page fault is one record with its address and the
 * callchain of user space; or, to be counted, with its process alone, minor and major ones
 * apart. The events are inherited: later threads and children report too. Records of all
 * CPUs arrive in the order of their time.
 *
 * The kernel drops records if a ring is full; fault_events_lost() counts them.
 */
#ifndef READER_FAULT_EVENTS_H
#define READER_FAULT_EVENTS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "faults/code-maps.h"
#include "lib/failure.h"

/* Maximum number of addresses in a callchain. */
#define FAULT_DEPTH	127
/* General registers and the instruction pointer, in the order of DWARF. */
#define FAULT_REGS_MAX	33

enum fault_kind {
	FAULT_PAGE,
	FAULT_MMAP,
	FAULT_COMM,
	FAULT_FORK,
	FAULT_EXIT,
};

/**
 * struct fault_event - a record
 * @kind: selects the fields below
 * @time: ns of CLOCK_MONOTONIC
 * @pid, @tid: process and thread; of FAULT_FORK the new one
 * @parent: of FAULT_FORK: the process that forked; @pid if it is a new thread
 * @major: of FAULT_PAGE that are counted: it needed I/O
 * @addr: of FAULT_PAGE: the address of the fault
 * @ips, @n_ips: of FAULT_PAGE: the callchain, innermost first
 * @regs: of FAULT_PAGE with stack copies: registers, NULL if there are none
 * @stack: copy of the stack from the stack pointer on
 * @stack_size: bytes
 * @mapping: of FAULT_MMAP
 * @name: of FAULT_COMM: the command name
 * @exec: of FAULT_COMM: the process executed a program
 *
 * Pointers are valid until the callback returns.
 */
struct fault_event {
	enum fault_kind kind;
	uint64_t time;
	uint32_t pid;
	uint32_t tid;
	uint32_t parent;
	bool major;
	uint64_t addr;
	const uint64_t *ips;
	size_t n_ips;
	const uint64_t *regs;
	const uint8_t *stack;
	size_t stack_size;
	struct code_mapping mapping;
	const char *name;
	bool exec;
};

struct fault_events;

typedef void fault_event_fn(void *context, const struct fault_event *event);

/**
 * struct fault_request - which events
 * @everything: all tasks; else those that are added
 * @counted: no addresses and stacks, only the faulting process
 * @on_exec: begin when the threads execute a program; else now
 * @stack_bytes: bytes of the stack to copy for each fault, a multiple of 8; 0: callchains
 *	by frame pointers
 */
struct fault_request {
	bool everything;
	bool counted;
	bool on_exec;
	uint32_t stack_bytes;
};

/* Whether copies of the stack can be unwound on this machine. */
bool fault_events_have_regs(void);

/* Returns NULL and @why if the kernel refuses the events. */
struct fault_events *fault_events_open(const struct fault_request *request,
				       struct failure *why);

/* Adds all threads of process @pid. 0, or -1 and @why. */
int fault_events_process(struct fault_events *events, uint32_t pid, struct failure *why);

/*
 * Waits until a ring is half full, @timeout_ms passed or a signal came.  0, or -1 and
 * @why.
 */
int fault_events_wait(struct fault_events *events, int timeout_ms, struct failure *why);

/*
 * Calls @fn for each record up to the time @until, ns of CLOCK_MONOTONIC.  Records are
 * complete up to a few ms before now.  Returns their number.
 */
uint64_t fault_events_read(struct fault_events *events, uint64_t until, fault_event_fn *fn,
			   void *context);

/* Adds to @lost the number of records that the kernel dropped; false: unknown. */
bool fault_events_lost(const struct fault_events *events, uint64_t *lost);

/* NULL is ignored. */
void fault_events_close(struct fault_events *events);

#endif /* READER_FAULT_EVENTS_H */

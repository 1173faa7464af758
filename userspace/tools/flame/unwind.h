/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Callchains made of copies of stacks, by DWARF.
 */
#ifndef READER_UNWIND_H
#define READER_UNWIND_H

#include "faults/events.h"

/**
 * struct unwound - a callchain made of a copy of a stack
 * @ips, @n: addresses, innermost first
 */
struct unwound {
	uint64_t ips[FAULT_DEPTH];
	size_t n;
};

struct unwinder;

struct unwinder *unwind_begin(void);

/* Makes a callchain of the stack of @event, of a process with @maps; false: it cannot. */
bool unwind_event(struct unwinder *unwinder, const struct code_maps *maps,
		  const struct code_objects *objects, const struct fault_event *event,
		  struct unwound *unwound);

/* NULL is ignored. */
void unwind_end(struct unwinder *unwinder);

#endif /* READER_UNWIND_H */

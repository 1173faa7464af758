/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail on demand, by the kernel's fault injection, and what a
 * request for a census then comes to.
 */
#ifndef _FAULT_H
#define _FAULT_H

#include <stdbool.h>

#include "client.h"

/*
 * Makes ready for the others here. NULL, or why not: the kernel has no fault
 * injection.
 */
const char *fault_begin(void);
void fault_end(void);

/* The @n-th allocation of this thread from now on fails, once. */
void fault_arm(unsigned int n);
/* None will; true if one has failed. */
bool fault_disarm(void);

/*
 * @percent of all allocations of this process, and of the kernel threads that
 * are started from now on, fail; 0: none.
 */
bool fault_often(unsigned int percent);

/**
 * struct fault_request - what is asked for while allocations fail
 * @name: for people
 * @path: the file to be read, or NULL: over netlink
 * @cmd: MEMCENSUS_CMD_*
 * @what: of a SNAPSHOT
 * @pressed: memory is short anyway, and an error is no surprise
 */
struct fault_request {
	const char *name;
	const char *path;
	uint8_t cmd;
	struct census_request what;
	bool pressed;
};

/**
 * struct fault_course - what came of a request, each time
 * @tries: how often it was made
 * @failed: how often an allocation failed
 * @errors: how often it ended in an error
 * @marked: how often in a census that says that something is missing
 * @whole: how often in one that lacks nothing although an allocation failed
 * @wrong: what must not be: an error that does not say what, a census that is
 *	not sound
 */
struct fault_course {
	unsigned int tries, failed, errors, marked, whole, wrong;
};

/*
 * Makes @request once, with the @n-th allocation failing; 0: with those that
 * fault_often() has fail, or that do by themselves.
 */
bool fault_try(const struct fault_request *request, unsigned int n,
	       struct fault_course *c);

/* With n = 1, 2, 3 and so on, until none failed. */
void fault_try_all(const struct fault_request *request, struct fault_course *c);

void fault_tell(const char *name, const struct fault_course *c);

#endif /* _FAULT_H */

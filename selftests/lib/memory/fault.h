/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail on demand, by the kernel's fault injection, and the
 * results of census requests then.
 */
#ifndef _FAULT_H
#define _FAULT_H

#include <stdbool.h>

#include "client/client.h"

/*
 * Call this before the other functions. NULL, or the reason why fault injection
 * is unavailable.
 */
const char *fault_begin(void);
void fault_end(void);

/* Makes the @n-th allocation of this thread from now on fail, once. */
void fault_arm(unsigned int n);
/* Ends that; true if an allocation has failed. */
bool fault_disarm(void);

/*
 * Makes @percent of all allocations fail, in this process and in kernel threads
 * started from now on; 0: none.
 */
bool fault_often(unsigned int percent);

/**
 * struct fault_request - request made while allocations fail
 * @name: for diagnostics
 * @path: the file to read, or NULL: over netlink
 * @cmd: MEMCENSUS_CMD_*
 * @what: options of a SNAPSHOT
 * @pressed: memory is short anyway, and errors are expected
 */
struct fault_request {
	const char *name;
	const char *path;
	uint8_t cmd;
	struct census_request what;
	bool pressed;
};

/**
 * struct fault_course - results of all tries of a request
 * @tries: number of tries
 * @failed: tries in which an allocation failed
 * @errors: tries that returned an error
 * @marked: tries that returned a census marked as incomplete
 * @whole: tries that returned a complete census although an allocation failed
 * @wrong: test failures: an error without a reason, an unsound census
 */
struct fault_course {
	unsigned int tries, failed, errors, marked, whole, wrong;
};

/*
 * Makes @request once and lets the @n-th allocation fail; 0: only those that
 * fault_often() lets fail, or that fail by themselves.
 */
bool fault_try(const struct fault_request *request, unsigned int n,
	       struct fault_course *c);

/* Calls fault_try() with n = 1, 2, 3, ... until no allocation fails. */
void fault_try_all(const struct fault_request *request, struct fault_course *c);

void fault_tell(const char *name, const struct fault_course *c);

#endif /* _FAULT_H */

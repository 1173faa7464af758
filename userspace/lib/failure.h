/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why something failed, as one line.
 */
#ifndef READER_FAILURE_H
#define READER_FAILURE_H

/**
 * enum failure_kind - what callers distinguish
 * @FAIL_NONE: nothing failed
 * @FAIL_USAGE: the command line is wrong
 * @FAIL_NO_MODULE: the netlink family is not available
 * @FAIL_PRIVILEGE: the caller has no permission
 * @FAIL_VERSION: module and reader have different ABIs, or the module was built without what
 *	is requested
 * @FAIL_REFUSED: the module refused the request
 * @FAIL_NO_PROCESS: a requested process does not exist
 * @FAIL_INTERRUPTED: a signal ended it
 * @FAIL_MEMORY: no memory in the kernel
 * @FAIL_LOST: messages were lost or cut off
 * @FAIL_MALFORMED: the received data breaks the rules of the ABI
 * @FAIL_SYSTEM: another system call failed
 */
enum failure_kind {
	FAIL_NONE,
	FAIL_USAGE,
	FAIL_NO_MODULE,
	FAIL_PRIVILEGE,
	FAIL_VERSION,
	FAIL_REFUSED,
	FAIL_NO_PROCESS,
	FAIL_INTERRUPTED,
	FAIL_MEMORY,
	FAIL_LOST,
	FAIL_MALFORMED,
	FAIL_SYSTEM,
};

/**
 * struct failure - filled by the function that returned -1
 * @kind: the kind of failure
 * @text: one line of printable ASCII without program name and newline; it says
 *	what to do if that is known
 */
struct failure {
	enum failure_kind kind;
	char text[1024];
};

/* Fills @why and returns -1. Replaces each byte that is not printable ASCII by '?'. */
int fail(struct failure *why, enum failure_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* READER_FAILURE_H */

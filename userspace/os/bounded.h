/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a child of this process reads, for a time.
 *
 * For some files of /proc the kernel takes the lock of an address space, which a process may hold
 * for ever.  The child can wait for that; this process kills it and goes on.
 */
#ifndef READER_BOUNDED_H
#define READER_BOUNDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct bounded - a child that reads
 * @pid: of it
 * @from: where what it writes is read
 * @ended: it has closed its end
 */
struct bounded {
	pid_t pid;
	int from;
	bool ended;
};

/*
 * Starts a child that runs @run, which writes its result to @to and returns its exit status.
 * False, and errno: there is none.
 */
bool bounded_start(struct bounded *child, int (*run)(void *context, int to), void *context);

/*
 * Reads up to @size bytes of the result into @buffer, until @deadline, ns of CLOCK_MONOTONIC.
 * Their number; 0: the child has ended; -1: nothing came in time.  Not if a stop is requested: what
 * was followed until then is read after that.
 */
ssize_t bounded_read(struct bounded *child, void *buffer, size_t size, uint64_t deadline);

/* Ends the child.  Its exit status; -1: it had not ended by itself. */
int bounded_end(struct bounded *child);

#endif /* READER_BOUNDED_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines: not in the census, but in /proc of this machine, a moment later.
 *
 * The kernel takes the process's mmap lock to give one, and whoever reads that of
 * a stuck process hangs with it.  So they are read by threads of their own, and one
 * that does not answer is left behind.
 */
#ifndef READER_CMDLINES_H
#define READER_CMDLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"
#include "lib/part.h"
#include "lib/filter.h"
#include "model/snapshot.h"

/* Bytes of the longest; what is behind them is cut off. */
#define CMDLINE_MAX	(128UL << 10)

/**
 * struct cmdline_of - whose command line is wanted
 * @pid: process; 0: none is
 * @start: as of struct task, 0: not known.  Another process that has the number by
 *	now is told by it
 */
struct cmdline_of {
	uint32_t pid;
	uint64_t start;
};

/*
 * Is given the command line of the @i-th, with a blank between words; not called
 * for those that have none or could not be read.  0 to go on.
 */
typedef int cmdline_see(void *context, size_t i, const char *text);

/*
 * Reads those of the @n in @of, in that order.  Adds to @missed how many did not
 * answer in time.  0, or -1 and @why: without memory, or where @see said so.
 */
int cmdlines_read(const struct cmdline_of *of, size_t n, cmdline_see *see,
		  void *context, size_t *missed, struct failure *why);

/* That of @task; @pid 0 where it is not worth a try: not known which, or busy. */
struct cmdline_of cmdline_of_task(const struct task *task);

/*
 * Reads those of all tasks in @snap that were not busy into it.  As
 * cmdlines_read().
 */
int cmdlines_add(struct snapshot *snap, size_t *missed, struct failure *why) MAY_BE_LEFT_OUT;

/*
 * Sets those @chosen of the @n in @of that are not, and whose command line matches.
 * Not this program itself and what started it, as sudo does: there a person finds
 * what he looks for because he looks for it.  As cmdlines_read().
 */
int cmdlines_match(const struct filter *filter, const struct cmdline_of *of,
		   bool *chosen, size_t n, size_t *missed, struct failure *why);

/* How many times 50 ms to wait for one, for tests; it is 10. */
void cmdlines_patience(unsigned int times) MAY_BE_LEFT_OUT;

#endif /* READER_CMDLINES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stacks behind a leak: memcensus-flame follows the page faults while leak takes
 * censuses.
 */
#ifndef READER_LEAK_STACKS_H
#define READER_LEAK_STACKS_H

#include <stdio.h>
#include <sys/types.h>

#include "cli/options.h"

/**
 * struct leak_stacks - the program that follows
 * @pid: its PID; 0: none
 * @fd: its output
 */
struct leak_stacks {
	pid_t pid;
	int fd;
};

/*
 * Starts to follow the only process of @options, with stacks by @call_graph as of flame; NULL:
 * its default.  @columns: of the terminal, or 0.  0, or -1 and @why.
 */
int leak_stacks_begin(struct leak_stacks *stacks, const struct options *options,
		      const char *call_graph, size_t columns, struct failure *why);

/* Ends it, and copies its table of stacks to @out. 0, or -1 and @why. */
int leak_stacks_end(struct leak_stacks *stacks, FILE *out, struct failure *why);

#endif /* READER_LEAK_STACKS_H */

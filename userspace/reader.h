/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program without the source of its censuses.
 */
#ifndef READER_READER_H
#define READER_READER_H

#include "wire/source.h"

/* Exit statuses; --help explains them. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
	EXIT_URGENT = 4,
};

/*
 * Runs the command line on the source that @open opens, prints to stdout and
 * stderr, and returns the exit status.
 */
int reader_run(int argc, char **argv, source_open_fn *open);

#endif /* READER_READER_H */

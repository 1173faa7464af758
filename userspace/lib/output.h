/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where results go: stdout, or the file of -o, which gets them all or stays as
 * it was.
 */
#ifndef READER_OUTPUT_H
#define READER_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"

/**
 * struct output - an open one
 * @stream: what is written to
 * @fd: where that goes
 * @error: what the stream forgets: its first error, an error number
 * @wrote: something came
 * @path: what is replaced by @temporary in the end; both owned, NULL: nothing
 */
struct output {
	FILE *stream;
	int fd;
	int error;
	bool wrote;
	char *path;
	char *temporary;
};

/*
 * Opens @path, or stdout where it is NULL.  A file that cannot be replaced in
 * one step is written over, which stderr says.  0, or -1 and @why.
 */
int output_open(struct output *output, const char *path, struct failure *why);

/*
 * Closes it; @keep: what was written is good for something.  0, or -1 and @why
 * where it was not written.  A pipe that its reader closed is no failure.
 */
int output_close(struct output *output, bool keep, struct failure *why);

#endif /* READER_OUTPUT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The destination of results: stdout, or the -o file, which either gets the
 * complete output or stays unchanged (result-file.h).
 */
#ifndef READER_OUTPUT_H
#define READER_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/failure.h"
#include "lib/result-file.h"

/**
 * struct output - an open destination
 * @error: first error number of a write; the stream itself does not keep it
 * @wrote: at least one byte is written
 * @path: of @file; owned by the caller, NULL: stdout
 */
struct output {
	FILE *stream;
	int fd;
	int error;
	bool wrote;
	const char *path;
	struct result_file file;
};

/*
 * Opens descriptors 0, 1 and 2 if they are closed, so that no file or socket of the program gets
 * their numbers and the text that is meant for them.  Reads and writes fail as if closed.
 */
void output_open_standard(void);

/* Opens @path, or stdout if @path is NULL.  Returns 0, or -1 and @why. */
int output_open(struct output *output, const char *path, enum result_way way,
		struct failure *why);

/* Columns of the terminal that @stream writes to; 0: it is none, or they are unknown. */
size_t output_columns(FILE *stream);

/*
 * Closes @output; @keep: the file gets what was written.  Returns 0, or -1 and
 * @why if the output is not written.  A pipe closed by its reader is no failure.
 */
int output_close(struct output *output, bool keep, struct failure *why);

#endif /* READER_OUTPUT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that gets a complete result, or stays as it was.
 *
 * The kernel judges at the beginning whether the caller may write it, as it judges a shell's ">":
 * fs.protected_symlinks and the like hold.  A file that exists is written over when the result is
 * complete, and keeps its owner and mode; it loses nothing if the disk has no room.  What is no
 * regular file (a device, a pipe) gets each byte at once.  A new file is made under another name
 * beside its own, which it gets at the end, unless another file got it meanwhile.
 */
#ifndef READER_RESULT_FILE_H
#define READER_RESULT_FILE_H

#include <stdbool.h>

#include "lib/failure.h"
#include "lib/place.h"

/**
 * enum result_way - what becomes of a regular file of that name
 * @RESULT_OVER: it is written over
 * @RESULT_REPLACE: the result replaces it in one step, as a new file of the caller's, for who
 *	reads it at any time
 */
enum result_way {
	RESULT_OVER,
	RESULT_REPLACE,
};

/**
 * struct result_file - a file being written
 * @path: for messages; owned by the caller
 * @fd: what the result is written to; it can also be read, unless it is a device or a pipe
 * @target: the file to write over at the end; -1: none
 * @place: of the file
 * @temporary: name of the new file until the end; owned, NULL: none
 * @replaces: it may replace a file
 * @next: the next file with such a name
 */
struct result_file {
	const char *path;
	int fd;
	int target;
	struct place place;
	char *temporary;
	bool replaces;
	struct result_file *next;
};

/* 0, or -1 and @why.  @file must not move until it is closed. */
int result_file_open(struct result_file *file, const char *path, enum result_way way,
		     struct failure *why);

/*
 * Closes @file; the file gets the result if @keep.  @error: an error number of an earlier write,
 * or 0.  Returns 0, or -1 and @why if the file has not got it.
 */
int result_file_close(struct result_file *file, bool keep, int error, struct failure *why);

#endif /* READER_RESULT_FILE_H */

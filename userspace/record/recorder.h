/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing a record: whole censuses, one behind the other.
 */
#ifndef READER_RECORDER_H
#define READER_RECORDER_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "wire/source.h"

struct recorder;

/*
 * Opens the record @path to go on with, or a new one; "-" is stdout.  What an
 * earlier recorder left unfinished at its end is cut off, and said on stderr.
 * NULL and @why where it cannot be had: another recorder has it, or it is
 * something else.
 */
struct recorder *recorder_open(const char *path, struct failure *why);

/* Sees the messages of one census after the other; of the recorder. */
struct tap *recorder_tap(struct recorder *recorder);

/* What comes from now on is the next census. */
void recorder_begin(struct recorder *recorder);

/**
 * enum recorder_end_status - how the writing of a census ended
 * @RECORDER_DONE: it is in the record
 * @RECORDER_LOST: it is left out; a regular file is as it was before it
 * @RECORDER_CLOSED: so it is, and nobody reads the pipe any more
 */
enum recorder_end_status {
	RECORDER_DONE,
	RECORDER_LOST,
	RECORDER_CLOSED,
};

/* Ends it, with the texts beside @snap; fills @why where it is lost. */
enum recorder_end_status recorder_end(struct recorder *recorder,
				      const struct snapshot *snap, struct failure *why);

/* Leaves out what was begun. */
void recorder_abort(struct recorder *recorder);

/* 0, or -1 and @why where what was written may not be on the disk. */
int recorder_close(struct recorder *recorder, struct failure *why);

#endif /* READER_RECORDER_H */

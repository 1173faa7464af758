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
 * enum recorded - how the writing of a census ended
 * @RECORDED: it is in the record
 * @RECORD_LOST: it is left out; a regular file is as it was before it
 * @RECORD_CLOSED: so it is, and nobody reads the pipe any more
 */
enum recorded {
	RECORDED,
	RECORD_LOST,
	RECORD_CLOSED,
};

/* Ends it, with the texts beside @snap; fills @why where it is lost. */
enum recorded recorder_end(struct recorder *recorder,
			   const struct snapshot *snap, struct failure *why);

/* Leaves out what was begun. */
void recorder_abort(struct recorder *recorder);

/* 0, or -1 and @why where what was written may not be on the disk. */
int recorder_close(struct recorder *recorder, struct failure *why);

#endif /* READER_RECORDER_H */

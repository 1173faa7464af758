/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes a record: complete censuses, one after the other.
 */
#ifndef READER_RECORDER_H
#define READER_RECORDER_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "wire/source.h"

struct recorder;

/*
 * Opens the record @path for appending, or creates it; "-" is stdout.  An
 * incomplete census at its end is truncated, with a message on stderr.  NULL and
 * @why if it cannot be opened, another recorder writes to it, or it is no record.
 */
struct recorder *recorder_open(const char *path, struct failure *why);

/* Begins a census.  Returns the tap that records its messages; owned by the recorder. */
struct tap *recorder_begin(struct recorder *recorder);

/**
 * enum recorder_end_status - result of writing a census
 * @RECORDER_DONE: it is in the record
 * @RECORDER_LOST: it is not; a regular file is as it was before
 * @RECORDER_CLOSED: it is not; the pipe has no reader any more, or a signal came
 */
enum recorder_end_status {
	RECORDER_DONE,
	RECORDER_LOST,
	RECORDER_CLOSED,
};

/* Ends the census with the texts of @snap; fills @why if it is lost. */
enum recorder_end_status recorder_end(struct recorder *recorder,
				      const struct snapshot *snap, struct failure *why);

/* Drops the census that was begun. */
void recorder_abort(struct recorder *recorder);

/* 0, or -1 and @why if data may be missing on the disk. */
int recorder_close(struct recorder *recorder, struct failure *why);

#endif /* READER_RECORDER_H */

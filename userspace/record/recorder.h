/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes a record: complete censuses, one after the other.
 */
#ifndef READER_RECORDER_H
#define READER_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"
#include "model/snapshot.h"
#include "wire/source.h"

struct recorder;

/* The smallest ring, bytes. */
#define RECORDER_RING_MIN	(64UL << 10)

/**
 * struct recorder_options - how to write a record
 * @ring: most bytes of the file: the oldest censuses make room for new ones; 0: it grows
 * @early: wait after each census until it is on the disk
 */
struct recorder_options {
	uint64_t ring;
	bool early;
};

/*
 * Opens the record @path for appending, or creates it; "-" is stdout.  An
 * incomplete census at its end is truncated, with a message on stderr.  NULL and
 * @why if it cannot be opened, another recorder writes to it, it is no record, or it is a
 * ring and the disk has no room for one.
 */
struct recorder *recorder_open(const char *path, const struct recorder_options *options,
			       struct failure *why);

/* Begins a census.  Returns the tap that records its messages; owned by the recorder. */
struct tap *recorder_begin(struct recorder *recorder);

/*
 * Adds the @len bytes of lines at @text, of OOM kills, less than a chunk has, to the census that
 * was begun; its own messages are complete.
 */
void recorder_kills(struct recorder *recorder, const char *text, size_t len);

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

/*
 * Between two censuses: makes room in a ring that is nearly full, so that this is not due at
 * a worse time.
 */
void recorder_rest(struct recorder *recorder);

/* 0, or -1 and @why if data may be missing on the disk. */
int recorder_close(struct recorder *recorder, struct failure *why);

#endif /* READER_RECORDER_H */

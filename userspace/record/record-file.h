/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The censuses of a record, one after the other: chunks put together.
 */
#ifndef READER_RECORD_FILE_H
#define READER_RECORD_FILE_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "record/chunk-reader.h"
#include "wire/source.h"

/**
 * struct record_entry - where a census stands in a record
 * @offset: of its first chunk
 * @number: of it, from 1
 * @time: ns since 1970-01-01 UTC, when it was begun
 */
struct record_entry {
	uint64_t offset;
	uint64_t number;
	uint64_t time;
};

/**
 * struct record_file - a record that is being read
 * @path: in messages; of the caller
 * @reader: its chunks; the file is owned
 * @last: number of the last census that was met, whole or told to be missing
 * @lost: bytes since then that belong to no whole chunk
 * @lost_at: offset where they end
 * @said: how many lines told of damage
 * @newer: version of a chunk that was passed over, or 0
 * @asked: what the census was asked for, if @has_asked
 * @pids: those of @asked
 */
struct record_file {
	const char *path;
	struct chunk_reader reader;
	uint64_t last;
	uint64_t lost;
	uint64_t lost_at;
	unsigned int said;
	unsigned int newer;
	bool has_asked;
	struct request asked;
	uint32_t pids[MEMCENSUS_PIDS_MAX];
};

/* "-" is stdin. 0, or -1 and @why; record_file_close() in both cases. */
int record_file_open(struct record_file *file, const char *path,
		     struct failure *why);
void record_file_close(struct record_file *file);

/*
 * The next census that is whole, into @snap, or only where it stands, if @snap
 * is NULL: 1; 0 at the end; -1 and @why where the file cannot be read or
 * memory ran out.  What is left out is told on stderr.
 */
int record_file_next(struct record_file *file, struct snapshot *snap,
		     struct record_entry *entry, struct failure *why);

/* Goes back or on to @entry. 0, or -1 and @why. */
int record_file_seek(struct record_file *file, const struct record_entry *entry,
		     struct failure *why);

#endif /* READER_RECORD_FILE_H */

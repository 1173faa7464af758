/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The censuses of a record, one after the other, joined from chunks, and the names that are
 * recorded with them.
 */
#ifndef READER_RECORD_FILE_H
#define READER_RECORD_FILE_H

#include "lib/failure.h"
#include "model/snapshot.h"
#include "record/chunk.h"

/* A census in a record: where its first chunk is; as in struct chunk_head, number and time. */
struct record_entry {
	uint64_t offset;
	uint64_t number;
	uint64_t time;
};

/**
 * struct record_file - a record being read
 * @path: for messages; owned by the caller
 * @reader: its chunks; the file is owned
 * @most: bytes of memory for a census; a small file may decompress to any number of them
 * @last: number of the last census that was read or reported missing
 * @lost: bytes since then that belong to no whole chunk
 * @lost_at: offset where they end
 * @unreadable: bytes read of censuses that record_file_read() found damaged
 * @idle: bytes of plain data that gave nothing
 * @newer: version of a skipped chunk, or 0
 */
struct record_file {
	const char *path;
	struct chunk_reader reader;
	uint64_t most;
	uint64_t last;
	uint64_t lost;
	uint64_t lost_at;
	uint64_t unreadable;
	uint64_t idle;
	unsigned int said;
	unsigned int newer;
};

/* Sets @most of all records that are opened later, for tests. */
void record_file_bound(uint64_t most);

/* "-" is stdin. 0, or -1 and @why; call record_file_close() in both cases. */
int record_file_open(struct record_file *file, const char *path,
		     struct failure *why);
void record_file_close(struct record_file *file);

/*
 * Reads the next complete census into @snap, or, if @snap is NULL, only its place
 * into @entry: 1; 0 at the end; -1 and @why if the file cannot be read, if its
 * messages have another byte order or an older version of the ABI, or if out of
 * memory.  Reports skipped data on stderr.
 */
int record_file_next(struct record_file *file, struct snapshot *snap,
		     struct record_entry *entry, struct failure *why);

/* Adds the places of all further censuses to the @n @entries; 0, or -1 and @why. */
int record_file_entries(struct record_file *file, struct record_entry **entries, size_t *n,
			struct failure *why);

/*
 * As chunk_reader_plain(); @why is of FAIL_VERSION if too much data of the record gave nothing
 * before.  record_file_gave() must follow: @chunk gave @bytes of memory to censuses.
 */
int record_file_plain(struct record_file *file, struct chunk *chunk, struct failure *why);
void record_file_gave(struct record_file *file, const struct chunk *chunk, size_t bytes);

/*
 * Adds the messages, or the text, of @chunk to @snap. 0, or -1 and @why: it is malformed, of
 * another byte order or version, or too large for @snap->most.
 */
int record_feed_messages(struct snapshot *snap, const struct chunk *chunk, struct failure *why);
int record_feed_text(struct snapshot *snap, const struct chunk *chunk, struct failure *why);

/* Reads the census at @entry, of a file: 1; 0: it is damaged; -1 and @why. */
int record_file_read(struct record_file *file, const struct record_entry *entry,
		     struct snapshot *snap, struct failure *why);

#endif /* READER_RECORD_FILE_H */

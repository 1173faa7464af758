/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads a record chunk by chunk, from a file or a pipe.  Damage loses only the
 * chunks that it hit: the reader searches for the next intact head.
 */
#ifndef READER_CHUNK_READER_H
#define READER_CHUNK_READER_H

#include "lib/failure.h"
#include "record/chunk.h"

/**
 * struct chunk_reader - a record being read
 * @fd: not owned
 * @seekable: it is a file: data can be skipped
 * @at: offset of the first byte in @buf
 * @buf: bytes read ahead; owned
 * @begin: first unread byte of @buf
 * @end: bytes in @buf, of @room
 * @eof: no data follows the bytes in @buf
 */
struct chunk_reader {
	int fd;
	bool seekable;
	uint64_t at;
	unsigned char *buf;
	size_t begin;
	size_t end;
	size_t room;
	bool eof;
};

/**
 * struct chunk - a chunk that was read
 * @data: its data, aligned to 4; NULL if skipped.  Valid until the next chunk
 *	is read
 * @offset: offset of the head in the record
 * @lost: bytes before it that belong to no whole chunk
 */
struct chunk {
	struct chunk_head head;
	unsigned char *data;
	uint64_t offset;
	uint64_t lost;
};

void chunk_reader_init(struct chunk_reader *reader, int fd);
void chunk_reader_free(struct chunk_reader *reader);

/*
 * Reads the next whole chunk: 1.  If @head_only and in a file, skips its data.  0 at
 * the end; @chunk->lost then counts the bytes of an incomplete chunk.  -1 and
 * @why if it cannot be read.
 */
int chunk_reader_next(struct chunk_reader *reader, struct chunk *chunk, bool head_only,
		      struct failure *why);

/* Continues at @offset of a file. 0, or -1 and @why. */
int chunk_reader_seek(struct chunk_reader *reader, uint64_t offset, struct failure *why);

#endif /* READER_CHUNK_READER_H */

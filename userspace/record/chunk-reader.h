/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading a record chunk by chunk, from a file or a pipe.  Damage costs the
 * chunks that it hit: behind it the next head that is whole is looked for.
 */
#ifndef READER_CHUNK_READER_H
#define READER_CHUNK_READER_H

#include "lib/failure.h"
#include "record/chunk.h"

/**
 * struct chunk_reader - a record that is being read
 * @fd: not owned
 * @seekable: it is a file, and what is not wanted can be left out
 * @at: offset of the first byte in @buf
 * @buf: bytes read ahead; owned
 * @begin: first byte of @buf that was not given out
 * @end: bytes in @buf
 * @room: bytes it has
 * @eof: nothing follows what is in @buf
 * @hopped: offset behind the last head whose bytes were left out unread; 0:
 *	none
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
	uint64_t hopped;
};

/**
 * struct chunk - what was read
 * @head: its head
 * @data: the bytes behind it, aligned to four; NULL where they were left out.
 *	Good until the next is read
 * @offset: of the head in the record
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
 * The next whole chunk, its bytes left out where @head_only and it is a file:
 * 1; 0 at the end, where @chunk->lost counts what was torn off; -1 and @why
 * where it cannot be read.
 */
int chunk_reader_next(struct chunk_reader *reader, struct chunk *chunk, bool head_only,
		      struct failure *why);

/* Goes on at @offset of a file. 0, or -1 and @why. */
int chunk_reader_seek(struct chunk_reader *reader, uint64_t offset, struct failure *why);

#endif /* READER_CHUNK_READER_H */

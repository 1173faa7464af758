// SPDX-License-Identifier: GPL-2.0
/* Reading a record chunk by chunk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/signals.h"
#include "record/chunk-reader.h"

#define READ_SIZE	(64UL << 10)

void chunk_reader_init(struct chunk_reader *reader, int fd)
{
	const off_t at = lseek(fd, 0, SEEK_CUR);

	*reader = (struct chunk_reader){
		.fd = fd,
		.seekable = at >= 0,
		.at = at >= 0 ? (uint64_t)at : 0,
	};
}

void chunk_reader_free(struct chunk_reader *reader)
{
	free(reader->buf);
	reader->buf = NULL;
}

static uint64_t offset(const struct chunk_reader *reader)
{
	return reader->at + reader->begin;
}

/* What is at hand begins where @buf does, which is what aligns it. */
static void move_down(struct chunk_reader *reader)
{
	if (!reader->begin)
		return;
	reader->end -= reader->begin;
	memmove(reader->buf, reader->buf + reader->begin, reader->end);
	reader->at += reader->begin;
	reader->begin = 0;
}

static int grow(struct chunk_reader *reader, size_t room, struct failure *why)
{
	unsigned char *buf;

	if (room <= reader->room)
		return 0;
	buf = realloc(reader->buf, room);
	if (!buf)
		return fail_memory(why);
	reader->buf = buf;
	reader->room = room;
	return 0;
}

/*
 * Reads until @n bytes are at hand, or to the end.  Room grows with what
 * came: a head may lie about what follows.
 */
static int fill(struct chunk_reader *reader, size_t n, struct failure *why)
{
	ssize_t got;

	if (reader->end - reader->begin >= n)
		return 0;
	move_down(reader);
	while (reader->end < n && !reader->eof) {
		if (reader->end + READ_SIZE > reader->room &&
		    grow(reader, reader->room + reader->room / 2 + READ_SIZE, why))
			return -1;
		got = read(reader->fd, reader->buf + reader->end,
			   reader->room - reader->end);
		if (got < 0 && errno == EINTR && !signals_stopped())
			continue;
		if (got < 0 && errno == EINTR)
			return fail(why, FAIL_INTERRUPTED, "interrupted");
		if (got < 0)
			return fail(why, FAIL_SYSTEM, "cannot read: %s",
				    strerror(errno));
		reader->eof = !got;
		reader->end += got;
	}
	return 0;
}

int chunk_reader_seek(struct chunk_reader *reader, uint64_t to, struct failure *why)
{
	if (to >= reader->at && to <= reader->at + reader->end) {
		reader->begin = to - reader->at;
		return 0;
	}
	if (lseek(reader->fd, (off_t)to, SEEK_SET) < 0)
		return fail(why, FAIL_SYSTEM, "cannot seek: %s", strerror(errno));
	reader->at = to;
	reader->begin = 0;
	reader->end = 0;
	reader->eof = false;
	return 0;
}

/* Goes to the next byte that may begin a head. */
static void pass(struct chunk_reader *reader)
{
	const unsigned char *from = reader->buf + reader->begin + 1;
	const unsigned char *found;

	found = memchr(from, CHUNK_MAGIC[0] & 0xff,
		       reader->end - reader->begin - 1);
	reader->begin = found ? (size_t)(found - reader->buf) : reader->end;
}

/* Whether bytes that were left out are all that was missing before the end. */
static bool is_end(const struct chunk_reader *reader)
{
	return reader->end == reader->begin &&
	       lseek(reader->fd, 0, SEEK_END) == (off_t)offset(reader);
}

/*
 * Goes to the next head that is whole: 1, or 0 at the end.  Where none stands
 * behind bytes that were left out, these were fewer than their head said, and
 * what follows is looked for among them, from @clean on.
 */
static int find_head(struct chunk_reader *reader, struct chunk_head *head,
		     uint64_t *clean, struct failure *why)
{
	for (;;) {
		if (fill(reader, CHUNK_HEAD, why))
			return -1;
		if (reader->end - reader->begin >= CHUNK_HEAD &&
		    chunk_unpack(head, reader->buf + reader->begin))
			break;
		if (reader->hopped && !is_end(reader)) {
			/* The head that was given belongs to nothing either. */
			*clean = reader->hopped - CHUNK_HEAD;
			if (chunk_reader_seek(reader, reader->hopped, why))
				return -1;
			reader->hopped = 0;
			continue;
		}
		if (reader->end == reader->begin)
			return 0;
		pass(reader);
	}
	reader->hopped = 0;
	return 1;
}

/* The bytes behind the head at hand: 1; 0 where they are not whole. */
static int find_data(struct chunk_reader *reader, struct chunk *chunk,
		     struct failure *why)
{
	const size_t size = CHUNK_HEAD + chunk->head.len;

	if (fill(reader, size, why))
		return -1;
	if (reader->end - reader->begin < size ||
	    !chunk_fits(&chunk->head, reader->buf + reader->begin + CHUNK_HEAD))
		return 0;
	if (reader->begin % CHUNK_ALIGN)
		move_down(reader);
	chunk->data = reader->buf + reader->begin + CHUNK_HEAD;
	reader->begin += size;
	return 1;
}

int chunk_reader_next(struct chunk_reader *reader, struct chunk *chunk, bool head_only,
		      struct failure *why)
{
	uint64_t clean = offset(reader);
	int ret;

	chunk->data = NULL;
	for (;;) {
		ret = find_head(reader, &chunk->head, &clean, why);
		chunk->offset = offset(reader);
		chunk->lost = chunk->offset - clean;
		if (ret <= 0)
			return ret;
		if (head_only && reader->seekable) {
			reader->hopped = chunk->offset + CHUNK_HEAD;
			return chunk_reader_seek(reader, reader->hopped + chunk->head.len,
						 why) ? -1 : 1;
		}
		ret = find_data(reader, chunk, why);
		if (ret)
			return ret;
		pass(reader);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Reads a record chunk by chunk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
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

/* Moves the unread bytes to the start of @buf, which aligns them. */
static void move_down(struct chunk_reader *reader)
{
	if (!reader->begin)
		return;
	reader->end -= reader->begin;
	memmove(reader->buf, reader->buf + reader->begin, reader->end);
	reader->at += reader->begin;
	reader->begin = 0;
}

/*
 * Reads until @buf has @n unread bytes, or to the end.  The buffer grows with the
 * data read, because the length in a head may be wrong.
 */
static int fill(struct chunk_reader *reader, size_t n, struct failure *why)
{
	ssize_t got;

	if (reader->end - reader->begin >= n)
		return 0;
	move_down(reader);
	while (reader->end < n && !reader->eof) {
		if (reader->end + READ_SIZE > reader->room) {
			reader->room += reader->room / 2 + READ_SIZE;
			reader->buf = xreallocarray(reader->buf, reader->room, 1);
		}
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

/* Skips to the next byte that may begin a head. */
static void pass(struct chunk_reader *reader)
{
	const unsigned char *from = reader->buf + reader->begin + 1;
	const unsigned char *found;

	found = memchr(from, CHUNK_MAGIC[0] & 0xff,
		       reader->end - reader->begin - 1);
	reader->begin = found ? (size_t)(found - reader->buf) : reader->end;
}

/* Whether the skipped bytes end exactly at the end of the file. */
static bool is_end(const struct chunk_reader *reader)
{
	return reader->end == reader->begin &&
	       lseek(reader->fd, 0, SEEK_END) == (off_t)offset(reader);
}

/*
 * Finds the next intact head: 1, or 0 at the end.  If none follows skipped data
 * directly, the data was shorter than its head said.  The search then restarts in
 * the skipped bytes, and @clean moves back to their head.
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
			/* The head already returned belongs to no whole chunk either. */
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

/* Reads the data after the current head: 1; 0 if it is damaged or incomplete. */
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

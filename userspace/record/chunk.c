// SPDX-License-Identifier: GPL-2.0
/* Heads of chunks, and a reader of a record chunk by chunk. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/memory.h"
#include "lib/signals.h"
#include "record/chunk.h"

#define READ_SIZE	(64UL << 10)

/* How often each byte may be checked on average for chunks that turn out to be damaged. */
#define SPENT_MAX	4

/* How often each byte may be read again on average, behind places that are damaged. */
#define READ_AGAIN_MAX	4

/* Fuzzers cannot guess checksums, so fuzzing builds accept any. */
static bool is_crc(uint32_t crc, const void *data, size_t len)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	return crc || data || len || true;
#else
	return crc == crc32_z(0, data, len);
#endif
}

void chunk_convert(struct chunk_head *head)
{
	head->len = htole32(head->len);
	head->census = htole64(head->census);
	head->time = htole64(head->time);
	head->part = htole32(head->part);
	head->plain_len = htole32(head->plain_len);
	head->crc = htole32(head->crc);
	head->head_crc = htole32(head->head_crc);
}

bool chunk_unpack(struct chunk_head *head, const unsigned char *packed)
{
	memcpy(head, packed, sizeof(*head));
	chunk_convert(head);
	return !memcmp(head->magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN) &&
	       is_crc(head->head_crc, packed, offsetof(struct chunk_head, head_crc)) &&
	       head->len <= CHUNK_MAX;
}

void chunk_reader_init(struct chunk_reader *reader, int fd)
{
	const off_t at = lseek(fd, 0, SEEK_CUR);

	*reader = (struct chunk_reader){
		.fd = fd,
		.seekable = at >= 0,
		.at = at >= 0 ? (uint64_t)at : 0,
		.whole = at >= 0 ? (uint64_t)at : 0,
	};
}

void chunk_reader_free(struct chunk_reader *reader)
{
	free(reader->buf);
	reader->buf = NULL;
	free(reader->plain);
	reader->plain = NULL;
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
static int fill_chunk(struct chunk_reader *reader, size_t n, struct failure *why)
{
	size_t room;
	ssize_t got;

	if (reader->end - reader->begin >= n || reader->eof)
		return 0;
	move_down(reader);
	while (reader->end < n && !reader->eof) {
		if (reader->end + READ_SIZE > reader->room) {
			reader->room += reader->room / 2 + READ_SIZE;
			reader->buf = xreallocarray(reader->buf, reader->room, 1);
		}
		/* No more than needed: it is read again behind each place that is damaged. */
		room = n - reader->end > READ_SIZE ? reader->room - reader->end : READ_SIZE;
		got = read(reader->fd, reader->buf + reader->end, room);
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

/* Drops the bytes that are read ahead; seek_to() must follow. */
static void forget_ahead(struct chunk_reader *reader)
{
	reader->at = UINT64_MAX;
	reader->begin = 0;
	reader->end = 0;
}

static int seek_to(struct chunk_reader *reader, uint64_t to, struct failure *why)
{
	if (to >= reader->at && to <= reader->at + reader->end) {
		reader->begin = to - reader->at;
		return 0;
	}
	if (lseek(reader->fd, (off_t)to, SEEK_SET) < 0)
		return fail(why, FAIL_SYSTEM, "cannot seek: %s", strerror(errno));
	forget_ahead(reader);
	reader->at = to;
	reader->eof = false;
	return 0;
}

int chunk_reader_seek(struct chunk_reader *reader, uint64_t to, struct failure *why)
{
	reader->whole = to;
	reader->last = (struct chunk_head){ 0 };
	return seek_to(reader, to, why);
}

/* Skips to the next byte that may begin a head. */
static void pass_chunk(struct chunk_reader *reader)
{
	const unsigned char *from = reader->buf + reader->begin + 1;
	const unsigned char *found;
	const size_t before = reader->begin;

	found = memchr(from, CHUNK_MAGIC[0] & 0xff,
		       reader->end - reader->begin - 1);
	reader->begin = found ? (size_t)(found - reader->buf) : reader->end;
	reader->passed += reader->begin - before;
}

/*
 * Skips a chunk whose data is damaged.  The next head may be within that data, but each head of a
 * hostile record may claim the same data: those that cost more than the record was worth so far
 * are believed.
 */
static void pass_damaged(struct chunk_reader *reader, const struct chunk_head *head)
{
	const size_t size = CHUNK_HEAD + head->len;

	/* Else the record ends in it, and nothing was checked. */
	if (reader->end - reader->begin >= size)
		reader->spent += head->len;
	if (reader->end - reader->begin < size ||
	    reader->spent <= SPENT_MAX * (offset(reader) + CHUNK_MAX)) {
		pass_chunk(reader);
		return;
	}
	reader->begin += size;
	reader->passed += size;
}

/* Whether the unread bytes begin as a record, which may be truncated. */
static bool begins(const struct chunk_reader *reader)
{
	const size_t n = reader->end - reader->begin;

	return n && !memcmp(reader->buf + reader->begin, CHUNK_MAGIC,
			    n < CHUNK_MAGIC_LEN ? n : CHUNK_MAGIC_LEN);
}

/* Finds the next intact head: 1, or 0 at the end. */
static int find_head(struct chunk_reader *reader, struct chunk_head *head,
		     struct failure *why)
{
	for (;;) {
		if (fill_chunk(reader, CHUNK_HEAD, why))
			return -1;
		if (!reader->passed)
			reader->found |= begins(reader);
		if (reader->end - reader->begin >= CHUNK_HEAD &&
		    chunk_unpack(head, reader->buf + reader->begin)) {
			reader->found = true;
			return 1;
		}
		/* Behind one damaged chunk there is another; else it is no record. */
		if (reader->end == reader->begin ||
		    (!reader->found && reader->passed > CHUNK_HEAD + CHUNK_MAX))
			return 0;
		pass_chunk(reader);
	}
}

/* Whether another head, or the end of the file, is at @to: the data before it is whole. */
static bool ends_at(const struct chunk_reader *reader, uint64_t to)
{
	unsigned char packed[CHUNK_HEAD];
	struct chunk_head next;
	struct stat st;

	if (pread(reader->fd, packed, CHUNK_HEAD, (off_t)to) == CHUNK_HEAD)
		return chunk_unpack(&next, packed);
	return !fstat(reader->fd, &st) && (uint64_t)st.st_size == to;
}

int chunk_reader_plain(struct chunk_reader *reader, struct chunk *chunk, struct failure *why)
{
	const bool packed = chunk->head.version == CHUNK_VERSION &&
			    chunk->head.encoding != CHUNK_PLAIN;
	uLongf len = chunk_plain_len(&chunk->head);

	if (!packed && (uintptr_t)chunk->data % CHUNK_ALIGN == 0)
		return 0;
	if ((packed && chunk->head.encoding != CHUNK_ZLIB) || len > CHUNK_MAX)
		return fail(why, FAIL_MALFORMED, "a body of an unknown encoding, or too long");
	reader->plain = xreallocarray(reader->plain, len + 1, 1);
	if (!packed)
		memcpy(reader->plain, chunk->data, len);
	else if (uncompress(reader->plain, &len, chunk->data, chunk->head.len) != Z_OK ||
		 len != chunk->head.plain_len)
		return fail(why, FAIL_MALFORMED, "a body is not what was compressed");
	chunk->data = reader->plain;
	chunk->len = len;
	return 0;
}

/* Reads the data after the current head: 1; 0 if it is damaged or incomplete. */
static int find_data(struct chunk_reader *reader, struct chunk *chunk,
		     struct failure *why)
{
	const size_t size = CHUNK_HEAD + chunk->head.len;

	if (fill_chunk(reader, size, why))
		return -1;
	if (reader->end - reader->begin < size ||
	    !is_crc(chunk->head.crc, reader->buf + reader->begin + CHUNK_HEAD, chunk->head.len))
		return 0;
	chunk->data = reader->buf + reader->begin + CHUNK_HEAD;
	chunk->len = chunk->head.len;
	reader->begin += size;
	return 1;
}

/* As chunk_reader_next(), of the bytes that are read ahead and those behind them. */
static int next_ahead(struct chunk_reader *reader, struct chunk *chunk, bool head_only,
		      struct failure *why)
{
	const uint64_t clean = offset(reader);
	uint64_t behind;
	int ret;

	chunk->data = NULL;
	for (;;) {
		ret = find_head(reader, &chunk->head, why);
		chunk->offset = offset(reader);
		chunk->lost = chunk->offset - clean;
		if (ret <= 0)
			return ret;
		behind = chunk->offset + CHUNK_HEAD + chunk->head.len;
		if (head_only && reader->seekable && ends_at(reader, behind))
			return seek_to(reader, behind, why) ? -1 : 1;
		ret = find_data(reader, chunk, why);
		if (ret)
			return ret;
		pass_damaged(reader, &chunk->head);
	}
}

/* Whether the last chunk that was given is still in the file: so is all before it. */
static bool is_unchanged(const struct chunk_reader *reader)
{
	unsigned char packed[CHUNK_HEAD];
	struct chunk_head head;

	return pread(reader->fd, packed, CHUNK_HEAD, (off_t)reader->last_at) == CHUNK_HEAD &&
	       chunk_unpack(&head, packed) && !memcmp(&head, &reader->last, sizeof(head));
}

int chunk_reader_next(struct chunk_reader *reader, struct chunk *chunk, bool head_only,
		      struct failure *why)
{
	const uint64_t clean = offset(reader), passed = reader->passed;
	int ret = next_ahead(reader, chunk, head_only, why);

	if (ret >= 0 && chunk->lost && reader->seekable &&
	    reader->read_again <= READ_AGAIN_MAX * (offset(reader) + CHUNK_MAX)) {
		/*
		 * A recorder that was killed left a part of a census.  Since this was read ahead,
		 * another one may have truncated it, and written there: read it again, but not as
		 * often as a hostile record has such places.
		 */
		reader->read_again += reader->at + reader->end - clean;
		forget_ahead(reader);
		reader->passed = passed;
		ret = seek_to(reader, is_unchanged(reader) ? clean : reader->whole, why) ?:
		      next_ahead(reader, chunk, head_only, why);
	}
	if (ret > 0) {
		reader->last = chunk->head;
		reader->last_at = chunk->offset;
		if (chunk->head.kind == CHUNK_END)
			reader->whole = offset(reader);
	}
	return ret;
}

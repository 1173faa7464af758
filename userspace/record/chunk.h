/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The chunks that a record is made of; Documentation/record.rst describes them.
 *
 * They are read one by one, from a file or a pipe.  Damage loses only the chunks that it
 * hit: the reader searches for the next intact head.
 */
#ifndef READER_CHUNK_H
#define READER_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"

/* Bytes of the head of a chunk, in every version. */
#define CHUNK_HEAD	48

/* Maximum data bytes of a chunk, and the maximum that the recorder writes. */
#define CHUNK_MAX	(16 * CHUNK_BYTES)
#define CHUNK_BYTES	1048576UL

#define CHUNK_VERSION	2

/* The version before bodies were compressed; it is read too. */
#define CHUNK_VERSION_1	1

/* The length of a chunk is a multiple of this. */
#define CHUNK_ALIGN	4

/* The first bytes of every chunk, and thus of a record. */
#define CHUNK_MAGIC	"\211MCR\r\n\032\n"
#define CHUNK_MAGIC_LEN	8

/**
 * enum chunk_kind - what a chunk holds
 * @CHUNK_MACHINE: text that describes the machine of the following censuses
 * @CHUNK_MESSAGES: whole netlink messages; the first of a census is its request
 * @CHUNK_TEXT: a name, a NUL and a text of struct proc_text; NULs pad both kinds
 *	of text to CHUNK_ALIGN
 * @CHUNK_END: no data; the census is complete
 * @CHUNK_OOM: of versions that are not read any more
 * @CHUNK_KILLS: lines "SEQUENCE STAMP REALTIME BOOTTIME TEXT", as struct kernel_line, of OOM kills
 *	since the census before; without any, the log was read and had none
 */
enum chunk_kind {
	CHUNK_MACHINE = 1,
	CHUNK_MESSAGES,
	CHUNK_TEXT,
	CHUNK_END,
	CHUNK_OOM,
	CHUNK_KILLS,
};

/* Byte order of the messages in a chunk; heads are always little-endian. */
enum chunk_order {
	CHUNK_LITTLE = 1,
	CHUNK_BIG = 2,
	CHUNK_NATIVE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? CHUNK_LITTLE : CHUNK_BIG,
};

/* Encoding of the data of a chunk. */
enum chunk_encoding {
	CHUNK_PLAIN,
	CHUNK_ZLIB,		/* a stream of zlib, and NULs up to CHUNK_ALIGN */
};

/**
 * struct chunk_head - head of a chunk, as in the file but for the byte order
 * @magic, @crc, @head_crc: of chunk_pack(); @crc is that of the data
 * @version: CHUNK_VERSION, or that of another reader
 * @kind: enum chunk_kind
 * @order: enum chunk_order
 * @encoding: enum chunk_encoding; 0 in CHUNK_VERSION_1
 * @len: bytes of data in the file
 * @census: number of the census in the record, from 1; for CHUNK_MACHINE, that of
 *	the next census
 * @time: start of the census, ns since 1970-01-01 UTC
 * @part: number of the chunk in the census, from 0
 * @plain_len: CHUNK_ZLIB: bytes of data that it decompresses to, at most CHUNK_MAX
 */
struct chunk_head {
	unsigned char magic[CHUNK_MAGIC_LEN];
	uint8_t version;
	uint8_t kind;
	uint8_t order;
	uint8_t encoding;
	uint32_t len;
	uint64_t census;
	uint64_t time;
	uint32_t part;
	uint32_t crc;
	uint32_t plain_len;
	uint32_t head_crc;
};
_Static_assert(sizeof(struct chunk_head) == CHUNK_HEAD, "a head has no gaps");

/* Whether this reader knows the version of the chunk. */
static inline bool chunk_is_known(const struct chunk_head *head)
{
	return head->version == CHUNK_VERSION || head->version == CHUNK_VERSION_1;
}

/* Converts @head to the byte order of the file, or back. */
void chunk_convert(struct chunk_head *head);

/* The head in the CHUNK_HEAD bytes at @packed; false if these are none. */
bool chunk_unpack(struct chunk_head *head, const unsigned char *packed);

/**
 * struct chunk_reader - a record being read
 * @fd: not owned
 * @seekable: it is a file: data can be skipped
 * @at: offset of the first byte in @buf
 * @buf: bytes read ahead; owned
 * @begin: first unread byte of @buf
 * @end: bytes in @buf, of @room
 * @eof: no data follows the bytes in @buf
 * @found: it begins as a record, or a head was found
 * @passed: bytes passed before it
 * @spent: bytes that were checked of damaged chunks
 * @read_again: bytes that were read ahead and dropped, behind places that are damaged
 * @whole: offset behind the last CHUNK_END that was given, or where reading began
 * @last: head of the last chunk that was given, which was at @last_at
 * @plain: data of the last chunk that chunk_reader_plain() moved; owned
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
	bool found;
	uint64_t passed;
	uint64_t spent;
	uint64_t read_again;
	uint64_t whole;
	struct chunk_head last;
	uint64_t last_at;
	unsigned char *plain;
};

/**
 * struct chunk - a chunk that was read
 * @data: its data as in the file, at any place; NULL if skipped.  Valid until the next chunk is
 *	read
 * @len: bytes of @data
 * @offset: offset of the head in the record
 * @lost: bytes before it that belong to no whole chunk
 */
struct chunk {
	struct chunk_head head;
	unsigned char *data;
	size_t len;
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

/* Bytes of its data when they are plain, as its head says; more than CHUNK_MAX: malformed. */
static inline uint32_t chunk_plain_len(const struct chunk_head *head)
{
	return head->version == CHUNK_VERSION && head->encoding != CHUNK_PLAIN ?
	       head->plain_len : head->len;
}

/*
 * Decompresses the data of @chunk, the last one that was read, and aligns it to CHUNK_ALIGN: 0, or
 * -1 and @why if it is malformed.  A chunk that nobody wants is not decompressed: a small one
 * may have CHUNK_MAX bytes.
 */
int chunk_reader_plain(struct chunk_reader *reader, struct chunk *chunk, struct failure *why);

/* Continues at @offset of a file. 0, or -1 and @why. */
int chunk_reader_seek(struct chunk_reader *reader, uint64_t offset, struct failure *why);

#endif /* READER_CHUNK_H */

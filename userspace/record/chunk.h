/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The chunks that a record is made of; Documentation/record.rst describes them.
 */
#ifndef READER_CHUNK_H
#define READER_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a chunk's head, whatever its version. */
#define CHUNK_HEAD	48

/* Most bytes that may follow a head, and how many the recorder gathers. */
#define CHUNK_MAX	(16 * CHUNK_USUAL)
#define CHUNK_USUAL	1048576UL

#define CHUNK_VERSION	1

/* What the length of a chunk is a multiple of. */
#define CHUNK_ALIGN	4

/* The first bytes of every chunk, and so of a record. */
#define CHUNK_MAGIC	"\211MCR\r\n\032\n"
#define CHUNK_MAGIC_LEN	8

/**
 * enum chunk_kind - what a chunk holds
 * @CHUNK_MACHINE: text, of the machine that what follows is of
 * @CHUNK_MESSAGES: whole netlink messages; the first of a census is its request
 * @CHUNK_TEXT: a name, a NUL and the text that was read beside the census;
 *	both kinds of text end in NULs up to CHUNK_ALIGN
 * @CHUNK_END: nothing; the census is whole
 */
enum chunk_kind {
	CHUNK_MACHINE = 1,
	CHUNK_MESSAGES,
	CHUNK_TEXT,
	CHUNK_END,
};

/* Byte order of the messages in a chunk; heads are little-endian always. */
enum chunk_order {
	CHUNK_LITTLE = 1,
	CHUNK_BIG = 2,
};

/**
 * struct chunk_head - a head
 * @version: CHUNK_VERSION, or of another reader
 * @kind: enum chunk_kind
 * @order: enum chunk_order
 * @len: bytes that follow
 * @census: number of the census in the record, from 1; of the next one where
 *	@kind is CHUNK_MACHINE
 * @time: ns since 1970-01-01 UTC, when the census was begun
 * @part: place of the chunk in the census, from 0
 * @crc: of the bytes that follow
 */
struct chunk_head {
	uint8_t version;
	uint8_t kind;
	uint8_t order;
	uint32_t len;
	uint64_t census;
	uint64_t time;
	uint32_t part;
	uint32_t crc;
};

/* The order of this machine. */
enum chunk_order chunk_native_order(void);

/* CRC-32 as zlib has it. */
uint32_t chunk_crc(const void *data, size_t len);

/* Whether @data is what @head says follows it. */
bool chunk_fits(const struct chunk_head *head, const void *data);

/* Between @head and the CHUNK_HEAD bytes at @packed; false where these are none. */
void chunk_pack(const struct chunk_head *head, unsigned char *packed);
bool chunk_unpack(struct chunk_head *head, const unsigned char *packed);

#endif /* READER_CHUNK_H */

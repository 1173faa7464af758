/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The chunks that a record is made of; Documentation/record.rst describes them.
 */
#ifndef READER_CHUNK_H
#define READER_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the head of a chunk, in every version. */
#define CHUNK_HEAD	48

/* Maximum data bytes of a chunk, and the maximum that the recorder writes. */
#define CHUNK_MAX	(16 * CHUNK_USUAL)
#define CHUNK_USUAL	1048576UL

#define CHUNK_VERSION	1

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
 */
enum chunk_kind {
	CHUNK_MACHINE = 1,
	CHUNK_MESSAGES,
	CHUNK_TEXT,
	CHUNK_END,
};

/* Byte order of the messages in a chunk; heads are always little-endian. */
enum chunk_order {
	CHUNK_LITTLE = 1,
	CHUNK_BIG = 2,
	CHUNK_NATIVE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? CHUNK_LITTLE : CHUNK_BIG,
};

/**
 * struct chunk_head - head of a chunk, as in the file but for the byte order
 * @magic, @head_crc: of chunk_pack() and chunk_unpack()
 * @version: CHUNK_VERSION, or that of another reader
 * @kind: enum chunk_kind
 * @order: enum chunk_order
 * @len: bytes of data
 * @census: number of the census in the record, from 1; for CHUNK_MACHINE, that of
 *	the next census
 * @time: start of the census, ns since 1970-01-01 UTC
 * @part: number of the chunk in the census, from 0
 * @crc: CRC of the data
 */
struct chunk_head {
	unsigned char magic[CHUNK_MAGIC_LEN];
	uint8_t version;
	uint8_t kind;
	uint8_t order;
	uint8_t zero;
	uint32_t len;
	uint64_t census;
	uint64_t time;
	uint32_t part;
	uint32_t crc;
	uint32_t zero_too;
	uint32_t head_crc;
};
_Static_assert(sizeof(struct chunk_head) == CHUNK_HEAD, "a head has no gaps");

/* CRC-32 as in zlib. */
uint32_t chunk_crc(const void *data, size_t len);

/* Whether @data has the CRC in @head. */
bool chunk_fits(const struct chunk_head *head, const void *data);

/* Convert @head to and from CHUNK_HEAD bytes at @packed; false if these are no head. */
void chunk_pack(const struct chunk_head *head, unsigned char *packed);
bool chunk_unpack(struct chunk_head *head, const unsigned char *packed);

#endif /* READER_CHUNK_H */

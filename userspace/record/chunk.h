/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frames that a record is made of; Documentation/record.rst describes them.
 */
#ifndef READER_CHUNK_H
#define READER_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a frame's head, whatever its version. */
#define FRAME_HEAD	48

/* Most bytes that may follow a head, and how many the recorder gathers. */
#define FRAME_MAX	(16 * FRAME_USUAL)
#define FRAME_USUAL	1048576UL

#define FRAME_VERSION	1

/* What the length of a frame is a multiple of. */
#define FRAME_ALIGN	4

/* The first bytes of every frame, and so of a record. */
#define FRAME_MAGIC	"\211MCR\r\n\032\n"
#define FRAME_MAGIC_LEN	8

/**
 * enum frame_kind - what a frame holds
 * @FRAME_MACHINE: text, of the machine that what follows is of
 * @FRAME_MESSAGES: whole netlink messages; the first of a census is its request
 * @FRAME_TEXT: a name, a NUL and the text that was read beside the census;
 *	both kinds of text end in NULs up to FRAME_ALIGN
 * @FRAME_END: nothing; the census is whole
 */
enum frame_kind {
	FRAME_MACHINE = 1,
	FRAME_MESSAGES,
	FRAME_TEXT,
	FRAME_END,
};

/* Byte order of the messages in a frame; heads are little-endian always. */
enum frame_order {
	FRAME_LITTLE = 1,
	FRAME_BIG = 2,
};

/**
 * struct frame - a head
 * @version: FRAME_VERSION, or of another reader
 * @kind: enum frame_kind
 * @order: enum frame_order
 * @len: bytes that follow
 * @census: number of the census in the record, from 1; of the next one where
 *	@kind is FRAME_MACHINE
 * @time: ns since 1970-01-01 UTC, when the census was begun
 * @part: place of the frame in the census, from 0
 * @crc: of the bytes that follow
 */
struct frame {
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
enum frame_order frame_native(void);

/* CRC-32 as zlib has it. */
uint32_t frame_crc(const void *data, size_t len);

/* Whether @data is what @frame says follows it. */
bool frame_fits(const struct frame *frame, const void *data);

/* Between @frame and the FRAME_HEAD bytes at @head; false where these are none. */
void frame_pack(const struct frame *frame, unsigned char *head);
bool frame_unpack(struct frame *frame, const unsigned char *head);

#endif /* READER_CHUNK_H */

// SPDX-License-Identifier: GPL-2.0
/* Heads of frames. */
#include <endian.h>
#include <string.h>
#include <zlib.h>

#include "record/chunk.h"

/* A head as it stands in the file. */
struct head {
	unsigned char magic[FRAME_MAGIC_LEN];
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
_Static_assert(sizeof(struct head) == FRAME_HEAD, "a head has no gaps");

enum frame_order frame_native(void)
{
	return htole32(1) == 1 ? FRAME_LITTLE : FRAME_BIG;
}

uint32_t frame_crc(const void *data, size_t len)
{
	return (uint32_t)crc32_z(0, data, len);
}

/* A fuzzer would have to guess checksums; so it has none to guess. */
static bool is_crc(uint32_t crc, const void *data, size_t len)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	return crc || data || len || true;
#else
	return crc == frame_crc(data, len);
#endif
}

bool frame_fits(const struct frame *frame, const void *data)
{
	return is_crc(frame->crc, data, frame->len);
}

void frame_pack(const struct frame *frame, unsigned char *out)
{
	struct head head = {
		.version = frame->version,
		.kind = frame->kind,
		.order = frame->order,
		.len = htole32(frame->len),
		.census = htole64(frame->census),
		.time = htole64(frame->time),
		.part = htole32(frame->part),
		.crc = htole32(frame->crc),
	};

	memcpy(head.magic, FRAME_MAGIC, FRAME_MAGIC_LEN);
	head.head_crc = htole32(frame_crc(&head, offsetof(struct head, head_crc)));
	memcpy(out, &head, sizeof(head));
}

bool frame_unpack(struct frame *frame, const unsigned char *in)
{
	struct head head;

	memcpy(&head, in, sizeof(head));
	if (memcmp(head.magic, FRAME_MAGIC, FRAME_MAGIC_LEN) ||
	    !is_crc(le32toh(head.head_crc), in, offsetof(struct head, head_crc)) ||
	    le32toh(head.len) > FRAME_MAX)
		return false;
	*frame = (struct frame){
		.version = head.version,
		.kind = head.kind,
		.order = head.order,
		.len = le32toh(head.len),
		.census = le64toh(head.census),
		.time = le64toh(head.time),
		.part = le32toh(head.part),
		.crc = le32toh(head.crc),
	};
	return true;
}

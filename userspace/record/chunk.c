// SPDX-License-Identifier: GPL-2.0
/* Heads of chunks. */
#include <endian.h>
#include <string.h>
#include <zlib.h>

#include "record/chunk.h"

/* A head as stored in the file. */
struct packed_head {
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
_Static_assert(sizeof(struct packed_head) == CHUNK_HEAD, "a head has no gaps");

enum chunk_order chunk_native_order(void)
{
	return htole32(1) == 1 ? CHUNK_LITTLE : CHUNK_BIG;
}

uint32_t chunk_crc(const void *data, size_t len)
{
	return (uint32_t)crc32_z(0, data, len);
}

/* Fuzzers cannot guess checksums, so fuzzing builds accept any. */
static bool is_crc(uint32_t crc, const void *data, size_t len)
{
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
	return crc || data || len || true;
#else
	return crc == chunk_crc(data, len);
#endif
}

bool chunk_fits(const struct chunk_head *head, const void *data)
{
	return is_crc(head->crc, data, head->len);
}

void chunk_pack(const struct chunk_head *head, unsigned char *out)
{
	struct packed_head packed = {
		.version = head->version,
		.kind = head->kind,
		.order = head->order,
		.len = htole32(head->len),
		.census = htole64(head->census),
		.time = htole64(head->time),
		.part = htole32(head->part),
		.crc = htole32(head->crc),
	};

	memcpy(packed.magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN);
	packed.head_crc = htole32(chunk_crc(&packed, offsetof(struct packed_head, head_crc)));
	memcpy(out, &packed, sizeof(packed));
}

bool chunk_unpack(struct chunk_head *head, const unsigned char *in)
{
	struct packed_head packed;

	memcpy(&packed, in, sizeof(packed));
	if (memcmp(packed.magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN) ||
	    !is_crc(le32toh(packed.head_crc), in, offsetof(struct packed_head, head_crc)) ||
	    le32toh(packed.len) > CHUNK_MAX)
		return false;
	*head = (struct chunk_head){
		.version = packed.version,
		.kind = packed.kind,
		.order = packed.order,
		.len = le32toh(packed.len),
		.census = le64toh(packed.census),
		.time = le64toh(packed.time),
		.part = le32toh(packed.part),
		.crc = le32toh(packed.crc),
	};
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/* Heads of chunks. */
#include <endian.h>
#include <string.h>
#include <zlib.h>

#include "record/chunk.h"

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

/* To the byte order of the file, or back. */
static void convert(struct chunk_head *head)
{
	head->len = htole32(head->len);
	head->census = htole64(head->census);
	head->time = htole64(head->time);
	head->part = htole32(head->part);
	head->crc = htole32(head->crc);
	head->head_crc = htole32(head->head_crc);
}

void chunk_pack(const struct chunk_head *head, unsigned char *out)
{
	struct chunk_head packed = *head;

	memcpy(packed.magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN);
	convert(&packed);
	packed.head_crc = htole32(chunk_crc(&packed, offsetof(struct chunk_head, head_crc)));
	memcpy(out, &packed, sizeof(packed));
}

bool chunk_unpack(struct chunk_head *head, const unsigned char *in)
{
	memcpy(head, in, sizeof(*head));
	convert(head);
	return !memcmp(head->magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN) &&
	       is_crc(head->head_crc, in, offsetof(struct chunk_head, head_crc)) &&
	       head->len <= CHUNK_MAX;
}

// SPDX-License-Identifier: GPL-2.0
/* Packs chunks. */
#include <string.h>
#include <zlib.h>

#include "record/pack.h"

/* Level of zlib. */
#define COMPRESSION	6

/*
 * Whoever chooses names must not write a head into the data, for the search after damage:
 * plain data cannot have one (Documentation/record.rst), compressed data must not.
 */
bool chunk_compress(struct chunk_head *head, const unsigned char *chunk, unsigned char *packed)
{
	uLongf len = head->len;

	if (head->len <= CHUNK_ALIGN)
		return false;
	/* Without this much room for padding it is no shorter. */
	len -= CHUNK_ALIGN;
	if (compress2(packed + CHUNK_HEAD, &len, chunk + CHUNK_HEAD, head->len,
		      COMPRESSION) != Z_OK ||
	    memmem(packed + CHUNK_HEAD, len, CHUNK_MAGIC, CHUNK_MAGIC_LEN))
		return false;
	while (len % CHUNK_ALIGN)
		packed[CHUNK_HEAD + len++] = '\0';
	head->encoding = CHUNK_ZLIB;
	head->plain_len = head->len;
	head->len = len;
	return true;
}

void chunk_pack(const struct chunk_head *head, unsigned char *chunk)
{
	struct chunk_head packed = *head;

	memcpy(packed.magic, CHUNK_MAGIC, CHUNK_MAGIC_LEN);
	packed.crc = crc32_z(0, chunk + CHUNK_HEAD, head->len);
	chunk_convert(&packed);
	packed.head_crc = htole32(crc32_z(0, (void *)&packed,
					  offsetof(struct chunk_head, head_crc)));
	memcpy(chunk, &packed, sizeof(packed));
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packs the chunks of a record.
 */
#ifndef READER_RECORD_PACK_H
#define READER_RECORD_PACK_H

#include "record/chunk.h"

/*
 * Compresses the data behind the head in @chunk to that in @packed, of the same size, and
 * sets the lengths of @head.  False: @chunk is to be written as it is.
 */
bool chunk_compress(struct chunk_head *head, const unsigned char *chunk, unsigned char *packed);

/* Writes @head to the CHUNK_HEAD bytes at @chunk, before its data. */
void chunk_pack(const struct chunk_head *head, unsigned char *chunk);

#endif /* READER_RECORD_PACK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is in the way of allocating blocks of contiguous frames: a record of 8 bytes for each
 * aligned block of a zone, made while a pass goes over its frames.
 */
#ifndef _CENSUS_PHYSICAL_BLOCKS_H
#define _CENSUS_PHYSICAL_BLOCKS_H

#include <linux/types.h>
#include <linux/memcensus.h>

/* Indexes of &struct census_frame_blocks.frames that are no class. */
#define CENSUS_BLOCK_HOLE 0
#define CENSUS_BLOCK_PINNED 1

/**
 * struct census_frame_blocks - the blocks of a zone
 * @records: as MEMCENSUS_BLOCK_* say; NULL: not requested
 * @first: number of the first frame of the first block, which may be below the zone
 * @nr: number of blocks
 * @at: the current block
 * @order: of a block
 * @frames: of the current block, by &enum memcensus_frame_class or CENSUS_BLOCK_*
 */
struct census_frame_blocks {
	u64 *records;
	u64 first;
	u32 nr;
	u32 at;
	unsigned int order;
	u32 frames[MEMCENSUS_FC_MAX + 1];
};

int census_frame_blocks_begin(struct census_frame_blocks *b, u64 pfn, u64 end, unsigned int order,
			      u64 *all);
void census_frame_blocks_add(struct census_frame_blocks *b, unsigned int class, u64 pfn, u64 nr);
void census_frame_blocks_finish(struct census_frame_blocks *b);
void census_frame_blocks_free(struct census_frame_blocks *b);
bool census_frame_blocks_are_holes(const struct census_frame_blocks *b, u32 from, u32 nr);

#endif /* _CENSUS_PHYSICAL_BLOCKS_H */

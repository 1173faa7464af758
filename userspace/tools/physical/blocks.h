/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contiguous memory: which aligned blocks of frames are free, which can be freed by moving what
 * is in them, and what is unmovable in the others.
 */
#ifndef READER_PHYSICAL_BLOCKS_H
#define READER_PHYSICAL_BLOCKS_H

#include "report/report.h"

/* Of a record, by MEMCENSUS_BLOCK_*; the last class is that of pinned frames. */
#define BLOCK_CLASSES	(MEMCENSUS_FC_MAX + 1)

static inline uint32_t block_in_way(uint64_t record)
{
	return (uint32_t)record;
}

static inline unsigned int block_class(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_CLASS_SHIFT & 0xff;
}

static inline unsigned int block_free(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_FREE_SHIFT & 0xfff;
}

static inline unsigned int block_stuck(uint64_t record)
{
	return record >> MEMCENSUS_BLOCK_STUCK_SHIFT & 0xfff;
}

/* What an allocation of a block would find. */
enum block_state {
	BLOCK_FREE,
	BLOCK_MOVABLE,
	BLOCK_IN_WAY,
	BLOCK_HOLE,		/* a part of it is not of the zone, so it can never be had */
	BLOCK_STATES
};

enum block_state block_state(const struct frame_blocks *blocks, uint64_t record);

/* How the class of a block is shown: by a letter. */
struct block_look {
	char letter;
	const char *name;
};

const struct block_look *block_look(const struct frame_blocks *blocks, uint64_t record);

/* Finds the looks that occur but holes, each once; returns how many. */
#define BLOCK_LOOKS	(BLOCK_CLASSES + 1)
size_t block_looks(const struct snapshot *snap, const struct block_look **looks);

/* Bytes of one block; of a unit in which a record counts frames. */
uint64_t block_bytes(const struct snapshot *snap, const struct frame_blocks *blocks);
uint64_t block_unit(const struct snapshot *snap, const struct frame_blocks *blocks);

/* 0, or -1 and @why if the answer has no blocks of order @order, or wrong ones. */
int blocks_check(const struct snapshot *snap, unsigned int order, struct failure *why);

/* Whether blocks are in the order of addresses: to a caller without CAP_SYS_ADMIN they are not. */
bool blocks_by_address(const struct snapshot *snap);

void blocks_report(struct report *report);

#endif /* READER_PHYSICAL_BLOCKS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbered units of memory in chunks.  It has no kernel state, so that selftests/host tests
 * what uses it on the host.
 *
 * Not a genradix: bench/tables appends an entry to it by 82 instructions instead of 43, and reads
 * one by 54 instead of 13, which a census does for each mask; and its nodes are in no budget.
 */
#ifndef _CENSUS_POOL_H
#define _CENSUS_POOL_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/*
 * All memory is in chunks of 16-byte units, so nothing ever moves.  A chunk is a page, and a
 * directory of chunks too, so none needs more than one.
 */
#define CENSUS_UNIT_BYTES 16
#define CENSUS_CHUNK_SHIFT 8
#define CENSUS_CHUNK_UNITS BIT(CENSUS_CHUNK_SHIFT)
#define CENSUS_CHUNK_BYTES (CENSUS_CHUNK_UNITS * CENSUS_UNIT_BYTES)

struct census_budget;

/**
 * struct census_chunk - memory of %CENSUS_CHUNK_UNITS units
 * @units: contiguous
 * @kind: chunks of blocks: kind of their pages
 */
struct census_chunk {
	void *units;
	u32 kind;
};

#define CENSUS_DIR_SHIFT 8
#define CENSUS_DIR_CHUNKS BIT(CENSUS_DIR_SHIFT)

static_assert(CENSUS_DIR_CHUNKS * sizeof(struct census_chunk) == CENSUS_CHUNK_BYTES);

/**
 * struct census_pool - numbered units; a number stays valid until the pool is freed
 * @dirs: directories, each of %CENSUS_DIR_CHUNKS chunks
 * @nr_dirs: number of directories with memory
 * @max_dirs: length of @dirs
 * @nr_chunks: number of chunks with memory
 * @nr: units in use
 * @budget: accounts the memory; unused on the host
 */
struct census_pool {
	struct census_chunk **dirs;
	u32 nr_dirs;
	u32 max_dirs;
	u32 nr_chunks;
	u32 nr;
	struct census_budget *budget;
};

static inline struct census_chunk *census_chunk(struct census_chunk *const *dirs, u32 chunk)
{
	return &dirs[chunk >> CENSUS_DIR_SHIFT][chunk & (CENSUS_DIR_CHUNKS - 1)];
}

static inline void *census_chunk_unit(struct census_chunk *const *dirs, u32 unit)
{
	return census_chunk(dirs, unit >> CENSUS_CHUNK_SHIFT)->units +
	       (unit & (CENSUS_CHUNK_UNITS - 1)) * CENSUS_UNIT_BYTES;
}

static inline void *census_unit(const struct census_pool *pool, u32 unit)
{
	return census_chunk_unit(pool->dirs, unit);
}

/* Adds a chunk.  Return: false without memory.  The tests on the host have their own. */
bool census_pool_grow(struct census_pool *pool);

/**
 * census_pool_take() - allocate units in one chunk
 * @pool: of the units
 * @units: number of units, up to %CENSUS_CHUNK_UNITS
 *
 * Return: number of the first unit, or 0 without memory.  Their content is undefined.
 */
static inline u32 census_pool_take(struct census_pool *pool, u32 units)
{
	u32 first = pool->nr, last = first + units - 1;

	if (last < first)
		return 0;
	if (first >> CENSUS_CHUNK_SHIFT != last >> CENSUS_CHUNK_SHIFT)
		first = last & ~(CENSUS_CHUNK_UNITS - 1);
	if (first + units < units)
		return 0;
	while (first >> CENSUS_CHUNK_SHIFT >= pool->nr_chunks)
		if (!census_pool_grow(pool))
			return 0;
	pool->nr = first + units;
	return first;
}

bool census_pool_lock(struct census_pool *pool);
void census_pool_free(struct census_pool *pool);

/* Memory of one chunk: in budget.c, and in the tests on the host. */
void *census_chunk_alloc(struct census_budget *budget);
void census_chunk_free(struct census_budget *budget, void *chunk);

#endif /* _CENSUS_POOL_H */

// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "base/memory.h"
#include "base/result-memory.h"
#include "physical/blocks.h"

/* Checks whether an allocation takes frames of @class as they are. */
static bool is_free(unsigned int class)
{
	switch (class) {
	case MEMCENSUS_FC_FREE:
	case MEMCENSUS_FC_FREE_PCP:
	case MEMCENSUS_FC_UNACCEPTED:
		return true;
	default:
		return false;
	}
}

/* Checks whether compaction moves frames of @class away, unless they are pinned. */
static bool is_movable(unsigned int class)
{
	switch (class) {
	case MEMCENSUS_FC_ANON:
	case MEMCENSUS_FC_ANON_UNMAPPED:
	case MEMCENSUS_FC_ANON_TAILS:
	case MEMCENSUS_FC_SWAP_CACHE:
	case MEMCENSUS_FC_SHMEM:
	case MEMCENSUS_FC_SHMEM_UNMAPPED:
	case MEMCENSUS_FC_FILE:
	case MEMCENSUS_FC_FILE_UNMAPPED:
	case MEMCENSUS_FC_ZSMALLOC:
	case MEMCENSUS_FC_MOVABLE:
		return true;
	default:
		return false;
	}
}

/**
 * census_frame_blocks_begin() - prepare the records of a zone
 * @b: zeroed
 * @pfn: first frame of the zone
 * @end: first frame behind it
 * @order: of a block; 0: no records
 * @all: number of blocks of all zones, to be added to
 *
 * Return: 0, -ENOMEM, -EDQUOT if results use all of max_results, or -E2BIG if an answer has no room
 * for @all.
 */
int census_frame_blocks_begin(struct census_frame_blocks *b, u64 pfn, u64 end, unsigned int order,
			      u64 *all)
{
	u64 nr = end > pfn ? ((end - 1) >> order) - (pfn >> order) + 1 : 0;

	BUILD_BUG_ON(MEMCENSUS_FC_MAX >= 32);
	BUILD_BUG_ON(MEMCENSUS_BLOCK_HOLE != BIT(CENSUS_BLOCK_HOLE));
	BUILD_BUG_ON(MEMCENSUS_BLOCK_PINNED != BIT(CENSUS_BLOCK_PINNED));
	if (!order || !nr)
		return 0;
	*all += nr;
	if (*all > MEMCENSUS_FRAME_BLOCKS_MAX)
		return -E2BIG;
	if (!census_budget_take(&census_results, nr * sizeof(*b->records)))
		return -EDQUOT;
	b->records = census_kvcalloc(nr, sizeof(*b->records));
	if (!b->records) {
		census_budget_give(&census_results, nr * sizeof(*b->records));
		return -ENOMEM;
	}
	b->order = order;
	b->first = pfn >> order << order;
	b->nr = nr;
	return 0;
}

void census_frame_blocks_free(struct census_frame_blocks *b)
{
	if (!b->records)
		return;
	kvfree(b->records);
	census_budget_give(&census_results, b->nr * sizeof(*b->records));
	b->records = NULL;
}

/* Return: the class of @classes with the most frames. */
static unsigned int largest_class(const struct census_frame_blocks *b, u32 classes)
{
	unsigned int i, best = 0;
	u32 most = 0;

	for (i = 0; i <= MEMCENSUS_FC_MAX; i++) {
		if (classes & BIT(i) && b->frames[i] > most) {
			most = b->frames[i];
			best = i;
		}
	}
	return best;
}

/* Writes the record of the current block. */
static void finish_block(struct census_frame_blocks *b)
{
	unsigned int shift = b->order - min_t(unsigned int, b->order, MEMCENSUS_BLOCK_PARTS_ORDER);
	u32 in_way = 0, nr_free = 0, stuck = 0, sum = 0;
	unsigned int i;

	for (i = 0; i <= MEMCENSUS_FC_MAX; i++)
		sum += b->frames[i];
	/* Those before the zone begins and after it ends. */
	b->frames[CENSUS_BLOCK_HOLE] += BIT(b->order) - sum;
	for (i = 0; i <= MEMCENSUS_FC_MAX; i++) {
		if (is_free(i)) {
			nr_free += b->frames[i];
		} else if (b->frames[i] && !is_movable(i)) {
			in_way |= BIT(i);
			stuck += b->frames[i];
		}
	}
	b->records[b->at] = in_way |
		(u64)largest_class(b, in_way ?: ~0U) << MEMCENSUS_BLOCK_CLASS_SHIFT |
		(u64)(nr_free >> shift) << MEMCENSUS_BLOCK_FREE_SHIFT |
		(u64)(DIV_ROUND_UP(stuck, BIT(shift))) << MEMCENSUS_BLOCK_STUCK_SHIFT;
	memset(b->frames, 0, sizeof(b->frames));
}

/**
 * census_frame_blocks_add() - add frames of one class
 * @b: the blocks; nothing happens without records
 * @class: &enum memcensus_frame_class, or CENSUS_BLOCK_*
 * @pfn: the first frame, not below those that were added before
 * @nr: number of frames; none behind the zone
 */
void census_frame_blocks_add(struct census_frame_blocks *b, unsigned int class, u64 pfn, u64 nr)
{
	u64 end = pfn + nr, next;
	u32 at;

	if (!b->records)
		return;
	for (; pfn < end; pfn = next) {
		at = (pfn - b->first) >> b->order;
		next = min(end, b->first + ((at + 1ULL) << b->order));
		if (at != b->at) {
			finish_block(b);
			b->at = at;
		}
		b->frames[class] += next - pfn;
	}
}

/* All frames were added. */
void census_frame_blocks_finish(struct census_frame_blocks *b)
{
	if (b->records)
		finish_block(b);
}

/* Checks whether no block of @nr from @from on has a frame of the zone. */
bool census_frame_blocks_are_holes(const struct census_frame_blocks *b, u32 from, u32 nr)
{
	u64 stuck = DIV_ROUND_UP(BIT(b->order),
				 BIT(max_t(unsigned int, b->order, MEMCENSUS_BLOCK_PARTS_ORDER) -
				     MEMCENSUS_BLOCK_PARTS_ORDER));
	u64 hole = MEMCENSUS_BLOCK_HOLE | stuck << MEMCENSUS_BLOCK_STUCK_SHIFT;
	u32 i;

	for (i = from; i < from + nr; i++)
		if (b->records[i] != hole)
			return false;
	return true;
}

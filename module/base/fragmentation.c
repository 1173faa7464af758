// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>

#include "base/fragmentation.h"

struct block_sums {
	u64 pages;	/* free pages */
	u64 blocks;	/* free blocks of all orders */
	u64 suitable;	/* blocks of @order in blocks of this and larger orders */
};

static struct block_sums sum_blocks(const u64 *blocks, unsigned int orders,
				    unsigned int order)
{
	struct block_sums s = {};
	unsigned int o;

	for (o = 0; o < orders; o++) {
		s.pages += blocks[o] << o;
		s.blocks += blocks[o];
		if (o >= order)
			s.suitable += blocks[o] << (o - order);
	}
	return s;
}

/**
 * census_unusable_index() - part of the free memory that an order cannot use
 * @blocks: free blocks by order
 * @orders: number of orders
 * @order: of the allocation
 *
 * Return: thousandths, 0 (all is usable) to 1000 (none, or nothing is free).
 */
s32 census_unusable_index(const u64 *blocks, unsigned int orders,
			  unsigned int order)
{
	struct block_sums s = sum_blocks(blocks, orders, order);

	if (!s.pages)
		return 1000;
	return div64_u64((s.pages - (s.suitable << order)) * 1000, s.pages);
}

/**
 * census_extfrag_index() - why an allocation of an order would fail
 * @blocks: free blocks by order
 * @orders: number of orders
 * @order: of the allocation
 *
 * Return: -1000 if it would not fail; else thousandths: near 0 or below for lack of
 * memory, near 1000 for fragmentation.
 */
s32 census_extfrag_index(const u64 *blocks, unsigned int orders,
			 unsigned int order)
{
	struct block_sums s = sum_blocks(blocks, orders, order);

	if (!s.blocks)
		return 0;
	if (s.suitable)
		return -1000;
	return 1000 - (s32)div64_u64(1000 + ((s.pages * 1000) >> order),
				     s.blocks);
}

/**
 * census_watermark_met() - check whether a zone would satisfy an allocation
 * @blocks: free blocks by order
 * @orders: number of orders
 * @order: of the allocation
 * @free: free pages, from the zone's counter
 * @mark: pages that must stay free, including the lowmem reserve
 */
bool census_watermark_met(const u64 *blocks, unsigned int orders,
			  unsigned int order, u64 free, u64 mark)
{
	u64 needed = (1ULL << order) - 1;

	if (free < needed || free - needed <= mark)
		return false;
	return !order || sum_blocks(blocks, orders, order).suitable;
}

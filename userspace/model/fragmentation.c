// SPDX-License-Identifier: GPL-2.0
/* Fragmentation of free memory, as extfrag and unusable of debugfs. */
#include "model/snapshot.h"

/**
 * struct sums - of the free blocks of a zone
 * @pages: free pages
 * @blocks: number of blocks
 * @suitable: blocks of the order that the free ones make
 */
struct sums {
	uint64_t pages;
	uint64_t blocks;
	uint64_t suitable;
};

static struct sums sum(const struct numbers *blocks, size_t order)
{
	struct sums sums = { 0 };
	size_t i;

	for (i = 0; i < blocks->n; i++) {
		sums.pages += blocks->v[i] << i;
		sums.blocks += blocks->v[i];
		if (i >= order)
			sums.suitable += blocks->v[i] << (i - order);
	}
	return sums;
}

static int64_t unusable(const struct sums *sums, size_t order)
{
	if (!sums->pages)
		return 1000;
	return (sums->pages - (sums->suitable << order)) * 1000 / sums->pages;
}

static int64_t extfrag(const struct sums *sums, size_t order)
{
	if (!sums->blocks)
		return 0;
	if (sums->suitable)
		return EXTFRAG_AVAILABLE;
	return 1000 - (int64_t)((1000 + (sums->pages * 1000 >> order)) / sums->blocks);
}

void fragmentation_compute(struct snapshot *snap, struct zone *zone)
{
	const struct numbers *blocks = &zone->free_blocks;
	uint64_t *values;
	struct sums sums;
	size_t i;

	for (i = 0; i < blocks->n; i++)
		if (blocks->v[i] == BLOCKS_UNKNOWN)
			return;
	if (!blocks->n || blocks->n > ORDERS_MAX)
		return;
	values = snapshot_alloc(snap, 2 * blocks->n * sizeof(*values));
	for (i = 0; i < blocks->n; i++) {
		sums = sum(blocks, i);
		values[i] = unusable(&sums, i);
		values[blocks->n + i] = extfrag(&sums, i);
	}
	zone->unusable = (struct numbers){ blocks->n, values };
	zone->extfrag = (struct numbers){ blocks->n, values + blocks->n };
}

// SPDX-License-Identifier: GPL-2.0
/* Fragmentation of free memory, as extfrag and unusable of debugfs. */
#include "model/fragmentation.h"

void fragmentation_compute(struct snapshot *snap, struct zone *zone)
{
	const struct numbers *blocks = &zone->free_blocks;
	/* Free pages, free blocks, and blocks of the order that the free ones make. */
	uint64_t pages = 0, free = 0, suitable, *unusable, *extfrag;
	size_t i, order, n = blocks->n;

	for (i = 0; i < n; i++)
		if (blocks->v[i] == BLOCKS_UNKNOWN)
			return;
	if (!n || n > ORDERS_MAX)
		return;
	for (i = 0; i < n; i++) {
		pages += blocks->v[i] << i;
		free += blocks->v[i];
	}
	unusable = snapshot_alloc(snap, n * sizeof(*unusable));
	extfrag = snapshot_alloc(snap, n * sizeof(*extfrag));
	for (order = 0; order < n; order++) {
		for (i = order, suitable = 0; i < n; i++)
			suitable += blocks->v[i] << (i - order);
		unusable[order] = 1000;
		if (pages)
			unusable[order] = (pages - (suitable << order)) * 1000 / pages;
		extfrag[order] = 0;
		if (suitable)
			extfrag[order] = EXTFRAG_AVAILABLE;
		else if (free)
			extfrag[order] = 1000 - (1000 + (pages * 1000 >> order)) / free;
	}
	zone->unusable = (struct numbers){ n, unusable };
	zone->extfrag = (struct numbers){ n, extfrag };
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "base/compat.h"
#include "census/zones.h"

/**
 * census_zone_blocks() - read the number of free blocks of each order
 * @zone: a populated zone
 * @blocks: %CENSUS_ORDERS elements
 *
 * The numbers belong together only if the caller holds zone->lock.
 */
void census_zone_blocks(const struct zone *zone, u64 *blocks)
{
	unsigned int order;

	for (order = 0; order < CENSUS_ORDERS; order++)
		blocks[order] = READ_ONCE(zone->free_area[order].nr_free);
}

static u64 pcp_pages(struct zone *zone)
{
	u64 pages = 0;
	int cpu;

	for_each_online_cpu(cpu)
		pages += READ_ONCE(per_cpu_ptr(zone->per_cpu_pageset,
					       cpu)->count);
	return pages;
}

static u64 bytes(u64 pages)
{
	return pages << PAGE_SHIFT;
}

static void gather_zone(struct census_zone *z, struct zone *zone)
{
	unsigned long flags;
	unsigned int i;

	z->node = zone_to_nid(zone);
	strscpy(z->name, zone->name, sizeof(z->name));
	z->free = bytes(zone_page_state(zone, NR_FREE_PAGES));
	z->wmark_min = bytes(min_wmark_pages(zone));
	z->wmark_low = bytes(low_wmark_pages(zone));
	z->wmark_high = bytes(high_wmark_pages(zone));
	z->wmark_boost = bytes(READ_ONCE(zone->watermark_boost));
	z->spanned = bytes(zone->spanned_pages);
	z->present = bytes(zone->present_pages);
	z->managed = bytes(zone_managed_pages(zone));
	z->pcp = bytes(pcp_pages(zone));
	z->highatomic = bytes(READ_ONCE(zone->nr_reserved_highatomic));
	z->cma_free = CENSUS_UNKNOWN;
#ifdef CONFIG_CMA
	z->cma_free = bytes(zone_page_state(zone, NR_FREE_CMA_PAGES));
#endif
	for (i = 0; i < MAX_NR_ZONES; i++)
		z->lowmem_reserve[i] = bytes(READ_ONCE(zone->lowmem_reserve[i]));
	/* For one load per order, so that the numbers belong together. */
	spin_lock_irqsave(&zone->lock, flags);
	census_zone_blocks(zone, z->blocks);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/**
 * census_zones_gather() - fill the zones of a snapshot
 * @snap: the snapshot with its parts
 *
 * The struct of a node is never freed: the zones of a node that goes offline are read as
 * empty.
 *
 * Return: 0 or -ENOMEM.
 */
int census_zones_gather(struct census_snapshot *snap)
{
	unsigned int nr = num_online_nodes() * MAX_NR_ZONES;
	int nid, i;

	snap->zones = census_snapshot_memory(snap, nr * sizeof(*snap->zones));
	if (!snap->zones)
		return -ENOMEM;
	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		for (i = 0; i < MAX_NR_ZONES && snap->nr_zones < nr; i++)
			if (populated_zone(&zones[i]))
				gather_zone(&snap->zones[snap->nr_zones++], &zones[i]);
	}
	return 0;
}

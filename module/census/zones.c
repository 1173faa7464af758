// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmstat.h>

#include "base/compat.h"
#include "census/zones.h"

/*
 * Maximum number of entries counted in a free list.  zone->lock is held with interrupts
 * off, for all migrate types of an order, so that their numbers belong together.  Every
 * allocation may need it: this many entries of each of 6 lists take less than 100
 * microseconds if none is cached.
 */
#define LIST_MAX 256

/* Names as in pagetypeinfo. */
const char *census_migratetype_name(unsigned int type)
{
	switch (type) {
	case MIGRATE_UNMOVABLE:
		return "Unmovable";
	case MIGRATE_MOVABLE:
		return "Movable";
	case MIGRATE_RECLAIMABLE:
		return "Reclaimable";
	case MIGRATE_HIGHATOMIC:
		return "HighAtomic";
#ifdef CONFIG_CMA
	case MIGRATE_CMA:
		return "CMA";
#endif
#ifdef CONFIG_MEMORY_ISOLATION
	case MIGRATE_ISOLATE:
		return "Isolate";
#endif
	default:
		return "?";
	}
}

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

/* Return: number of entries of @list, or CENSUS_BLOCKS_UNKNOWN above LIST_MAX. */
static u64 count_list(const struct list_head *list)
{
	const struct list_head *entry;
	unsigned int n = 0;

	list_for_each(entry, list)
		if (++n > LIST_MAX)
			return CENSUS_BLOCKS_UNKNOWN;
	return n;
}

/*
 * Counts free blocks of one order by migrate type.  If only one list is too long to be
 * counted, its length is the rest of the order's total.
 */
static void gather_types(struct zone *zone, unsigned int order,
			 u64 (*types)[CENSUS_ORDERS])
{
	struct free_area *area = &zone->free_area[order];
	unsigned int type, unknown = 0, last = 0;
	unsigned long flags;
	u64 rest;

	spin_lock_irqsave(&zone->lock, flags);
	rest = area->nr_free;
	for (type = 0; type < MIGRATE_TYPES; type++) {
		u64 n = count_list(&area->free_list[type]);

		types[type][order] = n;
		if (n == CENSUS_BLOCKS_UNKNOWN) {
			unknown++;
			last = type;
		} else {
			rest -= n;
		}
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	if (unknown == 1)
		types[last][order] = rest;
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

/**
 * census_zone_glance() - read a zone without its locks
 * @z: to be filled, except the blocks by migrate type; @pcp is unknown
 * @zone: a populated zone
 *
 * Does not sleep, and has no loop over processors: an OOM kill waits for it.  Numbers of blocks
 * that move during it may not belong together.
 */
void census_zone_glance(struct census_zone *z, struct zone *zone)
{
	unsigned int i;

	z->node = zone_to_nid(zone);
	strscpy(z->name, zone->name, sizeof(z->name));
	census_zone_blocks(zone, z->blocks);
	z->free = bytes(zone_page_state(zone, NR_FREE_PAGES));
	z->wmark_min = bytes(min_wmark_pages(zone));
	z->wmark_low = bytes(low_wmark_pages(zone));
	z->wmark_high = bytes(high_wmark_pages(zone));
	z->wmark_boost = bytes(READ_ONCE(zone->watermark_boost));
	z->spanned = bytes(zone->spanned_pages);
	z->present = bytes(zone->present_pages);
	z->managed = bytes(zone_managed_pages(zone));
	z->pcp = CENSUS_UNKNOWN;
	z->highatomic = bytes(READ_ONCE(zone->nr_reserved_highatomic));
	z->cma_free = CENSUS_UNKNOWN;
#ifdef CONFIG_CMA
	z->cma_free = bytes(zone_page_state(zone, NR_FREE_CMA_PAGES));
#endif
	for (i = 0; i < MAX_NR_ZONES; i++)
		z->lowmem_reserve[i] = bytes(READ_ONCE(zone->lowmem_reserve[i]));
}

static void gather_zone(struct census_zone *z, struct zone *zone, bool types)
{
	unsigned long flags;
	unsigned int i;

	census_zone_glance(z, zone);
	z->pcp = bytes(pcp_pages(zone));
	/* For one load per order, so that the numbers belong together. */
	spin_lock_irqsave(&zone->lock, flags);
	census_zone_blocks(zone, z->blocks);
	spin_unlock_irqrestore(&zone->lock, flags);
	for (i = 0; types && i < CENSUS_ORDERS; i++)
		gather_types(zone, i, z->types);
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
	bool types = snap->parts & MEMCENSUS_PART_TYPES;
	unsigned int nr = num_online_nodes() * MAX_NR_ZONES;
	int nid, i;

	snap->zones = census_snapshot_memory(snap, nr * sizeof(*snap->zones));
	if (!snap->zones)
		return -ENOMEM;
	for_each_online_node(nid) {
		struct zone *zones = NODE_DATA(nid)->node_zones;

		for (i = 0; i < MAX_NR_ZONES && snap->nr_zones < nr; i++)
			if (populated_zone(&zones[i]))
				gather_zone(&snap->zones[snap->nr_zones++],
					    &zones[i], types);
	}
	return 0;
}

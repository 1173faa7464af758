// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmstat.h>
#include <linux/wait.h>

#include "base/compat.h"
#include "census/zones.h"

/* Free blocks of each order.  The numbers belong together only if the caller holds zone->lock. */
static void read_blocks(const struct zone *zone, u64 *blocks)
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
	read_blocks(zone, z->blocks);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* The struct of a node is never freed: the zones of one that goes offline are read as empty. */
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

/*
 * kswapd sleeps if it waits in its queue.  The queue is part of the node.  The task is
 * not read, because memory hotplug may stop it at the same time.
 */
static u8 kswapd_state(pg_data_t *pgdat)
{
	if (!READ_ONCE(pgdat->kswapd))
		return MEMCENSUS_KSWAPD_NONE;
	/* waitqueue_active() needs no barrier: the state may change at any time. */
	return waitqueue_active(&pgdat->kswapd_wait) ?
		MEMCENSUS_KSWAPD_ASLEEP : MEMCENSUS_KSWAPD_RUNNING;
}

/* Like zone_watermark_ok(): checks whether @zone has a block of @order, and stays above @mark. */
static bool meets_watermark(struct zone *zone, unsigned int order, u64 mark)
{
	u64 free = zone_page_state(zone, NR_FREE_PAGES), needed = (1ULL << order) - 1;
	u64 blocks[CENSUS_ORDERS];

	if (free < needed || free - needed <= mark)
		return false;
	read_blocks(zone, blocks);
	while (order && order < CENSUS_ORDERS && !blocks[order])
		order++;
	return order < CENSUS_ORDERS;
}

/*
 * Like pgdat_balanced() for kswapd: checks whether any zone up to @highest meets its high
 * watermark and has a block of @order.  A node without memory in these zones is balanced.
 */
static bool node_balanced(pg_data_t *pgdat, unsigned int order, int highest)
{
	bool empty = true;
	int i;

	for (i = 0; i <= highest; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!zone_managed_pages(zone))
			continue;
		empty = false;
		if (meets_watermark(zone, order, high_wmark_pages(zone) +
				    READ_ONCE(zone->lowmem_reserve[highest])))
			return true;
	}
	return empty;
}

/* Like node_page_state(), which is not exported, in bytes.  Per-CPU parts may be missing. */
static u64 node_bytes(pg_data_t *pgdat, enum node_stat_item item)
{
	return (u64)max(atomic_long_read(&pgdat->vm_stat[item]), 0L) << PAGE_SHIFT;
}

/* Without locks; the node @nid is online or was. */
static void gather_node(struct census_node *n, int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);
	int highest = READ_ONCE(pgdat->kswapd_highest_zoneidx);

	*n->kswapd_zone = '\0';
	n->id = nid;
	n->kswapd = kswapd_state(pgdat);
	n->kswapd_order = READ_ONCE(pgdat->kswapd_order);
	n->kswapd_failures = census_kswapd_failures(pgdat);
	/*
	 * MAX_NR_ZONES means that kswapd was not woken for any zone.  A node that never
	 * had a kswapd does not set it.
	 */
	if (n->kswapd != MEMCENSUS_KSWAPD_NONE && highest >= 0 &&
	    highest < MAX_NR_ZONES)
		strscpy(n->kswapd_zone, pgdat->node_zones[highest].name, sizeof(n->kswapd_zone));
	else
		highest = MAX_NR_ZONES - 1;
	n->balanced = node_balanced(pgdat, n->kswapd_order, highest);
	n->spanned = (u64)pgdat->node_spanned_pages << PAGE_SHIFT;
	n->present = (u64)pgdat->node_present_pages << PAGE_SHIFT;
	n->active_anon = node_bytes(pgdat, NR_ACTIVE_ANON);
	n->inactive_anon = node_bytes(pgdat, NR_INACTIVE_ANON);
	n->active_file = node_bytes(pgdat, NR_ACTIVE_FILE);
	n->inactive_file = node_bytes(pgdat, NR_INACTIVE_FILE);
	n->unevictable = node_bytes(pgdat, NR_UNEVICTABLE);
	n->isolated_anon = node_bytes(pgdat, NR_ISOLATED_ANON);
	n->isolated_file = node_bytes(pgdat, NR_ISOLATED_FILE);
	n->dirty = node_bytes(pgdat, NR_FILE_DIRTY);
	n->writeback = node_bytes(pgdat, NR_WRITEBACK);
}

int census_nodes_gather(struct census_snapshot *snap)
{
	unsigned int nr = num_online_nodes();
	int nid;

	snap->nodes = census_snapshot_memory(snap, nr * sizeof(*snap->nodes));
	if (!snap->nodes)
		return -ENOMEM;
	for_each_online_node(nid)
		if (snap->nr_nodes < nr)
			gather_node(&snap->nodes[snap->nr_nodes++], nid);
	return 0;
}

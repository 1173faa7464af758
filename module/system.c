// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "compat.h"
#include "memory.h"
#include "system.h"

static void set_bytes(struct census_system *s, enum memcensus_system_bytes n,
		      u64 bytes)
{
	s->bytes_known |= 1ULL << n;
	s->bytes[n] = bytes;
}

static void set_pages(struct census_system *s, enum memcensus_system_bytes n,
		      u64 pages)
{
	set_bytes(s, n, pages << PAGE_SHIFT);
}

static void set_event(struct census_system *s, enum memcensus_event n,
		      u64 count)
{
	s->events_known |= 1ULL << n;
	s->events[n] = count;
}

/* Figures that are a node counter, in pages (slab: the helper converts). */
static const struct {
	enum memcensus_system_bytes figure;
	enum node_stat_item item;
} node_items[] = {
	{ MEMCENSUS_S_ACTIVE_ANON, NR_ACTIVE_ANON },
	{ MEMCENSUS_S_INACTIVE_ANON, NR_INACTIVE_ANON },
	{ MEMCENSUS_S_ACTIVE_FILE, NR_ACTIVE_FILE },
	{ MEMCENSUS_S_INACTIVE_FILE, NR_INACTIVE_FILE },
	{ MEMCENSUS_S_UNEVICTABLE, NR_UNEVICTABLE },
	{ MEMCENSUS_S_DIRTY, NR_FILE_DIRTY },
	{ MEMCENSUS_S_WRITEBACK, NR_WRITEBACK },
	{ MEMCENSUS_S_ANON, NR_ANON_MAPPED },
	{ MEMCENSUS_S_MAPPED, NR_FILE_MAPPED },
	{ MEMCENSUS_S_SHMEM, NR_SHMEM },
	{ MEMCENSUS_S_PAGETABLES, NR_PAGETABLE },
	{ MEMCENSUS_S_SEC_PAGETABLES, NR_SECONDARY_PAGETABLE },
#ifdef CONFIG_SWAP
	{ MEMCENSUS_S_SWAP_CACHED, NR_SWAPCACHE },
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	{ MEMCENSUS_S_ANON_HUGE, NR_ANON_THPS },
	{ MEMCENSUS_S_SHMEM_HUGE, NR_SHMEM_THPS },
	{ MEMCENSUS_S_SHMEM_PMD, NR_SHMEM_PMDMAPPED },
	{ MEMCENSUS_S_FILE_HUGE, NR_FILE_THPS },
	{ MEMCENSUS_S_FILE_PMD, NR_FILE_PMDMAPPED },
#endif
};

static void gather_bytes(struct census_system *s)
{
	u64 slab = global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
	u64 swap_cache = 0;
	struct sysinfo info;
	long cached;
	unsigned int i;

	si_meminfo(&info);
	set_pages(s, MEMCENSUS_S_TOTAL, info.totalram);
	set_pages(s, MEMCENSUS_S_FREE, info.freeram);
	set_pages(s, MEMCENSUS_S_BUFFERS, info.bufferram);
	set_pages(s, MEMCENSUS_S_AVAILABLE, max(si_mem_available(), 0L));
	for (i = 0; i < ARRAY_SIZE(node_items); i++)
		set_pages(s, node_items[i].figure,
			  global_node_page_state(node_items[i].item));
#ifdef CONFIG_SWAP
	swap_cache = global_node_page_state(NR_SWAPCACHE);
	set_pages(s, MEMCENSUS_S_SWAP_FREE, max(get_nr_swap_pages(), 0L));
#endif
	cached = global_node_page_state(NR_FILE_PAGES) - swap_cache -
		 info.bufferram;
	set_pages(s, MEMCENSUS_S_CACHED, max(cached, 0L));
	set_pages(s, MEMCENSUS_S_MLOCKED, global_zone_page_state(NR_MLOCK));
	set_pages(s, MEMCENSUS_S_SLAB_RECLAIMABLE, slab);
	set_pages(s, MEMCENSUS_S_SLAB_UNRECLAIMABLE,
		  global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B));
	set_pages(s, MEMCENSUS_S_KERNEL_RECLAIMABLE, slab +
		  global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE));
	set_bytes(s, MEMCENSUS_S_KERNEL_STACK,
		  (u64)global_node_page_state(NR_KERNEL_STACK_KB) << 10);
	set_pages(s, MEMCENSUS_S_COMMITTED, vm_memory_committed());
#ifdef CONFIG_CMA
	set_pages(s, MEMCENSUS_S_CMA_FREE,
		  global_zone_page_state(NR_FREE_CMA_PAGES));
#endif
}

#ifdef CONFIG_VM_EVENT_COUNTERS
/* One row an event; an event that each zone counts is added up elsewhere. */
static const struct {
	enum memcensus_event event;
	enum vm_event_item item;
} vm_events[] = {
	{ MEMCENSUS_E_PSWPIN, PSWPIN },
	{ MEMCENSUS_E_PSWPOUT, PSWPOUT },
	{ MEMCENSUS_E_PGFREE, PGFREE },
	{ MEMCENSUS_E_PGACTIVATE, PGACTIVATE },
	{ MEMCENSUS_E_PGDEACTIVATE, PGDEACTIVATE },
	{ MEMCENSUS_E_PGFAULT, PGFAULT },
	{ MEMCENSUS_E_PGMAJFAULT, PGMAJFAULT },
	{ MEMCENSUS_E_SLABS_SCANNED, SLABS_SCANNED },
	{ MEMCENSUS_E_KSWAPD_INODESTEAL, KSWAPD_INODESTEAL },
	{ MEMCENSUS_E_KSWAPD_LOW_QUICK, KSWAPD_LOW_WMARK_HIT_QUICKLY },
	{ MEMCENSUS_E_KSWAPD_HIGH_QUICK, KSWAPD_HIGH_WMARK_HIT_QUICKLY },
	{ MEMCENSUS_E_PAGEOUTRUN, PAGEOUTRUN },
	{ MEMCENSUS_E_OOM_KILL, OOM_KILL },
#ifdef CONFIG_COMPACTION
	{ MEMCENSUS_E_COMPACT_STALL, COMPACTSTALL },
	{ MEMCENSUS_E_COMPACT_FAIL, COMPACTFAIL },
	{ MEMCENSUS_E_COMPACT_SUCCESS, COMPACTSUCCESS },
	{ MEMCENSUS_E_COMPACT_DAEMON_WAKE, KCOMPACTD_WAKE },
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	{ MEMCENSUS_E_THP_FAULT_ALLOC, THP_FAULT_ALLOC },
	{ MEMCENSUS_E_THP_COLLAPSE_ALLOC, THP_COLLAPSE_ALLOC },
	{ MEMCENSUS_E_THP_SPLIT, THP_SPLIT_PAGE },
#endif
};

static u64 sum_zones(const unsigned long *events, enum vm_event_item normal)
{
	/* The items of all zones stand in a row, NORMAL among them. */
	enum vm_event_item first = normal - ZONE_NORMAL;
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		sum += events[first + i];
	return sum;
}

static int gather_events(struct census_system *s)
{
	static const struct {
		enum memcensus_event event;
		enum census_reclaim_event item;
	} reclaim[] = {
		{ MEMCENSUS_E_PGREFILL, CENSUS_PGREFILL },
		{ MEMCENSUS_E_PGSCAN_KSWAPD, CENSUS_PGSCAN_KSWAPD },
		{ MEMCENSUS_E_PGSCAN_DIRECT, CENSUS_PGSCAN_DIRECT },
		{ MEMCENSUS_E_PGSTEAL_KSWAPD, CENSUS_PGSTEAL_KSWAPD },
		{ MEMCENSUS_E_PGSTEAL_DIRECT, CENSUS_PGSTEAL_DIRECT },
	};
	unsigned long *events;
	unsigned int i;

	events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), CENSUS_GFP);
	if (!events)
		return -ENOMEM;
	all_vm_events(events);
	for (i = 0; i < ARRAY_SIZE(vm_events); i++)
		set_event(s, vm_events[i].event, events[vm_events[i].item]);
	for (i = 0; i < ARRAY_SIZE(reclaim); i++)
		set_event(s, reclaim[i].event,
			  census_reclaim_event(events, reclaim[i].item));
	/* Counted in sectors of 512 bytes, shown in KiB. */
	set_event(s, MEMCENSUS_E_PGPGIN, events[PGPGIN] / 2);
	set_event(s, MEMCENSUS_E_PGPGOUT, events[PGPGOUT] / 2);
	set_event(s, MEMCENSUS_E_PGALLOC, sum_zones(events, PGALLOC_NORMAL));
	set_event(s, MEMCENSUS_E_ALLOCSTALL,
		  sum_zones(events, ALLOCSTALL_NORMAL));
	kfree(events);
	return 0;
}
#else
static int gather_events(struct census_system *s)
{
	return 0;
}
#endif

/**
 * census_system_gather() - fill the totals of a snapshot
 * @snap: with its parts
 *
 * Return: 0 or -ENOMEM.
 */
int census_system_gather(struct census_snapshot *snap)
{
	gather_bytes(&snap->system);
	return gather_events(&snap->system);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "base/compat.h"
#include "base/memory.h"
#include "census/system.h"

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

/* Node counters, in pages; census_system_glance() knows the others. */
static const struct {
	u8 n;
	enum node_stat_item item;
} node_bytes[] = {
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
	/* A kernel without huge pages has these counters too, but does not update them. */
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
	struct sysinfo info;
	unsigned int i;
	long cached;

	set_pages(s, MEMCENSUS_S_TOTAL, totalram_pages());
	set_pages(s, MEMCENSUS_S_FREE, global_zone_page_state(NR_FREE_PAGES));
	set_pages(s, MEMCENSUS_S_AVAILABLE, max(si_mem_available(), 0L));
	for (i = 0; i < ARRAY_SIZE(node_bytes); i++)
		set_pages(s, node_bytes[i].n, global_node_page_state(node_bytes[i].item));
#ifdef CONFIG_SWAP
	set_pages(s, MEMCENSUS_S_SWAP_CACHED, global_node_page_state(NR_SWAPCACHE));
	set_pages(s, MEMCENSUS_S_SWAP_FREE, max(get_nr_swap_pages(), 0L));
#endif
	set_pages(s, MEMCENSUS_S_MLOCKED, global_zone_page_state(NR_MLOCK));
	set_pages(s, MEMCENSUS_S_SLAB_RECLAIMABLE, slab);
	set_pages(s, MEMCENSUS_S_SLAB_UNRECLAIMABLE,
		  global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B));
	set_pages(s, MEMCENSUS_S_KERNEL_RECLAIMABLE, slab +
		  global_node_page_state(NR_KERNEL_MISC_RECLAIMABLE));
	set_bytes(s, MEMCENSUS_S_KERNEL_STACK,
		  (u64)global_node_page_state(NR_KERNEL_STACK_KB) << 10);
#if IS_ENABLED(CONFIG_ZSMALLOC)
	set_pages(s, MEMCENSUS_S_ZSPAGES, global_zone_page_state(NR_ZSPAGES));
#endif
#ifdef CONFIG_CMA
	set_pages(s, MEMCENSUS_S_CMA_FREE,
		  global_zone_page_state(NR_FREE_CMA_PAGES));
#endif
	/* Adds what each processor has, under a raw lock with interrupts off. */
	set_pages(s, MEMCENSUS_S_COMMITTED, vm_memory_committed());
	si_meminfo(&info);
	set_pages(s, MEMCENSUS_S_BUFFERS, info.bufferram);
	cached = global_node_page_state(NR_FILE_PAGES) - info.bufferram -
		 (s->bytes[MEMCENSUS_S_SWAP_CACHED] >> PAGE_SHIFT);
	set_pages(s, MEMCENSUS_S_CACHED, max(cached, 0L));
}

/* Arguments of census_vm_event(); 0: see gather_events(), or not in this kernel. */
static const int event_items[MEMCENSUS_E_MAX + 1] = {
	[MEMCENSUS_E_PSWPIN] = census_event(PSWPIN),
	[MEMCENSUS_E_PSWPOUT] = census_event(PSWPOUT),
	[MEMCENSUS_E_PGFREE] = census_event(PGFREE),
	[MEMCENSUS_E_PGACTIVATE] = census_event(PGACTIVATE),
	[MEMCENSUS_E_PGDEACTIVATE] = census_event(PGDEACTIVATE),
	[MEMCENSUS_E_PGFAULT] = census_event(PGFAULT),
	[MEMCENSUS_E_PGMAJFAULT] = census_event(PGMAJFAULT),
	[MEMCENSUS_E_PGREFILL] = census_event(PGREFILL),
	[MEMCENSUS_E_PGSCAN_KSWAPD] = census_event(PGSCAN_KSWAPD),
	[MEMCENSUS_E_PGSCAN_DIRECT] = census_event(PGSCAN_DIRECT),
	[MEMCENSUS_E_PGSTEAL_KSWAPD] = census_event(PGSTEAL_KSWAPD),
	[MEMCENSUS_E_PGSTEAL_DIRECT] = census_event(PGSTEAL_DIRECT),
	[MEMCENSUS_E_SLABS_SCANNED] = census_event(SLABS_SCANNED),
	[MEMCENSUS_E_KSWAPD_INODESTEAL] = census_event(KSWAPD_INODESTEAL),
	[MEMCENSUS_E_KSWAPD_LOW_QUICK] = census_event(KSWAPD_LOW_WMARK_HIT_QUICKLY),
	[MEMCENSUS_E_KSWAPD_HIGH_QUICK] = census_event(KSWAPD_HIGH_WMARK_HIT_QUICKLY),
	[MEMCENSUS_E_PAGEOUTRUN] = census_event(PAGEOUTRUN),
	[MEMCENSUS_E_OOM_KILL] = census_event(OOM_KILL),
	[MEMCENSUS_E_COMPACT_STALL] = census_event(COMPACTSTALL),
	[MEMCENSUS_E_COMPACT_FAIL] = census_event(COMPACTFAIL),
	[MEMCENSUS_E_COMPACT_SUCCESS] = census_event(COMPACTSUCCESS),
	[MEMCENSUS_E_COMPACT_DAEMON_WAKE] = census_event(KCOMPACTD_WAKE),
	[MEMCENSUS_E_THP_FAULT_ALLOC] = census_event(THP_FAULT_ALLOC),
	[MEMCENSUS_E_THP_COLLAPSE_ALLOC] = census_event(THP_COLLAPSE_ALLOC),
	[MEMCENSUS_E_THP_SPLIT] = census_event(THP_SPLIT_PAGE),
	[MEMCENSUS_E_THP_FAULT_FALLBACK] = census_event(THP_FAULT_FALLBACK),
};

static u64 sum_zones(const unsigned long *events, enum vm_event_item normal)
{
	/* The items of all zones are consecutive, including NORMAL. */
	enum vm_event_item first = normal - ZONE_NORMAL;
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < MAX_NR_ZONES; i++)
		sum += events[first + i];
	return sum;
}

/*
 * all_vm_events() adds up one processor after the other: a page that one of them adds after it was
 * read, and a later one takes away, is in @deflated only.
 */
static u64 balloon_pages(u64 inflated, u64 deflated)
{
	return inflated > deflated ? inflated - deflated : 0;
}

static int gather_events(struct census_system *s)
{
	unsigned long *events;
	unsigned int i;

	if (!IS_ENABLED(CONFIG_VM_EVENT_COUNTERS))
		return 0;
	events = kcalloc(NR_VM_EVENT_ITEMS, sizeof(*events), CENSUS_GFP);
	if (!events)
		return -ENOMEM;
	/* These are read in the array itself. */
	BUILD_BUG_ON(census_event(PGPGIN) != PGPGIN || census_event(PGPGOUT) != PGPGOUT ||
		     census_event(PGALLOC_NORMAL) != PGALLOC_NORMAL ||
		     census_event(ALLOCSTALL_NORMAL) != ALLOCSTALL_NORMAL);
	all_vm_events(events);
	for (i = 0; i <= MEMCENSUS_E_MAX; i++)
		if (event_items[i])
			set_event(s, i, census_vm_event(events, event_items[i]));
	/* Counted in sectors of 512 bytes, reported in KiB. */
	set_event(s, MEMCENSUS_E_PGPGIN_KIB, events[PGPGIN] / 2);
	set_event(s, MEMCENSUS_E_PGPGOUT_KIB, events[PGPGOUT] / 2);
	set_event(s, MEMCENSUS_E_PGALLOC, sum_zones(events, PGALLOC_NORMAL));
	set_event(s, MEMCENSUS_E_ALLOCSTALL,
		  sum_zones(events, ALLOCSTALL_NORMAL));
	/* The option is MEMORY_BALLOON or, in newer kernels, BALLOON. */
	if (census_event(BALLOON_INFLATE))
		set_pages(s, MEMCENSUS_S_BALLOON,
			  balloon_pages(census_vm_event(events, census_event(BALLOON_INFLATE)),
					census_vm_event(events, census_event(BALLOON_DEFLATE))));
	kfree(events);
	return 0;
}

int census_system_gather(struct census_snapshot *snap)
{
	gather_bytes(&snap->system);
	return gather_events(&snap->system);
}

// SPDX-License-Identifier: GPL-2.0
/* The parts of MemTotal. */
#include <string.h>

#include "model/breakdown.h"

enum {
	ROW_PROCESSES,
	ROW_ANON,
	ROW_FILE,
	ROW_SHMEM,
	ROW_DEVICE,
	ROW_ANON_UNMAPPED,
	ROW_CACHE_UNMAPPED,
	ROW_SHMEM_UNMAPPED,
	ROW_SLAB_RECLAIMABLE,
	ROW_SLAB_UNRECLAIMABLE,
	ROW_KERNEL_MISC,
	ROW_KERNEL_STACK,
	ROW_PAGETABLES,
	ROW_SEC_PAGETABLES,
	ROW_VMALLOC,
	ROW_PERCPU,
	ROW_HUGETLB,
	ROW_HUGETLB_USED,
	ROW_HUGETLB_RESERVED,
	ROW_HUGETLB_FREE,
	ROW_ZSWAP,
	ROW_ZSPAGES,
	ROW_GPU_ACTIVE,
	ROW_GPU_RECLAIM,
	ROW_WRITEBACK_TMP,
	ROW_POISONED,
	ROW_FREE,
	ROW_PCP,
	ROW_UNACCOUNTED,
	ROW_SWAP_CACHED,
	ROW_SOCKETS,
	ROW_DEVICE_ELSEWHERE,
	ROW_BALLOON,
	ROW_TOTAL,
};
_Static_assert(ROW_TOTAL + 1 == BREAKDOWN_ROWS, "BREAKDOWN_ROWS is not their number");

/* The row is this system figure, this line of /proc/meminfo, or computed. */
#define FIGURE(number)	.figure = MEM_##number
#define LINE(name)	.line = name
/* Some machines have no such memory. */
#define RARE		.rare = true

const struct breakdown_row breakdown_rows[BREAKDOWN_ROWS] = {
	[ROW_PROCESSES] = { "processes", false, "mapped by processes: all PSS but device" },
	[ROW_ANON] = { "processes_anon", true, "anonymous memory of processes" },
	[ROW_FILE] = { "processes_file", true, "page cache of processes" },
	[ROW_SHMEM] = { "processes_shmem", true, "shared memory of processes" },
	[ROW_DEVICE] = { "device", false,
		"memory of drivers that processes map", RARE },
	[ROW_ANON_UNMAPPED] = { "anon_unmapped", false,
		"anonymous, in no page table: parts of huge pages, swap cache", RARE },
	[ROW_CACHE_UNMAPPED] = { "cache_unmapped", false,
		"page cache and buffers that no process maps" },
	[ROW_SHMEM_UNMAPPED] = { "shmem_unmapped", false,
		"shared memory and tmpfs that no process maps" },
	[ROW_SLAB_RECLAIMABLE] = { "slab_reclaimable", false,
		"reclaimable slab", FIGURE(SLAB_RECLAIMABLE) },
	[ROW_SLAB_UNRECLAIMABLE] = { "slab_unreclaimable", false,
		"unreclaimable slab", FIGURE(SLAB_UNRECLAIMABLE) },
	[ROW_KERNEL_MISC] = { "kernel_misc", false,
		"other reclaimable kernel memory", FIGURE(KERNEL_RECLAIMABLE), RARE },
	[ROW_KERNEL_STACK] = { "kernel_stack", false, "kernel stacks", FIGURE(KERNEL_STACK) },
	[ROW_PAGETABLES] = { "pagetables", false, "page tables of processes",
		FIGURE(PAGETABLES) },
	[ROW_SEC_PAGETABLES] = { "sec_pagetables", false,
		"page tables of devices and guests", FIGURE(SEC_PAGETABLES), RARE },
	[ROW_VMALLOC] = { "vmalloc", false, "vmalloc, without kernel stacks",
		LINE("VmallocUsed") },
	[ROW_PERCPU] = { "percpu", false, "per-CPU variables", LINE("Percpu") },
	[ROW_HUGETLB] = { "hugetlb", false, "hugetlb pages, in use or not", LINE("Hugetlb") },
	[ROW_HUGETLB_USED] = { "hugetlb_used", true, "in use", RARE },
	[ROW_HUGETLB_RESERVED] = { "hugetlb_reserved", true,
		"not in use, but promised to a mapping", RARE },
	[ROW_HUGETLB_FREE] = { "hugetlb_free", true, "free for any mapping", RARE },
	[ROW_ZSWAP] = { "zswap", false, "swap kept in memory, compressed", LINE("Zswap"), RARE },
	[ROW_ZSPAGES] = { "zram", false, "zsmalloc without zswap: zram", FIGURE(ZSPAGES), RARE },
	[ROW_GPU_ACTIVE] = { "gpu_active", false, "memory of GPUs", LINE("GPUActive"), RARE },
	[ROW_GPU_RECLAIM] = { "gpu_reclaim", false, "pools of GPUs that can be reclaimed",
		LINE("GPUReclaim"), RARE },
	[ROW_WRITEBACK_TMP] = { "fuse_writeback", false, "copies of pages that FUSE writes back",
		LINE("WritebackTmp"), RARE },
	[ROW_POISONED] = { "poisoned", false, "taken out of use by hardware errors",
		LINE("HardwareCorrupted"), RARE },
	[ROW_FREE] = { "free", false, "unused", FIGURE(FREE) },
	[ROW_PCP] = { "pcp", false, "free too, in lists of CPUs" },
	[ROW_UNACCOUNTED] = { "unaccounted", false,
		"in use, in no counter of the kernel" },
	[ROW_SWAP_CACHED] = { "also_swap_cached", true,
		"in swap too: of processes_anon if mapped, else of anon_unmapped",
		FIGURE(SWAP_CACHED), RARE },
	[ROW_SOCKETS] = { "also_sockets", true,
		"buffers of TCP and UDP: part of this, and of slab_unreclaimable",
		LINE("Sockets"), RARE },
	[ROW_DEVICE_ELSEWHERE] = { "also_device", true,
		"mapped too: of vmalloc, as BPF arrays, or of this", RARE },
	[ROW_BALLOON] = { "also_balloon", true,
		"balloons: of this if MemTotal has them", FIGURE(BALLOON), RARE },
	[ROW_TOTAL] = { "total", false, "memory the kernel manages", FIGURE(TOTAL) },
};

/* @a less @b, where @a may lack @error bytes: each share of a process is rounded down. */
static struct amount beyond(struct amount a, struct amount b, int64_t error)
{
	struct amount rest = amount_minus(a, b);

	if (rest.bytes < 0 && rest.bytes >= -error)
		rest.bytes = 0;
	return rest;
}

static struct amount sum_pcp(const struct snapshot *snap)
{
	struct amount sum = { snap->n_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_zones; i++) {
		sum.known &= KNOWN(&snap->zones[i], MEMCENSUS_ZONE_PCP);
		sum.bytes += (int64_t)snap->zones[i].pcp;
	}
	return sum;
}

/* @vmalloc includes @stacks with CONFIG_VMAP_STACK; without it, @vmalloc is often smaller. */
static struct amount without_stacks(struct amount vmalloc, struct amount stacks)
{
	if (vmalloc.known && stacks.known && vmalloc.bytes < stacks.bytes)
		return vmalloc;
	return amount_minus(vmalloc, stacks);
}

/*
 * What hugetlb pages are used for.  The kernel counts those of the default size; unknown if there
 * are others too.
 */
static void divide_hugetlb(const struct snapshot *snap, struct amount *rows)
{
	const struct amount size = amount_meminfo(snap, "Hugepagesize");
	const struct amount all = amount_meminfo(snap, "HugePages_Total");
	const struct amount unused = amount_meminfo(snap, "HugePages_Free");
	const struct amount reserved = amount_meminfo(snap, "HugePages_Rsvd");
	const bool known = size.known && all.known && unused.known && reserved.known &&
			   all.bytes * size.bytes == rows[ROW_HUGETLB].bytes;

	rows[ROW_HUGETLB_USED] = (struct amount){
		known, (all.bytes - unused.bytes) * size.bytes };
	rows[ROW_HUGETLB_RESERVED] = (struct amount){ known, reserved.bytes * size.bytes };
	rows[ROW_HUGETLB_FREE] = (struct amount){
		known, (unused.bytes - reserved.bytes) * size.bytes };
}

/*
 * The rows are @excess bytes more than the total.  The counter of what GPUs keep in their pools may
 * be more than they have, so it is the first to be less; all others lag by little.
 */
static void take_back(struct amount *rows, int64_t excess)
{
	struct amount *pools = &rows[ROW_GPU_RECLAIM];
	const int64_t less = pools->bytes < excess ? pools->bytes : excess;

	pools->bytes -= less;
	rows[ROW_UNACCOUNTED].bytes = 0;
}

/*
 * What is on the lists of reclaim and neither mapped nor page cache.  The counters lag, and a page
 * on its way to a list is in none: a lower bound.
 */
static struct amount unmapped_on_lists(const struct figures *bytes, struct amount cache)
{
	static const unsigned int lists[] = {
		MEM_INACTIVE_ANON, MEM_ACTIVE_FILE, MEM_INACTIVE_FILE,
		MEM_UNEVICTABLE,
	};
	struct amount sum = amount_figure(bytes, MEM_ACTIVE_ANON);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		sum = amount_plus(sum, amount_figure(bytes, lists[i]));
	sum = amount_minus(amount_minus(sum, cache), amount_figure(bytes, MEM_ANON));
	if (sum.bytes < 0)
		sum.bytes = 0;
	return sum;
}

struct breakdown breakdown_of(const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;
	struct amount cache = amount_plus(amount_figure(bytes, MEM_CACHED),
					  amount_figure(bytes, MEM_BUFFERS));
	struct amount shmem = amount_figure(bytes, MEM_SHMEM);
	struct amount of_devices;
	struct breakdown breakdown = { 0 };
	struct amount *rows = breakdown.rows, *rest = &rows[ROW_UNACCOUNTED];
	unsigned int i;

	for (i = 0; i < BREAKDOWN_ROWS; i++) {
		if (breakdown_rows[i].figure)
			rows[i] = amount_figure(bytes, breakdown_rows[i].figure);
		else if (breakdown_rows[i].line)
			rows[i] = amount_meminfo(snap, breakdown_rows[i].line);
	}
	of_devices = amount_tasks(snap, MEMCENSUS_F_PSS_DEVICE);
	rows[ROW_PROCESSES] = amount_tasks(snap, MEMCENSUS_F_PSS);
	/* A module without the figure has them in PSS_FILE. */
	if (of_devices.known) {
		rows[ROW_PROCESSES] = amount_minus(rows[ROW_PROCESSES], of_devices);
		rows[ROW_DEVICE] = amount_of(KNOWN(&snap->scan, MEMCENSUS_SCAN_DEVICE_UNCOUNTED),
					     snap->scan.device_uncounted);
		/* Not in MemTotal, and so in no row.  A module without it has it in PSS_FILE. */
		if (KNOWN(&snap->scan, MEMCENSUS_SCAN_ZONE_DEVICE))
			of_devices.bytes -= (int64_t)snap->scan.zone_device;
		rows[ROW_DEVICE_ELSEWHERE] =
			beyond(of_devices, rows[ROW_DEVICE], (int64_t)snap->n_tasks);
	}
	rows[ROW_ANON] = amount_tasks(snap, MEMCENSUS_F_PSS_ANON);
	rows[ROW_FILE] = amount_tasks(snap, MEMCENSUS_F_PSS_FILE);
	rows[ROW_SHMEM] = amount_tasks(snap, MEMCENSUS_F_PSS_SHMEM);
	rows[ROW_ANON_UNMAPPED] = unmapped_on_lists(bytes, cache);
	rows[ROW_CACHE_UNMAPPED] = amount_minus(amount_minus(cache, shmem), rows[ROW_FILE]);
	rows[ROW_SHMEM_UNMAPPED] = amount_minus(shmem, rows[ROW_SHMEM]);
	rows[ROW_KERNEL_MISC] = amount_minus(rows[ROW_KERNEL_MISC], rows[ROW_SLAB_RECLAIMABLE]);
	rows[ROW_VMALLOC] = without_stacks(rows[ROW_VMALLOC], rows[ROW_KERNEL_STACK]);
	rows[ROW_PCP] = sum_pcp(snap);
	if (rows[ROW_HUGETLB].known)
		divide_hugetlb(snap, rows);
	/*
	 * zswap is in both if it uses zsmalloc.  Its own counter is read later and lags less, so
	 * that it may be the larger one.
	 */
	if (rows[ROW_ZSWAP].known && rows[ROW_ZSPAGES].bytes >= rows[ROW_ZSWAP].bytes / 2)
		rows[ROW_ZSPAGES] = beyond(rows[ROW_ZSPAGES], rows[ROW_ZSWAP],
					   rows[ROW_ZSWAP].bytes);

	/* Counters are read one after another, and some lag: less than nothing is nothing. */
	for (i = 0; i < ROW_UNACCOUNTED; i++)
		if (rows[i].bytes < 0)
			rows[i].bytes = 0;
	*rest = rows[ROW_TOTAL];
	for (i = 0; i < ROW_UNACCOUNTED; i++)
		if (rows[i].known && !breakdown_rows[i].of)
			rest->bytes -= rows[i].bytes;
	if (rest->bytes < 0)
		take_back(rows, -rest->bytes);
	return breakdown;
}

struct amount breakdown_part(const struct breakdown *breakdown, const char *name)
{
	unsigned int i;

	for (i = 0; i < BREAKDOWN_ROWS; i++)
		if (!strcmp(breakdown_rows[i].name, name))
			return breakdown->rows[i];
	return amount_of(false, 0);
}

bool breakdown_shows(const struct breakdown *breakdown, unsigned int i)
{
	return !breakdown_rows[i].rare || breakdown->rows[i].bytes;
}

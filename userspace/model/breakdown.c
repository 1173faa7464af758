// SPDX-License-Identifier: GPL-2.0
/* The parts of MemTotal. */
#include "model/breakdown.h"

enum {
	ROW_PROCESSES,
	ROW_ANON,
	ROW_FILE,
	ROW_SHMEM,
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
	ROW_ZSWAP,
	ROW_FREE,
	ROW_PCP,
	ROW_UNACCOUNTED,
	ROW_TOTAL,
};
_Static_assert(ROW_TOTAL + 1 == BREAKDOWN_ROWS, "BREAKDOWN_ROWS is not their number");

const struct breakdown_row breakdown_rows[BREAKDOWN_ROWS] = {
	[ROW_PROCESSES] = { "processes", false, "mapped by processes: all PSS together" },
	[ROW_ANON] = { "processes_anon", true, "of it anonymous" },
	[ROW_FILE] = { "processes_file", true, "of it page cache" },
	[ROW_SHMEM] = { "processes_shmem", true, "of it shared memory" },
	[ROW_CACHE_UNMAPPED] = { "cache_unmapped", false,
		"page cache and buffers that no process maps" },
	[ROW_SHMEM_UNMAPPED] = { "shmem_unmapped", false,
		"shared memory and tmpfs that no process maps" },
	[ROW_SLAB_RECLAIMABLE] = { "slab_reclaimable", false,
		"reclaimable slab" },
	[ROW_SLAB_UNRECLAIMABLE] = { "slab_unreclaimable", false,
		"unreclaimable slab" },
	[ROW_KERNEL_MISC] = { "kernel_misc", false,
		"other reclaimable kernel memory" },
	[ROW_KERNEL_STACK] = { "kernel_stack", false, "kernel stacks" },
	[ROW_PAGETABLES] = { "pagetables", false, "page tables of processes" },
	[ROW_SEC_PAGETABLES] = { "sec_pagetables", false,
		"page tables of devices and guests" },
	[ROW_VMALLOC] = { "vmalloc", false, "vmalloc, without kernel stacks" },
	[ROW_PERCPU] = { "percpu", false, "per-CPU variables" },
	[ROW_HUGETLB] = { "hugetlb", false, "hugetlb pages, in use or not" },
	[ROW_ZSWAP] = { "zswap", false, "swap kept in memory, compressed" },
	[ROW_FREE] = { "free", false, "unused" },
	[ROW_PCP] = { "pcp", false, "free too, in lists of CPUs" },
	[ROW_UNACCOUNTED] = { "unaccounted", false,
		"in use, in no counter of the kernel" },
	[ROW_TOTAL] = { "total", false, "memory the kernel manages" },
};

/*
 * The sum of @figure over all tasks; a task without it adds nothing.  Unknown if the
 * census is limited to some PIDs.
 */
static struct amount of_tasks(const struct snapshot *snap, unsigned int figure)
{
	struct amount sum = { false, 0 };
	size_t i;

	for (i = 0; !snap->named && i < snap->n_tasks; i++) {
		if (!KNOWN(&snap->tasks[i].figures, figure))
			continue;
		sum.known = true;
		sum.bytes += (int64_t)snap->tasks[i].figures.v[figure];
	}
	return sum;
}

static struct amount of_zones(const struct snapshot *snap)
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

static void fill_processes(struct amount *rows, const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;
	struct amount cache = amount_plus(amount_figure(bytes, MEMCENSUS_S_CACHED),
					  amount_figure(bytes, MEMCENSUS_S_BUFFERS));
	struct amount shmem = amount_figure(bytes, MEMCENSUS_S_SHMEM);

	rows[ROW_PROCESSES] = of_tasks(snap, MEMCENSUS_F_PSS);
	rows[ROW_ANON] = of_tasks(snap, MEMCENSUS_F_PSS_ANON);
	rows[ROW_FILE] = of_tasks(snap, MEMCENSUS_F_PSS_FILE);
	rows[ROW_SHMEM] = of_tasks(snap, MEMCENSUS_F_PSS_SHMEM);
	rows[ROW_CACHE_UNMAPPED] = amount_minus(amount_minus(cache, shmem), rows[ROW_FILE]);
	rows[ROW_SHMEM_UNMAPPED] = amount_minus(shmem, rows[ROW_SHMEM]);
}

static void fill_kernel(struct amount *rows, const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;

	rows[ROW_SLAB_RECLAIMABLE] = amount_figure(bytes, MEMCENSUS_S_SLAB_RECLAIMABLE);
	rows[ROW_SLAB_UNRECLAIMABLE] = amount_figure(bytes, MEMCENSUS_S_SLAB_UNRECLAIMABLE);
	rows[ROW_KERNEL_MISC] =
		amount_minus(amount_figure(bytes, MEMCENSUS_S_KERNEL_RECLAIMABLE),
			     rows[ROW_SLAB_RECLAIMABLE]);
	rows[ROW_KERNEL_STACK] = amount_figure(bytes, MEMCENSUS_S_KERNEL_STACK);
	rows[ROW_PAGETABLES] = amount_figure(bytes, MEMCENSUS_S_PAGETABLES);
	rows[ROW_SEC_PAGETABLES] = amount_figure(bytes, MEMCENSUS_S_SEC_PAGETABLES);
	rows[ROW_VMALLOC] = without_stacks(amount_meminfo(snap, "VmallocUsed"),
					   rows[ROW_KERNEL_STACK]);
	rows[ROW_PERCPU] = amount_meminfo(snap, "Percpu");
	rows[ROW_HUGETLB] = amount_meminfo(snap, "Hugetlb");
	rows[ROW_ZSWAP] = amount_meminfo(snap, "Zswap");
}

struct breakdown breakdown_of(const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;
	struct breakdown breakdown;
	struct amount *rows = breakdown.rows, *rest = &rows[ROW_UNACCOUNTED];
	unsigned int i;

	fill_processes(rows, snap);
	fill_kernel(rows, snap);
	rows[ROW_FREE] = amount_figure(bytes, MEMCENSUS_S_FREE);
	rows[ROW_PCP] = of_zones(snap);
	rows[ROW_TOTAL] = amount_figure(bytes, MEMCENSUS_S_TOTAL);

	*rest = rows[ROW_TOTAL];
	for (i = 0; i < ROW_UNACCOUNTED; i++)
		if (rows[i].known && !breakdown_rows[i].of)
			rest->bytes -= rows[i].bytes;
	return breakdown;
}

bool breakdown_shows(const struct breakdown *breakdown, unsigned int i)
{
	switch (i) {
	case ROW_KERNEL_MISC:
	case ROW_SEC_PAGETABLES:
	case ROW_ZSWAP:
		return breakdown->rows[i].bytes;
	default:
		return true;
	}
}

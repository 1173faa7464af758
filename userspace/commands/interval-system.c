// SPDX-License-Identifier: GPL-2.0
/* The rows of 'system' at an interval. */
#include "commands/interval.h"
#include "commands/optional.h"

static struct amount used_percent(const struct snapshot *snap, unsigned int number)
{
	struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	struct amount used = amount_minus(total, amount_total(snap, MEMCENSUS_S_AVAILABLE));

	(void)number;
	if (!used.known || !total.known || !total.bytes)
		return (struct amount){ false, 0 };
	return (struct amount){ true, (int64_t)(1e5 * used.bytes / total.bytes) };
}

static struct amount swap_used(const struct snapshot *snap, unsigned int free)
{
	return amount_minus(amount_meminfo(snap, "SwapTotal"), amount_total(snap, free));
}

static const struct interval_column rows[] = {
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("available", "avail", MEMCENSUS_S_AVAILABLE,
	      "available without swapping"),
	LEVEL("used", "used", MEMCENSUS_S_TOTAL, "total minus available",
	      .minus = MEMCENSUS_S_AVAILABLE, .wide = true),
	LEVEL("used_percent", "%used", 0, "used in percent of the total",
	      .get = used_percent, .percent = true),
	LEVEL("buffers", "buff", MEMCENSUS_S_BUFFERS, "cache of block devices"),
	LEVEL("cache", "cache", MEMCENSUS_S_CACHED, "page cache and reclaimable slab",
	      .plus = MEMCENSUS_S_SLAB_RECLAIMABLE),
	LEVEL("dirty", "dirty", MEMCENSUS_S_DIRTY, "to be written back",
	      .wide = true),
	LEVEL("swap_used", "swpd", MEMCENSUS_S_SWAP_FREE, "swap in use", .get = swap_used),
	SWAPPED("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in, per second"),
	SWAPPED("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out, per second"),
	RATE("block_in", "bi", MEMCENSUS_E_PGPGIN_KIB, "KiB read from block devices, per second"),
	RATE("block_out", "bo", MEMCENSUS_E_PGPGOUT_KIB,
	     "KiB written to block devices, per second"),
	RATE("faults", "flt/s", MEMCENSUS_E_PGFAULT, "page faults, per second",
	     .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT,
	     "page faults with I/O, per second"),
	LEVEL("committed", "commit", MEMCENSUS_S_COMMITTED,
	      "committed address space", .wide = true),
	LEVEL("cached", "cached", MEMCENSUS_S_CACHED,
	      "page cache, shared memory included", .wide = true),
	LEVEL("active", "active", MEMCENSUS_S_ACTIVE_ANON, "on the active lists",
	      .plus = MEMCENSUS_S_ACTIVE_FILE, .wide = true),
	LEVEL("inactive", "inact", MEMCENSUS_S_INACTIVE_ANON, "on the inactive lists",
	      .plus = MEMCENSUS_S_INACTIVE_FILE, .wide = true),
	LEVEL("shmem", "shmem", MEMCENSUS_S_SHMEM, "shared memory and tmpfs",
	      .wide = true),
	LEVEL("anon", "anon", MEMCENSUS_S_ANON, "anonymous pages of processes",
	      .wide = true),
	LEVEL("slab_unreclaimable", "sunrecl", MEMCENSUS_S_SLAB_UNRECLAIMABLE,
	      "unreclaimable slab", .wide = true),
	LEVEL("pagetables", "pgtab", MEMCENSUS_S_PAGETABLES, "page tables",
	      .wide = true),
	LEVEL("kernel_stack", "kstack", MEMCENSUS_S_KERNEL_STACK,
	      "kernel stacks", .wide = true),
	RATE("allocated", "alloc/s", MEMCENSUS_E_PGALLOC, "pages allocated, per second",
	     .wide = true),
	RATE("freed", "freed/s", MEMCENSUS_E_PGFREE, "pages freed, per second", .wide = true),
};

int system_rows(struct session *session, struct failure *why)
{
	return interval_run(session, rows, ARRAY_SIZE(rows), why);
}

void system_columns(FILE *out)
{
	interval_help(out, rows, ARRAY_SIZE(rows));
}

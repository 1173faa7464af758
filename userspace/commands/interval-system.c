// SPDX-License-Identifier: GPL-2.0
/* The rows of 'system' at an interval. */
#include "commands/interval.h"
#include "commands/optional.h"

static struct amount used_percent(const struct snapshot *snap, unsigned int number)
{
	struct amount used = system_used(snap);
	struct amount total = amount_figure(&snap->totals.bytes, MEMCENSUS_S_TOTAL);

	(void)number;
	if (!used.known || !total.known || !total.bytes)
		return (struct amount){ false, 0 };
	return (struct amount){ true, (int64_t)(1e5 * used.bytes / total.bytes) };
}

static struct amount system_active(const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;

	return amount_plus(amount_figure(bytes, MEMCENSUS_S_ACTIVE_ANON),
			   amount_figure(bytes, MEMCENSUS_S_ACTIVE_FILE));
}

static struct amount system_inactive(const struct snapshot *snap)
{
	const struct figures *bytes = &snap->totals.bytes;

	return amount_plus(amount_figure(bytes, MEMCENSUS_S_INACTIVE_ANON),
			   amount_figure(bytes, MEMCENSUS_S_INACTIVE_FILE));
}

#define BY(of)								\
static struct amount interval_##of(const struct snapshot *snap, unsigned int number) \
{									\
	(void)number;							\
	return system_##of(snap);						\
}

BY(used)
BY(cache)
BY(swap_used)
BY(active)
BY(inactive)

#define LEVEL(name_, header_, fn, num, help_, ...)			\
	{ .name = name_, .header = header_, .help = help_,		\
	  .kind = INTERVAL_LEVEL, .memory = true, .get = fn, .number = num, __VA_ARGS__ }

static const struct interval_column rows[] = {
	LEVEL("free", "free", interval_bytes, MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("available", "avail", interval_bytes, MEMCENSUS_S_AVAILABLE,
	      "available without swapping"),
	LEVEL("used", "used", interval_used, 0, "total minus available", .wide = true),
	LEVEL("used_percent", "%used", used_percent, 0, "used in percent of the total",
	      .percent = true),
	LEVEL("buffers", "buff", interval_bytes, MEMCENSUS_S_BUFFERS, "cache of block devices"),
	LEVEL("cache", "cache", interval_cache, 0, "page cache and reclaimable slab"),
	LEVEL("dirty", "dirty", interval_bytes, MEMCENSUS_S_DIRTY, "to be written back",
	      .wide = true),
	LEVEL("swap_used", "swpd", interval_swap_used, 0, "swap in use"),
	SWAPPED("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in, per second"),
	SWAPPED("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out, per second"),
	RATE("block_in", "bi", MEMCENSUS_E_PGPGIN_KIB, "KiB read from block devices, per second"),
	RATE("block_out", "bo", MEMCENSUS_E_PGPGOUT_KIB,
	     "KiB written to block devices, per second"),
	RATE("faults", "flt/s", MEMCENSUS_E_PGFAULT, "page faults, per second",
	     .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT,
	     "page faults with I/O, per second"),
	LEVEL("committed", "commit", interval_bytes, MEMCENSUS_S_COMMITTED,
	      "committed address space", .wide = true),
	LEVEL("cached", "cached", interval_bytes, MEMCENSUS_S_CACHED,
	      "page cache, shared memory included", .wide = true),
	LEVEL("active", "active", interval_active, 0, "on the active lists", .wide = true),
	LEVEL("inactive", "inact", interval_inactive, 0, "on the inactive lists", .wide = true),
	LEVEL("shmem", "shmem", interval_bytes, MEMCENSUS_S_SHMEM, "shared memory and tmpfs",
	      .wide = true),
	LEVEL("anon", "anon", interval_bytes, MEMCENSUS_S_ANON, "anonymous pages of processes",
	      .wide = true),
	LEVEL("slab_unreclaimable", "sunrecl", interval_bytes, MEMCENSUS_S_SLAB_UNRECLAIMABLE,
	      "unreclaimable slab", .wide = true),
	LEVEL("pagetables", "pgtab", interval_bytes, MEMCENSUS_S_PAGETABLES, "page tables",
	      .wide = true),
	LEVEL("kernel_stack", "kstack", interval_bytes, MEMCENSUS_S_KERNEL_STACK,
	      "kernel stacks", .wide = true),
	RATE("allocated", "alloc/s", MEMCENSUS_E_PGALLOC, "pages allocated, per second",
	     .wide = true),
	RATE("freed", "freed/s", MEMCENSUS_E_PGFREE, "pages freed, per second", .wide = true),
};

int system_rows(struct session *session, struct failure *why)
{
	return interval_run(session, rows, sizeof(rows) / sizeof(rows[0]), why);
}

void system_columns(FILE *out)
{
	interval_help(out, rows, sizeof(rows) / sizeof(rows[0]));
}

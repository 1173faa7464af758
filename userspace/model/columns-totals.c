// SPDX-License-Identifier: GPL-2.0
/* The columns of the totals of the whole system: amounts and events. */
#include "model/columns-data.h"
#include "model/columns.h"

static const struct column totals_fields[] = {
	[MEMCENSUS_SYSTEM_BYTES] = {
		"bytes", "", "", .kind = KIND_NEST, .wire = WIRE_FIGURES,
		.number = MEMCENSUS_SYSTEM_BYTES,
		.offset = offsetof(struct totals, bytes) },
	[MEMCENSUS_SYSTEM_EVENTS] = {
		"events", "", "", .kind = KIND_NEST, .wire = WIRE_FIGURES,
		.number = MEMCENSUS_SYSTEM_EVENTS,
		.offset = offsetof(struct totals, events) },
};
_Static_assert(ARRAY_SIZE(totals_fields) == MEMCENSUS_SYSTEM_MAX + 1,
	       "a part of the totals has no column");

#define BYTES(num, name_, kernel_, help_)				\
	[MEMCENSUS_S_##num] = {						\
		.name = name_, .help = help_, .kernel = kernel_,	\
		.kind = KIND_BYTES, .wire = WIRE_U64,			\
		.number = MEMCENSUS_S_##num,				\
		.known = offsetof(struct totals, bytes.known),		\
		.offset = offsetof(struct totals, bytes.v[MEMCENSUS_S_##num]) }

static const struct column bytes[] = {
	BYTES(TOTAL, "total", "MemTotal", "memory the kernel manages"),
	BYTES(FREE, "free", "MemFree", "in no use at all"),
	BYTES(AVAILABLE, "available", "MemAvailable", "could be had without swapping"),
	BYTES(BUFFERS, "buffers", "Buffers", "cache of block devices"),
	BYTES(CACHED, "cached", "Cached", "cache of files, shmem included"),
	BYTES(SWAP_CACHED, "swap_cached", "SwapCached", "in memory and in swap"),
	BYTES(ACTIVE_ANON, "active_anon", "Active(anon)", "anonymous, in use of late"),
	BYTES(INACTIVE_ANON, "inactive_anon", "Inactive(anon)",
	      "anonymous, to be swapped out first"),
	BYTES(ACTIVE_FILE, "active_file", "Active(file)", "page cache, in use of late"),
	BYTES(INACTIVE_FILE, "inactive_file", "Inactive(file)",
	      "page cache, to be dropped first"),
	BYTES(UNEVICTABLE, "unevictable", "Unevictable", "cannot be reclaimed"),
	BYTES(MLOCKED, "mlocked", "Mlocked", "locked by mlock"),
	BYTES(SWAP_FREE, "swap_free", "SwapFree", "swap in no use"),
	BYTES(DIRTY, "dirty", "Dirty", "to be written back"),
	BYTES(WRITEBACK, "writeback", "Writeback", "being written back"),
	BYTES(ANON, "anon", "AnonPages", "anonymous pages of processes"),
	BYTES(MAPPED, "mapped", "Mapped", "files and shmem mapped by processes"),
	BYTES(SHMEM, "shmem", "Shmem", "shared memory and tmpfs"),
	BYTES(SLAB_RECLAIMABLE, "slab_reclaimable", "SReclaimable",
	      "kernel objects that can be given back"),
	BYTES(SLAB_UNRECLAIMABLE, "slab_unreclaimable", "SUnreclaim",
	      "kernel objects that cannot"),
	BYTES(KERNEL_RECLAIMABLE, "kernel_reclaimable", "KReclaimable",
	      "kernel memory that can be given back, slab included"),
	BYTES(KERNEL_STACK, "kernel_stack", "KernelStack", "kernel stacks"),
	BYTES(PAGETABLES, "pagetables", "PageTables", "page tables"),
	BYTES(SEC_PAGETABLES, "sec_pagetables", "SecPageTables",
	      "page tables of devices and guests"),
	BYTES(COMMITTED, "committed", "Committed_AS", "promised to processes"),
	BYTES(ANON_HUGE, "anon_huge", "AnonHugePages", "anonymous huge pages"),
	BYTES(SHMEM_HUGE, "shmem_huge", "ShmemHugePages", "shared memory in huge pages"),
	BYTES(SHMEM_PMD, "shmem_pmd", "ShmemPmdMapped", "of these, mapped as such"),
	BYTES(FILE_HUGE, "file_huge", "FileHugePages", "page cache in huge pages"),
	BYTES(FILE_PMD, "file_pmd", "FilePmdMapped", "of these, mapped as such"),
	BYTES(CMA_FREE, "cma_free", "CmaFree", "free in CMA areas"),
};
_Static_assert(ARRAY_SIZE(bytes) == MEMCENSUS_S_MAX + 1,
	       "an amount of the system has no column");

#define EVENT(num, name_, kernel_, help_)				\
	[MEMCENSUS_E_##num] = {						\
		.name = name_, .help = help_, .kernel = kernel_,	\
		.kind = KIND_COUNT, .wire = WIRE_U64,			\
		.number = MEMCENSUS_E_##num,				\
		.known = offsetof(struct totals, events.known),		\
		.offset = offsetof(struct totals, events.v[MEMCENSUS_E_##num]) }

static const struct column events[] = {
	EVENT(PGPGIN, "pgpgin", "pgpgin", "KiB read from block devices"),
	EVENT(PGPGOUT, "pgpgout", "pgpgout", "KiB written to block devices"),
	EVENT(PSWPIN, "pswpin", "pswpin", "pages swapped in"),
	EVENT(PSWPOUT, "pswpout", "pswpout", "pages swapped out"),
	EVENT(PGALLOC, "pgalloc", "pgalloc_*", "pages allocated"),
	EVENT(PGFREE, "pgfree", "pgfree", "pages freed"),
	EVENT(PGACTIVATE, "pgactivate", "pgactivate", "pages found in use"),
	EVENT(PGDEACTIVATE, "pgdeactivate", "pgdeactivate", "pages found idle"),
	EVENT(PGFAULT, "pgfault", "pgfault", "page faults"),
	EVENT(PGMAJFAULT, "pgmajfault", "pgmajfault", "page faults with I/O"),
	EVENT(PGREFILL, "pgrefill", "pgrefill", "pages of active lists scanned"),
	EVENT(PGSCAN_KSWAPD, "pgscan_kswapd", "pgscan_kswapd", "pages kswapd scanned"),
	EVENT(PGSCAN_DIRECT, "pgscan_direct", "pgscan_direct",
	      "pages allocating tasks scanned"),
	EVENT(PGSTEAL_KSWAPD, "pgsteal_kswapd", "pgsteal_kswapd",
	      "pages kswapd reclaimed"),
	EVENT(PGSTEAL_DIRECT, "pgsteal_direct", "pgsteal_direct",
	      "pages allocating tasks reclaimed"),
	EVENT(SLABS_SCANNED, "slabs_scanned", "slabs_scanned", "slab objects scanned"),
	EVENT(KSWAPD_INODESTEAL, "kswapd_inodesteal", "kswapd_inodesteal",
	      "pages kswapd got by freeing inodes"),
	EVENT(KSWAPD_LOW_QUICK, "kswapd_low_quick", "kswapd_low_wmark_hit_quickly",
	      "times kswapd slept and the low watermark was soon met again"),
	EVENT(KSWAPD_HIGH_QUICK, "kswapd_high_quick", "kswapd_high_wmark_hit_quickly",
	      "times kswapd slept and the high watermark was soon missed again"),
	EVENT(PAGEOUTRUN, "pageoutrun", "pageoutrun", "times kswapd began to balance a node"),
	EVENT(ALLOCSTALL, "allocstall", "allocstall_*", "allocations that had to reclaim"),
	EVENT(OOM_KILL, "oom_kill", "oom_kill", "processes the OOM killer ended"),
	EVENT(COMPACT_STALL, "compact_stall", "compact_stall",
	      "allocations that had to compact"),
	EVENT(COMPACT_FAIL, "compact_fail", "compact_fail", "of these, in vain"),
	EVENT(COMPACT_SUCCESS, "compact_success", "compact_success",
	      "of these, with success"),
	EVENT(COMPACT_DAEMON_WAKE, "compact_daemon_wake", "compact_daemon_wake",
	      "times kcompactd was woken"),
	EVENT(THP_FAULT_ALLOC, "thp_fault_alloc", "thp_fault_alloc",
	      "huge pages given at a fault"),
	EVENT(THP_COLLAPSE_ALLOC, "thp_collapse_alloc", "thp_collapse_alloc",
	      "huge pages made out of small ones"),
	EVENT(THP_SPLIT, "thp_split", "thp_split_page", "huge pages split"),
};
_Static_assert(ARRAY_SIZE(events) == MEMCENSUS_E_MAX + 1, "an event has no column");

/* Both are found in a struct totals, each by its own offsets. */
const struct record_type bytes_record = {
	.name = "system",
	.fields = { totals_fields, ARRAY_SIZE(totals_fields) },
	.figures = { bytes, ARRAY_SIZE(bytes) },
};

const struct record_type events_record = {
	.name = "system",
	.fields = { totals_fields, ARRAY_SIZE(totals_fields) },
	.figures = { events, ARRAY_SIZE(events) },
};

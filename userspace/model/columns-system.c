// SPDX-License-Identifier: GPL-2.0
/* The columns of the module, the scan, zones, nodes, and totals of the system. */
#include "model/columns.h"

static const char *const kswapds[] = {
	[MEMCENSUS_KSWAPD_NONE] = "none",
	[MEMCENSUS_KSWAPD_ASLEEP] = "asleep",
	[MEMCENSUS_KSWAPD_RUNNING] = "running",
};
_Static_assert(ARRAY_SIZE(kswapds) == MEMCENSUS_KSWAPD_MAX + 1,
	       "a state of kswapd has no word");

#define REQUEST(num, member, w)						\
	ATTRIBUTE(request, MEMCENSUS_REQ_##num, NULL, member, w, ID, "")

static const struct column request_fields[] = {
	REQUEST(PARTS, parts, U32),
	REQUEST(PIDS, pids, U32S),
	REQUEST(GROUP_BY, group_by, U32),
	REQUEST(LIMIT, limit, U32),
	REQUEST(CHARGED, charged, U32),
	REQUEST(FILE, file, U32),
	REQUEST(ORDER, order, U32),
	REQUEST(FILES, files, U32),
	REQUEST(READER_UID, reader_uid, U32),
	REQUEST(READER_GID, reader_gid, U32),
	REQUEST(MAX_AGE_MS, max_age_ms, U32),
	REQUEST(TREE, tree, U32),
};

#define INFO(num, ...)	ATTRIBUTE(info, MEMCENSUS_INFO_##num, NULL, __VA_ARGS__)
#define INFO_NS(num, member, help)					\
	NAMED(info, MEMCENSUS_INFO_##num##_NS, #member "_ns", NULL, member, U64, DURATION, help)

static const char *const rule_words[] = {
	[MEMCENSUS_RULE_ON] = "on",
	[MEMCENSUS_RULE_OFF] = "off",
	[MEMCENSUS_RULE_BROKEN] = "broken",
};
_Static_assert(ARRAY_SIZE(rule_words) == MEMCENSUS_RULE_MAX + 1, "a state has no word");

static const char *const lock_words[] = {
	[MEMCENSUS_LOCK_MMAP] = "mmap",
	[MEMCENSUS_LOCK_VMA] = "vma",
};
_Static_assert(ARRAY_SIZE(lock_words) == MEMCENSUS_LOCK_MAX + 1, "a lock has no word");

static const struct column info_fields[] = {
	INFO(ABI, abi, U32, ID, "ABI of the module"),
	INFO(VERSION, version, STRING, TEXT, "version of the module"),
	INFO(KERNEL, kernel, STRING, TEXT, "kernel release"),
	INFO(PAGE_SIZE, page_size, U32, BYTES, "size of a page"),
	INFO(ORDERS, orders, U32, COUNT, "orders of the buddy allocator"),
	INFO_NS(MAX_AGE, max_age, "parameter max_age_ms"),
	INFO_NS(LOCK_HOLD, lock_hold, "parameter lock_hold_us"),
	INFO_NS(BUSY_BUDGET, busy_budget, "parameter busy_budget_ms"),
	INFO(MAX_MEM, max_mem, U64, BYTES, "parameter max_mem"),
	INFO(SUBJECTS, subjects, U32, ID, "bits of the subjects that it was built with"),
	INFO(RULE, rule, U32, WORD, "whether writable entries prove that a page has one owner",
	     .words = rule_words, .n_words = ARRAY_SIZE(rule_words)),
	INFO(KERNEL_TESTED, kernel_tested, U32, BOOL,
	     "whether the module was tested on kernels of this series"),
	INFO(LOCK, lock, U32, WORD, "what a census locks: mmap, an address space; vma, a mapping",
	     .words = lock_words, .n_words = ARRAY_SIZE(lock_words)),
};

#define SCAN(num, ...)	ATTRIBUTE(scan, MEMCENSUS_SCAN_##num, NULL, __VA_ARGS__)
#define SCAN_TIME(num, member, kind, help)				\
	NAMED(scan, MEMCENSUS_SCAN_##num##_NS, #member "_ns", NULL, member, U64, kind, help)
#define SCAN_NS(num, member, help)	SCAN_TIME(num, member, DURATION, help)

static const struct column scan_fields[] = {
	SCAN(PARTS, parts, U32, ID, "bits of what was gathered"),
	SCAN_TIME(REALTIME, realtime, REALTIME, "beginning, since 1970"),
	SCAN_TIME(BOOTTIME, boottime, SINCE_BOOT, "beginning, since boot"),
	SCAN_NS(WALL, wall, "from beginning to end"),
	SCAN_NS(CPU, cpu, "CPU time"),
	SCAN_NS(LOCK_HOLD_MAX, lock_hold_max, "longest lock hold on an address space"),
	SCAN(LOCK_HOLDS, lock_holds, U64, COUNT, "number of lock holds"),
	SCAN(MMS, mms, U64, COUNT, "address spaces found"),
	SCAN(WALKED, walked, U64, COUNT, "walked to their end",
	     .metric_help = "address spaces walked to their end"),
	SCAN(BUSY, busy, U64, COUNT, "not walked: mmap_lock not available in time",
	     .metric_help = "address spaces not counted: mmap_lock not available in time"),
	SCAN(VANISHED, vanished, U64, COUNT, "gone before their walk ended",
	     .metric_help = "address spaces that ended before their walk"),
	SCAN(PARTIAL, partial, U64, COUNT, "walked in part",
	     .metric_help = "address spaces counted in part"),
	SCAN(KTHREADS, kthreads, U64, COUNT, "kernel threads"),
	SCAN(ZOMBIES, zombies, U64, COUNT, "exited, not reaped",
	     .metric_help = "processes that exited and were not reaped"),
	SCAN(PTES, ptes, U64, COUNT, "page table entries read"),
	SCAN(PAGES, pages, U64, COUNT, "mapped pages seen"),
	SCAN(MEMORY, memory, U64, BYTES, "taken by the census itself",
	     .metric_help = "memory that the census itself took"),
	SCAN(FRAMES, frames, U64, BYTES, "distinct frames mapped by any process"),
	SCAN(PSS, pss, U64, BYTES, "PSS of all together"),
	SCAN(VIOLATIONS, violations, U64, COUNT, "pss was not frames: a bug"),
	SCAN(SLICES, slices, U64, COUNT,
	     "passes over all processes, more than 1 if max_mem is short"),
	SCAN(MAPPED_BY_2, mapped_by_2, U64, BYTES, "of frames, mapped by two processes"),
	SCAN(MAPPED_BY_3, mapped_by_3, U64, BYTES, "of frames, mapped by three to nine"),
	SCAN(MAPPED_BY_10, mapped_by_10, U64, BYTES, "of frames, mapped by ten or more"),
	SCAN(ANON_BY_1, anon_by_1, U64, BYTES, "of frames: anon, mapped by one process"),
	SCAN(ANON_BY_2, anon_by_2, U64, BYTES, "of frames: anon, mapped by two processes"),
	SCAN(ANON_BY_3, anon_by_3, U64, BYTES, "of frames: anon, mapped by three to nine"),
	SCAN(ANON_BY_10, anon_by_10, U64, BYTES, "of frames: anon, mapped by ten or more"),
	SCAN(FILE_BY_1, file_by_1, U64, BYTES, "of frames: file, mapped by one process"),
	SCAN(FILE_BY_2, file_by_2, U64, BYTES, "of frames: file, mapped by two processes"),
	SCAN(FILE_BY_3, file_by_3, U64, BYTES, "of frames: file, mapped by three to nine"),
	SCAN(FILE_BY_10, file_by_10, U64, BYTES, "of frames: file, mapped by ten or more"),
	SCAN(SHMEM_BY_1, shmem_by_1, U64, BYTES, "of frames: shmem, mapped by one process"),
	SCAN(SHMEM_BY_2, shmem_by_2, U64, BYTES, "of frames: shmem, mapped by two processes"),
	SCAN(SHMEM_BY_3, shmem_by_3, U64, BYTES, "of frames: shmem, mapped by three to nine"),
	SCAN(SHMEM_BY_10, shmem_by_10, U64, BYTES, "of frames: shmem, mapped by ten or more"),
	SCAN(DEVICE_BY_1, device_by_1, U64, BYTES, "of frames: device, mapped by one process"),
	SCAN(DEVICE_BY_2, device_by_2, U64, BYTES, "of frames: device, mapped by two processes"),
	SCAN(DEVICE_BY_3, device_by_3, U64, BYTES, "of frames: device, mapped by three to nine"),
	SCAN(DEVICE_BY_10, device_by_10, U64, BYTES, "of frames: device, mapped by ten or more"),
	SCAN(DEVICE_UNCOUNTED, device_uncounted, U64, BYTES,
	     "of frames: device, in no counter of the kernel"),
	SCAN(ZONE_DEVICE, zone_device, U64, BYTES, "of frames: not in MemTotal: DAX, PCI"),
};

#define ZONE(num, ...)	ATTRIBUTE(zone, MEMCENSUS_ZONE_##num, __VA_ARGS__)

static const struct column zone_fields[] = {
	ZONE(NODE, "Node", node, U32, ID, "its node"),
	ZONE(NAME, "Zone", name, STRING, TEXT, "its name"),
	ZONE(FREE_BLOCKS, "Blocks", free_blocks, U64S, BLOCKS, "free blocks by order"),
	ZONE(FREE, "Free", free, U64, BYTES, "free", .metric_help = "free memory"),
	ZONE(WMARK_MIN, "Min", wmark_min, U64, BYTES,
	     "below it only the most urgent may allocate"),
	ZONE(WMARK_LOW, "Low", wmark_low, U64, BYTES, "below it kswapd is woken"),
	ZONE(WMARK_HIGH, "High", wmark_high, U64, BYTES, "above it kswapd sleeps again"),
	ZONE(WMARK_BOOST, "Boost", wmark_boost, U64, BYTES,
	     "part of the three that fragmentation added for a time"),
	ZONE(SPANNED, "Spanned", spanned, U64, BYTES, "from its first to its last frame"),
	ZONE(PRESENT, "Present", present, U64, BYTES, "present memory"),
	ZONE(MANAGED, "Managed", managed, U64, BYTES, "managed by the buddy allocator"),
	ZONE(PCP, "PCP", pcp, U64, BYTES, "free in per-CPU lists"),
	ZONE(HIGHATOMIC, "HighAtom", highatomic, U64, BYTES,
	     "reserved for atomic allocations"),
	ZONE(CMA_FREE, "CMAfree", cma_free, U64, BYTES, "free in CMA areas"),
	ZONE(LOWMEM_RESERVE, "Reserve", lowmem_reserve, U64S, LIST,
	     "bytes kept from allocations that could use a higher zone"),
};

#define DISTANCE(level, bit)						\
	DERIVED(derive_to_##level, zone, number, row->free - row->wmark_##level, \
		KNOWN(row, MEMCENSUS_ZONE_FREE) && KNOWN(row, bit))

DISTANCE(min, MEMCENSUS_ZONE_WMARK_MIN)
DISTANCE(low, MEMCENSUS_ZONE_WMARK_LOW)
DISTANCE(high, MEMCENSUS_ZONE_WMARK_HIGH)

#define INDEXES(name)	DERIVED(derive_##name, zone, list, row->name, row->name.n)

INDEXES(unusable)
INDEXES(extfrag)

static const struct column zone_derived[] = {
	{ "unusable", "Unusable", "part of free memory too small for each order",
	  .kind = KIND_INDEXES, .in_json = true, .derive = derive_unusable },
	{ "extfrag", "ExtFrag",
	  "why each order would fail: towards 0 memory, towards 1 fragmentation",
	  .metric_help =
	  "why each order fails: near 0 memory, near 1 fragmentation; -1: it succeeds",
	  .kind = KIND_INDEXES, .in_json = true, .derive = derive_extfrag },
	{ "to_min", "ToMin", "free less min", .kind = KIND_BYTES, .sign = true,
	  .in_json = true, .derive = derive_to_min },
	{ "to_low", "ToLow", "free less low: when it falls below 0 kswapd is woken",
	  .kind = KIND_BYTES, .sign = true, .in_json = true, .derive = derive_to_low },
	{ "to_high", "ToHigh", "free less high: at 0 or above kswapd may sleep",
	  .kind = KIND_BYTES, .sign = true, .in_json = true, .derive = derive_to_high },
};

#define NODE(num, ...)	ATTRIBUTE(node, MEMCENSUS_NODE_##num, __VA_ARGS__)

static const struct column node_fields[] = {
	NODE(ID, "Node", id, U32, ID, "its number"),
	NODE(KSWAPD, "Kswapd", kswapd, U32, WORD, "none, asleep, running",
	     .words = kswapds, .n_words = ARRAY_SIZE(kswapds)),
	NODE(KSWAPD_ORDER, "Order", kswapd_order, U32, ID, "order kswapd was woken for"),
	NODE(KSWAPD_ZONE, "Zone", kswapd_zone, STRING, TEXT,
	     "highest zone kswapd was woken for"),
	NODE(KSWAPD_FAILURES, "Failures", kswapd_failures, U32, COUNT,
	     "runs without progress in a row; after 16 it gives up"),
	NODE(BALANCED, "Balanced", balanced, U32, BOOL,
	     "some zone has its high watermark free"),
	NODE(SPANNED, "Spanned", spanned, U64, BYTES, "from its first to its last frame"),
	NODE(PRESENT, "Present", present, U64, BYTES, "present memory"),
	NODE(ACTIVE_ANON, "ActAnon", active_anon, U64, BYTES, "anonymous, recently used"),
	NODE(INACTIVE_ANON, "InactAnon", inactive_anon, U64, BYTES,
	     "anonymous, to be swapped out first"),
	NODE(ACTIVE_FILE, "ActFile", active_file, U64, BYTES, "page cache, recently used"),
	NODE(INACTIVE_FILE, "InactFile", inactive_file, U64, BYTES,
	     "page cache, to be dropped first"),
	NODE(UNEVICTABLE, "Unevict", unevictable, U64, BYTES, "cannot be reclaimed"),
	NODE(ISOLATED_ANON, "IsoAnon", isolated_anon, U64, BYTES,
	     "anonymous, being reclaimed or moved"),
	NODE(ISOLATED_FILE, "IsoFile", isolated_file, U64, BYTES,
	     "page cache, being reclaimed or moved"),
	NODE(DIRTY, "Dirty", dirty, U64, BYTES, "to be written back"),
	NODE(WRITEBACK, "Writeback", writeback, U64, BYTES, "being written back"),
};

const struct row_type request_rows = {
	.name = "request",
	.fields = COLUMNS_TO(MEMCENSUS_REQ_MAX, request_fields),
	ONE_IN_SNAPSHOT(asked),
};

const struct row_type info_rows = {
	.name = "info",
	.fields = COLUMNS_TO(MEMCENSUS_INFO_MAX, info_fields),
	ONE_IN_SNAPSHOT(info),
};

const struct row_type scan_rows = {
	.name = "scan",
	.fields = COLUMNS_TO(MEMCENSUS_SCAN_MAX, scan_fields),
	ONE_IN_SNAPSHOT(scan),
};

const struct row_type zone_rows = {
	.name = "zone",
	.fields = COLUMNS_TO(MEMCENSUS_ZONE_MAX, zone_fields),
	.derived = COLUMNS(zone_derived),
	IN_SNAPSHOT(zones, n_zones),
};

const struct row_type node_rows = {
	.name = "node",
	.fields = COLUMNS_TO(MEMCENSUS_NODE_MAX, node_fields),
	IN_SNAPSHOT(nodes, n_nodes),
};

#define BYTES(num, name_, kernel_, help_)				\
	[MEM_##num] = {						\
		.name = name_, .help = help_, .kernel = kernel_,	\
		.kind = KIND_BYTES,					\
		.number = MEM_##num,				\
		.known = offsetof(struct totals, bytes.known),		\
		.offset = offsetof(struct totals, bytes.v[MEM_##num]) }

static const struct column bytes[] = {
	BYTES(TOTAL, "total", "MemTotal", "memory the kernel manages"),
	BYTES(FREE, "free", "MemFree", "unused"),
	BYTES(AVAILABLE, "available", "MemAvailable", "available without swapping"),
	BYTES(BUFFERS, "buffers", "Buffers", "cache of block devices"),
	BYTES(CACHED, "cached", "Cached", "cache of files, shmem included"),
	BYTES(SWAP_CACHED, "swap_cached", "SwapCached", "in memory and in swap"),
	BYTES(ACTIVE_ANON, "active_anon", "Active(anon)", "anonymous, recently used"),
	BYTES(INACTIVE_ANON, "inactive_anon", "Inactive(anon)",
	      "anonymous, to be swapped out first"),
	BYTES(ACTIVE_FILE, "active_file", "Active(file)", "page cache, recently used"),
	BYTES(INACTIVE_FILE, "inactive_file", "Inactive(file)",
	      "page cache, to be dropped first"),
	BYTES(UNEVICTABLE, "unevictable", "Unevictable", "cannot be reclaimed"),
	BYTES(MLOCKED, "mlocked", "Mlocked", "locked by mlock"),
	BYTES(SWAP_FREE, "swap_free", "SwapFree", "unused swap"),
	BYTES(DIRTY, "dirty", "Dirty", "to be written back"),
	BYTES(WRITEBACK, "writeback", "Writeback", "being written back"),
	BYTES(ANON, "anon", "AnonPages", "anonymous pages of processes"),
	BYTES(MAPPED, "mapped", "Mapped", "files and shmem mapped by processes"),
	BYTES(SHMEM, "shmem", "Shmem", "shared memory and tmpfs"),
	BYTES(SLAB_RECLAIMABLE, "slab_reclaimable", "SReclaimable",
	      "reclaimable slab"),
	BYTES(SLAB_UNRECLAIMABLE, "slab_unreclaimable", "SUnreclaim",
	      "unreclaimable slab"),
	BYTES(KERNEL_RECLAIMABLE, "kernel_reclaimable", "KReclaimable",
	      "reclaimable kernel memory, slab included"),
	BYTES(KERNEL_STACK, "kernel_stack", "KernelStack", "kernel stacks"),
	BYTES(PAGETABLES, "pagetables", "PageTables", "page tables"),
	BYTES(SEC_PAGETABLES, "sec_pagetables", "SecPageTables",
	      "page tables of devices and guests"),
	BYTES(COMMITTED, "committed", "Committed_AS", "committed to processes"),
	BYTES(ANON_HUGE, "anon_huge", "AnonHugePages", "anonymous huge pages"),
	BYTES(SHMEM_HUGE, "shmem_huge", "ShmemHugePages", "shared memory in huge pages"),
	BYTES(SHMEM_PMD, "shmem_pmd", "ShmemPmdMapped", "of these, mapped as such"),
	BYTES(FILE_HUGE, "file_huge", "FileHugePages", "page cache in huge pages"),
	BYTES(FILE_PMD, "file_pmd", "FilePmdMapped", "of these, mapped as such"),
	BYTES(CMA_FREE, "cma_free", "CmaFree", "free in CMA areas"),
	BYTES(ZSPAGES, "zspages", "nr_zspages", "zsmalloc: zram, and zswap if it uses that"),
	BYTES(BALLOON, "balloon", "Balloon", "in balloons, in MemTotal or not"),
};

#define EVENT(num, name_, kernel_, help_)	EVENTS(num, name_, kernel_, COUNT, help_)
#define EVENTS(num, name_, kernel_, kind_, help_)			\
	[EVENT_##num] = {						\
		.name = name_, .help = help_, .kernel = kernel_,	\
		.kind = KIND_##kind_,					\
		.number = EVENT_##num, .counter = true,		\
		.known = offsetof(struct totals, events.known),		\
		.offset = offsetof(struct totals, events.v[EVENT_##num]) }

static const struct column events[] = {
	EVENTS(PGPGIN_KIB, "pgpgin_kib", "pgpgin", KIB, "KiB read from block devices"),
	EVENTS(PGPGOUT_KIB, "pgpgout_kib", "pgpgout", KIB, "KiB written to block devices"),
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
	EVENT(ALLOCSTALL, "allocstall", "allocstall_*", "allocations that reclaimed directly"),
	EVENT(OOM_KILL, "oom_kill", "oom_kill", "processes that the OOM killer killed"),
	EVENT(COMPACT_STALL, "compact_stall", "compact_stall",
	      "allocations that compacted directly"),
	EVENT(COMPACT_FAIL, "compact_fail", "compact_fail", "of these, failed"),
	EVENT(COMPACT_SUCCESS, "compact_success", "compact_success",
	      "of these, successful"),
	EVENT(COMPACT_DAEMON_WAKE, "compact_daemon_wake", "compact_daemon_wake",
	      "times kcompactd was woken"),
	EVENT(THP_FAULT_ALLOC, "thp_fault_alloc", "thp_fault_alloc",
	      "huge pages allocated at a fault"),
	EVENT(THP_COLLAPSE_ALLOC, "thp_collapse_alloc", "thp_collapse_alloc",
	      "huge pages allocated to collapse small pages"),
	EVENT(THP_SPLIT, "thp_split", "thp_split_page", "huge pages split"),
	EVENT(THP_FAULT_FALLBACK, "thp_fault_fallback", "thp_fault_fallback",
	      "page faults that got small pages: no huge page was free"),
};

/* Both read a struct totals, each at its own offsets. */
const struct row_type bytes_rows = {
	.name = "system",
	.figures = COLUMNS_TO(MEM_MAX, bytes),
};

const struct row_type events_rows = {
	.name = "system",
	.figures = COLUMNS_TO(EVENT_MAX, events),
};

DERIVED(meminfo_bytes, meminfo_line, number, row->value, row->bytes)

static const struct column meminfo_columns[] = {
	MEMBER(meminfo_line, "name", "Meminfo", name, TEXT, "its name there"),
	MEMBER(meminfo_line, "value", "Amount", value, COUNT, "bytes, or a count"),
	{ "bytes", "Amount", "its bytes, if it is memory", .kind = KIND_BYTES,
	  .derive = meminfo_bytes },
};

const struct row_type meminfo_rows = {
	.name = "line of meminfo",
	.derived = COLUMNS(meminfo_columns),
	IN_SNAPSHOT(meminfo, n_meminfo),
};

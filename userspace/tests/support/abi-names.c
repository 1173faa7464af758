// SPDX-License-Identifier: GPL-2.0
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#include "abi-names.h"

static const struct abi_name subject_words[] = {
	{ "physical", MEMCENSUS_SUBJECT_PHYSICAL, NAME_NONE, NULL },
	{ "share", MEMCENSUS_SUBJECT_SHARE, NAME_NONE, NULL },
	{ "all", MEMCENSUS_SUBJECT_ALL, NAME_NONE, NULL },
	{}
};

static const struct abi_name rule_words[] = {
	{ "on", MEMCENSUS_RULE_ON, NAME_NONE, NULL },
	{ "off", MEMCENSUS_RULE_OFF, NAME_NONE, NULL },
	{ "broken", MEMCENSUS_RULE_BROKEN, NAME_NONE, NULL },
	{}
};

static const struct abi_name lock_words[] = {
	{ "mmap", MEMCENSUS_LOCK_MMAP, NAME_NONE, NULL },
	{ "vma", MEMCENSUS_LOCK_VMA, NAME_NONE, NULL },
	{}
};

static const struct abi_name info_names[] = {
	{ "abi", MEMCENSUS_INFO_ABI, NAME_U32, NULL },
	{ "version", MEMCENSUS_INFO_VERSION, NAME_STRING, NULL },
	{ "kernel", MEMCENSUS_INFO_KERNEL, NAME_STRING, NULL },
	{ "page_size", MEMCENSUS_INFO_PAGE_SIZE, NAME_U32, NULL },
	{ "orders", MEMCENSUS_INFO_ORDERS, NAME_U32, NULL },
	{ "max_age_ns", MEMCENSUS_INFO_MAX_AGE_NS, NAME_U64, NULL },
	{ "lock_hold_ns", MEMCENSUS_INFO_LOCK_HOLD_NS, NAME_U64, NULL },
	{ "busy_budget_ns", MEMCENSUS_INFO_BUSY_BUDGET_NS, NAME_U64, NULL },
	{ "max_mem", MEMCENSUS_INFO_MAX_MEM, NAME_U64, NULL },
	{ "subjects", MEMCENSUS_INFO_SUBJECTS, NAME_U32, subject_words },
	{ "rule", MEMCENSUS_INFO_RULE, NAME_U32, rule_words },
	{ "kernel_tested", MEMCENSUS_INFO_KERNEL_TESTED, NAME_U32, NULL },
	{ "lock", MEMCENSUS_INFO_LOCK, NAME_U32, lock_words },
	{}
};

static const struct abi_name part_words[] = {
	{ "tasks", MEMCENSUS_PART_TASKS, NAME_NONE, NULL },
	{ "vmas", MEMCENSUS_PART_VMAS, NAME_NONE, NULL },
	{ "zones", MEMCENSUS_PART_ZONES, NAME_NONE, NULL },
	{ "nodes", MEMCENSUS_PART_NODES, NAME_NONE, NULL },
	{ "memory_vmas", MEMCENSUS_PART_MEMORY_VMAS, NAME_NONE, NULL },
	{ "owners", MEMCENSUS_PART_OWNERS, NAME_NONE, NULL },
	{ "flags", MEMCENSUS_PART_FLAGS, NAME_NONE, NULL },
	{ "all", MEMCENSUS_PART_ALL, NAME_NONE, NULL },
	{}
};

static const struct abi_name scan_names[] = {
	{ "parts", MEMCENSUS_SCAN_PARTS, NAME_U32, part_words },
	{ "realtime_ns", MEMCENSUS_SCAN_REALTIME_NS, NAME_U64, NULL },
	{ "boottime_ns", MEMCENSUS_SCAN_BOOTTIME_NS, NAME_U64, NULL },
	{ "wall_ns", MEMCENSUS_SCAN_WALL_NS, NAME_U64, NULL },
	{ "cpu_ns", MEMCENSUS_SCAN_CPU_NS, NAME_U64, NULL },
	{ "lock_hold_max_ns", MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS, NAME_U64, NULL },
	{ "lock_holds", MEMCENSUS_SCAN_LOCK_HOLDS, NAME_U64, NULL },
	{ "mms", MEMCENSUS_SCAN_MMS, NAME_U64, NULL },
	{ "walked", MEMCENSUS_SCAN_WALKED, NAME_U64, NULL },
	{ "busy", MEMCENSUS_SCAN_BUSY, NAME_U64, NULL },
	{ "vanished", MEMCENSUS_SCAN_VANISHED, NAME_U64, NULL },
	{ "partial", MEMCENSUS_SCAN_PARTIAL, NAME_U64, NULL },
	{ "kthreads", MEMCENSUS_SCAN_KTHREADS, NAME_U64, NULL },
	{ "zombies", MEMCENSUS_SCAN_ZOMBIES, NAME_U64, NULL },
	{ "ptes", MEMCENSUS_SCAN_PTES, NAME_U64, NULL },
	{ "pages", MEMCENSUS_SCAN_PAGES, NAME_U64, NULL },
	{ "memory", MEMCENSUS_SCAN_MEMORY, NAME_U64, NULL },
	{ "frames", MEMCENSUS_SCAN_FRAMES, NAME_U64, NULL },
	{ "pss", MEMCENSUS_SCAN_PSS, NAME_U64, NULL },
	{ "violations", MEMCENSUS_SCAN_VIOLATIONS, NAME_U64, NULL },
	{ "slices", MEMCENSUS_SCAN_SLICES, NAME_U64, NULL },
	{ "mapped_by_2", MEMCENSUS_SCAN_MAPPED_BY_2, NAME_U64, NULL },
	{ "mapped_by_3", MEMCENSUS_SCAN_MAPPED_BY_3, NAME_U64, NULL },
	{ "mapped_by_10", MEMCENSUS_SCAN_MAPPED_BY_10, NAME_U64, NULL },
	{ "anon_by_1", MEMCENSUS_SCAN_ANON_BY_1, NAME_U64, NULL },
	{ "anon_by_2", MEMCENSUS_SCAN_ANON_BY_2, NAME_U64, NULL },
	{ "anon_by_3", MEMCENSUS_SCAN_ANON_BY_3, NAME_U64, NULL },
	{ "anon_by_10", MEMCENSUS_SCAN_ANON_BY_10, NAME_U64, NULL },
	{ "file_by_1", MEMCENSUS_SCAN_FILE_BY_1, NAME_U64, NULL },
	{ "file_by_2", MEMCENSUS_SCAN_FILE_BY_2, NAME_U64, NULL },
	{ "file_by_3", MEMCENSUS_SCAN_FILE_BY_3, NAME_U64, NULL },
	{ "file_by_10", MEMCENSUS_SCAN_FILE_BY_10, NAME_U64, NULL },
	{ "shmem_by_1", MEMCENSUS_SCAN_SHMEM_BY_1, NAME_U64, NULL },
	{ "shmem_by_2", MEMCENSUS_SCAN_SHMEM_BY_2, NAME_U64, NULL },
	{ "shmem_by_3", MEMCENSUS_SCAN_SHMEM_BY_3, NAME_U64, NULL },
	{ "shmem_by_10", MEMCENSUS_SCAN_SHMEM_BY_10, NAME_U64, NULL },
	{ "device_by_1", MEMCENSUS_SCAN_DEVICE_BY_1, NAME_U64, NULL },
	{ "device_by_2", MEMCENSUS_SCAN_DEVICE_BY_2, NAME_U64, NULL },
	{ "device_by_3", MEMCENSUS_SCAN_DEVICE_BY_3, NAME_U64, NULL },
	{ "device_by_10", MEMCENSUS_SCAN_DEVICE_BY_10, NAME_U64, NULL },
	{ "device_uncounted", MEMCENSUS_SCAN_DEVICE_UNCOUNTED, NAME_U64, NULL },
	{ "zone_device", MEMCENSUS_SCAN_ZONE_DEVICE, NAME_U64, NULL },
	{}
};

static const struct abi_name state_words[] = {
	{ "walked", MEMCENSUS_STATE_WALKED, NAME_NONE, NULL },
	{ "busy", MEMCENSUS_STATE_BUSY, NAME_NONE, NULL },
	{ "vanished", MEMCENSUS_STATE_VANISHED, NAME_NONE, NULL },
	{ "partial", MEMCENSUS_STATE_PARTIAL, NAME_NONE, NULL },
	{}
};

static const struct abi_name figure_names[] = {
	{ "vss", MEMCENSUS_F_VSS, NAME_U64, NULL },
	{ "rss", MEMCENSUS_F_RSS, NAME_U64, NULL },
	{ "rss_counter", MEMCENSUS_F_RSS_COUNTER, NAME_U64, NULL },
	{ "rss_peak", MEMCENSUS_F_RSS_PEAK, NAME_U64, NULL },
	{ "frames", MEMCENSUS_F_FRAMES, NAME_U64, NULL },
	{ "uss", MEMCENSUS_F_USS, NAME_U64, NULL },
	{ "pss", MEMCENSUS_F_PSS, NAME_U64, NULL },
	{ "shared", MEMCENSUS_F_SHARED, NAME_U64, NULL },
	{ "anon", MEMCENSUS_F_ANON, NAME_U64, NULL },
	{ "file", MEMCENSUS_F_FILE, NAME_U64, NULL },
	{ "shmem", MEMCENSUS_F_SHMEM, NAME_U64, NULL },
	{ "pss_anon", MEMCENSUS_F_PSS_ANON, NAME_U64, NULL },
	{ "pss_file", MEMCENSUS_F_PSS_FILE, NAME_U64, NULL },
	{ "pss_shmem", MEMCENSUS_F_PSS_SHMEM, NAME_U64, NULL },
	{ "referenced", MEMCENSUS_F_REFERENCED, NAME_U64, NULL },
	{ "ksm", MEMCENSUS_F_KSM, NAME_U64, NULL },
	{ "lazyfree", MEMCENSUS_F_LAZYFREE, NAME_U64, NULL },
	{ "thp", MEMCENSUS_F_THP, NAME_U64, NULL },
	{ "anon_thp", MEMCENSUS_F_ANON_THP, NAME_U64, NULL },
	{ "shmem_thp", MEMCENSUS_F_SHMEM_THP, NAME_U64, NULL },
	{ "file_thp", MEMCENSUS_F_FILE_THP, NAME_U64, NULL },
	{ "hugetlb", MEMCENSUS_F_HUGETLB, NAME_U64, NULL },
	{ "shared_hugetlb", MEMCENSUS_F_SHARED_HUGETLB, NAME_U64, NULL },
	{ "private_hugetlb", MEMCENSUS_F_PRIVATE_HUGETLB, NAME_U64, NULL },
	{ "swap", MEMCENSUS_F_SWAP, NAME_U64, NULL },
	{ "swap_pss", MEMCENSUS_F_SWAP_PSS, NAME_U64, NULL },
	{ "special", MEMCENSUS_F_SPECIAL, NAME_U64, NULL },
	{ "pagetables", MEMCENSUS_F_PAGETABLES, NAME_U64, NULL },
	{ "heap", MEMCENSUS_F_HEAP, NAME_U64, NULL },
	{ "stack", MEMCENSUS_F_STACK, NAME_U64, NULL },
	{ "mlocked", MEMCENSUS_F_MLOCKED, NAME_U64, NULL },
	{ "swap_uss", MEMCENSUS_F_SWAP_USS, NAME_U64, NULL },
	{ "hugetlb_pss", MEMCENSUS_F_HUGETLB_PSS, NAME_U64, NULL },
	{ "uss_anon", MEMCENSUS_F_USS_ANON, NAME_U64, NULL },
	{ "uss_file", MEMCENSUS_F_USS_FILE, NAME_U64, NULL },
	{ "uss_shmem", MEMCENSUS_F_USS_SHMEM, NAME_U64, NULL },
	{ "device", MEMCENSUS_F_DEVICE, NAME_U64, NULL },
	{ "pss_device", MEMCENSUS_F_PSS_DEVICE, NAME_U64, NULL },
	{ "uss_device", MEMCENSUS_F_USS_DEVICE, NAME_U64, NULL },
	{ "pinned", MEMCENSUS_F_PINNED, NAME_U64, NULL },
	{ "uss_zone_device", MEMCENSUS_F_USS_ZONE_DEVICE, NAME_U64, NULL },
	{ "dirty", MEMCENSUS_F_DIRTY, NAME_U64, NULL },
	{}
};

static const struct abi_name task_names[] = {
	{ "pid", MEMCENSUS_TASK_PID, NAME_U32, NULL },
	{ "nr_peers", MEMCENSUS_TASK_NR_PEERS, NAME_U32, NULL },
	{ "peers", MEMCENSUS_TASK_PEERS, NAME_U32S, NULL },
	{ "ppid", MEMCENSUS_TASK_PPID, NAME_U32, NULL },
	{ "comm", MEMCENSUS_TASK_COMM, NAME_STRING, NULL },
	{ "uid", MEMCENSUS_TASK_UID, NAME_U32, NULL },
	{ "cgroup", MEMCENSUS_TASK_CGROUP, NAME_U64, NULL },
	{ "start_ns", MEMCENSUS_TASK_START_NS, NAME_U64, NULL },
	{ "threads", MEMCENSUS_TASK_THREADS, NAME_U32, NULL },
	{ "state", MEMCENSUS_TASK_STATE, NAME_U32, state_words },
	{ "oom_score_adj", MEMCENSUS_TASK_OOM_SCORE_ADJ, NAME_S32, NULL },
	{ "figures", MEMCENSUS_TASK_FIGURES, NAME_NEST, figure_names },
	{ "group", MEMCENSUS_TASK_GROUP, NAME_U32, NULL },
	{ "mappings", MEMCENSUS_TASK_MAPPINGS, NAME_U32, NULL },
	{}
};

static const struct abi_name vma_names[] = {
	{ "pid", MEMCENSUS_VMA_PID, NAME_U32, NULL },
	{ "start", MEMCENSUS_VMA_START, NAME_U64, NULL },
	{ "end", MEMCENSUS_VMA_END, NAME_U64, NULL },
	{ "offset", MEMCENSUS_VMA_OFFSET, NAME_U64, NULL },
	{ "mode", MEMCENSUS_VMA_MODE, NAME_STRING, NULL },
	{ "dev_major", MEMCENSUS_VMA_DEV_MAJOR, NAME_U32, NULL },
	{ "dev_minor", MEMCENSUS_VMA_DEV_MINOR, NAME_U32, NULL },
	{ "inode", MEMCENSUS_VMA_INODE, NAME_U64, NULL },
	{ "name", MEMCENSUS_VMA_NAME, NAME_STRING, NULL },
	{ "page_size", MEMCENSUS_VMA_PAGE_SIZE, NAME_U64, NULL },
	{ "figures", MEMCENSUS_VMA_FIGURES, NAME_NEST, figure_names },
	{}
};

static const struct abi_name zone_names[] = {
	{ "node", MEMCENSUS_ZONE_NODE, NAME_U32, NULL },
	{ "name", MEMCENSUS_ZONE_NAME, NAME_STRING, NULL },
	{ "free_blocks", MEMCENSUS_ZONE_FREE_BLOCKS, NAME_U64S, NULL },
	{ "free", MEMCENSUS_ZONE_FREE, NAME_U64, NULL },
	{ "wmark_min", MEMCENSUS_ZONE_WMARK_MIN, NAME_U64, NULL },
	{ "wmark_low", MEMCENSUS_ZONE_WMARK_LOW, NAME_U64, NULL },
	{ "wmark_high", MEMCENSUS_ZONE_WMARK_HIGH, NAME_U64, NULL },
	{ "wmark_boost", MEMCENSUS_ZONE_WMARK_BOOST, NAME_U64, NULL },
	{ "spanned", MEMCENSUS_ZONE_SPANNED, NAME_U64, NULL },
	{ "present", MEMCENSUS_ZONE_PRESENT, NAME_U64, NULL },
	{ "managed", MEMCENSUS_ZONE_MANAGED, NAME_U64, NULL },
	{ "pcp", MEMCENSUS_ZONE_PCP, NAME_U64, NULL },
	{ "highatomic", MEMCENSUS_ZONE_HIGHATOMIC, NAME_U64, NULL },
	{ "cma_free", MEMCENSUS_ZONE_CMA_FREE, NAME_U64, NULL },
	{ "lowmem_reserve", MEMCENSUS_ZONE_LOWMEM_RESERVE, NAME_U64S, NULL },
	{}
};

static const struct abi_name kswapd_words[] = {
	{ "none", MEMCENSUS_KSWAPD_NONE, NAME_NONE, NULL },
	{ "asleep", MEMCENSUS_KSWAPD_ASLEEP, NAME_NONE, NULL },
	{ "running", MEMCENSUS_KSWAPD_RUNNING, NAME_NONE, NULL },
	{}
};

static const struct abi_name node_names[] = {
	{ "id", MEMCENSUS_NODE_ID, NAME_U32, NULL },
	{ "kswapd", MEMCENSUS_NODE_KSWAPD, NAME_U32, kswapd_words },
	{ "kswapd_order", MEMCENSUS_NODE_KSWAPD_ORDER, NAME_U32, NULL },
	{ "kswapd_zone", MEMCENSUS_NODE_KSWAPD_ZONE, NAME_STRING, NULL },
	{ "kswapd_failures", MEMCENSUS_NODE_KSWAPD_FAILURES, NAME_U32, NULL },
	{ "balanced", MEMCENSUS_NODE_BALANCED, NAME_U32, NULL },
	{ "spanned", MEMCENSUS_NODE_SPANNED, NAME_U64, NULL },
	{ "present", MEMCENSUS_NODE_PRESENT, NAME_U64, NULL },
	{ "active_anon", MEMCENSUS_NODE_ACTIVE_ANON, NAME_U64, NULL },
	{ "inactive_anon", MEMCENSUS_NODE_INACTIVE_ANON, NAME_U64, NULL },
	{ "active_file", MEMCENSUS_NODE_ACTIVE_FILE, NAME_U64, NULL },
	{ "inactive_file", MEMCENSUS_NODE_INACTIVE_FILE, NAME_U64, NULL },
	{ "unevictable", MEMCENSUS_NODE_UNEVICTABLE, NAME_U64, NULL },
	{ "isolated_anon", MEMCENSUS_NODE_ISOLATED_ANON, NAME_U64, NULL },
	{ "isolated_file", MEMCENSUS_NODE_ISOLATED_FILE, NAME_U64, NULL },
	{ "dirty", MEMCENSUS_NODE_DIRTY, NAME_U64, NULL },
	{ "writeback", MEMCENSUS_NODE_WRITEBACK, NAME_U64, NULL },
	{}
};

static const struct abi_name group_names[] = {
	{ "uid", MEMCENSUS_GROUP_UID, NAME_U32, NULL },
	{ "cgroup", MEMCENSUS_GROUP_CGROUP, NAME_U64, NULL },
	{ "comm", MEMCENSUS_GROUP_COMM, NAME_STRING, NULL },
	{ "mms", MEMCENSUS_GROUP_MMS, NAME_U32, NULL },
	{ "figures", MEMCENSUS_GROUP_FIGURES, NAME_NEST, figure_names },
	{ "id", MEMCENSUS_GROUP_ID, NAME_U32, NULL },
	{ "parent", MEMCENSUS_GROUP_PARENT, NAME_U32, NULL },
	{ "pid", MEMCENSUS_GROUP_PID, NAME_U32, NULL },
	{ "session", MEMCENSUS_GROUP_SESSION, NAME_U32, NULL },
	{}
};

static const struct abi_name kind_names[] = {
	{ "anon", MEMCENSUS_K_ANON, NAME_U64, NULL },
	{ "file", MEMCENSUS_K_FILE, NAME_U64, NULL },
	{ "shmem", MEMCENSUS_K_SHMEM, NAME_U64, NULL },
	{ "swap", MEMCENSUS_K_SWAP, NAME_U64, NULL },
	{ "hugetlb", MEMCENSUS_K_HUGETLB, NAME_U64, NULL },
	{ "device", MEMCENSUS_K_DEVICE, NAME_U64, NULL },
	{}
};

static const struct abi_name owners_names[] = {
	{ "pid", MEMCENSUS_OWNERS_PID, NAME_U32, NULL },
	{ "group", MEMCENSUS_OWNERS_GROUP, NAME_U32, NULL },
	{ "fewest", MEMCENSUS_OWNERS_FEWEST, NAME_U32, NULL },
	{ "most", MEMCENSUS_OWNERS_MOST, NAME_U32, NULL },
	{ "bytes", MEMCENSUS_OWNERS_BYTES, NAME_NEST, kind_names },
	{}
};

static const struct abi_name pair_names[] = {
	{ "pid", MEMCENSUS_PAIR_PID, NAME_U32, NULL },
	{ "peer_pid", MEMCENSUS_PAIR_PEER_PID, NAME_U32, NULL },
	{ "group", MEMCENSUS_PAIR_GROUP, NAME_U32, NULL },
	{ "peer_group", MEMCENSUS_PAIR_PEER_GROUP, NAME_U32, NULL },
	{ "left_out", MEMCENSUS_PAIR_LEFT_OUT, NAME_U32, NULL },
	{ "common", MEMCENSUS_PAIR_COMMON, NAME_NEST, kind_names },
	{ "alone", MEMCENSUS_PAIR_ALONE, NAME_NEST, kind_names },
	{}
};

static const struct abi_name physical_names[] = {
	{ "realtime_ns", MEMCENSUS_PHYSICAL_REALTIME_NS, NAME_U64, NULL },
	{ "wall_ns", MEMCENSUS_PHYSICAL_WALL_NS, NAME_U64, NULL },
	{ "cpu_ns", MEMCENSUS_PHYSICAL_CPU_NS, NAME_U64, NULL },
	{ "frames", MEMCENSUS_PHYSICAL_FRAMES, NAME_U64, NULL },
	{ "read", MEMCENSUS_PHYSICAL_READ, NAME_U64, NULL },
	{ "changed", MEMCENSUS_PHYSICAL_CHANGED, NAME_U64, NULL },
	{}
};

static const struct abi_name frame_class_names[] = {
	{ "free", MEMCENSUS_FC_FREE, NAME_U64, NULL },
	{ "free_pcp", MEMCENSUS_FC_FREE_PCP, NAME_U64, NULL },
	{ "anon", MEMCENSUS_FC_ANON, NAME_U64, NULL },
	{ "anon_unmapped", MEMCENSUS_FC_ANON_UNMAPPED, NAME_U64, NULL },
	{ "anon_tails", MEMCENSUS_FC_ANON_TAILS, NAME_U64, NULL },
	{ "swap_cache", MEMCENSUS_FC_SWAP_CACHE, NAME_U64, NULL },
	{ "shmem", MEMCENSUS_FC_SHMEM, NAME_U64, NULL },
	{ "shmem_unmapped", MEMCENSUS_FC_SHMEM_UNMAPPED, NAME_U64, NULL },
	{ "file", MEMCENSUS_FC_FILE, NAME_U64, NULL },
	{ "file_unmapped", MEMCENSUS_FC_FILE_UNMAPPED, NAME_U64, NULL },
	{ "hugetlb", MEMCENSUS_FC_HUGETLB, NAME_U64, NULL },
	{ "hugetlb_free", MEMCENSUS_FC_HUGETLB_FREE, NAME_U64, NULL },
	{ "page_tables", MEMCENSUS_FC_PAGE_TABLES, NAME_U64, NULL },
	{ "slab", MEMCENSUS_FC_SLAB, NAME_U64, NULL },
	{ "large_kmalloc", MEMCENSUS_FC_LARGE_KMALLOC, NAME_U64, NULL },
	{ "zsmalloc", MEMCENSUS_FC_ZSMALLOC, NAME_U64, NULL },
	{ "movable", MEMCENSUS_FC_MOVABLE, NAME_U64, NULL },
	{ "page_pool", MEMCENSUS_FC_PAGE_POOL, NAME_U64, NULL },
	{ "offline", MEMCENSUS_FC_OFFLINE, NAME_U64, NULL },
	{ "guard", MEMCENSUS_FC_GUARD, NAME_U64, NULL },
	{ "unaccepted", MEMCENSUS_FC_UNACCEPTED, NAME_U64, NULL },
	{ "zero", MEMCENSUS_FC_ZERO, NAME_U64, NULL },
	{ "reserved", MEMCENSUS_FC_RESERVED, NAME_U64, NULL },
	{ "poisoned", MEMCENSUS_FC_POISONED, NAME_U64, NULL },
	{ "kernel", MEMCENSUS_FC_KERNEL, NAME_U64, NULL },
	{ "remainder", MEMCENSUS_FC_REMAINDER, NAME_U64, NULL },
	{ "device", MEMCENSUS_FC_DEVICE, NAME_U64, NULL },
	{}
};

static const struct abi_name frame_state_names[] = {
	{ "swap_cached", MEMCENSUS_FS_SWAP_CACHED, NAME_U64, NULL },
	{ "unevictable", MEMCENSUS_FS_UNEVICTABLE, NAME_U64, NULL },
	{ "mlocked", MEMCENSUS_FS_MLOCKED, NAME_U64, NULL },
	{ "dirty", MEMCENSUS_FS_DIRTY, NAME_U64, NULL },
	{ "writeback", MEMCENSUS_FS_WRITEBACK, NAME_U64, NULL },
	{ "lru", MEMCENSUS_FS_LRU, NAME_U64, NULL },
	{ "pinned", MEMCENSUS_FS_PINNED, NAME_U64, NULL },
	{}
};

static const struct abi_name physical_zone_names[] = {
	{ "node", MEMCENSUS_PZ_NODE, NAME_U32, NULL },
	{ "name", MEMCENSUS_PZ_NAME, NAME_STRING, NULL },
	{ "spanned", MEMCENSUS_PZ_SPANNED, NAME_U64, NULL },
	{ "present", MEMCENSUS_PZ_PRESENT, NAME_U64, NULL },
	{ "managed", MEMCENSUS_PZ_MANAGED, NAME_U64, NULL },
	{ "holes", MEMCENSUS_PZ_HOLES, NAME_U64, NULL },
	{ "other_zones", MEMCENSUS_PZ_OTHER_ZONES, NAME_U64, NULL },
	{ "free_blocks", MEMCENSUS_PZ_FREE_BLOCKS, NAME_U64S, NULL },
	{ "classes", MEMCENSUS_PZ_CLASSES, NAME_NEST, frame_class_names },
	{ "states", MEMCENSUS_PZ_STATES, NAME_NEST, frame_state_names },
	{}
};

static const struct abi_name payer_names[] = {
	{ "cgroup", MEMCENSUS_PAYER_CGROUP, NAME_U64, NULL },
	{ "group", MEMCENSUS_PAYER_GROUP, NAME_U32, NULL },
	{ "charged", MEMCENSUS_PAYER_CHARGED, NAME_U64, NULL },
	{ "own", MEMCENSUS_PAYER_OWN, NAME_U64, NULL },
	{ "dev_major", MEMCENSUS_PAYER_DEV_MAJOR, NAME_U32, NULL },
	{ "dev_minor", MEMCENSUS_PAYER_DEV_MINOR, NAME_U32, NULL },
	{ "inode", MEMCENSUS_PAYER_INODE, NAME_U64, NULL },
	{}
};

static const struct abi_name frame_blocks_names[] = {
	{ "node", MEMCENSUS_FB_NODE, NAME_U32, NULL },
	{ "zone", MEMCENSUS_FB_ZONE, NAME_STRING, NULL },
	{ "order", MEMCENSUS_FB_ORDER, NAME_U32, NULL },
	{ "first", MEMCENSUS_FB_FIRST, NAME_U64, NULL },
	{ "records", MEMCENSUS_FB_RECORDS, NAME_U64S, NULL },
	{}
};

static const struct abi_name frame_cgroup_names[] = {
	{ "cgroup", MEMCENSUS_FG_CGROUP, NAME_U64, NULL },
	{ "classes", MEMCENSUS_FG_CLASSES, NAME_NEST, frame_class_names },
	{ "shared", MEMCENSUS_FG_SHARED, NAME_U64, NULL },
	{ "pinned", MEMCENSUS_FG_PINNED, NAME_U64, NULL },
	{}
};

static const struct abi_name frame_system_names[] = {
	{ "files", MEMCENSUS_FY_FILES, NAME_U64, NULL },
	{ "dev_major", MEMCENSUS_FY_DEV_MAJOR, NAME_U32, NULL },
	{ "dev_minor", MEMCENSUS_FY_DEV_MINOR, NAME_U32, NULL },
	{ "type", MEMCENSUS_FY_TYPE, NAME_STRING, NULL },
	{ "source", MEMCENSUS_FY_SOURCE, NAME_STRING, NULL },
	{ "cached", MEMCENSUS_FY_CACHED, NAME_U64, NULL },
	{ "mapped", MEMCENSUS_FY_MAPPED, NAME_U64, NULL },
	{ "dirty", MEMCENSUS_FY_DIRTY, NAME_U64, NULL },
	{ "writeback", MEMCENSUS_FY_WRITEBACK, NAME_U64, NULL },
	{}
};

static const struct abi_name frame_file_names[] = {
	{ "dev_major", MEMCENSUS_FF_DEV_MAJOR, NAME_U32, NULL },
	{ "dev_minor", MEMCENSUS_FF_DEV_MINOR, NAME_U32, NULL },
	{ "inode", MEMCENSUS_FF_INODE, NAME_U64, NULL },
	{ "type", MEMCENSUS_FF_TYPE, NAME_STRING, NULL },
	{ "source", MEMCENSUS_FF_SOURCE, NAME_STRING, NULL },
	{ "path", MEMCENSUS_FF_PATH, NAME_STRING, NULL },
	{ "deleted", MEMCENSUS_FF_DELETED, NAME_U32, NULL },
	{ "size", MEMCENSUS_FF_SIZE, NAME_U64, NULL },
	{ "cached", MEMCENSUS_FF_CACHED, NAME_U64, NULL },
	{ "mapped", MEMCENSUS_FF_MAPPED, NAME_U64, NULL },
	{ "dirty", MEMCENSUS_FF_DIRTY, NAME_U64, NULL },
	{ "writeback", MEMCENSUS_FF_WRITEBACK, NAME_U64, NULL },
	{ "cgroup", MEMCENSUS_FF_CGROUP, NAME_U64, NULL },
	{ "charged", MEMCENSUS_FF_CHARGED, NAME_U64, NULL },
	{}
};

const struct abi_name abi_records[] = {
	{ "seq", MEMCENSUS_A_SEQ, NAME_U64, NULL },
	{ "info", MEMCENSUS_A_INFO, NAME_NEST, info_names },
	{ "scan", MEMCENSUS_A_SCAN, NAME_NEST, scan_names },
	{ "task", MEMCENSUS_A_TASK, NAME_NEST, task_names },
	{ "vma", MEMCENSUS_A_VMA, NAME_NEST, vma_names },
	{ "zone", MEMCENSUS_A_ZONE, NAME_NEST, zone_names },
	{ "node", MEMCENSUS_A_NODE, NAME_NEST, node_names },
	{ "group", MEMCENSUS_A_GROUP, NAME_NEST, group_names },
	{ "owners", MEMCENSUS_A_OWNERS, NAME_NEST, owners_names },
	{ "pair", MEMCENSUS_A_PAIR, NAME_NEST, pair_names },
	{ "physical", MEMCENSUS_A_PHYSICAL, NAME_NEST, physical_names },
	{ "physical_zone", MEMCENSUS_A_PHYSICAL_ZONE, NAME_NEST, physical_zone_names },
	{ "payer", MEMCENSUS_A_PAYER, NAME_NEST, payer_names },
	{ "frame_blocks", MEMCENSUS_A_FRAME_BLOCKS, NAME_NEST, frame_blocks_names },
	{ "frame_cgroup", MEMCENSUS_A_FRAME_CGROUP, NAME_NEST, frame_cgroup_names },
	{ "frame_system", MEMCENSUS_A_FRAME_SYSTEM, NAME_NEST, frame_system_names },
	{ "frame_file", MEMCENSUS_A_FRAME_FILE, NAME_NEST, frame_file_names },
	{}
};

const struct abi_name abi_commands[] = {
	{ "info", MEMCENSUS_CMD_INFO, NAME_NONE, NULL },
	{ "snapshot", MEMCENSUS_CMD_SNAPSHOT, NAME_NONE, NULL },
	{ "share", MEMCENSUS_CMD_SHARE, NAME_NONE, NULL },
	{ "physical", MEMCENSUS_CMD_PHYSICAL, NAME_NONE, NULL },
	{}
};

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of /proc/meminfo and /proc/vmstat, of 6.1 to 7.3, that memcensus has no figure of, and why.
 * Test system fails at a line that is neither here nor in what is used.
 */
#ifndef _UNUSED_LINES_H
#define _UNUSED_LINES_H

/* A name that ends in _ stands for all that begin with it: zones, sizes. */
struct unused_lines {
	const char *why;
	const char *names[40];
};

static const struct unused_lines unused_lines[] = {
	{ "a sum, or a part, of lines that are used", {
		"Active", "Inactive", "Slab", "Zswapped", "CmaTotal", "Unaccepted",
		"ShadowCallStack", "HighTotal", "HighFree", "LowTotal", "LowFree",
		"nr_free_pages_blocks", "nr_zone_inactive_anon", "nr_zone_active_anon",
		"nr_zone_inactive_file", "nr_zone_active_file", "nr_zone_unevictable",
		"nr_zone_write_pending", "nr_isolated_anon", "nr_isolated_file",
		"nr_file_pages", "nr_shadow_call_stack", "nr_unaccepted", "nr_iommu_pages",
		"nr_hugetlb", "nr_kernel_file_pages", "nr_throttled_written",
		"nr_kernel_misc_reclaimable",
	} },
	{ "the same as a line of meminfo that is used", {
		"nr_free_pages", "nr_mlock", "nr_free_cma", "nr_inactive_anon",
		"nr_active_anon", "nr_inactive_file", "nr_active_file", "nr_unevictable",
		"nr_slab_reclaimable", "nr_slab_unreclaimable", "nr_anon_pages", "nr_mapped",
		"nr_dirty", "nr_writeback", "nr_writeback_temp", "nr_shmem",
		"nr_shmem_hugepages", "nr_shmem_pmdmapped", "nr_file_hugepages",
		"nr_file_pmdmapped", "nr_anon_transparent_hugepages", "nr_vmalloc",
		"nr_kernel_stack", "nr_page_table_pages", "nr_sec_page_table_pages",
		"nr_swapcached", "nr_balloon_pages", "nr_gpu_active", "nr_gpu_reclaim",
	} },
	{ "no memory: addresses, their page tables' sizes, a limit", {
		"MmapCopy", "VmallocTotal", "VmallocChunk", "DirectMap4k", "DirectMap2M",
		"DirectMap4M", "DirectMap1G", "nr_dirty_threshold",
		"nr_dirty_background_threshold",
	} },
	{ "always 0", {
		"NFS_Unstable", "nr_unstable",
	} },
	{ "in unaccounted: memory map that was added after boot, buffers for 32-bit devices", {
		"nr_memmap_pages", "Bounce", "nr_bounce",
	} },
	{ "not in MemTotal: memory map of boot", {
		"nr_memmap_boot_pages",
	} },
	{ "pages that are pinned are in the rows of their kind", {
		"nr_foll_pin_acquired", "nr_foll_pin_released",
	} },
	{ "in slab: nodes of the page cache", {
		"workingset_nodes",
	} },
	{ "an event: how often reclaim, aging and refaults did something", {
		"workingset_refault_anon", "workingset_refault_file",
		"workingset_activate_anon", "workingset_activate_file",
		"workingset_restore_anon", "workingset_restore_file", "workingset_nodereclaim",
		"nr_vmscan_write", "nr_vmscan_immediate_reclaim", "nr_dirtied", "nr_written",
		"pgskip_", "pglazyfree", "pglazyfreed", "pgreuse", "pgdemote_kswapd",
		"pgdemote_direct", "pgdemote_khugepaged", "pgdemote_proactive",
		"pgsteal_khugepaged", "pgsteal_proactive", "pgsteal_anon", "pgsteal_file",
		"pgscan_khugepaged", "pgscan_proactive", "pgscan_anon", "pgscan_file",
		"pgscan_direct_throttle", "pgrotate_anon", "pgrotate_file", "pgrotated",
		"pginodesteal", "zone_reclaim_success", "zone_reclaim_failed",
		"drop_pagecache", "drop_slab", "unevictable_pgs_",
	} },
	{ "an event of NUMA", {
		"numa_hit", "numa_miss", "numa_foreign", "numa_interleave", "numa_local",
		"numa_other", "numa_pte_updates", "numa_huge_pte_updates", "numa_hint_faults",
		"numa_hint_faults_local", "numa_pages_migrated", "numa_task_migrated",
		"numa_task_swapped", "pgpromote_success", "pgpromote_candidate",
		"pgpromote_candidate_nrl",
	} },
	{ "an event of migration, compaction, hugetlb and CMA", {
		"pgmigrate_success", "pgmigrate_fail", "thp_migration_success",
		"thp_migration_fail", "thp_migration_split", "compact_migrate_scanned",
		"compact_free_scanned", "compact_isolated", "compact_daemon_migrate_scanned",
		"compact_daemon_free_scanned", "htlb_buddy_alloc_success",
		"htlb_buddy_alloc_fail", "cma_alloc_success", "cma_alloc_fail",
	} },
	{ "an event of huge pages", {
		"thp_fault_fallback_charge", "thp_collapse_alloc_failed", "thp_file_alloc",
		"thp_file_fallback", "thp_file_fallback_charge", "thp_file_mapped",
		"thp_split_page_failed", "thp_deferred_split_page", "thp_underused_split_page",
		"thp_split_pmd", "thp_split_pud", "thp_scan_exceed_none_pte",
		"thp_scan_exceed_swap_pte", "thp_scan_exceed_share_pte", "thp_zero_page_alloc",
		"thp_zero_page_alloc_failed", "thp_swpout", "thp_swpout_fallback",
	} },
	{ "an event of balloons: the amount is used", {
		"balloon_inflate", "balloon_deflate", "balloon_migrate",
	} },
	{ "an event of swap, zswap and KSM", {
		"swap_ra", "swap_ra_hit", "swpin_zero", "swpout_zero", "ksm_swpin_copy",
		"cow_ksm", "zswpin", "zswpout", "zswpwb", "nrswpin", "nrswpout",
	} },
	{ "an event of processors, locks and stacks", {
		"nr_tlb_remote_flush", "nr_tlb_remote_flush_received",
		"nr_tlb_local_flush_all", "nr_tlb_local_flush_one", "direct_map_level2_splits",
		"direct_map_level3_splits", "direct_map_level2_collapses",
		"direct_map_level3_collapses", "vma_lock_success", "vma_lock_abort",
		"vma_lock_retry", "vma_lock_miss", "kstack_",
	} },
};

#endif /* _UNUSED_LINES_H */

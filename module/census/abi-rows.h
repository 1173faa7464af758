/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef _CENSUS_ABI_ROWS_H
#define _CENSUS_ABI_ROWS_H

/* For a list of rows in a struct. */
#define CENSUS_MEMBER(of, type, member, attr, name) CENSUS_MEMBER_##type(member);

#define CENSUS_SCAN_ROWS(row) \
	row(cost, u64, realtime, MEMCENSUS_SCAN_REALTIME_NS, "realtime_ns") \
	row(cost, u64, boottime, MEMCENSUS_SCAN_BOOTTIME_NS, "boottime_ns") \
	row(cost, u64, wall, MEMCENSUS_SCAN_WALL_NS, "wall_ns") \
	row(cost, u64, cpu, MEMCENSUS_SCAN_CPU_NS, "cpu_ns") \
	row(cost, u64, lock_hold_max, MEMCENSUS_SCAN_LOCK_HOLD_MAX_NS, "lock_hold_max_ns") \
	row(cost, u64, lock_holds, MEMCENSUS_SCAN_LOCK_HOLDS, "lock_holds") \
	row(cost, u64, mms, MEMCENSUS_SCAN_MMS, "mms") \
	row(cost, u64, walked, MEMCENSUS_SCAN_WALKED, "walked") \
	row(cost, u64, busy, MEMCENSUS_SCAN_BUSY, "busy") \
	row(cost, u64, vanished, MEMCENSUS_SCAN_VANISHED, "vanished") \
	row(cost, u64, partial, MEMCENSUS_SCAN_PARTIAL, "partial") \
	row(cost, u64, kthreads, MEMCENSUS_SCAN_KTHREADS, "kthreads") \
	row(cost, u64, zombies, MEMCENSUS_SCAN_ZOMBIES, "zombies") \
	row(cost, u64, ptes, MEMCENSUS_SCAN_PTES, "ptes") \
	row(cost, u64, pages, MEMCENSUS_SCAN_PAGES, "pages") \
	row(cost, u64, memory, MEMCENSUS_SCAN_MEMORY, "memory") \
	row(cost, u64, frames, MEMCENSUS_SCAN_FRAMES, "frames") \
	row(cost, u64, pss, MEMCENSUS_SCAN_PSS, "pss") \
	row(cost, u64, violations, MEMCENSUS_SCAN_VIOLATIONS, "violations") \
	row(cost, u64, slices, MEMCENSUS_SCAN_SLICES, "slices") \
	row(cost, u64, device_uncounted, MEMCENSUS_SCAN_DEVICE_UNCOUNTED, "device_uncounted") \
	row(cost, u64, zone_device, MEMCENSUS_SCAN_ZONE_DEVICE, "zone_device")

#define CENSUS_SCAN_ROWS_BY_OWNERS(row) \
	row(cost, u64, several[0], MEMCENSUS_SCAN_MAPPED_BY_2, "mapped_by_2") \
	row(cost, u64, several[1], MEMCENSUS_SCAN_MAPPED_BY_3, "mapped_by_3") \
	row(cost, u64, several[2], MEMCENSUS_SCAN_MAPPED_BY_10, "mapped_by_10") \
	row(cost, u64, owners[CENSUS_ANON][0], MEMCENSUS_SCAN_ANON_BY_1, "anon_by_1") \
	row(cost, u64, owners[CENSUS_ANON][1], MEMCENSUS_SCAN_ANON_BY_2, "anon_by_2") \
	row(cost, u64, owners[CENSUS_ANON][2], MEMCENSUS_SCAN_ANON_BY_3, "anon_by_3") \
	row(cost, u64, owners[CENSUS_ANON][3], MEMCENSUS_SCAN_ANON_BY_10, "anon_by_10") \
	row(cost, u64, owners[CENSUS_FILE][0], MEMCENSUS_SCAN_FILE_BY_1, "file_by_1") \
	row(cost, u64, owners[CENSUS_FILE][1], MEMCENSUS_SCAN_FILE_BY_2, "file_by_2") \
	row(cost, u64, owners[CENSUS_FILE][2], MEMCENSUS_SCAN_FILE_BY_3, "file_by_3") \
	row(cost, u64, owners[CENSUS_FILE][3], MEMCENSUS_SCAN_FILE_BY_10, "file_by_10") \
	row(cost, u64, owners[CENSUS_SHMEM][0], MEMCENSUS_SCAN_SHMEM_BY_1, "shmem_by_1") \
	row(cost, u64, owners[CENSUS_SHMEM][1], MEMCENSUS_SCAN_SHMEM_BY_2, "shmem_by_2") \
	row(cost, u64, owners[CENSUS_SHMEM][2], MEMCENSUS_SCAN_SHMEM_BY_3, "shmem_by_3") \
	row(cost, u64, owners[CENSUS_SHMEM][3], MEMCENSUS_SCAN_SHMEM_BY_10, "shmem_by_10") \
	row(cost, u64, owners[CENSUS_DEVICE][0], MEMCENSUS_SCAN_DEVICE_BY_1, "device_by_1") \
	row(cost, u64, owners[CENSUS_DEVICE][1], MEMCENSUS_SCAN_DEVICE_BY_2, "device_by_2") \
	row(cost, u64, owners[CENSUS_DEVICE][2], MEMCENSUS_SCAN_DEVICE_BY_3, "device_by_3") \
	row(cost, u64, owners[CENSUS_DEVICE][3], MEMCENSUS_SCAN_DEVICE_BY_10, "device_by_10")

#define CENSUS_ZONE_ROWS(row) \
	row(zone, u32, node, MEMCENSUS_ZONE_NODE, "node") \
	row(zone, string, name, MEMCENSUS_ZONE_NAME, "name") \
	row(zone, u64, free, MEMCENSUS_ZONE_FREE, "free") \
	row(zone, u64, wmark_min, MEMCENSUS_ZONE_WMARK_MIN, "wmark_min") \
	row(zone, u64, wmark_low, MEMCENSUS_ZONE_WMARK_LOW, "wmark_low") \
	row(zone, u64, wmark_high, MEMCENSUS_ZONE_WMARK_HIGH, "wmark_high") \
	row(zone, u64, wmark_boost, MEMCENSUS_ZONE_WMARK_BOOST, "wmark_boost") \
	row(zone, u64, spanned, MEMCENSUS_ZONE_SPANNED, "spanned") \
	row(zone, u64, present, MEMCENSUS_ZONE_PRESENT, "present") \
	row(zone, u64, managed, MEMCENSUS_ZONE_MANAGED, "managed") \
	row(zone, u64, pcp, MEMCENSUS_ZONE_PCP, "pcp") \
	row(zone, u64, highatomic, MEMCENSUS_ZONE_HIGHATOMIC, "highatomic") \
	row(zone, u64, cma_free, MEMCENSUS_ZONE_CMA_FREE, "cma_free")

#define CENSUS_NODE_ROWS(row) \
	row(node, u32, id, MEMCENSUS_NODE_ID, "id") \
	row(node, u32, kswapd, MEMCENSUS_NODE_KSWAPD, "kswapd") \
	row(node, u32, kswapd_order, MEMCENSUS_NODE_KSWAPD_ORDER, "kswapd_order") \
	row(node, string, kswapd_zone, MEMCENSUS_NODE_KSWAPD_ZONE, "kswapd_zone") \
	row(node, u32, kswapd_failures, MEMCENSUS_NODE_KSWAPD_FAILURES, "kswapd_failures") \
	row(node, u32, balanced, MEMCENSUS_NODE_BALANCED, "balanced") \
	row(node, u64, spanned, MEMCENSUS_NODE_SPANNED, "spanned") \
	row(node, u64, present, MEMCENSUS_NODE_PRESENT, "present") \
	row(node, u64, active_anon, MEMCENSUS_NODE_ACTIVE_ANON, "active_anon") \
	row(node, u64, inactive_anon, MEMCENSUS_NODE_INACTIVE_ANON, "inactive_anon") \
	row(node, u64, active_file, MEMCENSUS_NODE_ACTIVE_FILE, "active_file") \
	row(node, u64, inactive_file, MEMCENSUS_NODE_INACTIVE_FILE, "inactive_file") \
	row(node, u64, unevictable, MEMCENSUS_NODE_UNEVICTABLE, "unevictable") \
	row(node, u64, isolated_anon, MEMCENSUS_NODE_ISOLATED_ANON, "isolated_anon") \
	row(node, u64, isolated_file, MEMCENSUS_NODE_ISOLATED_FILE, "isolated_file") \
	row(node, u64, dirty, MEMCENSUS_NODE_DIRTY, "dirty") \
	row(node, u64, writeback, MEMCENSUS_NODE_WRITEBACK, "writeback")

#endif /* _CENSUS_ABI_ROWS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef READER_MEMBERS_H
#define READER_MEMBERS_H

#define REQUEST_MEMBERS \
	uint64_t parts; \
	struct numbers pids; \
	uint64_t group_by; \
	uint64_t limit; \
	uint64_t charged; \
	uint64_t file; \
	uint64_t order; \
	uint64_t files; \
	uint64_t reader_uid; \
	uint64_t reader_gid; \
	uint64_t max_age_ms; \
	uint64_t tree

#define INFO_MEMBERS \
	uint64_t abi; \
	const char *version; \
	const char *kernel; \
	uint64_t page_size; \
	uint64_t orders; \
	uint64_t max_age; \
	uint64_t lock_hold; \
	uint64_t busy_budget; \
	uint64_t max_mem; \
	uint64_t subjects; \
	uint64_t rule; \
	uint64_t kernel_tested; \
	uint64_t lock

#define SCAN_MEMBERS \
	uint64_t parts; \
	uint64_t realtime; \
	uint64_t boottime; \
	uint64_t wall; \
	uint64_t cpu; \
	uint64_t lock_hold_max; \
	uint64_t lock_holds; \
	uint64_t mms; \
	uint64_t walked; \
	uint64_t busy; \
	uint64_t vanished; \
	uint64_t partial; \
	uint64_t kthreads; \
	uint64_t zombies; \
	uint64_t ptes; \
	uint64_t pages; \
	uint64_t memory; \
	uint64_t frames; \
	uint64_t pss; \
	uint64_t violations; \
	uint64_t slices; \
	uint64_t mapped_by_2; \
	uint64_t mapped_by_3; \
	uint64_t mapped_by_10; \
	uint64_t anon_by_1; \
	uint64_t anon_by_2; \
	uint64_t anon_by_3; \
	uint64_t anon_by_10; \
	uint64_t file_by_1; \
	uint64_t file_by_2; \
	uint64_t file_by_3; \
	uint64_t file_by_10; \
	uint64_t shmem_by_1; \
	uint64_t shmem_by_2; \
	uint64_t shmem_by_3; \
	uint64_t shmem_by_10; \
	uint64_t device_by_1; \
	uint64_t device_by_2; \
	uint64_t device_by_3; \
	uint64_t device_by_10; \
	uint64_t device_uncounted; \
	uint64_t zone_device

#define TASK_MEMBERS \
	uint64_t pid; \
	uint64_t nr_peers; \
	struct numbers peers; \
	uint64_t ppid; \
	const char *comm; \
	uint64_t uid; \
	uint64_t cgroup; \
	uint64_t start; \
	uint64_t threads; \
	uint64_t state; \
	int64_t oom_score_adj; \
	uint64_t group; \
	uint64_t mappings

#define VMA_MEMBERS \
	uint64_t pid; \
	uint64_t start; \
	uint64_t end; \
	uint64_t offset; \
	const char *mode; \
	uint64_t dev_major; \
	uint64_t dev_minor; \
	uint64_t inode; \
	const char *name; \
	uint64_t page_size

#define GROUP_MEMBERS \
	uint64_t uid; \
	uint64_t cgroup; \
	const char *comm; \
	uint64_t mms; \
	uint64_t id; \
	uint64_t parent; \
	uint64_t pid; \
	uint64_t session

#define ZONE_MEMBERS \
	uint64_t node; \
	const char *name; \
	struct numbers free_blocks; \
	uint64_t free; \
	uint64_t wmark_min; \
	uint64_t wmark_low; \
	uint64_t wmark_high; \
	uint64_t wmark_boost; \
	uint64_t spanned; \
	uint64_t present; \
	uint64_t managed; \
	uint64_t pcp; \
	uint64_t highatomic; \
	uint64_t cma_free; \
	struct numbers lowmem_reserve

#define NODE_MEMBERS \
	uint64_t id; \
	uint64_t kswapd; \
	uint64_t kswapd_order; \
	const char *kswapd_zone; \
	uint64_t kswapd_failures; \
	uint64_t balanced; \
	uint64_t spanned; \
	uint64_t present; \
	uint64_t active_anon; \
	uint64_t inactive_anon; \
	uint64_t active_file; \
	uint64_t inactive_file; \
	uint64_t unevictable; \
	uint64_t isolated_anon; \
	uint64_t isolated_file; \
	uint64_t dirty; \
	uint64_t writeback

#endif /* READER_MEMBERS_H */

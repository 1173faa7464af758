/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef READER_MEMBERS_PHYSICAL_H
#define READER_MEMBERS_PHYSICAL_H

#define PHYSICAL_ZONE_MEMBERS \
	uint64_t node; \
	const char *name; \
	uint64_t spanned; \
	uint64_t present; \
	uint64_t managed; \
	uint64_t holes; \
	uint64_t other_zones; \
	struct numbers free_blocks

#define FRAME_BLOCKS_MEMBERS \
	uint64_t node; \
	const char *zone; \
	uint64_t order; \
	uint64_t first; \
	struct numbers records

#define FRAME_CGROUP_MEMBERS \
	uint64_t cgroup; \
	uint64_t shared; \
	uint64_t pinned

#define FRAME_SYSTEM_MEMBERS \
	uint64_t files; \
	uint64_t dev_major; \
	uint64_t dev_minor; \
	const char *type; \
	const char *source; \
	uint64_t cached; \
	uint64_t mapped; \
	uint64_t dirty; \
	uint64_t writeback

#define FRAME_FILE_MEMBERS \
	uint64_t dev_major; \
	uint64_t dev_minor; \
	uint64_t inode; \
	const char *type; \
	const char *source; \
	const char *path; \
	uint64_t deleted; \
	uint64_t size; \
	uint64_t cached; \
	uint64_t mapped; \
	uint64_t dirty; \
	uint64_t writeback; \
	uint64_t cgroup; \
	uint64_t charged

#endif /* READER_MEMBERS_PHYSICAL_H */

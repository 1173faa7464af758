/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef READER_MEMBERS_OOM_H
#define READER_MEMBERS_OOM_H

#define OOM_MEMBERS \
	uint64_t number; \
	uint64_t realtime; \
	uint64_t boottime; \
	uint64_t scope; \
	uint64_t victims; \
	uint64_t caller_pid; \
	const char *caller_comm; \
	uint64_t census; \
	uint64_t census_realtime; \
	uint64_t delay; \
	uint64_t cgroup; \
	uint64_t limit; \
	uint64_t charged; \
	uint64_t charged_anon; \
	uint64_t charged_file; \
	uint64_t charged_unevictable

#define OOM_VICTIM_MEMBERS \
	uint64_t oom; \
	uint64_t pid; \
	const char *comm; \
	uint64_t uid; \
	uint64_t cgroup; \
	uint64_t start; \
	int64_t oom_score_adj; \
	uint64_t vss; \
	uint64_t anon; \
	uint64_t file; \
	uint64_t shmem; \
	uint64_t swap; \
	uint64_t pagetables; \
	uint64_t dying

#endif /* READER_MEMBERS_OOM_H */

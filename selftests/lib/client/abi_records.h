/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef _ABI_RECORDS_H
#define _ABI_RECORDS_H

/* A TASK message; bit n of @known is set where attribute n was sent. */
struct census_task {
	uint64_t known;
	uint32_t pid;
	uint32_t nr_peers;
	struct u32s peers;
	uint32_t ppid;
	char *comm;
	uint32_t uid;
	uint64_t cgroup;
	uint64_t start;
	uint32_t threads;
	uint32_t state;
	int32_t oom_score_adj;
	struct figures f;
	uint32_t group;
	uint32_t mappings;
};

/* A GROUP message; bit n of @known is set where attribute n was sent. */
struct census_group {
	uint64_t known;
	uint32_t uid;
	uint64_t cgroup;
	char *comm;
	uint32_t mms;
	struct figures f;
	uint32_t id;
	uint32_t parent;
	uint32_t pid;
	uint32_t session;
};

/* A VMA message; bit n of @known is set where attribute n was sent. */
struct census_vma {
	uint64_t known;
	uint32_t pid;
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	char *mode;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint64_t inode;
	char *name;
	uint64_t page_size;
	struct figures f;
};

/* A OWNERS message; bit n of @known is set where attribute n was sent. */
struct census_owners {
	uint64_t known;
	uint32_t pid;
	uint32_t group;
	uint32_t fewest;
	uint32_t most;
	struct figures bytes;
};

/* A PAIR message; bit n of @known is set where attribute n was sent. */
struct census_pair {
	uint64_t known;
	uint32_t pid;
	uint32_t peer_pid;
	uint32_t group;
	uint32_t peer_group;
	uint32_t left_out;
	struct figures common;
	struct figures alone;
};

/* A PAYER message; bit n of @known is set where attribute n was sent. */
struct census_payer {
	uint64_t known;
	uint64_t cgroup;
	uint32_t group;
	uint64_t charged;
	uint64_t own;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint64_t inode;
};

#endif /* _ABI_RECORDS_H */

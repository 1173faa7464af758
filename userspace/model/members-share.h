/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef READER_MEMBERS_SHARE_H
#define READER_MEMBERS_SHARE_H

#define OWNERS_MEMBERS \
	uint64_t pid; \
	uint64_t group; \
	uint64_t fewest; \
	uint64_t most

#define PAIR_MEMBERS \
	uint64_t pid; \
	uint64_t peer_pid; \
	uint64_t group; \
	uint64_t peer_group; \
	uint64_t left_out

#define PAYER_MEMBERS \
	uint64_t cgroup; \
	uint64_t group; \
	uint64_t charged; \
	uint64_t own; \
	uint64_t dev_major; \
	uint64_t dev_minor; \
	uint64_t inode

#endif /* READER_MEMBERS_SHARE_H */

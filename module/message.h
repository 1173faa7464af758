/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a snapshot as netlink messages, each whole or not at all. */
#ifndef _CENSUS_MESSAGE_H
#define _CENSUS_MESSAGE_H

#include <linux/netlink.h>
#include <net/genetlink.h>

#include "snapshot.h"

/**
 * struct census_envelope - what all messages of an answer have in common
 * @family: ours
 * @portid: of the caller
 * @nlseq: of the request
 * @flags: NLM_F_MULTI in a dump
 * @cmd: of all messages; 0: each has its own
 * @parts: MEMCENSUS_PART_* that were requested
 * @pid_ns: namespace of all PIDs sent
 * @user_ns: namespace of all user IDs sent
 */
struct census_envelope {
	const struct genl_family *family;
	u32 portid;
	u32 nlseq;
	int flags;
	u8 cmd;
	u32 parts;
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
};

/* Blocks of a PAGES message, at most: 5 KiB with its headers. */
#define CENSUS_PAGES_PART 120

/**
 * struct census_pages_part - what a PAGES message is about
 * @task: whose pages
 * @start: the first address
 * @end: the first address behind it
 * @first: number of the first block
 * @nr: how many blocks there are, up to %CENSUS_PAGES_PART
 */
struct census_pages_part {
	const struct census_task *task;
	u64 start;
	u64 end;
	u32 first;
	u32 nr;
};

int census_message_add(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, u8 cmd,
		       const void *record);

#endif /* _CENSUS_MESSAGE_H */

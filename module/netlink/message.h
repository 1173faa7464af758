/* SPDX-License-Identifier: GPL-2.0 */
/* Converts parts of a snapshot to netlink messages, each completely or not at all. */
#ifndef _CENSUS_MESSAGE_H
#define _CENSUS_MESSAGE_H

#include <net/genetlink.h>
#include <net/netlink.h>

#include "census/snapshot.h"

/**
 * struct census_envelope - common fields of all messages of an answer
 * @family: family of the census
 * @portid: of the caller
 * @nlseq: of the request
 * @flags: NLM_F_MULTI in a dump
 * @cmd: of all messages, as of the request
 * @parts: MEMCENSUS_PART_* that were requested
 * @paths: files were requested
 * @pid_ns: namespace of all PIDs in the messages
 * @user_ns: namespace of all user IDs in the messages
 */
struct census_envelope {
	const struct genl_family *family;
	u32 portid;
	u32 nlseq;
	int flags;
	u8 cmd;
	u32 parts;
	bool paths;
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
};

/* Maximum number of blocks in a PAGES message: 5 KiB with its headers. */
#define CENSUS_PAGES_PART 120

/**
 * struct census_pages_part - content of a PAGES message
 * @task: owner of the pages
 * @start: first address
 * @end: end address (exclusive)
 * @first: number of the first block
 * @nr: number of blocks, up to %CENSUS_PAGES_PART
 */
struct census_pages_part {
	const struct census_task *task;
	u64 start;
	u64 end;
	u32 first;
	u32 nr;
};

/* PAD has the same number in every nest. */
static inline int census_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MEMCENSUS_A_PAD);
}

/* Bytes of a number of pages. */
static inline int census_put_pages(struct sk_buff *skb, int attr, u64 pages)
{
	return census_put_u64(skb, attr, pages << PAGE_SHIFT);
}

/* Fills the nest of a message.  Return: 0, or nonzero if the buffer is full. */
typedef int census_fill_fn(struct sk_buff *skb, const struct census_envelope *e,
			   const struct census_snapshot *snap, const void *record);

int census_message_begin(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct census_envelope *e, const u8 *stages, unsigned int nr);
int census_message_known(struct sk_buff *skb, int nest, u64 known, const u64 *values,
			 unsigned int max);
int census_message_rows(struct sk_buff *skb, const struct census_record_row *row,
			const void *record);
int census_message_put(struct sk_buff *skb, const struct census_envelope *e, u64 seq, u8 nest,
		       census_fill_fn *fill, const struct census_snapshot *snap,
		       const void *record);
int census_message_add(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap, u8 nest,
		       const void *record);

#endif /* _CENSUS_MESSAGE_H */

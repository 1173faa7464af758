/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sends the records of one request: what all commands do alike, and what each of them adds.  A
 * record is one message with one nest, completely or not at all.
 */
#ifndef _CENSUS_DUMP_H
#define _CENSUS_DUMP_H

#include <linux/bits.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "census/snapshot.h"
#include "physical/physical.h"

/* One attribute in a mask of census_request_refuse(). */
#define CENSUS_REQ(name) BIT_ULL(MEMCENSUS_REQ_##name)

/* What a request may hold: policy.c, which scripts/abi makes of the specification. */
extern const struct nla_policy census_request_policy[MEMCENSUS_REQ_MAX + 1];
extern const struct nla_policy census_policy[MEMCENSUS_A_MAX + 1];

struct census_dump;

/* What a fill returns for a record that the reader may not see. */
#define CENSUS_HIDDEN (-ENOENT)

/* Fills the nest of a message.  Return: 0, CENSUS_HIDDEN, or else the buffer is full. */
typedef int census_fill_fn(struct sk_buff *skb, const struct census_dump *d, const void *record);

/**
 * struct census_dump_ops - what one command adds
 * @parse: checks the attributes of the request, by number, and says which records follow.
 *	Return: 0 or an error, explained in the extended ack
 * @fill: of each kind of record, by the nest that contains it, &enum memcensus_attr
 * @take: takes what is sent; sleeps as long as a census does; may be NULL.  Return: as @parse
 * @next: the record of number &struct census_dump.index of the current stage, after record @before;
 *	NULL after the last
 * @release: frees what @parse and @take took, which may have failed
 */
struct census_dump_ops {
	int (*parse)(struct census_dump *d, struct nlattr **tb, struct netlink_ext_ack *extack);
	census_fill_fn *const *fill;
	int (*take)(struct census_dump *d, struct netlink_ext_ack *extack);
	const void *(*next)(struct census_dump *d, const void *before);
	void (*release)(struct census_dump *d);
};

/**
 * struct census_dump - one answer, of a dump from its first call to done()
 * @ops: of its command
 * @family: of the census
 * @portid: of the caller
 * @nlseq: of the request
 * @flags: NLM_F_MULTI in a dump
 * @cmd: of all messages, as of the request
 * @parts: MEMCENSUS_PART_* that are sent: @req may have more, for others
 * @req: of a census
 * @pids_bytes: of @req.pids, taken from the budget of results
 * @frames: the request of a pass over frames
 * @frame_numbers: the caller may see frame numbers
 * @tree: PID of the only group that is sent, by TREE; 0: all
 * @tree_begin, @tree_end: numbers of this group and of those in it, after the census
 * @pid_ns: namespace of all PIDs in the messages, a reference
 * @user_ns: namespace of all user IDs in the messages, a reference
 * @reader: only what it may read is sent; invalid: all
 * @taken: @ops->take succeeded
 * @held: of census_results_hold()
 * @snap: the census, NULL if there is none
 * @physical: result of the pass, NULL if there is none
 * @seq: number of what is sent; 0: none
 * @error: text of an extended ack that contains a number
 * @stage: nest of the next record, which begins those in order; set by @ops->parse; 0: the end
 * @index: of the next record of this nest
 * @record: that record
 */
struct census_dump {
	const struct census_dump_ops *ops;
	const struct genl_family *family;
	u32 portid;
	u32 nlseq;
	int flags;
	u8 cmd;
	u32 parts;
	struct census_request req;
	size_t pids_bytes;
	struct census_physical_request frames;
	bool frame_numbers;
	u32 tree;
	u32 tree_begin;
	u32 tree_end;
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
	struct census_reader reader;
	bool taken;
	u64 held;
	const struct census_snapshot *snap;
	const struct census_physical *physical;
	u64 seq;
	char error[80];
	const u8 *stage;
	unsigned int index;
	const void *record;
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

int census_request_refuse(struct nlattr **tb, u64 refused, const char *why,
			  struct netlink_ext_ack *extack);
int census_put_known(struct sk_buff *skb, int nest, u64 known, const u64 *values,
		     unsigned int max);
int census_put_rows_below(struct sk_buff *skb, const struct census_record_row *row,
			  const void *record, u8 end);

static inline int census_put_rows(struct sk_buff *skb, const struct census_record_row *row,
				  const void *record)
{
	return census_put_rows_below(skb, row, record, U8_MAX);
}

census_fill_fn census_fill_info;
extern census_fill_fn *const census_fill[MEMCENSUS_A_MAX + 1];
const void *census_next_record(struct census_dump *d, const void *before);

int census_dump_add(struct sk_buff *skb, const struct census_dump *d, u8 nest,
		    census_fill_fn *fill, const void *record);
int census_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct genl_family *family, const struct census_dump_ops *ops,
		      bool frame_numbers);
int census_dump_continue(struct sk_buff *skb, struct netlink_callback *cb);
int census_dump_done(struct netlink_callback *cb);

/* SNAPSHOT and SHARE are dumps of a census. */
extern const struct census_dump_ops census_dump_census;
extern const struct census_dump_ops census_dump_physical;

#endif /* _CENSUS_DUMP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of a snapshot as netlink messages.  Each function adds one message to a
 * buffer and returns 0, or -EMSGSIZE and leaves the buffer as it was.
 */
#ifndef _CENSUS_MESSAGE_H
#define _CENSUS_MESSAGE_H

#include <linux/netlink.h>
#include <net/genetlink.h>

#include "snapshot.h"

/**
 * struct census_envelope - what all messages of an answer have in common
 * @family: ours
 * @portid: who asked
 * @nlseq: of the request
 * @flags: NLM_F_MULTI in a dump
 * @pid_ns: PIDs are told as seen from here
 * @user_ns: user IDs are told as seen from here
 */
struct census_envelope {
	const struct genl_family *family;
	u32 portid;
	u32 nlseq;
	int flags;
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
};

int census_message_info(struct sk_buff *skb, const struct census_envelope *e);
int census_message_scan(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap);
int census_message_task(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_task *task);
int census_message_group(struct sk_buff *skb, const struct census_envelope *e,
			 const struct census_snapshot *snap,
			 const struct census_group *group);
int census_message_vma(struct sk_buff *skb, const struct census_envelope *e,
		       const struct census_snapshot *snap,
		       const struct census_vma *vma);
int census_message_zone(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_zone *zone, bool types);
int census_message_node(struct sk_buff *skb, const struct census_envelope *e,
			const struct census_snapshot *snap,
			const struct census_node *node);
int census_message_system(struct sk_buff *skb, const struct census_envelope *e,
			  const struct census_snapshot *snap);

#endif /* _CENSUS_MESSAGE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The OOM request: a dump of the events that are kept, and of all that is known of one. */
#ifndef _CENSUS_GENL_OOM_H
#define _CENSUS_GENL_OOM_H

#include <net/genetlink.h>

int census_oom_start(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct genl_family *family);
int census_oom_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int census_oom_done(struct netlink_callback *cb);

#endif /* _CENSUS_GENL_OOM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The PHYSICAL request: a dump of one pass over all frames. */
#ifndef _CENSUS_GENL_PHYSICAL_H
#define _CENSUS_GENL_PHYSICAL_H

#include <net/genetlink.h>

/* The first call only checks the request; the second takes the pass, as in genl.c. */
int census_physical_start(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct genl_family *family);
int census_physical_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int census_physical_done(struct netlink_callback *cb);

#endif /* _CENSUS_GENL_PHYSICAL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The PHYSICAL request: a dump of one pass over all frames. */
#ifndef _CENSUS_GENL_PHYSICAL_H
#define _CENSUS_GENL_PHYSICAL_H

#include <net/genetlink.h>

#include "netlink/genl-request.h"

#if CENSUS_WITH_PHYSICAL
/* The first call only checks the request; the second takes the pass, as in genl.c. */
int census_physical_start(struct sk_buff *skb, struct netlink_callback *cb,
			  const struct genl_family *family);
int census_physical_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int census_physical_done(struct netlink_callback *cb);
#else
static inline int census_physical_start(struct sk_buff *skb, struct netlink_callback *cb,
					const struct genl_family *family)
{
	return CENSUS_BUILT_WITHOUT("physical", cb->extack);
}

static inline int census_physical_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return 0;
}

static inline int census_physical_done(struct netlink_callback *cb)
{
	return 0;
}
#endif

#endif /* _CENSUS_GENL_PHYSICAL_H */

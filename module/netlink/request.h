/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes of a request, which all commands share: each refuses those it does not take. */
#ifndef _CENSUS_REQUEST_H
#define _CENSUS_REQUEST_H

#include <linux/bits.h>
#include <net/netlink.h>
#include <linux/memcensus.h>

/* One attribute in a mask of census_request_refuse(). */
#define CENSUS_REQ(name) BIT_ULL(MEMCENSUS_REQ_##name)

/* What a request may hold: policy.c, which scripts/abi makes of the specification. */
extern const struct nla_policy census_request_policy[MEMCENSUS_REQ_MAX + 1];
extern const struct nla_policy census_policy[MEMCENSUS_A_MAX + 1];

int census_request_parse(struct nlattr **attrs, struct nlattr **tb,
			 struct netlink_ext_ack *extack);
int census_request_refuse(struct nlattr **tb, u64 refused, const char *why,
			  struct netlink_ext_ack *extack);

#endif /* _CENSUS_REQUEST_H */

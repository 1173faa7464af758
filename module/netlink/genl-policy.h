/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#ifndef _CENSUS_GENL_POLICY_H
#define _CENSUS_GENL_POLICY_H

#include <net/netlink.h>
#include <linux/memcensus.h>

/* What a request may hold. */
extern const struct nla_policy census_request_policy[MEMCENSUS_REQ_MAX + 1];
extern const struct nla_policy census_policy[MEMCENSUS_A_MAX + 1];

#endif /* _CENSUS_GENL_POLICY_H */

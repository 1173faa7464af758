// SPDX-License-Identifier: GPL-2.0
/* Made by scripts/abi from Documentation/netlink/specs/memcensus.yaml: change that. */
#include "netlink/dump.h"

const struct nla_policy census_request_policy[MEMCENSUS_REQ_MAX + 1] = {
	[MEMCENSUS_REQ_PARTS] = NLA_POLICY_MASK(NLA_U32, 0x1d7),
	[MEMCENSUS_REQ_PIDS] = { .type = NLA_BINARY, .len = 64000, },
	[MEMCENSUS_REQ_GROUP_BY] = NLA_POLICY_RANGE(NLA_U32, 1, 6),
	[MEMCENSUS_REQ_LIMIT] = NLA_POLICY_RANGE(NLA_U32, 1, 4096),
	[MEMCENSUS_REQ_CHARGED] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[MEMCENSUS_REQ_FILE] = { .type = NLA_U32, },
	[MEMCENSUS_REQ_ORDER] = NLA_POLICY_RANGE(NLA_U32, 1, 18),
	[MEMCENSUS_REQ_FILES] = NLA_POLICY_RANGE(NLA_U32, 1, 16384),
	[MEMCENSUS_REQ_READER_UID] = { .type = NLA_U32, },
	[MEMCENSUS_REQ_READER_GID] = { .type = NLA_U32, },
	[MEMCENSUS_REQ_MAX_AGE_MS] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[MEMCENSUS_REQ_TREE] = { .type = NLA_U32, },
};

const struct nla_policy census_policy[MEMCENSUS_A_MAX + 1] = {
	[MEMCENSUS_A_REQUEST] = NLA_POLICY_NESTED(census_request_policy),
};

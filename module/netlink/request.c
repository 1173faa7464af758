// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/string.h>

#include "netlink/request.h"

/**
 * census_request_parse() - find the attributes of a request
 * @attrs: of the message; may be NULL
 * @tb: MEMCENSUS_REQ_MAX + 1 of them, to be filled; NULL: not in the request
 * @extack: to be filled on failure
 *
 * Return: 0, or -EINVAL if the nest breaks its policy.
 */
int census_request_parse(struct nlattr **attrs, struct nlattr **tb,
			 struct netlink_ext_ack *extack)
{
	memset(tb, 0, (MEMCENSUS_REQ_MAX + 1) * sizeof(*tb));
	if (!attrs || !attrs[MEMCENSUS_A_REQUEST])
		return 0;
	return nla_parse_nested(tb, MEMCENSUS_REQ_MAX, attrs[MEMCENSUS_A_REQUEST],
				census_request_policy, extack);
}

/**
 * census_request_refuse() - refuse attributes that a command does not take
 * @tb: from census_request_parse()
 * @refused: mask of CENSUS_REQ()
 * @why: what is said about the first one; static
 * @extack: to be filled on failure
 *
 * Return: 0, or -EINVAL.
 */
int census_request_refuse(struct nlattr **tb, u64 refused, const char *why,
			  struct netlink_ext_ack *extack)
{
	unsigned int i;

	BUILD_BUG_ON(MEMCENSUS_REQ_MAX >= 64);
	for (i = 0; i <= MEMCENSUS_REQ_MAX; i++) {
		if (!tb[i] || !(refused & BIT_ULL(i)))
			continue;
		if (extack) {
			extack->_msg = why;
			extack->bad_attr = tb[i];
		}
		return -EINVAL;
	}
	return 0;
}

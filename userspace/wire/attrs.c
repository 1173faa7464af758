// SPDX-License-Identifier: GPL-2.0
/* Walk netlink messages and attributes that may be malformed. */
#include <linux/genetlink.h>

#include "wire/attrs.h"

struct attrs attrs_of(const void *data, size_t len)
{
	return (struct attrs){ .next = data, .left = len };
}

struct attrs attrs_in(const struct nlattr *nest)
{
	return attrs_of(attr_data(nest), attr_len(nest));
}

struct attrs attrs_of_message(const struct nlmsghdr *nlh)
{
	return attrs_of((const unsigned char *)nlh + NLMSG_LENGTH(GENL_HDRLEN),
			nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
}

/* Passes an element of @len bytes, at least @min; false if it does not fit. */
static bool pass_attr(struct attrs *attrs, size_t len, size_t min)
{
	size_t step = NLMSG_ALIGN(len);

	if (len < min || len > attrs->left) {
		attrs->broken = true;
		attrs->left = 0;
		return false;
	}
	/* The last one may come without padding. */
	if (step > attrs->left)
		step = attrs->left;
	attrs->next += step;
	attrs->left -= step;
	return true;
}

const struct nlattr *attrs_next(struct attrs *attrs)
{
	const struct nlattr *attr = (const void *)attrs->next;
	size_t len;

	if (!attrs->left)
		return NULL;
	len = attrs->left < NLA_HDRLEN ? 0 : attr->nla_len;
	return pass_attr(attrs, len, NLA_HDRLEN) ? attr : NULL;
}

const struct nlmsghdr *attrs_next_message(struct attrs *messages)
{
	const struct nlmsghdr *nlh = (const void *)messages->next;

	if (!messages->left)
		return NULL;
	return pass_attr(messages, messages->left < NLMSG_HDRLEN ? 0 : nlh->nlmsg_len,
			 NLMSG_HDRLEN) ? nlh : NULL;
}

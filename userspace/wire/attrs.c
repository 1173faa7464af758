// SPDX-License-Identifier: GPL-2.0
/* Walk netlink attributes that may be malformed. */
#include "wire/attrs.h"

struct attrs attrs_of(const void *data, size_t len)
{
	return (struct attrs){ .next = data, .left = len };
}

struct attrs attrs_in(const struct nlattr *nest)
{
	return attrs_of(attr_data(nest), attr_len(nest));
}

const struct nlattr *attrs_next(struct attrs *attrs)
{
	const struct nlattr *attr = (const void *)attrs->next;
	size_t step;

	if (!attrs->left)
		return NULL;
	if (attrs->left < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN ||
	    attr->nla_len > attrs->left) {
		attrs->broken = true;
		attrs->left = 0;
		return NULL;
	}

	/* The last attribute may come without padding. */
	step = NLA_ALIGN(attr->nla_len);
	if (step > attrs->left)
		step = attrs->left;
	attrs->next += step;
	attrs->left -= step;
	return attr;
}

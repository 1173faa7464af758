/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walk netlink messages and attributes that may be malformed.  libmnl's walks silently
 * stop at the first one that does not fit; these report it.
 */
#ifndef READER_ATTRS_H
#define READER_ATTRS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/netlink.h>

/**
 * struct attrs - a walk over attributes, or over messages, in memory
 * @next: start of the next one
 * @left: bytes from there to the end
 * @broken: one did not fit; the walk ends there
 */
struct attrs {
	const unsigned char *next;
	size_t left;
	bool broken;
};

struct attrs attrs_of(const void *data, size_t len);
struct attrs attrs_in(const struct nlattr *nest);

/* Those of a generic netlink message, which has its header. */
struct attrs attrs_of_message(const struct nlmsghdr *nlh);

/* The next attribute, complete in memory and aligned to 4; NULL at the end. */
const struct nlattr *attrs_next(struct attrs *attrs);

/* The next message, in the same way. */
const struct nlmsghdr *attrs_next_message(struct attrs *messages);

static inline unsigned int attr_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static inline const void *attr_data(const struct nlattr *attr)
{
	return (const unsigned char *)attr + NLA_HDRLEN;
}

static inline size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

#endif /* READER_ATTRS_H */

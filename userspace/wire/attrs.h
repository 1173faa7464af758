/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walking attributes that may be malformed.  libmnl's own walk stops without
 * a word at the first attribute that does not fit; here that is seen.
 */
#ifndef READER_ATTRS_H
#define READER_ATTRS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/netlink.h>

/**
 * struct attrs - a walk over attributes in memory
 * @next: where the next one begins
 * @left: bytes from there to the end
 * @broken: set where an attribute did not fit; the walk ends there
 */
struct attrs {
	const unsigned char *next;
	size_t left;
	bool broken;
};

struct attrs attrs_of(const void *data, size_t len);
struct attrs attrs_in(const struct nlattr *nest);

/* The next attribute, whole in memory and aligned to four; NULL at the end. */
const struct nlattr *attrs_next(struct attrs *attrs);

static inline unsigned int attr_type(const struct nlattr *attr)
{
	return attr->nla_type & NLA_TYPE_MASK;
}

static inline const void *attr_data(const struct nlattr *attr)
{
	return (const unsigned char *)attr + NLA_HDRLEN;
}

/* Bytes of its payload. */
static inline size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

#endif /* READER_ATTRS_H */

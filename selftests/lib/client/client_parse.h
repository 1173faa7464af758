/* SPDX-License-Identifier: GPL-2.0 */
/* Stores a netlink message of a dump in struct census; for client*.c only. */
#ifndef _CLIENT_PARSE_H
#define _CLIENT_PARSE_H

#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;
struct census;

/* 0, or -1: out of memory, or not a message of the ABI. */
int census_parse(const struct nlmsghdr *nlh, struct census *census);

/* An integer of any width. */
uint64_t attr_int(const struct nlattr *attr);
/* A string, truncated to @size. */
void attr_copy(const struct nlattr *attr, char *to, size_t size);

/* Attributes of ZONE or NODE; @data: struct census_zone, struct census_node. */
int zone_attr(const struct nlattr *attr, void *data);
int node_attr(const struct nlattr *attr, void *data);

#endif /* _CLIENT_PARSE_H */

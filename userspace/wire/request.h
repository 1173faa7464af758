/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request as a netlink message.
 */
#ifndef READER_REQUEST_H
#define READER_REQUEST_H

#include <linux/netlink.h>

#include "wire/source.h"

/* Bytes of the longest request, with headers. */
#define REQUEST_SIZE	(256 + MEMCENSUS_PIDS_MAX * sizeof(uint32_t))

/*
 * Writes the SNAPSHOT or PAGES dump request for @request to @buf, which holds
 * REQUEST_SIZE bytes and is aligned to 4.  @family: ID of the family.
 */
struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request);

/*
 * The ABI name, in lower case, of the attribute at @offset in the message @nlh;
 * NULL if no attribute of ours begins there.
 */
const char *request_attr_name(const struct nlmsghdr *nlh, uint32_t offset);

#endif /* READER_REQUEST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request as a netlink message.
 */
#ifndef READER_REQUEST_H
#define READER_REQUEST_H

#include <linux/netlink.h>

#include "wire/source.h"

/* Bytes of the longest request, headers and all. */
#define REQUEST_SIZE	(256 + MEMCENSUS_PIDS_MAX * sizeof(uint32_t))

/*
 * Writes the SNAPSHOT dump request for @request to @buf, which holds
 * REQUEST_SIZE bytes and is aligned to four.  @family: the family's number.
 */
struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request);

/*
 * Reads into @request what the message @nlh, whole in memory, asks for; PIDs
 * go to @pids.  False where it is no such request, and then they stay.
 */
bool request_get(struct request *request, uint32_t pids[MEMCENSUS_PIDS_MAX],
		 const struct nlmsghdr *nlh);

/*
 * The name of the attribute at @offset into the message @nlh, as the ABI has
 * it in lower case; NULL where none of ours begins there.
 */
const char *request_attr_name(const struct nlmsghdr *nlh, uint32_t offset);

#endif /* READER_REQUEST_H */

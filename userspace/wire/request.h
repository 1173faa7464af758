/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request as a netlink message, and its replies.
 */
#ifndef READER_REQUEST_H
#define READER_REQUEST_H

#include <linux/netlink.h>

#include "model/snapshot.h"
#include "wire/reply.h"
#include "wire/source.h"

/* Bytes of the longest request, with headers. */
#define REQUEST_SIZE	(256 + MEMCENSUS_PIDS_MAX * sizeof(uint32_t))

/*
 * Writes the SNAPSHOT, SHARE, PHYSICAL or OOM dump request for @request to @buf, which holds
 * REQUEST_SIZE bytes and is aligned to 4.  @family: ID of the family.
 */
struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request);

/*
 * Decodes the @len bytes of complete messages at @buf, aligned to 4, into
 * @snap.  Answers to requests other than @request are skipped.
 */
enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why);

#endif /* READER_REQUEST_H */

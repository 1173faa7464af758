/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request as a netlink message, and its replies: the end of a dump, errors, and
 * extended acks that explain the error.
 */
#ifndef READER_REQUEST_H
#define READER_REQUEST_H

#include <linux/netlink.h>

#include "model/snapshot.h"
#include "wire/source.h"

/* Bytes of the longest request, with headers. */
#define REQUEST_SIZE	(256 + MEMCENSUS_PIDS_MAX * sizeof(uint32_t))

/*
 * Writes the SNAPSHOT, PAGES, SHARE, PHYSICAL or OOM dump request for @request to @buf, which holds
 * REQUEST_SIZE bytes and is aligned to 4.  @family: ID of the family.
 */
struct nlmsghdr *request_put(void *buf, uint16_t family, uint32_t seq,
			     const struct request *request);

/* State of a reply. */
enum reply_state {
	REPLY_MORE,
	REPLY_DONE,
	REPLY_FAILED,
};

/*
 * Handles a control message @nlh: REPLY_DONE at the end of a dump or at an ack, REPLY_FAILED
 * and @why at an error, which the end of a dump may also carry.  REPLY_MORE if @nlh is not a
 * control message.
 */
enum reply_state reply_control(const struct nlmsghdr *nlh, struct failure *why);

/*
 * Decodes the @len bytes of complete messages at @buf, aligned to 4, into
 * @snap.  Answers to requests other than @request are skipped.
 */
enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why);

/* Fills @why for the error number @error of the kernel; returns -1. */
int reply_error(struct failure *why, int error);

#endif /* READER_REQUEST_H */

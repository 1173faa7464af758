/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink control messages: the end of a dump, errors, and extended acks that
 * explain the error.
 */
#ifndef READER_REPLY_H
#define READER_REPLY_H

#include <linux/netlink.h>

#include "lib/failure.h"
#include "model/snapshot.h"

/* State of a reply. */
enum reply_state {
	REPLY_MORE,
	REPLY_DONE,
	REPLY_FAILED,
};

/*
 * Handles a control message @nlh that answers @request: REPLY_DONE at the end
 * of a dump or at an ack, REPLY_FAILED and @why at an error, which the end of a
 * dump may also carry.  REPLY_MORE if @nlh is not a control message.
 */
enum reply_state reply_control(const struct nlmsghdr *nlh,
			       const struct nlmsghdr *request,
			       struct failure *why);

/*
 * Decodes the @len bytes of complete messages at @buf, aligned to 4, into
 * @snap.  Answers to requests other than @request are skipped.
 */
enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why);

/* Fills @why for the error number @error of the kernel; returns -1. */
int reply_error(struct failure *why, int error);

#endif /* READER_REPLY_H */

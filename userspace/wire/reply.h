/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says around the messages of a family: the end of a dump,
 * errors, and extended acks that say what was wrong.
 */
#ifndef READER_REPLY_H
#define READER_REPLY_H

#include <stddef.h>
#include <linux/netlink.h>

#include "lib/failure.h"
#include "model/snapshot.h"

/* How far a reply has come. */
enum reply_state {
	REPLY_MORE,
	REPLY_DONE,
	REPLY_FAILED,
};

/*
 * What the control message @nlh says in answer to @request: REPLY_DONE at a
 * good end or ack, REPLY_FAILED and @why at an error, which a dump may also
 * send with its end.  REPLY_MORE where @nlh is not a control message.
 */
enum reply_state reply_control(const struct nlmsghdr *nlh,
			       const struct nlmsghdr *request,
			       struct failure *why);

/*
 * Decodes the @len bytes of whole messages at @buf, aligned to four, into
 * @snap.  What answers another request than @request is passed over.
 */
enum reply_state reply_feed(struct snapshot *snap,
			    const struct nlmsghdr *request,
			    const void *buf, size_t len, struct failure *why);

/* Fills @why for the error number @error of the kernel; returns -1. */
int reply_error(struct failure *why, int error);

#endif /* READER_REPLY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ends a reply: the end of a dump, errors, and extended acks that explain the error.
 */
#ifndef READER_REPLY_H
#define READER_REPLY_H

#include <linux/netlink.h>

#include "lib/failure.h"

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

/* Fills @why for the error number @error of the kernel; returns -1. */
int reply_error(struct failure *why, int error);

#endif /* READER_REPLY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of the family into a snapshot.  It knows no socket: a stream that
 * was recorded is decoded by the same code.
 */
#ifndef READER_DECODE_H
#define READER_DECODE_H

#include <linux/netlink.h>

#include "lib/failure.h"
#include "model/columns.h"
#include "model/snapshot.h"

/*
 * Adds what the message @nlh, whole in memory, says to @snap.  Attributes,
 * commands and figures that this reader does not know are passed over: a
 * newer module sends them.  0, or -1 and @why where the message breaks the
 * rules of the ABI (a length that does not fit, another census's number), or
 * where memory ran out.
 */
int decode_message(struct snapshot *snap, const struct nlmsghdr *nlh,
		   struct failure *why);

/*
 * What the command @cmd carries in its top level attribute @nest; NULL where
 * this reader does not know it.
 */
const struct record_type *decode_type_of(unsigned int cmd, unsigned int *nest);

/*
 * Whether what every census must have came before its end.  0, or -1 and @why.
 */
int decode_finish(const struct snapshot *snap, struct failure *why);

#endif /* READER_DECODE_H */

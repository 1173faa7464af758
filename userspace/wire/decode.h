/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decodes messages of the family into a snapshot.  It uses no socket: the same
 * code decodes recorded messages.
 */
#ifndef READER_DECODE_H
#define READER_DECODE_H

#include <linux/netlink.h>

#include "lib/failure.h"
#include "model/columns.h"
#include "model/snapshot.h"

/*
 * Adds the content of the message @nlh, complete in memory, to @snap; a request too, as
 * records have it.  Unknown attributes, rows and figures are skipped: a newer module
 * sends them.  0, or -1 and @why if the message violates the ABI (a wrong length, the number
 * of another census).
 */
int decode_message(struct snapshot *snap, const struct nlmsghdr *nlh,
		   struct failure *why);

/*
 * The row in the top-level attribute @nest, enum memcensus_attr, of a message; NULL if
 * it contains none.
 */
const struct row_type *decode_type_of(unsigned int nest);

/*
 * Checks that the mandatory messages of a census arrived, or of an answer to @command, enum
 * memcensus_cmd, that is none.  0, or -1 and @why.
 */
int decode_finish(const struct snapshot *snap, unsigned int command, struct failure *why);

#endif /* READER_DECODE_H */

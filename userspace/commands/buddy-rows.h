/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of free blocks at intervals, and their changes.
 */
#ifndef READER_BUDDY_ROWS_H
#define READER_BUDDY_ROWS_H

#include "lib/part.h"
#include "cli/session.h"

/*
 * Takes the censuses of @session and prints a row for each zone: the free blocks
 * of the first census, then the change since the previous one; at the end the
 * changes per second.  Returns 0, or -1 and @why.
 */
int buddy_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_BUDDY_ROWS_H */

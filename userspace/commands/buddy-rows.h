/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of free blocks at intervals, and what changed in between.
 */
#ifndef READER_BUDDY_ROWS_H
#define READER_BUDDY_ROWS_H

#include "lib/part.h"
#include "cli/session.h"

/*
 * Takes the censuses of @session and prints a row for each zone: of the first
 * census its free blocks, of others how many more or fewer they are; at the
 * end the changes a second.  0, or -1 and @why.
 */
int buddy_rows(struct session *session, struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_BUDDY_ROWS_H */

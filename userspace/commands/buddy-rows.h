/* SPDX-License-Identifier: GPL-2.0 */
/*
 * 'buddy INTERVAL': rows of free blocks, and their changes.
 */
#ifndef READER_BUDDY_ROWS_COMMAND_H
#define READER_BUDDY_ROWS_COMMAND_H

#include "cli/command.h"

/* Takes the censuses of @session and prints the blocks of zones for each. */
int buddy_rows(struct session *session, struct failure *why);

#endif /* READER_BUDDY_ROWS_COMMAND_H */

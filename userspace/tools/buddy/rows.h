/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Free blocks of zones: their cells, and rows of 'buddy INTERVAL' with their changes.
 */
#ifndef READER_BUDDY_ROWS_COMMAND_H
#define READER_BUDDY_ROWS_COMMAND_H

#include "report/show.h"

/* The number of orders that zones have, and the cell of an attribute of a zone. */
size_t buddy_orders(const struct snapshot *snap);
void buddy_cell(struct table *table, unsigned int attribute, const struct zone *zone,
		const struct units *units);

/* Bytes of any text of buddy_failures(). */
#define BUDDY_FAILURES_SIZE	192

/*
 * Writes to @buf what failed between two censuses for want of large blocks: compaction,
 * and page faults that wanted a huge page.  @before NULL: since boot.  "" if the kernel
 * counts neither.  Returns whether anything failed.
 */
bool buddy_failures(char *buf, const char *between, const struct snapshot *before,
		    const struct snapshot *now);

/* Takes the censuses of @session and prints the blocks of zones for each. */
int buddy_rows(struct session *session, struct failure *why);

#endif /* READER_BUDDY_ROWS_COMMAND_H */

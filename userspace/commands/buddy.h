/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cells of 'buddy'.
 */
#ifndef READER_BUDDY_COMMAND_H
#define READER_BUDDY_COMMAND_H

#include "cli/command.h"

/* The number of orders that zones have, and the cell of an attribute of a zone. */
size_t buddy_orders(const struct snapshot *snap);
void buddy_cell(struct table *table, unsigned int attribute, const struct zone *zone,
		const struct units *units);

#endif /* READER_BUDDY_COMMAND_H */

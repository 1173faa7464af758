/* SPDX-License-Identifier: GPL-2.0 */
/* Passes the entries of all address spaces once more, one owner after the other. */
#ifndef _CENSUS_ORDER_H
#define _CENSUS_ORDER_H

#include "owners/owners.h"

/**
 * struct census_order - turns by owner: by group, for example
 * @o: the turns
 * @owner_of: by number of the address space, all 0 at first; the caller sets it
 * @first: by owner, number of its first turn plus 1, 0: none
 */
struct census_order {
	struct census_owners *o;
	u32 *owner_of;
	u32 *first;
};

/* Passes entries of @turn from @begin on.  Return: entry to continue at. */
typedef u32 census_pass_fn(void *context, u32 turn, u32 begin);

int census_order_begin(struct census_order *order, struct census_owners *o, u32 nr_mms,
		       u32 nr_owners);
void census_order_link(struct census_order *order);
int census_order_pass(const struct census_order *order, u32 owner, census_pass_fn *pass,
		      void *context);
void census_order_end(struct census_order *order);

#endif /* _CENSUS_ORDER_H */

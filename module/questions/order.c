// SPDX-License-Identifier: GPL-2.0
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "base/memory.h"
#include "questions/order.h"

/* The caller calls census_order_end(), also after an error.  Return: 0 or -ENOMEM. */
int census_order_begin(struct census_order *order, struct census_owners *o, u32 nr_mms,
		       u32 nr_owners)
{
	*order = (struct census_order) {
		.o = o,
		.owner_of = census_kvcalloc(nr_mms + 1UL, sizeof(*order->owner_of)),
		.first = census_kvcalloc(nr_owners, sizeof(*order->first)),
	};
	return order->owner_of && order->first ? 0 : -ENOMEM;
}

/* Links the turns, after @order->owner_of is set. */
void census_order_link(struct census_order *order)
{
	u32 turn;

	for (turn = 0; turn < order->o->nr_turns; turn++) {
		struct census_turn *t = census_turn(order->o, turn);
		u32 *first = &order->first[order->owner_of[t->mm]];

		t->next_of_owner = *first;
		*first = turn + 1;
		cond_resched();
	}
}

/**
 * census_order_pass() - pass all turns of an owner
 * @order: linked
 * @owner: its number
 * @pass: called until a turn is at its end
 * @context: of @pass
 *
 * Return: 0, -ENOMEM if @pass has set @failed of the owners, or -EINTR after a fatal signal.
 */
int census_order_pass(const struct census_order *order, u32 owner, census_pass_fn *pass,
		      void *context)
{
	const struct census_owners *o = order->o;
	u32 turn, entry;

	/* Also if the owner has no turn: there may be more owners than processes. */
	cond_resched();
	for (turn = order->first[owner]; turn; turn = census_turn(o, turn - 1)->next_of_owner) {
		entry = census_turn(o, turn - 1)->first;
		while (entry < census_turn_end(o, turn - 1)) {
			entry = pass(context, turn - 1, entry);
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
			if (o->failed)
				return -ENOMEM;
		}
	}
	return 0;
}

void census_order_end(struct census_order *order)
{
	kvfree(order->owner_of);
	kvfree(order->first);
}

// SPDX-License-Identifier: GPL-2.0
#include "base/charge.h"
#include "physical/charges.h"

/**
 * census_charges_find() - find the record of a frame
 * @c: all records
 * @f: a copy, made under the RCU read lock that is still held: what it was charged to when it
 *	was copied is not freed
 *
 * Return: the record, or NULL if the table must grow first.
 */
struct census_charge *census_charges_find(struct census_charges *c, const struct census_frame *f)
{
#ifdef CONFIG_MEMCG
	unsigned long data = f->folio.memcg_data;
	struct census_charge *charge;
	u64 cgroup;

	if (data && data == c->last)
		return c->last_charge;
	cgroup = data ? census_folio_payer((struct folio *)&f->folio) : 0;
	if (!cgroup)
		return c->table.first;
	charge = census_index_find(&c->table, cgroup);
	if (charge) {
		c->last = data;
		c->last_charge = charge;
	}
	return charge;
#else
	return c->table.first;
#endif
}

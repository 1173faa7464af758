// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>

#include "base/charge.h"
#include "physical/charges.h"

/**
 * census_charges_begin() - prepare to count by cgroup
 * @c: zeroed
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_charges_begin(struct census_charges *c)
{
	return census_index_begin(&c->table, sizeof(struct census_charge), CENSUS_CHARGES_MAX);
}

/* Cgroups between two cond_resched(). */
#define AT_ONCE 64

/**
 * census_charges_merge() - add what another worker has found
 * @to: added to; nothing happens if it has no table
 * @from: of the other worker
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_charges_merge(struct census_charges *to, const struct census_charges *from)
{
	unsigned int class;
	u32 i, nr;

	for (i = 0; to->table.records && i < from->table.nr; i++) {
		const struct census_charge *c = census_charge(from, i);
		struct census_charge *sum;

		nr = 0;
		while (c->cgroup && !census_index_find(&to->table, c->cgroup, &nr)) {
			int err = census_index_grow(&to->table);

			if (err)
				return err;
		}
		sum = census_charge(to, nr);
		for (class = 0; class < ARRAY_SIZE(sum->classes); class++)
			sum->classes[class] += c->classes[class];
		sum->shared += c->shared;
		if (i % AT_ONCE == AT_ONCE - 1)
			cond_resched();
	}
	return 0;
}

#ifdef CONFIG_MEMCG
/**
 * census_charges_find() - find the record of a frame
 * @c: all records
 * @f: a copy, made under the RCU read lock that is still held: what it was charged to when it
 *	was copied is not freed
 * @nr: set to the number of the record
 *
 * Return: false if the table must grow first.
 */
bool census_charges_find(struct census_charges *c, const struct census_frame *f, u32 *nr)
{
	unsigned long data = f->folio.memcg_data;
	u64 cgroup;

	*nr = c->last_nr;
	if (data && data == c->last)
		return true;
	*nr = 0;
	cgroup = data ? census_folio_payer((struct folio *)&f->folio) : 0;
	if (!cgroup)
		return true;
	if (!census_index_find(&c->table, cgroup, nr))
		return false;
	c->last = data;
	c->last_nr = *nr;
	return true;
}
#else
bool census_charges_find(struct census_charges *c, const struct census_frame *f, u32 *nr)
{
	*nr = 0;
	return true;
}
#endif

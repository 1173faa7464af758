// SPDX-License-Identifier: GPL-2.0
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

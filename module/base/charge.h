/* SPDX-License-Identifier: GPL-2.0 */
/* Which cgroup the kernel charges for a folio. */
#ifndef _CENSUS_CHARGE_H
#define _CENSUS_CHARGE_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>

#include "base/compat.h"

#ifdef CONFIG_MEMCG
/**
 * census_folio_payer() - the cgroup that is charged for a folio
 * @folio: it, or a copy of it that was made under the RCU read lock that is still held; what it
 *	is charged to is freed after a grace period
 *
 * A cgroup that was removed keeps its charges: they count for the nearest one above that was
 * not.  RCU protects all of them.
 *
 * Return: the ID of the cgroup; 0: none is charged, or memory has no controller of version 2.
 */
static inline u64 census_folio_payer(struct folio *folio)
{
	struct mem_cgroup *memcg = folio_memcg_check(folio);
	struct cgroup_subsys_state *css = memcg ? &memcg->css : NULL;

	while (css && !(READ_ONCE(css->flags) & CSS_ONLINE))
		css = css->parent;
	return css && css->cgroup->root == &cgrp_dfl_root ? cgroup_id(css->cgroup) : 0;
}

/* The same of a mapped page; its page table lock is held, so it is not freed. */
static inline u64 census_page_payer(unsigned long pfn)
{
	u64 id;

	rcu_read_lock();
	id = census_folio_payer(page_folio(pfn_to_page(pfn)));
	rcu_read_unlock();
	return id;
}
#else
static inline u64 census_page_payer(unsigned long pfn)
{
	return 0;
}
#endif

#endif /* _CENSUS_CHARGE_H */

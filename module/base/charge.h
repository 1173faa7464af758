/* SPDX-License-Identifier: GPL-2.0 */
/* Which cgroup the kernel charges for a folio. */
#ifndef _CENSUS_CHARGE_H
#define _CENSUS_CHARGE_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>

#include "base/compat.h"

#ifdef CONFIG_MEMCG
/*
 * Checks whether what is at @level above @of, or its own cgroup, has had the controller since @of
 * has it.  What got it again has another one, to which nothing of @of went.  RCU is held.
 */
static inline bool census_has_memcg(const struct cgroup_subsys_state *of, int level)
{
	struct cgroup *above = cgroup_ancestor(of->cgroup, level);
	struct cgroup_subsys_state *css = rcu_dereference(above->subsys[memory_cgrp_id]);

	return css && css->serial_nr <= of->serial_nr && READ_ONCE(css->flags) & CSS_ONLINE;
}

/**
 * census_folio_payer() - the cgroup that is charged for a folio
 * @folio: it, or a copy of it that was made under the RCU read lock that is still held; what it
 *	is charged to is freed after a grace period
 *
 * A cgroup that was removed, or that lost the controller, keeps its charges: they count for the
 * nearest one above that did not.  RCU protects all of them.  A user may have removed thousands
 * below each other.  No cgroup has the controller without those above it, so the search halves
 * them.
 *
 * Return: the ID of the cgroup; 0: none is charged, or memory has no controller of version 2.
 */
static inline u64 census_folio_payer(struct folio *folio)
{
	struct mem_cgroup *memcg = folio_memcg_check(folio);
	int with = 0, without, level;
	struct cgroup *cgroup;

	if (!memcg)
		return 0;
	cgroup = memcg->css.cgroup;
	if (cgroup->root != &cgrp_dfl_root)
		return 0;
	if (READ_ONCE(memcg->css.flags) & CSS_ONLINE)
		return cgroup_id(cgroup);
	without = cgroup->level + 1;
	while (without - with > 1) {
		level = (with + without) / 2;
		if (census_has_memcg(&memcg->css, level))
			with = level;
		else
			without = level;
	}
	return cgroup_id(cgroup_ancestor(cgroup, with));
}

/*
 * The cgroup that pays for what @task allocates: above its own one if that is threaded, or has
 * no memory controller.  NULL: memory has none of version 2.  RCU is held, which protects it.
 */
static inline struct cgroup *census_task_payer(struct task_struct *task)
{
	struct cgroup *cgroup = task_css(task, memory_cgrp_id)->cgroup;

	/* With cgroup_disable=memory all tasks have the css of the root. */
	return cgroup->root == &cgrp_dfl_root && !mem_cgroup_disabled() ? cgroup : NULL;
}

/* The payer of a mapped page; its page table lock is held, so it is not freed. */
static inline u64 census_page_payer(unsigned long pfn)
{
	u64 id;

	rcu_read_lock();
	id = census_folio_payer(page_folio(pfn_to_page(pfn)));
	rcu_read_unlock();
	return id;
}
#else
static inline u64 census_folio_payer(struct folio *folio)
{
	return 0;
}

static inline struct cgroup *census_task_payer(struct task_struct *task)
{
	return NULL;
}

static inline u64 census_page_payer(unsigned long pfn)
{
	return 0;
}
#endif

#endif /* _CENSUS_CHARGE_H */

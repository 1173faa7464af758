// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/page_counter.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "base/charge.h"
#include "census/oom-cgroup.h"

#ifdef CONFIG_MEMCG
/* LRU lists of cgroups by node that are read at a kill: a user may make and remove any number. */
#define LISTS_MAX 256U

/* What may still be charged to @memcg, in pages. */
static unsigned long room_of(struct mem_cgroup *memcg)
{
	unsigned long max = READ_ONCE(memcg->memory.max);
	unsigned long charged = page_counter_read(&memcg->memory);

	return charged < max ? max - charged : 0;
}

/*
 * The kernel does not say whose limit was reached.  It is of the victim's cgroup or of one above
 * it: the one with the least room, of several the lowest, which is charged first.  Others may have
 * freed some pages since.
 */
static struct mem_cgroup *find_limited(struct mem_cgroup *memcg)
{
	struct mem_cgroup *found = memcg;

	while ((memcg = parent_mem_cgroup(memcg)))
		if (room_of(memcg) < room_of(found))
			found = memcg;
	return READ_ONCE(found->memory.max) < PAGE_COUNTER_MAX ? found : NULL;
}

/*
 * Pages in generations are on no other list.  The kernel may count a page for its new generation
 * before it is taken from the old one, so only the sum is no less than 0.
 */
static u64 in_generations(const struct lruvec *lruvec, int type, int zone)
{
#ifdef CONFIG_LRU_GEN
	long nr = 0;
	int gen;

	for (gen = 0; gen < MAX_NR_GENS; gen++)
		nr += READ_ONCE(lruvec->lrugen.nr_pages[gen][type][zone]);
	return max(nr, 0L);
#else
	return 0;
#endif
}

static void add_lists(struct census_oom_cgroup *to, const struct mem_cgroup_per_node *lists)
{
	const unsigned long *sizes;
	int zone;

	for (zone = 0; zone < MAX_NR_ZONES; zone++) {
		sizes = lists->lru_zone_size[zone];
		to->anon += READ_ONCE(sizes[LRU_INACTIVE_ANON]) + READ_ONCE(sizes[LRU_ACTIVE_ANON]);
		to->anon += in_generations(&lists->lruvec, 0, zone);
		to->file += READ_ONCE(sizes[LRU_INACTIVE_FILE]) + READ_ONCE(sizes[LRU_ACTIVE_FILE]);
		to->file += in_generations(&lists->lruvec, 1, zone);
		to->unevictable += READ_ONCE(sizes[LRU_UNEVICTABLE]);
	}
}

/* The lists of @memcg and of all below it, which RCU keeps. */
static void read_lists(struct census_oom_cgroup *to, struct mem_cgroup *memcg)
{
	struct cgroup_subsys_state *css;
	unsigned int nr = 0;
	int nid;

	css_for_each_descendant_pre(css, &memcg->css) {
		for_each_online_node(nid) {
			if (nr++ == LISTS_MAX)
				return;
			add_lists(to, mem_cgroup_from_css(css)->nodeinfo[nid]);
		}
	}
	to->listed = true;
}

/**
 * census_oom_cgroup_read() - read the cgroup whose limit was reached
 * @to: set; @id is 0 if there is none of the default hierarchy
 * @victim: a process that is killed, which does not go away
 *
 * Takes no lock, and reads no counter that is spread over processors.
 */
void census_oom_cgroup_read(struct census_oom_cgroup *to, struct task_struct *victim)
{
	struct mem_cgroup *memcg = NULL;

	memset(to, 0, sizeof(*to));
	rcu_read_lock();
	if (census_task_payer(victim))
		memcg = find_limited(mem_cgroup_from_css(task_css(victim, memory_cgrp_id)));
	if (memcg) {
		to->id = cgroup_id(memcg->css.cgroup);
		to->limit = READ_ONCE(memcg->memory.max);
		to->charged = page_counter_read(&memcg->memory);
		read_lists(to, memcg);
	}
	rcu_read_unlock();
}
#else
void census_oom_cgroup_read(struct census_oom_cgroup *to, struct task_struct *victim)
{
	memset(to, 0, sizeof(*to));
}
#endif

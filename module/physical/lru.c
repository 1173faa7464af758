// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/rcupdate.h>

#include "base/compat.h"
#include "physical/class.h"
#include "physical/lru.h"

#ifdef CONFIG_LRU_GEN
#ifdef CONFIG_MEMCG
/*
 * The root, above the cgroup of any task; under the RCU read lock.  The root of the hierarchy does
 * not have it while the controller moves from one to another, when cgroup version 1 is mounted or
 * unmounted; tasks always have theirs.
 */
static struct mem_cgroup *root_memcg(void)
{
	struct cgroup_subsys_state *css = task_css(current, memory_cgrp_id);

	while (css->parent)
		css = css->parent;
	return mem_cgroup_from_css(css);
}

/*
 * What the folio was charged to when it was copied is not freed: the RCU read lock of then is
 * still held.  What is charged to none is on the lists of the root.
 */
static const struct lruvec *lruvec_of(struct folio *folio)
{
	struct mem_cgroup *memcg;

	if (mem_cgroup_disabled())
		return &folio_pgdat(folio)->__lruvec;
	memcg = folio_memcg_check(folio) ?: root_memcg();
	return &memcg->nodeinfo[folio_nid(folio)]->lruvec;
}
#else
static const struct lruvec *lruvec_of(struct folio *folio)
{
	return &folio_pgdat(folio)->__lruvec;
}
#endif

/*
 * Checks whether a folio is in one of the two youngest generations, which the kernel calls active.
 * The youngest may be created during the pass: then it counts as older than it was.
 */
static bool is_young(struct folio *folio)
{
	int gen = folio_lru_gen(folio);

	if (gen < 0 || gen >= MAX_NR_GENS)
		return false;
	return (READ_ONCE(lruvec_of(folio)->lrugen.max_seq) - gen) % MAX_NR_GENS < MIN_NR_GENS;
}
#else
static bool is_young(struct folio *folio)
{
	return false;
}
#endif

/**
 * census_frame_lru() - add frames to the lists that they are on
 * @f: the first frame, a copy made under the RCU read lock that is still held
 * @nr: number of frames
 * @states: by &enum memcensus_frame_state, to be added to
 */
void census_frame_lru(const struct census_frame *f, unsigned long nr, u64 *states)
{
	unsigned long flags = census_page_flags(&f->pages[0]);
	bool file = !(flags & BIT(PG_swapbacked)), active;

	if (!(flags & BIT(PG_lru)) || flags & BIT(PG_unevictable))
		return;
	active = is_young((struct folio *)&f->folio) || flags & BIT(PG_active);
	if (file)
		states[active ? MEMCENSUS_FS_ACTIVE_FILE : MEMCENSUS_FS_INACTIVE_FILE] += nr;
	else
		states[active ? MEMCENSUS_FS_ACTIVE_ANON : MEMCENSUS_FS_INACTIVE_ANON] += nr;
}

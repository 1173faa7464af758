// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/jiffies.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "frame-lru.h"
#include "page-class.h"

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
 * Adds frames to their generation, if they have one.  The youngest may be created during the pass:
 * then they count as one older than they were.  Return: whether the kernel calls them active.
 */
static bool add_generation(struct folio *folio, bool file, unsigned long nr,
			   struct census_generations *g)
{
	const struct lruvec *lruvec;
	unsigned long born;
	unsigned int age;
	int gen = folio_lru_gen(folio);

	if (gen < 0 || gen >= MAX_NR_GENS)
		return false;
	lruvec = lruvec_of(folio);
	age = (READ_ONCE(lruvec->lrugen.max_seq) - gen) % MAX_NR_GENS;
	born = READ_ONCE(lruvec->lrugen.timestamps[gen]);
	if (!(g->frames[0][age] + g->frames[1][age]) || time_before(born, g->oldest[age]))
		g->oldest[age] = born;
	g->frames[file][age] += nr;
	return age < MIN_NR_GENS;
}
#else
static bool add_generation(struct folio *folio, bool file, unsigned long nr,
			   struct census_generations *g)
{
	return false;
}
#endif

/**
 * census_frame_lru() - add frames to the lists that they are on
 * @f: the first frame, a copy made under the RCU read lock that is still held
 * @nr: number of frames
 * @states: by &enum memcensus_frame_state, to be added to
 * @g: to be added to
 */
void census_frame_lru(const struct census_frame *f, unsigned long nr, u64 *states,
		      struct census_generations *g)
{
	unsigned long flags = census_page_flags(&f->pages[0]);
	bool file = !(flags & BIT(PG_swapbacked)), active;

	if (!(flags & BIT(PG_lru)) || flags & BIT(PG_unevictable))
		return;
	active = add_generation((struct folio *)&f->folio, file, nr, g) || flags & BIT(PG_active);
	if (file)
		states[active ? MEMCENSUS_FS_ACTIVE_FILE : MEMCENSUS_FS_INACTIVE_FILE] += nr;
	else
		states[active ? MEMCENSUS_FS_ACTIVE_ANON : MEMCENSUS_FS_INACTIVE_ANON] += nr;
}

/* Adds what another worker has found. */
void census_generations_merge(struct census_generations *to, const struct census_generations *from)
{
	unsigned int i;

	for (i = 0; i < CENSUS_GENERATIONS; i++) {
		if (!(from->frames[0][i] + from->frames[1][i]))
			continue;
		if (!(to->frames[0][i] + to->frames[1][i]) ||
		    time_before(from->oldest[i], to->oldest[i]))
			to->oldest[i] = from->oldest[i];
		to->frames[0][i] += from->frames[0][i];
		to->frames[1][i] += from->frames[1][i];
	}
}

/* Return: ns since the oldest generation number @i began; 0 if no frame is in it. */
u64 census_generation_age(const struct census_generations *g, unsigned int i)
{
	if (!(g->frames[0][i] + g->frames[1][i]))
		return 0;
	return jiffies_to_nsecs(jiffies - g->oldest[i]);
}

/* Checks whether any frame is in a generation. */
bool census_generations_known(const struct census_generations *g)
{
	unsigned int i;

	for (i = 0; i < CENSUS_GENERATIONS; i++)
		if (g->frames[0][i] || g->frames[1][i])
			return true;
	return false;
}

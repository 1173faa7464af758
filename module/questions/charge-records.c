// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "base/largest.h"
#include "base/memory.h"
#include "base/visible.h"
#include "questions/charge-records.h"

/* Each group of processes has a record, also if its cgroup pays for nothing. */
static int find_groups(struct census_payers *p, const struct census_snapshot *snap)
{
	struct census_paid *paid;
	u32 i;

	for (i = 1; i < snap->nr_groups; i++) {
		cond_resched();
		if (snap->groups[i].contains)
			continue;
		paid = census_payers_find(p, snap->groups[i].cgroup, 0);
		if (!paid)
			return -ENOMEM;
		paid->group = i;
	}
	return 0;
}

/* A page that was replaced since may have another payer: the first one counts. */
static u64 own_of(const struct census_paid *paid)
{
	return min(paid->own, paid->charged);
}

/* Finds the files that only others use the most of. */
static int rank_files(const struct census_payers *p, struct census_largest *top, u32 limit)
{
	u32 unit;

	top->max = limit;
	top->entries = census_kvcalloc(limit, sizeof(*top->entries));
	if (!top->entries)
		return -ENOMEM;
	for (unit = CENSUS_PAID_UNITS; unit < p->paid.nr; unit += CENSUS_PAID_UNITS) {
		const struct census_paid *paid = census_unit(&p->paid, unit);

		if (paid->space && paid->charged > own_of(paid))
			census_largest_add(top, paid->charged - own_of(paid), unit);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	census_largest_sort(top);
	return 0;
}

static struct census_payer *add_payer(struct census_snapshot *snap,
				      const struct census_paid *paid)
{
	struct census_payer *payer = &snap->payers[snap->nr_payers++];

	payer->cgroup = paid->cgroup;
	payer->group = paid->group;
	payer->charged = paid->charged << PAGE_SHIFT;
	payer->own = own_of(paid) << PAGE_SHIFT;
	return payer;
}

/* Return: whether the caller may learn of the cgroup. */
static bool is_visible(struct census_payers *p, const struct census_snapshot *snap, u64 cgroup)
{
	const struct census_paid *paid;

	if (census_sees_all(snap->pid_ns))
		return true;
	paid = census_payers_find(p, cgroup, 0);
	return paid && paid->group;
}

static void add_files(struct census_payers *p, const struct census_files *files,
		      const struct census_largest *top, struct census_snapshot *snap)
{
	u32 i;

	for (i = 0; i < top->nr; i++) {
		const struct census_paid *paid = census_unit(&p->paid, top->entries[i].index);
		struct census_payer *payer;

		if (!is_visible(p, snap, paid->cgroup))
			continue;
		payer = add_payer(snap, paid);
		payer->of_file = census_files_find(files, CENSUS_SPACE(paid->space), &payer->dev,
						   &payer->inode);
		cond_resched();
	}
}

/* Adds all cgroups; those that the caller may not learn of together. */
static int add_cgroups(struct census_payers *p, struct census_snapshot *snap)
{
	struct census_payer *none = &snap->payers[snap->nr_payers++];
	u32 unit;

	for (unit = CENSUS_PAID_UNITS; unit < p->paid.nr; unit += CENSUS_PAID_UNITS) {
		const struct census_paid *paid = census_unit(&p->paid, unit);

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (paid->space)
			continue;
		if (!paid->cgroup || !is_visible(p, snap, paid->cgroup))
			none->charged += paid->charged << PAGE_SHIFT;
		else
			add_payer(snap, paid);
	}
	return 0;
}

/**
 * census_payers_finish() - convert the counts to records
 * @p: all slices are counted
 * @files: that the walk found
 * @limit: maximum number of records of files
 * @snap: gets the records; its groups are cgroups
 *
 * A caller in another PID namespace learns of no cgroup that it has no process of: the pages
 * of all such payers are in one record.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_payers_finish(struct census_payers *p, const struct census_files *files, u32 limit,
			 struct census_snapshot *snap)
{
	struct census_largest top = {};
	u32 unit, nr = 1;
	int err = 0;

	/* All locks are dropped. */
	p->locked.locked = false;
	if (find_groups(p, snap))
		return -ENOMEM;
	if (p->by_file)
		err = rank_files(p, &top, limit);
	for (unit = CENSUS_PAID_UNITS; unit < p->paid.nr; unit += CENSUS_PAID_UNITS) {
		nr += !((const struct census_paid *)census_unit(&p->paid, unit))->space;
		cond_resched();
	}
	if (!err)
		snap->payers = census_snapshot_memory(snap, array_size(nr + top.nr,
								       sizeof(*snap->payers)));
	if (!err && !snap->payers)
		err = -ENOMEM;
	if (!err)
		err = add_cgroups(p, snap);
	if (!err)
		add_files(p, files, &top, snap);
	kvfree(top.entries);
	return err;
}

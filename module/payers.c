// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "files.h"
#include "memory.h"
#include "payers.h"
#include "snapshot.h"
#include "top.h"
#include "visible.h"

static u64 paid_key_of(u64 cgroup, u32 space)
{
	return cgroup + rol64(space, 40);
}

static u64 paid_key(const struct census_link *link)
{
	const struct census_paid *paid = container_of(link, struct census_paid, link);

	return paid_key_of(paid->cgroup, paid->space);
}

static u64 block_key(const struct census_link *link)
{
	return container_of(link, struct census_paid_block, link)->key;
}

/**
 * census_payers_begin() - prepare to count who pays
 * @p: zeroed; the caller calls census_payers_end(), also after an error
 * @budget: of the census
 * @by_file: also count each file
 *
 * Return: 0 or -ENOMEM.
 */
int census_payers_begin(struct census_payers *p, struct census_budget *budget, bool by_file)
{
	p->by_file = by_file;
	p->locked = census_budget_locked(budget);
	p->paid = (struct census_pool) { .budget = &p->locked, .nr = CENSUS_PAID_UNITS };
	p->masks = (struct census_pool) {
		.budget = &p->locked, .nr = CENSUS_PAID_BLOCK_UNITS
	};
	return census_reserve_fill() && census_table_init(&p->table, &p->locked, paid_key) &&
	       census_table_init(&p->blocks, &p->locked, block_key) ? 0 : -ENOMEM;
}

/*
 * Forgets the blocks, for the next slice; with @all what was counted too, and frees memory that
 * the first slice of fewer blocks does not need.
 */
void census_payers_reset(struct census_payers *p, bool all)
{
	if (all)
		census_pool_free(&p->masks);
	p->masks.nr = CENSUS_PAID_BLOCK_UNITS;
	census_table_reset(&p->blocks);
	if (!all)
		return;
	p->paid.nr = CENSUS_PAID_UNITS;
	census_table_reset(&p->table);
}

void census_payers_end(struct census_payers *p)
{
	census_table_free(&p->table);
	census_table_free(&p->blocks);
	census_pool_free(&p->paid);
	census_pool_free(&p->masks);
}

/* Return: what @cgroup pays for, in @space, or NULL without memory. */
static struct census_paid *find_paid(struct census_payers *p, u64 cgroup, u32 space)
{
	struct census_paid *paid;
	struct census_link *l;
	u32 unit;

	for (l = census_table_first(&p->table, paid_key_of(cgroup, space)); l; l = l->next) {
		paid = container_of(l, struct census_paid, link);
		if (paid->cgroup == cgroup && paid->space == space)
			return paid;
	}
	unit = census_pool_take(&p->paid, CENSUS_PAID_UNITS);
	if (!unit)
		return NULL;
	paid = census_unit(&p->paid, unit);
	*paid = (struct census_paid) { .cgroup = cgroup, .space = space };
	census_table_add(&p->table, &paid->link);
	return paid;
}

/* Return: the block of @key, or NULL without memory. */
static struct census_paid_block *find_block(struct census_payers *p, u64 key)
{
	struct census_paid_block *block;
	struct census_link *l;
	u32 unit;

	for (l = census_table_first(&p->blocks, key); l; l = l->next) {
		block = container_of(l, struct census_paid_block, link);
		if (block->key == key)
			return block;
	}
	unit = census_pool_take(&p->masks, CENSUS_PAID_BLOCK_UNITS);
	if (!unit)
		return NULL;
	block = census_unit(&p->masks, unit);
	*block = (struct census_paid_block) { .key = key };
	census_table_add(&p->blocks, &block->link);
	return block;
}

static void count_pages(struct census_paid *paid, u64 met, u64 own)
{
	paid->charged += census_popcount(met);
	paid->own += census_popcount(own);
}

/**
 * census_payers_add() - count pages for their payer
 * @p: the payers
 * @f: says which keys the current slice counts
 * @place: pages of one payer in one block, PRESENT
 * @owner: ID of the cgroup of the process that maps them
 *
 * Does not sleep.
 *
 * Return: false without memory.
 */
bool census_payers_add(struct census_payers *p, const struct census_frames *f,
		       const struct census_place *place, u64 owner)
{
	u64 mask = GENMASK_ULL(place->at + place->nr - 1, place->at), met = mask, own;
	u32 space = place->key >> CENSUS_SPACE_SHIFT;
	struct census_paid *paid, *of_file = NULL;
	struct census_paid_block *block;

	if (!census_frames_counts(f, place->key))
		return true;
	paid = find_paid(p, place->payer, 0);
	if (!paid)
		return false;
	if (p->by_file && place->payer && space >= CENSUS_SPACE_FILES) {
		of_file = find_paid(p, place->payer, space);
		if (!of_file)
			return false;
	}
	own = place->payer && place->payer == owner ? mask : 0;
	/* Nothing else maps an exclusive page, so it is met once. */
	if (!place->exclusive) {
		block = find_block(p, place->key);
		if (!block)
			return false;
		met &= ~block->met;
		own &= ~block->own;
		block->met |= mask;
		block->own |= own;
	}
	count_pages(paid, met, own);
	if (of_file)
		count_pages(of_file, met, own);
	return true;
}

/* Each group of processes has a record, also if its cgroup pays for nothing. */
static int find_groups(struct census_payers *p, const struct census_snapshot *snap)
{
	struct census_paid *paid;
	u32 i;

	for (i = 1; i < snap->nr_groups; i++) {
		cond_resched();
		if (snap->groups[i].contains)
			continue;
		paid = find_paid(p, snap->groups[i].cgroup, 0);
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
static int rank_files(const struct census_payers *p, struct census_top *top, u32 limit)
{
	u32 unit;

	top->max = limit;
	top->entries = census_kvcalloc(limit, sizeof(*top->entries));
	if (!top->entries)
		return -ENOMEM;
	for (unit = CENSUS_PAID_UNITS; unit < p->paid.nr; unit += CENSUS_PAID_UNITS) {
		const struct census_paid *paid = census_unit(&p->paid, unit);

		if (paid->space && paid->charged > own_of(paid))
			census_top_add(top, paid->charged - own_of(paid), unit);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	census_top_sort(top);
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
	paid = find_paid(p, cgroup, 0);
	return paid && paid->group;
}

static void add_files(struct census_payers *p, const struct census_files *files,
		      const struct census_top *top, struct census_snapshot *snap)
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
	struct census_top top = {};
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

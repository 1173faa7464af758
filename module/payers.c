// SPDX-License-Identifier: GPL-2.0
#include <linux/overflow.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "payers.h"
#include "snapshot.h"

static u64 paid_key(const struct census_link *link)
{
	return container_of(link, struct census_paid, link)->cgroup;
}

static u64 block_key(const struct census_link *link)
{
	return container_of(link, struct census_paid_block, link)->key;
}

/**
 * census_payers_begin() - prepare to count who pays
 * @p: zeroed; the caller calls census_payers_end(), also after an error
 * @budget: of the census
 *
 * Return: 0 or -ENOMEM.
 */
int census_payers_begin(struct census_payers *p, struct census_budget *budget)
{
	p->paid = (struct census_pool) { .budget = budget, .nr = CENSUS_PAID_UNITS };
	p->masks = (struct census_pool) { .budget = budget, .nr = CENSUS_PAID_BLOCK_UNITS };
	return census_table_init(&p->table, budget, paid_key) &&
	       census_table_init(&p->blocks, budget, block_key) ? 0 : -ENOMEM;
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

/* Return: what @cgroup pays for, or NULL without memory. */
static struct census_paid *find_paid(struct census_payers *p, u64 cgroup)
{
	struct census_paid *paid;
	struct census_link *l;
	u32 unit;

	for (l = census_table_first(&p->table, cgroup); l; l = l->next) {
		paid = container_of(l, struct census_paid, link);
		if (paid->cgroup == cgroup)
			return paid;
	}
	unit = census_pool_take(&p->paid, CENSUS_PAID_UNITS);
	if (!unit)
		return NULL;
	paid = census_unit(&p->paid, unit);
	*paid = (struct census_paid) { .cgroup = cgroup };
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

/**
 * census_payers_add() - count pages for their payer
 * @p: the payers
 * @f: says which keys the current slice counts
 * @place: pages of one payer in one block, PRESENT
 * @owner: ID of the cgroup of the process that maps them
 *
 * May sleep.
 *
 * Return: false without memory.
 */
bool census_payers_add(struct census_payers *p, const struct census_frames *f,
		       const struct census_place *place, u64 owner)
{
	u64 mask = GENMASK_ULL(place->at + place->nr - 1, place->at), met = mask, own;
	struct census_paid_block *block;
	struct census_paid *paid;

	if (!census_frames_counts(f, place->key))
		return true;
	paid = find_paid(p, place->payer);
	if (!paid)
		return false;
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
	paid->charged += census_popcount(met);
	paid->own += census_popcount(own);
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
		paid = find_paid(p, snap->groups[i].cgroup);
		if (!paid)
			return -ENOMEM;
		paid->group = i;
	}
	return 0;
}

/**
 * census_payers_finish() - convert the counts to records
 * @p: all slices are counted
 * @snap: gets the records; its groups are cgroups
 *
 * A caller in another PID namespace learns of no cgroup that it has no process of: the pages
 * of all such payers are in one record.
 *
 * Return: 0, -ENOMEM, or -EINTR after a fatal signal.
 */
int census_payers_finish(struct census_payers *p, struct census_snapshot *snap)
{
	bool all = snap->pid_ns == &init_pid_ns;
	struct census_payer *none;
	u32 unit;

	if (find_groups(p, snap))
		return -ENOMEM;
	snap->payers = census_snapshot_memory(snap, array_size(p->table.nr + 1UL,
							       sizeof(*snap->payers)));
	if (!snap->payers)
		return -ENOMEM;
	none = &snap->payers[snap->nr_payers++];
	for (unit = CENSUS_PAID_UNITS; unit < p->paid.nr; unit += CENSUS_PAID_UNITS) {
		const struct census_paid *paid;
		struct census_payer *payer;

		paid = census_unit(&p->paid, unit);
		if (!paid->cgroup || (!all && !paid->group)) {
			none->charged += paid->charged << PAGE_SHIFT;
			continue;
		}
		payer = &snap->payers[snap->nr_payers++];
		payer->cgroup = paid->cgroup;
		payer->group = paid->group;
		payer->charged = paid->charged << PAGE_SHIFT;
		/* A page that was replaced since may have another payer: the first one counts. */
		payer->own = min(paid->own, paid->charged) << PAGE_SHIFT;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
#include "base/charge.h"
#include "questions/charges.h"

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
struct census_paid *census_payers_find(struct census_payers *p, u64 cgroup, u32 space)
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

/*
 * Counts pages of one block and one payer.
 * @owner: ID of the cgroup of the process that maps them
 *
 * Return: false without memory.
 */
static bool add_mask(struct census_payers *p, const struct census_place *place, u64 mask,
		     u64 payer, u64 owner)
{
	u64 met = mask, own = payer && payer == owner ? mask : 0;
	u32 space = place->key >> CENSUS_SPACE_SHIFT;
	struct census_paid *paid, *of_file = NULL;
	struct census_paid_block *block;

	paid = census_payers_find(p, payer, 0);
	if (!paid)
		return false;
	if (p->by_file && payer && space >= CENSUS_SPACE_FILES) {
		of_file = census_payers_find(p, payer, space);
		if (!of_file)
			return false;
	}
	/* Nothing else maps an exclusive page, so it is met once. */
	if (!(place->bits & CENSUS_EXCLUSIVE)) {
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

/**
 * census_payers_add() - count pages for their payers
 * @p: the payers
 * @f: says which keys the current slice counts
 * @place: PRESENT; its page table is locked
 * @owner: ID of the cgroup of the process that maps them
 *
 * Does not sleep.
 *
 * Return: false without memory.
 */
bool census_payers_add(struct census_payers *p, const struct census_frames *f,
		       const struct census_place *place, u64 owner)
{
	unsigned int i, n;

	if (!census_frames_counts(f, place->key))
		return true;
	for (i = 0; i < place->nr; i += n) {
		u64 payer = census_page_payer(place->pfn + i);

		n = 1;
		while (i + n < place->nr && census_page_payer(place->pfn + i + n) == payer)
			n++;
		if (!add_mask(p, place, GENMASK_ULL(n - 1, 0) << (place->at + i), payer, owner))
			return false;
	}
	return true;
}

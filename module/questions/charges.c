// SPDX-License-Identifier: GPL-2.0
/*
 * Which cgroup is charged for each mapped page, beside which one maps it.
 *
 * The kernel charges a page to one cgroup, its payer, mostly that of the process that touched it
 * first.  struct page has it, so only a request for it reads struct page, under the page table
 * lock.  A page counts once for its payer, no matter which process maps it, and once more if a
 * process of the payer itself maps it.  So a block of 64 pages needs two masks, however many
 * cgroups there are.
 *
 * By file, a cgroup is one more payer for each file that it is charged for: at most as many as
 * files and cgroups that the walk finds, and as pages that are mapped.
 *
 * The memory of all this is in the budget of the census: without it, the census counts in slices.
 * There are at most as many payers as the kernel has memory cgroups, and by file as above.  Slices
 * do not make them fewer, so they have half of the budget, and leave the other half for what slices
 * make smaller.  More of them end the census.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "base/charge.h"
#include "base/largest.h"
#include "base/memory.h"
#include "base/table.h"
#include "base/visible.h"
#include "census/question.h"

/**
 * struct payer - mapped pages that a cgroup is charged for
 * @link: in &struct charges.table, by key_of()
 * @cgroup: its ID; 0: pages that no cgroup is charged for
 * @space: of a file: only its pages; 0: all
 * @charged: pages that some process maps
 * @own: of @charged, those that its own processes map
 * @group: number of the group of its own processes, 0: there is none
 */
struct payer {
	struct census_link link;
	u64 cgroup;
	u64 charged;
	u64 own;
	u32 group;
	u32 space;
};

/* A power of 2, so that none is in two chunks. */
#define PAYER_UNITS 4

static_assert(sizeof(struct payer) <= PAYER_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct met - pages of a block that were met in this slice
 * @link: in &struct charges.met, by the key of the block
 * @pages: one bit for each page
 * @own: of @pages, those that a process of the payer maps
 */
struct met {
	struct census_link link;
	u64 pages;
	u64 own;
};

#define MET_UNITS 2

static_assert(sizeof(struct met) <= MET_UNITS * CENSUS_UNIT_BYTES);

/**
 * struct charges - who is charged for mapped pages
 * @by_file: also count each file that a cgroup is charged for
 * @full: the payers have used up their part of the budget
 * @budget: the part of the census's for all of it, which is found under locks
 * @payers: &struct payer, kept over slices
 * @table: @payers by cgroup and space
 * @masks: &struct met
 * @met: @masks by key
 */
struct charges {
	bool by_file;
	bool full;
	struct census_budget budget;
	struct census_pool payers;
	struct census_table table;
	struct census_pool masks;
	struct census_table met;
};

static u64 key_of(u64 cgroup, u32 space)
{
	return cgroup + rol64(space, 40);
}

int census_charges_begin(struct census *c)
{
	struct charges *s = census_collect_memory(&c->scan.collection, 1, sizeof(*s));

	c->scan.tally.charges = s;
	if (!s)
		return -ENOMEM;
	s->by_file = c->req->charged > 1;
	s->budget = census_budget_locked(&c->budget);
	s->payers.budget = &s->budget;
	s->masks.budget = &s->budget;
	return census_reserve_fill() && census_table_init(&s->table, &s->budget) &&
	       census_table_init(&s->met, &s->budget) ? 0 : -ENOMEM;
}

/* The blocks of a slice are not met in another one. */
void census_charges_count(struct census_tally *t)
{
	struct charges *s = t->charges;

	s->masks.nr = MET_UNITS;
	census_table_reset(&s->met);
}

/* Slices of fewer blocks need less memory for them. */
void census_charges_restart(struct census_tally *t)
{
	struct charges *s = t->charges;

	census_pool_free(&s->masks);
	census_charges_count(t);
	s->payers.nr = PAYER_UNITS;
	census_table_reset(&s->table);
}

void census_charges_end(struct census_tally *t)
{
	struct charges *s = t->charges;

	census_table_free(&s->table);
	census_table_free(&s->met);
	census_pool_free(&s->payers);
	census_pool_free(&s->masks);
}

static bool has_room(const struct charges *s)
{
	return (u64)s->payers.nr * CENSUS_UNIT_BYTES < census_params.max_mem / 2;
}

/* Return: the payer @cgroup, of @space, or NULL without memory. */
static struct payer *find_payer(struct charges *s, u64 cgroup, u32 space)
{
	u64 key = key_of(cgroup, space);
	struct census_link *l;
	struct payer *payer;
	u32 unit;

	for (l = census_table_find(&s->table, key); l; l = census_link_find(l->next, key)) {
		payer = container_of(l, struct payer, link);
		if (payer->cgroup == cgroup && payer->space == space)
			return payer;
	}
	s->full = !has_room(s);
	unit = s->full ? 0 : census_pool_take(&s->payers, PAYER_UNITS);
	if (!unit)
		return NULL;
	payer = census_unit(&s->payers, unit);
	*payer = (struct payer) { .link.key = key, .cgroup = cgroup, .space = space };
	census_table_add(&s->table, &payer->link);
	return payer;
}

/* Return: what was met of the block of @key, or NULL without memory. */
static struct met *find_met(struct charges *s, u64 key)
{
	struct census_link *l = census_table_find(&s->met, key);
	struct met *met;
	u32 unit;

	if (l)
		return container_of(l, struct met, link);
	unit = census_pool_take(&s->masks, MET_UNITS);
	if (!unit)
		return NULL;
	met = census_unit(&s->masks, unit);
	*met = (struct met) { .link.key = key };
	census_table_add(&s->met, &met->link);
	return met;
}

/*
 * Counts pages of one block and one payer.
 * @owner: ID of the cgroup of the process that maps them
 *
 * Return: false without memory.
 */
static bool add_mask(struct charges *s, const struct census_place *place, u64 mask, u64 cgroup,
		     u64 owner)
{
	u64 pages = mask, own = cgroup && cgroup == owner ? mask : 0;
	u32 space = place->key >> CENSUS_SPACE_SHIFT;
	struct payer *payer, *of_file = NULL;
	struct met *met;

	payer = find_payer(s, cgroup, 0);
	if (!payer)
		return false;
	if (s->by_file && cgroup && space >= CENSUS_SPACE_FILES) {
		of_file = find_payer(s, cgroup, space);
		if (!of_file)
			return false;
	}
	/* Nothing else maps an exclusive page, so it is met once. */
	if (!(place->bits & CENSUS_EXCLUSIVE)) {
		met = find_met(s, place->key);
		if (!met)
			return false;
		pages &= ~met->pages;
		own &= ~met->own;
		met->pages |= mask;
		met->own |= own;
	}
	for (; payer; payer = of_file, of_file = NULL) {
		payer->charged += census_popcount(pages);
		payer->own += census_popcount(own);
	}
	return true;
}

/* Counts pages for the cgroups that are charged for them.  A copy is no page of the file. */
void census_charges_page(struct census_tally *t, const struct census_place *place)
{
	/* What only processes use that the caller cannot see is not a cgroup's own for it. */
	u64 owner = t->m->task && t->m->task->group ? t->m->task->cgroup : 0;
	unsigned int i, n;

	if (!census_marks_counts(t->marks, place->key) ||
	    (t->files->only && census_key_is_copy(place->key)))
		return;
	for (i = 0; i < place->nr; i += n) {
		u64 cgroup = census_page_payer(place->pfn + i);

		n = 1;
		while (i + n < place->nr && census_page_payer(place->pfn + i + n) == cgroup)
			n++;
		if (!add_mask(t->charges, place, GENMASK_ULL(n - 1, 0) << (place->at + i), cgroup,
			      owner)) {
			t->marks->owners.failed = true;
			t->marks->undivided = ((struct charges *)t->charges)->full;
			return;
		}
	}
}

/* Each group of processes has a record, also if its cgroup is charged for nothing. */
static int find_groups(struct charges *s, const struct census_snapshot *snap)
{
	struct payer *payer;
	u32 i;

	for (i = 1; i < snap->nr_groups; i++) {
		cond_resched();
		if (snap->groups[i].contains)
			continue;
		payer = find_payer(s, snap->groups[i].key.cgroup, 0);
		if (!payer)
			return -ENOMEM;
		payer->group = i;
	}
	return 0;
}

/* A page that was replaced since may have another payer: the first one counts. */
static u64 own_of(const struct payer *payer)
{
	return min(payer->own, payer->charged);
}

/* Finds the files that only others use the most of. */
static int rank_files(const struct charges *s, struct census_largest *top, u32 limit)
{
	u32 unit;

	top->max = limit;
	top->entries = census_kvcalloc(limit, sizeof(*top->entries));
	if (!top->entries)
		return -ENOMEM;
	for (unit = PAYER_UNITS; unit < s->payers.nr; unit += PAYER_UNITS) {
		const struct payer *payer = census_unit(&s->payers, unit);

		if (payer->space && payer->charged > own_of(payer))
			census_largest_add(top, payer->charged - own_of(payer), unit);
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	census_largest_sort(top);
	return 0;
}

static struct census_payer *add_record(struct census_snapshot *snap, const struct payer *payer)
{
	struct census_payer *record = &snap->payers[snap->nr_payers++];

	record->cgroup = payer->cgroup;
	record->group = payer->group;
	record->charged = payer->charged << PAGE_SHIFT;
	record->own = own_of(payer) << PAGE_SHIFT;
	return record;
}

/* Return: whether the caller may learn of the cgroup. */
static bool is_visible(struct charges *s, const struct census_snapshot *snap, u64 cgroup)
{
	const struct payer *payer;

	if (census_sees_all(snap->pid_ns))
		return true;
	payer = find_payer(s, cgroup, 0);
	return payer && payer->group;
}

static void add_files(struct charges *s, const struct census_files *files,
		      const struct census_largest *top, struct census_snapshot *snap)
{
	u32 i;

	for (i = 0; i < top->nr; i++) {
		const struct payer *payer = census_unit(&s->payers, top->entries[i].index);
		struct census_payer *record;

		if (!is_visible(s, snap, payer->cgroup))
			continue;
		record = add_record(snap, payer);
		record->of_file = census_files_find(files, CENSUS_SPACE(payer->space),
						    &record->dev, &record->inode);
		cond_resched();
	}
}

/* Adds all cgroups; those that the caller may not learn of together. */
static int add_cgroups(struct charges *s, struct census_snapshot *snap)
{
	struct census_payer *none = &snap->payers[snap->nr_payers++];
	u32 unit;

	for (unit = PAYER_UNITS; unit < s->payers.nr; unit += PAYER_UNITS) {
		const struct payer *payer = census_unit(&s->payers, unit);

		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		if (payer->space)
			continue;
		if (!payer->cgroup || !is_visible(s, snap, payer->cgroup))
			none->charged += payer->charged << PAGE_SHIFT;
		else
			add_record(snap, payer);
	}
	return 0;
}

/*
 * A caller in another PID namespace learns of no cgroup that it has no process of: the pages
 * of all such payers are in one record.
 */
int census_charges_finish(struct census *c)
{
	struct census_snapshot *snap = c->snap;
	struct census_largest top = {};
	struct charges *s = c->scan.tally.charges;
	u32 unit, nr = 1;
	int err = 0;

	/* All locks are dropped.  The last slice may have filled the budget: groups need room. */
	s->budget.locked = false;
	census_pool_free(&s->masks);
	census_table_free(&s->met);
	if (find_groups(s, snap))
		return -ENOMEM;
	if (s->by_file)
		err = rank_files(s, &top, c->req->limit);
	for (unit = PAYER_UNITS; unit < s->payers.nr; unit += PAYER_UNITS) {
		nr += !((const struct payer *)census_unit(&s->payers, unit))->space;
		cond_resched();
	}
	if (!err)
		snap->payers = census_snapshot_memory(snap, array_size(nr + top.nr,
								       sizeof(*snap->payers)));
	if (!err && !snap->payers)
		err = -ENOMEM;
	if (!err)
		err = add_cgroups(s, snap);
	if (!err)
		add_files(s, &c->files, &top, snap);
	kvfree(top.entries);
	return err;
}

// SPDX-License-Identifier: GPL-2.0
/* Memory for counting owners. */
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/compat.h"
#include "base/memory.h"
#include "count/marks.h"
#include "owners/forked.h"

/* Frees all marks and their memory.  @m must be reset before further use. */
void census_marks_drop(struct census_marks *m)
{
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		census_pool_free(&m->owners.pools[i]);
	census_pool_free(&m->sections);
	census_table_free(&m->table);
	census_table_free(&m->owners.family_table);
	m->owners.failed = false;
	m->undivided = false;
}

/*
 * Allocates marks.  Return: to be passed to census_marks_reset() and census_marks_end(), or NULL.
 */
struct census_marks *census_marks_begin(struct census_budget *budget)
{
	struct census_marks *m;
	unsigned int i;

	if (!census_budget_take(budget, sizeof(*m)))
		return NULL;
	m = census_kvzalloc(sizeof(*m));
	if (!m) {
		census_budget_give(budget, sizeof(*m));
		return NULL;
	}
	m->budget = budget;
	m->own = (struct census_budget) { .parent = budget, .limit = U64_MAX };
	m->sections.budget = &m->own;
	for (i = 0; i < CENSUS_POOLS; i++)
		m->owners.pools[i].budget = &m->own;
	return m;
}

/**
 * census_marks_reset() - remove all marks
 * @m: from census_marks_begin()
 * @slice: keys that will be counted
 *
 * Return: 0, or -ENOMEM, and then census_marks_failed() returns true.
 */
int census_marks_reset(struct census_marks *m, const struct census_slice *slice)
{
	census_owners_init(&m->owners);
	/* Number 0 means none. */
	m->sections.nr = CENSUS_SECTION_UNITS;
	if (m->table.root)
		census_table_reset(&m->table);
	else if (!census_table_init(&m->table, &m->own))
		m->owners.failed = true;
	if (m->owners.family_table.root)
		census_table_reset(&m->owners.family_table);
	else if (!census_table_init(&m->owners.family_table, &m->own))
		m->owners.failed = true;
	memset(m->recent, 0, sizeof(m->recent));
	m->appended = 0;
	memset(m->sparse, 0, sizeof(m->sparse));
	memset(&m->totals, 0, sizeof(m->totals));
	m->slice = *slice;
	return census_marks_failed(m) ? -ENOMEM : 0;
}

/*
 * Prepares for an mmap or VMA lock, under which nothing sleeps.  Fills the reserve, and makes room
 * for directories, which are not in it.  Return: false without memory.
 */
bool census_marks_lock(struct census_marks *m)
{
	struct census_pool *pool;

	if (census_reserve_low() && !census_reserve_fill())
		return false;
	for (pool = m->owners.pools; pool < m->owners.pools + CENSUS_POOLS; pool++)
		if (!census_pool_lock(pool))
			goto failed;
	m->own.locked = true;
	return true;

failed:
	/* Several slices need shorter directories. */
	m->owners.failed = true;
	return false;
}

/* The lock was dropped. */
void census_marks_unlock(struct census_marks *m)
{
	m->own.locked = false;
}

/* Frees all marks; @m may be NULL. */
void census_marks_end(struct census_marks *m)
{
	struct census_budget *budget;

	if (!m)
		return;
	budget = m->budget;
	census_marks_drop(m);
	census_budget_give(budget, sizeof(*m));
	kvfree(m);
}

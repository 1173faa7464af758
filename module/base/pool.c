// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/budget.h"
#include "base/memory.h"
#include "base/pool.h"

/* A directory is for 1 MiB, so this array is one page up to 512 MiB. */
#define DIRS_MIN 16

static bool grow_dirs(struct census_pool *pool)
{
	u32 old = pool->max_dirs, max = max(2 * old, (u32)DIRS_MIN);
	u64 bytes = (u64)max * sizeof(*pool->dirs);
	struct census_chunk **dirs;

	if (!census_budget_take(pool->budget, bytes))
		return false;
	dirs = kmalloc(bytes, pool->budget->locked ? CENSUS_GFP_LOCKED : CENSUS_GFP);
	if (!dirs) {
		census_budget_give(pool->budget, bytes);
		return false;
	}
	if (old)
		memcpy(dirs, pool->dirs, old * sizeof(*dirs));
	census_budget_give(pool->budget, (u64)old * sizeof(*dirs));
	kfree(pool->dirs);
	pool->dirs = dirs;
	pool->max_dirs = max;
	return true;
}

/*
 * Makes room for directories before a lock under which nothing sleeps.  An array of directories is
 * not in the reserve; a directory is for 1 MiB, more than a hold needs.  Return: false without
 * memory.
 */
bool census_pool_lock(struct census_pool *pool)
{
	return pool->nr_dirs < pool->max_dirs || grow_dirs(pool);
}

static bool add_dir(struct census_pool *pool)
{
	void *dir;

	if (!census_pool_lock(pool))
		return false;
	dir = census_chunk_alloc(pool->budget);
	if (!dir)
		return false;
	pool->dirs[pool->nr_dirs++] = dir;
	return true;
}

bool census_pool_grow(struct census_pool *pool)
{
	void *units;

	if (pool->nr_chunks == pool->nr_dirs << CENSUS_DIR_SHIFT && !add_dir(pool))
		return false;
	units = census_chunk_alloc(pool->budget);
	if (!units)
		return false;
	census_chunk(pool->dirs, pool->nr_chunks++)->units = units;
	return true;
}

/* Empties @pool and returns its bytes to the budget. */
void census_pool_free(struct census_pool *pool)
{
	while (pool->nr_chunks) {
		census_chunk_free(pool->budget,
				  census_chunk(pool->dirs, --pool->nr_chunks)->units);
		if (!(pool->nr_chunks % CENSUS_DIR_CHUNKS))
			cond_resched();
	}
	while (pool->nr_dirs)
		census_chunk_free(pool->budget, pool->dirs[--pool->nr_dirs]);
	if (pool->budget)
		census_budget_give(pool->budget, (u64)pool->max_dirs * sizeof(*pool->dirs));
	kfree(pool->dirs);
	*pool = (struct census_pool) { .budget = pool->budget };
}

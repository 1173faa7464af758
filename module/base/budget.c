// SPDX-License-Identifier: GPL-2.0
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "base/budget.h"
#include "base/memory.h"
#include "base/params.h"
#include "base/pool.h"
#include "base/table.h"

struct census_budget census_results;
struct census_budget census_results_of_others;

/*
 * Reserves bytes of a budget.  Return: true if reserved, until census_budget_give(); false if over
 * the limit.
 */
bool census_budget_take(struct census_budget *budget, u64 bytes)
{
	u64 used = atomic64_add_return(bytes, &budget->used), peak;

	if (used > budget->limit ||
	    (budget->parent && !census_budget_take(budget->parent, bytes))) {
		atomic64_sub(bytes, &budget->used);
		return false;
	}
	peak = atomic64_read(&budget->peak);
	if (used > peak)
		atomic64_cmpxchg(&budget->peak, peak, used);
	return true;
}

void census_budget_give(struct census_budget *budget, u64 bytes)
{
	atomic64_sub(bytes, &budget->used);
	if (budget->parent)
		census_budget_give(budget->parent, bytes);
}

static void *alloc_chunk(gfp_t gfp, void *unused)
{
	return CENSUS_CHUNK_BYTES == PAGE_SIZE ? (void *)__get_free_page(gfp) :
						 kmalloc(CENSUS_CHUNK_BYTES, gfp);
}

static void free_chunk(void *chunk, void *unused)
{
	if (CENSUS_CHUNK_BYTES == PAGE_SIZE)
		free_page((unsigned long)chunk);
	else
		kfree(chunk);
}

/*
 * Chunks for when the kernel has none at once and the caller must not sleep.  One more page table,
 * or VMA, needs at most 20: an image of a table or 512 places, and a bucket and a directory for
 * each.  A lock hold ends when fewer than RESERVE_MIN are left, which is enough for two censuses
 * and a pass over frames together; then it fills the reserve, and may sleep for it.
 */
#define RESERVE_MIN (3 * 20)
#define RESERVE_SIZE (RESERVE_MIN + 20)

static mempool_t reserve;

/* After census_params_check(). */
int census_budgets_init(void)
{
	census_results.limit = census_params.max_results;
	census_results_of_others.limit = census_params.max_results / 2;
	return mempool_init(&reserve, RESERVE_SIZE, alloc_chunk, free_chunk, NULL);
}

void census_budgets_exit(void)
{
	mempool_exit(&reserve);
}

/* Checks whether a lock hold must end, or must not begin, for lack of memory. */
bool census_reserve_low(void)
{
	return READ_ONCE(reserve.curr_nr) < RESERVE_MIN;
}

/* Fills the reserve.  May sleep.  Return: false without memory. */
bool census_reserve_fill(void)
{
	void *chunk;

	while (READ_ONCE(reserve.curr_nr) < RESERVE_SIZE) {
		chunk = alloc_chunk(CENSUS_GFP, NULL);
		if (!chunk)
			return !census_reserve_low();
		mempool_free(chunk, &reserve);
	}
	return true;
}

/**
 * census_chunk_alloc() - allocate a chunk, which is a page unless pages are larger
 * @budget: accounts it, and tells whether the caller may sleep; NULL: nothing accounts it, and
 *	the caller may
 *
 * Return: %CENSUS_CHUNK_BYTES, not zeroed; or NULL.
 */
void *census_chunk_alloc(struct census_budget *budget)
{
	bool locked = budget && budget->locked;
	void *chunk;

	if (budget && !census_budget_take(budget, CENSUS_CHUNK_BYTES))
		return NULL;
	chunk = locked ? mempool_alloc(&reserve, CENSUS_GFP_LOCKED) :
			 alloc_chunk(CENSUS_GFP, NULL);
	if (!chunk && budget)
		census_budget_give(budget, CENSUS_CHUNK_BYTES);
	return chunk;
}

void census_chunk_free(struct census_budget *budget, void *chunk)
{
	if (budget)
		census_budget_give(budget, CENSUS_CHUNK_BYTES);
	free_chunk(chunk, NULL);
}

void census_hash_init(struct census_hash *h)
{
	get_random_bytes(h, sizeof(*h));
	h->mix |= 1;
}

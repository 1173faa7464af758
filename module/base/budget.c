// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "base/budget.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/table.h"

/**
 * census_budget_take() - reserve bytes of a budget
 * @budget: of the census
 * @bytes: number of bytes
 *
 * Return: true if reserved, until census_budget_give(); false if over the limit.
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

static void *alloc_chunk(gfp_t gfp)
{
	return CENSUS_CHUNK_BYTES == PAGE_SIZE ? (void *)__get_free_page(gfp) :
						 kmalloc(CENSUS_CHUNK_BYTES, gfp);
}

static void free_chunk(void *chunk)
{
	if (CENSUS_CHUNK_BYTES == PAGE_SIZE)
		free_page((unsigned long)chunk);
	else
		kfree(chunk);
}

/*
 * Chunks for lock holds in which the kernel has none at once.  One more page table, or VMA, needs
 * at most 20: an image of a table or 512 places, and a bucket and a directory for each.  A hold
 * ends when fewer than RESERVE_MIN are left, which is enough for two censuses together; then the
 * census fills the reserve, and may sleep for it.
 *
 * reserve_lock is a leaf, held for a few instructions.
 */
#define RESERVE_MIN (2 * 20)
#define RESERVE_SIZE (RESERVE_MIN + 96)

static DEFINE_SPINLOCK(reserve_lock);
static void *reserve[RESERVE_SIZE];
static unsigned int nr_reserve;

/* Checks whether a lock hold must end, or must not begin, for lack of memory. */
bool census_reserve_low(void)
{
	return READ_ONCE(nr_reserve) < RESERVE_MIN;
}

static void *reserve_take(void)
{
	void *chunk = NULL;

	spin_lock(&reserve_lock);
	if (nr_reserve) {
		WRITE_ONCE(nr_reserve, nr_reserve - 1);
		chunk = reserve[nr_reserve];
	}
	spin_unlock(&reserve_lock);
	return chunk;
}

/* Return: false if there is room no more. */
static bool reserve_give(void *chunk)
{
	bool room;

	spin_lock(&reserve_lock);
	room = nr_reserve < RESERVE_SIZE;
	if (room) {
		reserve[nr_reserve] = chunk;
		WRITE_ONCE(nr_reserve, nr_reserve + 1);
	}
	spin_unlock(&reserve_lock);
	return room;
}

/**
 * census_reserve_fill() - fill the reserve
 *
 * May sleep.  Return: false without memory.
 */
bool census_reserve_fill(void)
{
	while (READ_ONCE(nr_reserve) < RESERVE_SIZE) {
		void *chunk = alloc_chunk(CENSUS_GFP);

		if (!chunk)
			return !census_reserve_low();
		if (!reserve_give(chunk))
			free_chunk(chunk);
	}
	return true;
}

void census_reserve_free(void)
{
	void *chunk;

	while ((chunk = reserve_take()))
		free_chunk(chunk);
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
	chunk = alloc_chunk(locked ? CENSUS_GFP_LOCKED : CENSUS_GFP);
	if (!chunk && locked)
		chunk = reserve_take();
	if (!chunk && budget)
		census_budget_give(budget, CENSUS_CHUNK_BYTES);
	return chunk;
}

void census_chunk_free(struct census_budget *budget, void *chunk)
{
	if (budget)
		census_budget_give(budget, CENSUS_CHUNK_BYTES);
	free_chunk(chunk);
}

void census_hash_init(struct census_hash *h)
{
	get_random_bytes(h, sizeof(*h));
	h->mix |= 1;
}

// SPDX-License-Identifier: GPL-2.0
/* Memory for counting owners: a budget, and memory that is kept between censuses. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "frames.h"
#include "memory.h"

#define SECTIONS_MIN 1024

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

	if (used > budget->limit) {
		atomic64_sub(bytes, &budget->used);
		return false;
	}
	/* Workers may race here: @peak may be too low by what one of them takes. */
	peak = atomic64_read(&budget->peak);
	if (used > peak)
		atomic64_cmpxchg(&budget->peak, peak, used);
	return true;
}

void census_budget_give(struct census_budget *budget, u64 bytes)
{
	atomic64_sub(bytes, &budget->used);
}

/* Return: zeroed memory within the budget, or NULL. */
static void *budget_alloc(struct census_budget *budget, u64 bytes)
{
	void *memory;

	if (!census_budget_take(budget, bytes))
		return NULL;
	memory = census_kvzalloc(bytes);
	if (!memory)
		census_budget_give(budget, bytes);
	return memory;
}

static bool grow_chunks(struct census_pool *pool)
{
	u32 max = max(2 * pool->max_chunks, 64U);
	struct census_chunk *chunks;

	chunks = budget_alloc(pool->budget, (u64)max * sizeof(*chunks));
	if (!chunks)
		return false;
	if (pool->max_chunks) {
		memcpy(chunks, pool->chunks, pool->max_chunks * sizeof(*chunks));
		census_budget_give(pool->budget,
				   (u64)pool->max_chunks * sizeof(*chunks));
	}
	kvfree(pool->chunks);
	pool->chunks = chunks;
	pool->max_chunks = max;
	return true;
}

bool census_pool_grow(struct census_pool *pool)
{
	void *units;

	if (pool->nr_chunks == pool->max_chunks && !grow_chunks(pool))
		return false;
	units = budget_alloc(pool->budget, CENSUS_CHUNK_BYTES);
	if (!units)
		return false;
	pool->chunks[pool->nr_chunks++].units = units;
	return true;
}

static u64 pool_bytes(const struct census_pool *pool)
{
	return (u64)pool->nr_chunks * CENSUS_CHUNK_BYTES +
	       (u64)pool->max_chunks * sizeof(*pool->chunks);
}

/* Empties @pool and returns its bytes to the budget. */
void census_pool_free(struct census_pool *pool)
{
	u32 i;

	if (pool->budget)
		census_budget_give(pool->budget, pool_bytes(pool));
	for (i = 0; i < pool->nr_chunks; i++)
		kvfree(pool->chunks[i].units);
	kvfree(pool->chunks);
	*pool = (struct census_pool) { .budget = pool->budget };
}

/* Doubles the length of the hash table.  Return: false without memory. */
bool census_frames_grow_sections(struct census_frames *f)
{
	u64 old = f->sections ? (u64)f->sections_mask + 1 : 0;
	u64 nr = max_t(u64, old * 2, SECTIONS_MIN), i, at;
	struct census_section *sections;

	sections = budget_alloc(f->budget, nr * sizeof(*sections));
	if (!sections)
		return false;
	for (i = 0; i < old; i++) {
		if (!f->sections[i].key)
			continue;
		at = census_section_hash(f->sections[i].key) & (nr - 1);
		while (sections[at].key)
			at = (at + 1) & (nr - 1);
		sections[at] = f->sections[i];
	}
	kvfree(f->sections);
	census_budget_give(f->budget, old * sizeof(*sections));
	f->sections = sections;
	f->sections_mask = nr - 1;
	return true;
}

static u64 sections_bytes(const struct census_frames *f)
{
	return f->sections ? (f->sections_mask + 1ULL) * sizeof(*f->sections) : 0;
}

static u64 frames_bytes(const struct census_frames *f)
{
	u64 bytes = sizeof(*f) + sections_bytes(f);
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		bytes += pool_bytes(&f->owners.pools[i]);
	return bytes;
}

static void set_budget(struct census_frames *f, struct census_budget *budget)
{
	unsigned int i;

	f->budget = budget;
	for (i = 0; i < CENSUS_POOLS; i++)
		f->owners.pools[i].budget = budget;
}

/* Frees all marks and their memory.  @f must be reset before further use. */
void census_frames_drop(struct census_frames *f)
{
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		census_pool_free(&f->owners.pools[i]);
	f->owners.failed = false;
}

/* Frees all memory.  @f has no budget any more. */
static void frames_free(struct census_frames *f)
{
	census_frames_drop(f);
	kvfree(f->sections);
	kvfree(f);
}

/*
 * Memory of the last censuses, kept for the next one, until idle for a while or until the
 * kernel reclaims memory.  spare_lock protects the list against the timer and the
 * shrinker.  It is a leaf, held only for a few list steps, so the shrinker may take it.
 */
#define KEEP_JIFFIES (10 * HZ)

static DEFINE_MUTEX(spare_lock);
static LIST_HEAD(spares);

static struct census_frames *spare_get(void)
{
	struct census_frames *f;

	mutex_lock(&spare_lock);
	f = list_first_entry_or_null(&spares, struct census_frames, spare);
	if (f)
		list_del(&f->spare);
	mutex_unlock(&spare_lock);
	return f;
}

static unsigned long spares_free(void)
{
	struct census_frames *f;
	unsigned long pages = 0;

	while ((f = spare_get())) {
		pages += frames_bytes(f) >> PAGE_SHIFT;
		frames_free(f);
	}
	return pages;
}

static void trim(struct work_struct *work)
{
	spares_free();
}

static DECLARE_DELAYED_WORK(trim_work, trim);

static unsigned long count_spares(struct shrinker *s, struct shrink_control *sc)
{
	const struct census_frames *f;
	unsigned long pages = 0;

	mutex_lock(&spare_lock);
	list_for_each_entry(f, &spares, spare)
		pages += frames_bytes(f) >> PAGE_SHIFT;
	mutex_unlock(&spare_lock);
	return pages ?: SHRINK_EMPTY;
}

static unsigned long free_spares(struct shrinker *s, struct shrink_control *sc)
{
	return spares_free() ?: SHRINK_STOP;
}

static struct shrinker *shrinker;

int census_frames_init(void)
{
	int err;

	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_spares;
	shrinker->scan_objects = free_spares;
	err = census_shrinker_register(shrinker, KBUILD_MODNAME);
	if (err)
		shrinker_free(shrinker);
	return err;
}

void census_frames_exit(void)
{
	shrinker_free(shrinker);
	cancel_delayed_work_sync(&trim_work);
	spares_free();
}

/**
 * census_frames_begin() - allocate or reuse the memory of a worker
 * @budget: of the census
 *
 * Return: memory to be passed to census_frames_reset() and census_frames_end(), or NULL.
 */
struct census_frames *census_frames_begin(struct census_budget *budget)
{
	struct census_frames *f = spare_get();

	if (f && !census_budget_take(budget, frames_bytes(f))) {
		frames_free(f);
		f = NULL;
	}
	if (!f)
		f = budget_alloc(budget, sizeof(*f));
	if (!f)
		return NULL;
	set_budget(f, budget);
	if (!f->sections && !census_frames_grow_sections(f)) {
		census_frames_end(f);
		return NULL;
	}
	return f;
}

/**
 * census_frames_reset() - remove all marks
 * @f: from census_frames_begin()
 * @slice: keys with this hash will be counted
 * @slices: number of slices, a power of two
 */
void census_frames_reset(struct census_frames *f, u32 slice, u32 slices)
{
	census_owners_init(&f->owners);
	memset(f->sections, 0, sections_bytes(f));
	f->nr_sections = 0;
	memset(f->recent, 0, sizeof(f->recent));
	f->appended = 0;
	memset(f->sparse, 0, sizeof(f->sparse));
	memset(&f->totals, 0, sizeof(f->totals));
	f->slice = slice;
	f->slices = slices;
}

/* Keeps the memory for the next census. */
void census_frames_end(struct census_frames *f)
{
	if (!f)
		return;
	census_budget_give(f->budget, frames_bytes(f));
	set_budget(f, NULL);
	memset(f->hugetlb, 0, sizeof(f->hugetlb));
	mutex_lock(&spare_lock);
	list_add(&f->spare, &spares);
	mutex_unlock(&spare_lock);
	mod_delayed_work(system_power_efficient_wq, &trim_work, KEEP_JIFFIES);
}

// SPDX-License-Identifier: GPL-2.0
/* Memory for counting owners, which is kept between censuses. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "base/compat.h"
#include "base/memory.h"
#include "count/frames.h"

static u64 frames_bytes(const struct census_frames *f)
{
	u64 bytes = sizeof(*f) + (u64)f->table.nr_pages * CENSUS_CHUNK_BYTES +
		    (u64)f->images.nr_pages * CENSUS_CHUNK_BYTES +
		    census_pool_bytes(&f->sections) + census_pool_bytes(&f->samples);
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		bytes += census_pool_bytes(&f->owners.pools[i]);
	return bytes;
}

static void set_budget(struct census_frames *f, struct census_budget *budget)
{
	unsigned int i;

	f->budget = budget;
	f->own = (struct census_budget) { .parent = budget, .limit = U64_MAX };
	f->sections.budget = &f->own;
	f->table.budget = &f->own;
	f->samples.budget = &f->own;
	f->images.budget = &f->own;
	for (i = 0; i < CENSUS_POOLS; i++)
		f->owners.pools[i].budget = &f->own;
}

static u64 section_key(const struct census_link *link)
{
	return container_of(link, struct census_section, link)->key;
}

static u64 sample_key(const struct census_link *link)
{
	return container_of(link, struct census_sample, link)->key;
}

/* Frees all marks and their memory.  @f must be reset before further use. */
void census_frames_drop(struct census_frames *f)
{
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		census_pool_free(&f->owners.pools[i]);
	census_pool_free(&f->sections);
	census_table_free(&f->table);
	census_pool_free(&f->samples);
	census_table_free(&f->images);
	f->owners.failed = false;
}

/* Frees all memory.  @f has no budget any more. */
static void frames_free(struct census_frames *f)
{
	census_frames_drop(f);
	kvfree(f);
}

/*
 * Memory of the last census, kept for the next one, until idle for a while or until the
 * kernel reclaims memory.  spare_lock protects it against the timer, the shrinker and the other
 * one of two censuses.  Under it nothing is allocated, so the shrinker may take it.
 */
#define KEEP_JIFFIES (10 * HZ)

static DEFINE_MUTEX(spare_lock);
static struct census_frames *spare;

/*
 * Frees up to @nr chunks of @f, of which the rest is kept.  Return: their number; 0: there is only
 * @f itself.
 */
static unsigned long frames_shrink(struct census_frames *f, unsigned long nr)
{
	unsigned long freed = 0;
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		freed += census_pool_shrink(&f->owners.pools[i], nr - freed);
	freed += census_pool_shrink(&f->sections, nr - freed);
	freed += census_pool_shrink(&f->samples, nr - freed);
	freed += census_table_shrink(&f->table, nr - freed);
	/* Of a table, two pages more may have been freed. */
	return freed + census_table_shrink(&f->images, nr - min(nr, freed));
}

/* Keeps @f, which may be NULL, in place of what was kept.  Return: that, or NULL. */
static struct census_frames *spare_swap(struct census_frames *f)
{
	mutex_lock(&spare_lock);
	swap(f, spare);
	mutex_unlock(&spare_lock);
	return f;
}

/* Frees up to @nr chunks of what is kept.  Return: their number. */
static unsigned long spare_shrink(unsigned long nr)
{
	unsigned long freed;

	mutex_lock(&spare_lock);
	freed = spare ? frames_shrink(spare, nr) : 0;
	mutex_unlock(&spare_lock);
	return freed;
}

static void spare_free(void)
{
	struct census_frames *f = spare_swap(NULL);

	if (f)
		frames_free(f);
}

static void trim_spare(struct work_struct *work);

static DECLARE_DELAYED_WORK(trim_work, trim_spare);

/* Chunks that are freed at a time, in less than a millisecond. */
#define TRIM_CHUNKS 1024

/*
 * In pieces: what is queued on this processor need not wait until all is freed.  If a census has
 * used the memory in that time, it is kept again.
 */
static void trim_spare(struct work_struct *work)
{
	if (spare_shrink(TRIM_CHUNKS))
		queue_delayed_work(system_power_efficient_wq, &trim_work, 0);
	else
		spare_free();
}

static unsigned long count_spare(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long pages;

	mutex_lock(&spare_lock);
	pages = spare ? frames_bytes(spare) >> PAGE_SHIFT : 0;
	mutex_unlock(&spare_lock);
	return pages ?: SHRINK_EMPTY;
}

#define CHUNKS_PER_PAGE (PAGE_SIZE / CENSUS_CHUNK_BYTES)

/* The caller, who needs memory, frees as much as the kernel has chosen, at most. */
static unsigned long shrink_spare(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long freed = spare_shrink(sc->nr_to_scan * CHUNKS_PER_PAGE);

	return DIV_ROUND_UP(freed, CHUNKS_PER_PAGE) ?: SHRINK_STOP;
}

static struct shrinker *shrinker;

int census_frames_init(void)
{
	int err;

	shrinker = shrinker_alloc(0, KBUILD_MODNAME);
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_spare;
	shrinker->scan_objects = shrink_spare;
	err = census_shrinker_register(shrinker, KBUILD_MODNAME);
	if (err)
		shrinker_free(shrinker);
	return err;
}

void census_frames_exit(void)
{
	shrinker_free(shrinker);
	cancel_delayed_work_sync(&trim_work);
	spare_free();
}

/**
 * census_frames_begin() - allocate or reuse the memory for marks
 * @budget: of the census
 *
 * Return: memory to be passed to census_frames_reset() and census_frames_end(), or NULL.
 */
struct census_frames *census_frames_begin(struct census_budget *budget)
{
	struct census_frames *f = spare_swap(NULL);

	if (f && !census_budget_take(budget, frames_bytes(f))) {
		frames_free(f);
		f = NULL;
	}
	if (!f) {
		if (!census_budget_take(budget, sizeof(*f)))
			return NULL;
		f = census_kvzalloc(sizeof(*f));
		if (!f) {
			census_budget_give(budget, sizeof(*f));
			return NULL;
		}
	}
	set_budget(f, budget);
	return f;
}

/**
 * census_frames_reset() - remove all marks
 * @f: from census_frames_begin()
 * @slice: keys that will be counted
 *
 * Return: 0, or -ENOMEM, and then census_frames_failed() returns true.
 */
int census_frames_reset(struct census_frames *f, const struct census_slice *slice)
{
	census_owners_init(&f->owners);
	/* Number 0 means none. */
	f->sections.nr = CENSUS_SECTION_UNITS;
	if (f->table.root)
		census_table_reset(&f->table);
	else if (!census_table_init(&f->table, &f->own, section_key))
		f->owners.failed = true;
	f->samples.nr = CENSUS_SAMPLE_UNITS;
	if (f->images.root)
		census_table_reset(&f->images);
	else if (!census_table_init(&f->images, &f->own, sample_key))
		f->owners.failed = true;
	memset(f->recent, 0, sizeof(f->recent));
	f->appended = 0;
	f->eights = false;
	memset(f->sparse, 0, sizeof(f->sparse));
	memset(&f->totals, 0, sizeof(f->totals));
	f->slice = *slice;
	return census_frames_failed(f) ? -ENOMEM : 0;
}

/**
 * census_frames_lock() - prepare for an mmap or VMA lock, under which nothing sleeps
 * @f: the marks
 *
 * Fills the reserve, and makes room for directories, which are not in it.
 *
 * Return: false without memory.
 */
bool census_frames_lock(struct census_frames *f)
{
	struct census_pool *pool;

	if (census_reserve_low() && !census_reserve_fill())
		return false;
	for (pool = f->owners.pools; pool < f->owners.pools + CENSUS_POOLS; pool++)
		if (!census_pool_lock(pool))
			goto failed;
	if (!census_pool_lock(&f->samples))
		goto failed;
	f->own.locked = true;
	return true;

failed:
	/* Several slices need shorter directories. */
	f->owners.failed = true;
	return false;
}

/* The lock was dropped. */
void census_frames_unlock(struct census_frames *f)
{
	f->own.locked = false;
}

/* Keeps the memory for the next census. */
void census_frames_end(struct census_frames *f)
{
	if (!f)
		return;
	census_budget_give(f->budget, frames_bytes(f));
	set_budget(f, NULL);
	memset(f->hugetlb, 0, sizeof(f->hugetlb));
	f = spare_swap(f);
	if (f)
		frames_free(f);
	mod_delayed_work(system_power_efficient_wq, &trim_work, KEEP_JIFFIES);
}

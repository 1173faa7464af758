// SPDX-License-Identifier: GPL-2.0
/* Memory for counting owners, which is kept between censuses. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "base/compat.h"
#include "base/memory.h"
#include "count/marks.h"

static u64 marks_bytes(const struct census_marks *m)
{
	u64 bytes = sizeof(*m) + (u64)m->table.nr_pages * CENSUS_CHUNK_BYTES +
		    (u64)m->images.nr_pages * CENSUS_CHUNK_BYTES +
		    census_pool_bytes(&m->sections) + census_pool_bytes(&m->samples);
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		bytes += census_pool_bytes(&m->owners.pools[i]);
	return bytes;
}

static void set_budget(struct census_marks *m, struct census_budget *budget)
{
	unsigned int i;

	m->budget = budget;
	m->own = (struct census_budget) { .parent = budget, .limit = U64_MAX };
	m->sections.budget = &m->own;
	m->table.budget = &m->own;
	m->samples.budget = &m->own;
	m->images.budget = &m->own;
	for (i = 0; i < CENSUS_POOLS; i++)
		m->owners.pools[i].budget = &m->own;
}

static u64 section_key(const struct census_link *link)
{
	return container_of(link, struct census_section, link)->key;
}

static u64 sample_key(const struct census_link *link)
{
	return container_of(link, struct census_sample, link)->key;
}

/* Frees all marks and their memory.  @m must be reset before further use. */
void census_marks_drop(struct census_marks *m)
{
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		census_pool_free(&m->owners.pools[i]);
	census_pool_free(&m->sections);
	census_table_free(&m->table);
	census_pool_free(&m->samples);
	census_table_free(&m->images);
	m->owners.failed = false;
	m->undivided = false;
}

/* Frees all memory.  @m has no budget any more. */
static void marks_free(struct census_marks *m)
{
	census_marks_drop(m);
	kvfree(m);
}

/*
 * Memory of the last census, kept for the next one, until idle for a while or until the
 * kernel reclaims memory.  spare_lock protects it against the timer, the shrinker and the other
 * one of two censuses.  Under it nothing is allocated, so the shrinker may take it.
 */
#define KEEP_JIFFIES (10 * HZ)

static DEFINE_MUTEX(spare_lock);
static struct census_marks *spare;

/*
 * Frees up to @nr chunks of @m, of which the rest is kept.  Return: their number; 0: there is only
 * @m itself.
 */
static unsigned long marks_shrink(struct census_marks *m, unsigned long nr)
{
	unsigned long freed = 0;
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		freed += census_pool_shrink(&m->owners.pools[i], nr - freed);
	freed += census_pool_shrink(&m->sections, nr - freed);
	freed += census_pool_shrink(&m->samples, nr - freed);
	freed += census_table_shrink(&m->table, nr - freed);
	/* Of a table, two pages more may have been freed. */
	return freed + census_table_shrink(&m->images, nr - min(nr, freed));
}

/* Keeps @m, which may be NULL, in place of what was kept.  Return: that, or NULL. */
static struct census_marks *spare_swap(struct census_marks *m)
{
	mutex_lock(&spare_lock);
	swap(m, spare);
	mutex_unlock(&spare_lock);
	return m;
}

/* Frees up to @nr chunks of what is kept.  Return: their number. */
static unsigned long spare_shrink(unsigned long nr)
{
	unsigned long freed;

	mutex_lock(&spare_lock);
	freed = spare ? marks_shrink(spare, nr) : 0;
	mutex_unlock(&spare_lock);
	return freed;
}

static void spare_free(void)
{
	struct census_marks *m = spare_swap(NULL);

	if (m)
		marks_free(m);
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
	pages = spare ? marks_bytes(spare) >> PAGE_SHIFT : 0;
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

int census_marks_init(void)
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

void census_marks_exit(void)
{
	shrinker_free(shrinker);
	cancel_delayed_work_sync(&trim_work);
	spare_free();
}

/**
 * census_marks_begin() - allocate or reuse the memory for marks
 * @budget: of the census
 *
 * Return: memory to be passed to census_marks_reset() and census_marks_end(), or NULL.
 */
struct census_marks *census_marks_begin(struct census_budget *budget)
{
	struct census_marks *m = spare_swap(NULL);

	if (m && !census_budget_take(budget, marks_bytes(m))) {
		marks_free(m);
		m = NULL;
	}
	if (!m) {
		if (!census_budget_take(budget, sizeof(*m)))
			return NULL;
		m = census_kvzalloc(sizeof(*m));
		if (!m) {
			census_budget_give(budget, sizeof(*m));
			return NULL;
		}
	}
	set_budget(m, budget);
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
	else if (!census_table_init(&m->table, &m->own, section_key))
		m->owners.failed = true;
	m->samples.nr = CENSUS_SAMPLE_UNITS;
	if (m->images.root)
		census_table_reset(&m->images);
	else if (!census_table_init(&m->images, &m->own, sample_key))
		m->owners.failed = true;
	memset(m->recent, 0, sizeof(m->recent));
	m->appended = 0;
	m->eights = false;
	memset(m->sparse, 0, sizeof(m->sparse));
	memset(&m->totals, 0, sizeof(m->totals));
	m->slice = *slice;
	return census_marks_failed(m) ? -ENOMEM : 0;
}

/**
 * census_marks_lock() - prepare for an mmap or VMA lock, under which nothing sleeps
 * @m: the marks
 *
 * Fills the reserve, and makes room for directories, which are not in it.
 *
 * Return: false without memory.
 */
bool census_marks_lock(struct census_marks *m)
{
	struct census_pool *pool;

	if (census_reserve_low() && !census_reserve_fill())
		return false;
	for (pool = m->owners.pools; pool < m->owners.pools + CENSUS_POOLS; pool++)
		if (!census_pool_lock(pool))
			goto failed;
	if (!census_pool_lock(&m->samples))
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

/* Keeps the memory for the next census. */
void census_marks_end(struct census_marks *m)
{
	if (!m)
		return;
	census_budget_give(m->budget, marks_bytes(m));
	set_budget(m, NULL);
	memset(m->hugetlb, 0, sizeof(m->hugetlb));
	m = spare_swap(m);
	if (m)
		marks_free(m);
	mod_delayed_work(system_power_efficient_wq, &trim_work, KEEP_JIFFIES);
}

// SPDX-License-Identifier: GPL-2.0
/* Memory for counting owners: a budget, and memory that is kept between censuses. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "frames.h"
#include "memory.h"

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
	/* Workers may race here: @peak may be too low by what one of them takes. */
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
 * ends when fewer than RESERVE_MIN are left, which is enough for all workers (8) together; then
 * the worker fills the reserve, and may sleep for it.
 *
 * reserve_lock is a leaf, held for a few instructions.
 */
#define RESERVE_MAX 256
#define RESERVE_MIN 160

static DEFINE_SPINLOCK(reserve_lock);
static void *reserve[RESERVE_MAX];
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
	room = nr_reserve < RESERVE_MAX;
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
	while (READ_ONCE(nr_reserve) < RESERVE_MAX) {
		void *chunk = alloc_chunk(CENSUS_GFP);

		if (!chunk)
			return !census_reserve_low();
		if (!reserve_give(chunk))
			free_chunk(chunk);
	}
	return true;
}

static unsigned long reserve_free(void)
{
	unsigned long pages = 0;
	void *chunk;

	for (; (chunk = reserve_take()); pages++)
		free_chunk(chunk);
	return pages;
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

static bool add_dir(struct census_pool *pool)
{
	void *dir;

	if (pool->nr_dirs == pool->max_dirs && !grow_dirs(pool))
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

static u64 pool_bytes(const struct census_pool *pool)
{
	return ((u64)pool->nr_chunks + pool->nr_dirs) * CENSUS_CHUNK_BYTES +
	       (u64)pool->max_dirs * sizeof(*pool->dirs);
}

/* Empties @pool and returns its bytes to the budget. */
void census_pool_free(struct census_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->nr_chunks; i++) {
		census_chunk_free(pool->budget, census_chunk(pool->dirs, i)->units);
		if (!(i % CENSUS_DIR_CHUNKS))
			cond_resched();
	}
	for (i = 0; i < pool->nr_dirs; i++)
		census_chunk_free(pool->budget, pool->dirs[i]);
	if (pool->budget)
		census_budget_give(pool->budget, (u64)pool->max_dirs * sizeof(*pool->dirs));
	kfree(pool->dirs);
	*pool = (struct census_pool) { .budget = pool->budget };
}

void census_hash_init(struct census_hash *h)
{
	get_random_bytes(h, sizeof(*h));
	h->mix |= 1;
}

static u64 frames_bytes(const struct census_frames *f)
{
	u64 bytes = sizeof(*f) + (u64)f->table.nr_pages * CENSUS_CHUNK_BYTES +
		    (u64)f->images.nr_pages * CENSUS_CHUNK_BYTES +
		    pool_bytes(&f->sections) + pool_bytes(&f->samples);
	unsigned int i;

	for (i = 0; i < CENSUS_POOLS; i++)
		bytes += pool_bytes(&f->owners.pools[i]);
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

/* Frees the memory that is kept for workers. */
void census_frames_trim(void)
{
	spares_free();
}

static void trim(struct work_struct *work)
{
	spares_free();
	reserve_free();
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
	/* The reserve is for times when memory is short, and is small: it stays. */
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
	reserve_free();
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
	if (!f) {
		if (!census_budget_take(budget, sizeof(*f)))
			return NULL;
		f = census_kvzalloc(sizeof(*f));
		if (!f)
			census_budget_give(budget, sizeof(*f));
	}
	if (!f)
		return NULL;
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
	memset(f->sparse, 0, sizeof(f->sparse));
	memset(&f->totals, 0, sizeof(f->totals));
	f->slice = *slice;
	return census_frames_failed(f) ? -ENOMEM : 0;
}

/**
 * census_frames_lock() - prepare for an mmap or VMA lock, under which nothing sleeps
 * @f: the marks
 *
 * Fills the reserve, and makes room for directories, which are not in it: a directory is for
 * 1 MiB, more than a hold needs.
 *
 * Return: false without memory.
 */
bool census_frames_lock(struct census_frames *f)
{
	struct census_pool *pool;

	if (census_reserve_low() && !census_reserve_fill())
		return false;
	for (pool = f->owners.pools; pool < f->owners.pools + CENSUS_POOLS; pool++)
		if (pool->nr_dirs == pool->max_dirs && !grow_dirs(pool))
			return false;
	if (f->samples.nr_dirs == f->samples.max_dirs && !grow_dirs(&f->samples))
		return false;
	f->own.locked = true;
	return true;
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
	mutex_lock(&spare_lock);
	list_add(&f->spare, &spares);
	mutex_unlock(&spare_lock);
	mod_delayed_work(system_power_efficient_wq, &trim_work, KEEP_JIFFIES);
}

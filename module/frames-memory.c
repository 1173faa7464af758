// SPDX-License-Identifier: GPL-2.0
/* Memory for the owners: sections, sets, and what is kept between scans. */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "frames.h"
#include "memory.h"
#include "params.h"

#define TAGS_BYTES (CENSUS_SECTION_TAGS * sizeof(u32))
#define BLOCKS_BYTES (CENSUS_SECTION_BLOCKS * sizeof(u32))
#define CHUNK_BYTES (CENSUS_CHUNK_SETS * sizeof(struct census_set))

/**
 * census_frames_memory() - zeroed memory, within the limit
 * @f: the owners that it is for
 * @size: bytes
 *
 * Return: to be given back by census_frames_give(), or NULL.
 */
void *census_frames_memory(struct census_frames *f, size_t size)
{
	void *memory;

	if (f->starved || f->memory + size > f->limit)
		return NULL;
	memory = census_kvzalloc(size);
	f->starved = !memory;
	if (memory)
		f->memory += size;
	f->peak = max(f->peak, f->memory);
	return memory;
}

/**
 * census_frames_give() - give memory back
 * @f: whose it was
 * @memory: from census_frames_memory(), or NULL
 * @size: bytes
 */
void census_frames_give(struct census_frames *f, void *memory, size_t size)
{
	if (!memory)
		return;
	kvfree(memory);
	f->memory -= size;
}

/* Make sure of @nr entries in @space->sections. */
static bool widen(struct census_frames *f, struct census_space *space,
		  unsigned long nr)
{
	struct census_section *sections;

	if (nr <= space->nr)
		return true;
	nr = max(nr, space->nr * 2);
	sections = census_frames_memory(f, nr * sizeof(*sections));
	if (!sections)
		return false;
	if (space->nr)
		memcpy(sections, space->sections,
		       space->nr * sizeof(*sections));
	census_frames_give(f, space->sections, space->nr * sizeof(*sections));
	space->sections = sections;
	space->nr = nr;
	return true;
}

static u32 *take_free(struct census_frames *f, u32 **list, size_t size)
{
	u32 *array = *list;

	if (!array)
		return census_frames_memory(f, size);
	*list = *(u32 **)array;
	return array;
}

static void put_free(u32 **list, u32 *array)
{
	if (!array)
		return;
	*(u32 **)array = *list;
	*list = array;
}

static void drop_free(struct census_frames *f, u32 **list, size_t size)
{
	while (*list)
		census_frames_give(f, take_free(f, list, size), size);
}

/**
 * census_frames_section() - a section of a space, made if it was not there
 * @f: the owners
 * @space: of @f
 * @number: of the section
 * @tags: it must have tags
 *
 * Return: the section, or NULL for want of memory.
 */
struct census_section *census_frames_section(struct census_frames *f,
					     struct census_space *space,
					     unsigned long number, bool tags)
{
	struct census_section *s;

	if (!widen(f, space, number + 1))
		return NULL;
	s = &space->sections[number];
	if (!s->blocks) {
		s->blocks = take_free(f, &f->free_blocks, BLOCKS_BYTES);
		if (!s->blocks)
			return NULL;
		memset(s->blocks, 0, BLOCKS_BYTES);
	}
	/* Tags need not be cleared: a block's are written when it is mixed. */
	if (tags && !s->tags)
		s->tags = take_free(f, &f->free_tags, TAGS_BYTES);
	return tags && !s->tags ? NULL : s;
}

/**
 * census_frames_lose() - frames that could not be marked
 * @f: the owners
 * @pfn: the first
 * @nr: how many
 */
void census_frames_lose(struct census_frames *f, unsigned long pfn,
			unsigned int nr)
{
	unsigned long end = pfn + nr, next;

	f->lost = true;
	for (; pfn < end; pfn = next) {
		next = min(end, (pfn | (CENSUS_SECTION_TAGS - 1)) + 1);
		if (!widen(f, &f->frames, (pfn >> CENSUS_SECTION_SHIFT) + 1)) {
			f->lost_anywhere = true;
			return;
		}
		census_section_lose(&f->frames.sections[pfn >> CENSUS_SECTION_SHIFT],
				    pfn, next - pfn);
	}
}

static bool add_chunk(struct census_frames *f)
{
	struct census_owners *o = &f->owners;
	u32 chunk = o->room >> CENSUS_CHUNK_SHIFT;

	if (chunk >= f->max_chunks)
		return false;
	o->chunks[chunk] = census_frames_memory(f, CHUNK_BYTES);
	if (!o->chunks[chunk])
		return false;
	o->room += CENSUS_CHUNK_SETS;
	return true;
}

/**
 * census_frames_room() - make room for sets
 * @f: the owners
 * @nr: how many more
 *
 * Return: false for want of memory.
 */
bool census_frames_room(struct census_frames *f, unsigned int nr)
{
	while (census_owners_sets_left(&f->owners) < nr)
		if (!add_chunk(f))
			return false;
	return true;
}

/* All sections of a space are free again; only what was marked is touched. */
static void clear_space(struct census_frames *f, struct census_space *space)
{
	unsigned long i;

	for (i = 0; i < space->nr; i++) {
		struct census_section *s = &space->sections[i];

		if (!s->blocks && !f->lost)
			continue;
		put_free(&f->free_blocks, s->blocks);
		put_free(&f->free_tags, s->tags);
		*s = (struct census_section) {};
	}
}

static void free_space(struct census_frames *f, struct census_space *space)
{
	clear_space(f, space);
	census_frames_give(f, space->sections, space->nr * sizeof(*space->sections));
	space->sections = NULL;
	space->nr = 0;
}

/**
 * census_frames_free() - give all memory back
 * @f: or NULL
 */
void census_frames_free(struct census_frames *f)
{
	u32 chunk;
	int i;

	if (!f)
		return;
	free_space(f, &f->frames);
	for (i = 0; i < MAX_SWAPFILES; i++)
		free_space(f, &f->swap[i]);
	drop_free(f, &f->free_blocks, BLOCKS_BYTES);
	drop_free(f, &f->free_tags, TAGS_BYTES);
	for (chunk = 0; f->owners.chunks && chunk < f->max_chunks; chunk++)
		census_frames_give(f, f->owners.chunks[chunk], CHUNK_BYTES);
	kvfree(f->owners.chunks);
	kvfree(f->holdings);
	kfree(f);
}

/*
 * What the last scan left for the next, until nobody has scanned for a while or
 * the kernel wants memory.  cache_lock: against both; a leaf, held for the
 * few steps along the list, so that the shrinker may take it.
 */
#define KEEP_JIFFIES (10 * HZ)

static DEFINE_MUTEX(cache_lock);
static LIST_HEAD(cache);

static struct census_frames *cache_get(void)
{
	struct census_frames *f;

	mutex_lock(&cache_lock);
	f = list_first_entry_or_null(&cache, struct census_frames, cached);
	if (f)
		list_del(&f->cached);
	mutex_unlock(&cache_lock);
	return f;
}

static void cache_put(struct census_frames *f)
{
	mutex_lock(&cache_lock);
	list_add(&f->cached, &cache);
	mutex_unlock(&cache_lock);
}

static unsigned long cache_drop(void)
{
	struct census_frames *f;
	unsigned long pages = 0;

	while ((f = cache_get())) {
		pages += f->memory >> PAGE_SHIFT;
		census_frames_free(f);
	}
	return pages;
}

static void trim(struct work_struct *work)
{
	cache_drop();
}

static DECLARE_DELAYED_WORK(trim_work, trim);

static unsigned long count_kept(void)
{
	const struct census_frames *f;
	unsigned long pages = 0;

	mutex_lock(&cache_lock);
	list_for_each_entry(f, &cache, cached)
		pages += f->memory >> PAGE_SHIFT;
	mutex_unlock(&cache_lock);
	return pages;
}

static unsigned long give_back(void)
{
	return cache_drop() ?: SHRINK_STOP;
}

static struct census_shrinker shrinker = {
	.count = count_kept,
	.scan = give_back,
};

/**
 * census_frames_init() - before the first scan
 *
 * Return: 0 or -ENOMEM.
 */
int census_frames_init(void)
{
	return census_shrinker_register(&shrinker);
}

/**
 * census_frames_exit() - after the last scan
 */
void census_frames_exit(void)
{
	census_shrinker_unregister(&shrinker);
	cancel_delayed_work_sync(&trim_work);
	cache_drop();
}

/* Frame numbers grow by memory hotplug only; then the table is widened. */
static unsigned long highest_section(void)
{
	unsigned long end = 0;
	int nid;

	for_each_online_node(nid)
		end = max(end, pgdat_end_pfn(NODE_DATA(nid)));
	return (end >> CENSUS_SECTION_SHIFT) + 1;
}

/**
 * census_frames_alloc() - memory for owners, not begun
 * @limit: bytes that may be used
 *
 * Return: for census_frames_free(); or NULL.
 */
struct census_frames *census_frames_alloc(u64 limit)
{
	struct census_frames *f = kzalloc(sizeof(*f), CENSUS_GFP);

	if (!f)
		return NULL;
	f->limit = limit;
	/* Its limit may grow, up to that of all. */
	f->max_chunks = census_params.max_mem / CHUNK_BYTES + 1;
	f->owners.chunks = census_kvcalloc(f->max_chunks, sizeof(*f->owners.chunks));
	if (!f->owners.chunks || !widen(f, &f->frames, highest_section()) ||
	    !census_frames_room(f, CENSUS_BATCH_MAX)) {
		census_frames_free(f);
		return NULL;
	}
	return f;
}

/**
 * census_frames_begin() - nothing is marked
 * @limit: bytes that may be used
 *
 * Return: to be ended by census_frames_end(); or NULL.
 */
struct census_frames *census_frames_begin(u64 limit)
{
	struct census_frames *f = cache_get();

	/* One that has joined others' sets may hold more than it now may. */
	if (f && f->memory > limit) {
		census_frames_free(f);
		f = NULL;
	}
	if (!f)
		f = census_frames_alloc(limit);
	if (!f)
		return NULL;
	f->limit = limit;
	f->peak = f->memory;
	census_owners_init(&f->owners, CENSUS_KINDS);
	memset(f->hugetlb, 0, sizeof(f->hugetlb));
	f->swap_lost = false;
	f->lost = false;
	f->lost_anywhere = false;
	f->starved = false;
	f->moved = 0;
	memset(f->markers, 0, sizeof(f->markers));
	return f;
}

/**
 * census_frames_end() - forget all marks; keep the memory for the next scan
 * @f: or NULL
 */
void census_frames_end(struct census_frames *f)
{
	int i;

	if (!f)
		return;
	kvfree(f->holdings);
	f->holdings = NULL;
	clear_space(f, &f->frames);
	for (i = 0; i < MAX_SWAPFILES; i++)
		clear_space(f, &f->swap[i]);
	cache_put(f);
	mod_delayed_work(system_power_efficient_wq, &trim_work, KEEP_JIFFIES);
}

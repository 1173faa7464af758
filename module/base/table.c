// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/string.h>

#include "base/table.h"

static void *new_page(struct census_table *t)
{
	void *page = census_chunk_alloc(t->budget);

	if (page) {
		memset(page, 0, CENSUS_CHUNK_BYTES);
		t->nr_pages++;
	}
	return page;
}

/* Provides the page of bucket @i.  Return: false without memory. */
static bool make_bucket(struct census_table *t, u32 i)
{
	void **middle = t->root[i >> (2 * CENSUS_SLOTS_SHIFT)];
	void **slots;

	if (!middle) {
		middle = new_page(t);
		if (!middle)
			return false;
		t->root[i >> (2 * CENSUS_SLOTS_SHIFT)] = middle;
	}
	slots = &middle[i >> CENSUS_SLOTS_SHIFT & (CENSUS_SLOTS - 1)];
	if (!*slots)
		*slots = new_page(t);
	return *slots;
}

/**
 * census_table_init() - initialize an empty table
 * @t: zeroed; the caller calls census_table_free()
 * @budget: accounts its memory, or NULL
 *
 * Return: false without memory.
 */
bool census_table_init(struct census_table *t, struct census_budget *budget)
{
	t->budget = budget;
	t->root = new_page(t);
	if (!t->root)
		return false;
	if (!make_bucket(t, 0)) {
		census_table_free(t);
		return false;
	}
	census_table_reset(t);
	return true;
}

/* Removes all entries, draws another key, and keeps the memory. */
void census_table_reset(struct census_table *t)
{
	memset(census_bucket(t, 0), 0, CENSUS_CHUNK_BYTES);
	t->nr_buckets = CENSUS_SLOTS;
	t->nr = 0;
	census_hash_init(&t->hash);
}

/* Frees a page and, above buckets, those that it points to. */
static void free_pages_below(struct census_table *t, void **slots, unsigned int levels)
{
	u32 i;

	if (!slots)
		return;
	for (i = 0; levels && i < CENSUS_SLOTS; i++)
		free_pages_below(t, slots[i], levels - 1);
	census_chunk_free(t->budget, slots);
	t->nr_pages--;
	if (levels)
		cond_resched();
}

/* Frees the memory of buckets, not the entries.  @t may be initialized again. */
void census_table_free(struct census_table *t)
{
	free_pages_below(t, t->root, 2);
	t->root = NULL;
}

static u32 bucket_of(const struct census_table *t, const struct census_link *link, u32 nr)
{
	return census_bucket_number(census_hash(&t->hash, link->key), nr);
}

static void add_to(struct census_link **bucket, struct census_link *link)
{
	link->next = *bucket;
	*bucket = link;
}

/* Adds a bucket and moves to it the entries of the bucket that it is split off. */
static void add_bucket(struct census_table *t)
{
	u32 new = t->nr_buckets;
	struct census_link **from, **to, *link;

	if (new == CENSUS_BUCKETS_MAX || !make_bucket(t, new))
		return;
	from = census_bucket(t, new - rounddown_pow_of_two(new));
	to = census_bucket(t, new);
	*to = NULL;
	t->nr_buckets++;
	while ((link = *from)) {
		if (bucket_of(t, link, new + 1) == new) {
			*from = link->next;
			add_to(to, link);
		} else {
			from = &link->next;
		}
	}
}

/* Adds an entry; few others have its key.  Allocates memory, but does not fail. */
void census_table_add(struct census_table *t, struct census_link *link)
{
	if (t->nr >= t->nr_buckets)
		add_bucket(t);
	t->nr++;
	add_to(census_bucket(t, bucket_of(t, link, t->nr_buckets)), link);
}

/* Removes an entry, which is in the table. */
void census_table_remove(struct census_table *t, struct census_link *link)
{
	struct census_link **at = census_bucket(t, bucket_of(t, link, t->nr_buckets));

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	t->nr--;
}

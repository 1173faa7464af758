/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash tables that a user cannot degrade.  They have no kernel state beside their memory,
 * so that selftests/host tests the same file on the host.
 *
 * The hash is keyed with random numbers, drawn for each table and each census: the key is
 * multiplied by an odd number and folded, which loses nothing; of the result it is
 * (a * low half + b * high half + c) mod 2^64 >> 32.  Two different keys have the same
 * value in any k of its bits with probability 2^-k (Dietzfelbinger).  So the expected
 * number of collisions is the same for all sets of keys chosen without knowledge of the
 * numbers, and nothing reveals these before the census has ended.  It takes 3 ns where
 * hash_64() takes 1 and siphash_1u64() 10.
 *
 * A table grows by one bucket with each entry (linear hashing): bucket n is split off
 * bucket n - 2^k, the highest power of two below.  So there is no step that takes longer
 * with more entries, and no array that needs more than a page.  Without memory for
 * another page of buckets, chains get longer, and nothing fails.
 *
 * Not an rhashtable or an xarray, in which bench/tables finds an entry by 124 and 307 instructions
 * instead of 48.  The former grows in a worker, or by memory that an insertion under a lock has to
 * find, and no budget knows; of the latter, keys that a user chooses far apart take 72 bytes of
 * nodes each, beside the entry, instead of 8.
 */
#ifndef _CENSUS_TABLE_H
#define _CENSUS_TABLE_H

#include <linux/compiler.h>
#include <linux/log2.h>
#include <linux/types.h>

#include "base/pool.h"

/**
 * struct census_hash - a random function from 64-bit keys to 32 bits
 * @mix: odd, multiplies the key
 * @low: multiplies the low half
 * @high: multiplies the high half
 * @add: is added
 */
struct census_hash {
	u64 mix;
	u64 low;
	u64 high;
	u64 add;
};

static inline u32 census_hash(const struct census_hash *h, u64 key)
{
	key *= h->mix;
	key ^= key >> 32;
	return (h->low * (u32)key + h->high * (key >> 32) + h->add) >> 32;
}

/**
 * struct census_link - first member of an entry
 * @next: next entry of the bucket, or NULL
 * @key: set before it is added
 */
struct census_link {
	struct census_link *next;
	u64 key;
};

/* Buckets and pointers to pages of buckets are in pages of 512: three levels, 2^27 buckets. */
#define CENSUS_SLOTS_SHIFT 9
#define CENSUS_SLOTS BIT(CENSUS_SLOTS_SHIFT)
#define CENSUS_BUCKETS_MAX BIT(3 * CENSUS_SLOTS_SHIFT)

static_assert(CENSUS_SLOTS * sizeof(void *) == CENSUS_CHUNK_BYTES);

/**
 * struct census_table - entries by key
 * @hash: of the keys
 * @budget: accounts the pages; NULL: nothing does
 * @root: pages of pointers to pages of buckets
 * @nr_pages: number of all pages
 * @nr_buckets: number of buckets in use
 * @nr: number of entries
 */
struct census_table {
	struct census_hash hash;
	struct census_budget *budget;
	void **root;
	u32 nr_pages;
	u32 nr_buckets;
	u32 nr;
};

bool census_table_init(struct census_table *t, struct census_budget *budget);
void census_table_reset(struct census_table *t);
void census_table_free(struct census_table *t);
void census_table_add(struct census_table *t, struct census_link *link);
void census_table_remove(struct census_table *t, struct census_link *link);

static inline struct census_link **census_bucket(const struct census_table *t, u32 i)
{
	void **middle = t->root[i >> (2 * CENSUS_SLOTS_SHIFT)];
	struct census_link **slots =
		middle[i >> CENSUS_SLOTS_SHIFT & (CENSUS_SLOTS - 1)];

	return &slots[i & (CENSUS_SLOTS - 1)];
}

/* Number of the bucket with this hash, among @nr. */
static inline u32 census_bucket_number(u32 hash, u32 nr)
{
	u32 mask = roundup_pow_of_two(nr) - 1, i = hash & mask;

	return i < nr ? i : i & (mask >> 1);
}

/* Return: the first entry from @link on, of one bucket, that has the key; or NULL. */
static inline struct census_link *census_link_find(struct census_link *link, u64 key)
{
	while (link && link->key != key)
		link = link->next;
	return link;
}

/* Return: the first entry of the bucket in which an entry with this key can be, or NULL. */
static inline struct census_link *census_table_first(const struct census_table *t, u64 key)
{
	return *census_bucket(t, census_bucket_number(census_hash(&t->hash, key), t->nr_buckets));
}

/* Return: an entry with this key, or NULL. */
static inline struct census_link *census_table_find(const struct census_table *t, u64 key)
{
	return census_link_find(census_table_first(t, key), key);
}

/* A random key: in budget.c, and in the tests on the host. */
void census_hash_init(struct census_hash *h);

#endif /* _CENSUS_TABLE_H */

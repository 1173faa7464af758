// SPDX-License-Identifier: GPL-2.0
/*
 * Tests table.c on the host: keys that a user might choose. What a lookup costs must not
 * depend on them, with any random numbers, and no key is lost, with any amount of memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/table.h"

#define KEYS 60000U
#define ROUNDS 20

static struct census_link entries[KEYS];
static unsigned int points, pages, pages_max;
static bool failed;

static void point(bool ok, const char *what, const char *keys)
{
	printf("%sok %u - %s: %s\n", ok ? "" : "not ", ++points, keys, what);
	failed |= !ok;
}

void *census_chunk_alloc(struct census_budget *budget)
{
	if (pages == pages_max)
		return NULL;
	pages++;
	return malloc(CENSUS_CHUNK_BYTES);
}

void census_chunk_free(struct census_budget *budget, void *chunk)
{
	pages--;
	free(chunk);
}

static u64 random_u64(void)
{
	return (u64)rand() << 42 ^ (u64)rand() << 21 ^ rand();
}

void census_hash_init(struct census_hash *h)
{
	*h = (struct census_hash) {
		.mix = random_u64() | 1, .low = random_u64(),
		.high = random_u64(), .add = random_u64(),
	};
}

/* Return: the number of entries that a search for @key looks at; adds to @found. */
static unsigned int search(const struct census_table *t, u64 key, unsigned int *found)
{
	const struct census_link *l;
	unsigned int n = 0;

	for (l = census_table_first(t, key); l; l = l->next) {
		n++;
		if (l->key == key)
			break;
	}
	*found += l && census_table_find(t, key) == l;
	return n;
}

static u64 consecutive(u64 i)
{
	return i;
}

/* Blocks of a file whose hash_64() has the same lowest bits. */
static u64 colliding(u64 i)
{
	return (1ULL << 40 | i * 27320612) & ~3ULL;
}

static u64 first_blocks_of_files(u64 i)
{
	return (64 + 2 * i) << 40;
}

static u64 sections(u64 i)
{
	return 5ULL << 40 | i << 8;
}

static u64 high_half(u64 i)
{
	return i << 32;
}

static u64 addresses(u64 i)
{
	return 0xffff888000000000ULL + i * 4096 * 7;
}

static u64 few_bits(u64 i)
{
	return (i & 0xff) << 56 | (i >> 8) << 20;
}

static const struct {
	const char *name;
	u64 (*key)(u64 i);
} choices[] = {
	{ "consecutive", consecutive },
	{ "colliding blocks", colliding },
	{ "first blocks of files", first_blocks_of_files },
	{ "sections of memory", sections },
	{ "only the high half", high_half },
	{ "addresses", addresses },
	{ "few bits", few_bits },
};

static void run(const char *name, u64 (*key)(u64 i))
{
	unsigned int i, round, found = 0, absent = 0, bad = 0;
	struct census_table t = {};
	u64 looks = 0, worst = 0;

	pages_max = 10000;
	point(census_table_init(&t, NULL), "a table", name);
	for (round = 0; round < ROUNDS; round++) {
		u64 looks_now = 0;

		census_table_reset(&t);
		for (i = 0; i < KEYS; i++) {
			entries[i].key = key(i);
			census_table_add(&t, &entries[i]);
		}
		for (i = 0; i < KEYS; i++) {
			looks_now += search(&t, key(i), &found);
			search(&t, key(KEYS + i), &absent);
		}
		looks += looks_now;
		worst = looks_now > worst ? looks_now : worst;
		bad += t.nr != KEYS || t.nr_buckets != KEYS;
	}
	printf("# %s: %.2f entries a search, %.2f with the worst numbers\n", name,
	       (double)looks / KEYS / ROUNDS, (double)worst / KEYS);
	point(found == KEYS * ROUNDS, "all keys are found", name);
	point(!absent, "no other key is found", name);
	point(!bad, "as many buckets as entries", name);
	/* 1.5 are expected; a bad draw may be a few times as long. */
	point(looks <= 2ULL * KEYS * ROUNDS, "less than 2 entries a search", name);
	point(worst <= 5ULL * KEYS, "and less than 5 with any numbers", name);

	for (i = 0; i < KEYS; i += 2)
		census_table_remove(&t, &entries[i]);
	for (found = i = 0; i < KEYS; i++)
		search(&t, key(i), &found);
	point(found == KEYS / 2 && t.nr == KEYS / 2, "what is removed is not found", name);
	point(t.nr_pages == pages, "the pages are counted", name);
	census_table_free(&t);
	point(!pages && !t.nr_pages, "all memory is freed", name);
}

/* More buckets than one part of the tree has. */
static void run_deep(void)
{
	const unsigned int many = CENSUS_SLOTS * CENSUS_SLOTS + 10000;
	struct census_link *all = calloc(many, sizeof(*all));
	unsigned int i, found = 0;
	struct census_table t = {};

	pages_max = 10000;
	point(census_table_init(&t, NULL), "a table", "deep");
	for (i = 0; i < many; i++) {
		all[i].key = i;
		census_table_add(&t, &all[i]);
	}
	for (i = 0; i < many; i++)
		search(&t, i, &found);
	point(found == many && t.nr_buckets == many, "all keys are found", "deep");
	census_table_free(&t);
	free(all);
	point(!pages, "all memory is freed", "deep");
}

/* Without memory for buckets, chains are longer, and nothing is lost. */
static void run_out(void)
{
	unsigned int i, found = 0, refused = 0;
	struct census_table t = {};

	for (pages_max = 0; pages_max < 3; pages_max++) {
		refused += !census_table_init(&t, NULL);
		refused += !pages && !t.root;
	}
	point(refused == 6, "a table needs three pages, and frees them", "no memory");
	pages_max = 5;
	point(census_table_init(&t, NULL), "a table", "no memory");
	for (i = 0; i < KEYS; i++) {
		entries[i].key = colliding(i);
		census_table_add(&t, &entries[i]);
	}
	for (i = 0; i < KEYS; i++)
		search(&t, colliding(i), &found);
	point(found == KEYS, "all keys are found", "no memory");
	point(t.nr_buckets == 3 * CENSUS_SLOTS, "in the buckets that there are", "no memory");
	census_table_free(&t);
	point(!pages, "all memory is freed", "no memory");
}

int main(void)
{
	unsigned int i;

	srand(1);
	for (i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		run(choices[i].name, choices[i].key);
	run_deep();
	run_out();
	printf("1..%u\n", points);
	return failed;
}

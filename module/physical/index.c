// SPDX-License-Identifier: GPL-2.0
#include <linux/math.h>
#include <linux/string.h>

#include "base/params.h"
#include "base/result-memory.h"
#include "physical/index.h"

/* Chunks of a table without records. */
#define CHUNKS_MIN 8

/* Return: -EDQUOT if @bytes more are refused, else -ENOMEM. */
static int why_none(struct census_index *t, u64 bytes)
{
	if (!census_budget_take(&t->budget, bytes))
		return -EDQUOT;
	census_budget_give(&t->budget, bytes);
	return -ENOMEM;
}

/* Return: a new record of zeros, or NULL. */
static struct census_link *add_record(struct census_index *t)
{
	u32 unit = census_reserve_low() ? 0 : census_pool_take(&t->pool, t->units);

	if (!unit)
		return NULL;
	t->nr++;
	return memset(census_unit(&t->pool, unit), 0, t->units * CENSUS_UNIT_BYTES);
}

/**
 * census_index_begin() - prepare a table
 * @t: zeroed
 * @size: bytes of a record
 * @max: maximum number of records, with the first one
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_index_begin(struct census_index *t, u32 size, u32 max)
{
	int err;

	t->budget = census_budget_locked(&census_results);
	/* The rest is for what is made of them. */
	t->budget.limit = census_params.max_results / 2;
	t->units = DIV_ROUND_UP(size, CENSUS_UNIT_BYTES);
	t->max = max;
	/* Number 0 means none. */
	t->pool = (struct census_pool){ .budget = &t->budget, .nr = t->units };
	err = census_index_grow(t);
	if (err)
		return err;
	t->first = add_record(t);
	if (t->first && census_table_init(&t->table, &t->budget))
		return 0;
	return why_none(t, CHUNKS_MIN * CENSUS_CHUNK_BYTES);
}

/*
 * Makes room for a record, after census_index_find() found none.  May sleep.  Return: 0, -ENOMEM,
 * or -EDQUOT if results use all of max_results.
 */
int census_index_grow(struct census_index *t)
{
	u32 unit = census_reserve_fill() ? census_pool_take(&t->pool, t->units) : 0;

	if (unit) {
		t->pool.nr = unit;
		return 0;
	}
	return why_none(t, CENSUS_CHUNK_BYTES);
}

void census_index_free(struct census_index *t)
{
	census_table_free(&t->table);
	census_pool_free(&t->pool);
}

/**
 * census_index_find() - find the record of a key, or add it
 * @t: the table
 * @key: not 0
 *
 * Return: the record; the first one if the table has its maximum and none of @key; or NULL without
 * memory, see census_index_grow().
 */
void *census_index_find(struct census_index *t, u64 key)
{
	struct census_link *record = t->last;

	if (record && record->key == key)
		return record;
	record = census_table_find(&t->table, key);
	if (record)
		return t->last = record;
	if (t->nr == t->max)
		return t->first;
	record = add_record(t);
	if (record) {
		record->key = key;
		census_table_add(&t->table, record);
	}
	return t->last = record;
}

/* Return: record number @nr, from 0 in the order in which they were added. */
void *census_index_record(const struct census_index *t, u32 nr)
{
	u32 in_chunk = CENSUS_CHUNK_UNITS / t->units;

	/* As census_pool_take() places them, behind the one that is not used. */
	nr++;
	return census_unit(&t->pool, nr / in_chunk * CENSUS_CHUNK_UNITS + nr % in_chunk * t->units);
}

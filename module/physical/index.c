// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "base/memory.h"
#include "base/result-memory.h"
#include "physical/index.h"

#define FIRST_ROOM 64U

/* Records between two cond_resched(). */
#define AT_ONCE 1024

static u64 bytes_of(const struct census_index *t, u32 room)
{
	return room * (t->size + 2ULL * sizeof(u32));
}

static u64 key_of(const struct census_index *t, u32 nr)
{
	return *(u64 *)census_index_record(t, nr);
}

/* Return: where the number of the record of @key is in the index, or belongs. */
static u32 *slot_of(const struct census_index *t, u64 key)
{
	u32 size = 2 * t->room, at = jhash_2words(key, key >> 32, t->seed) % size;

	while (t->index[at] && key_of(t, t->index[at]) != key)
		at = (at + 1) % size;
	return &t->index[at];
}

static int set_room(struct census_index *t, u32 room)
{
	struct census_index old = *t;
	u32 i;

	if (!census_result_memory_take(bytes_of(t, room)))
		return -EDQUOT;
	t->records = census_kvcalloc(room, t->size);
	t->index = census_kvcalloc(2 * room, sizeof(*t->index));
	if (!t->records || !t->index) {
		kvfree(t->records);
		kvfree(t->index);
		census_result_memory_give(bytes_of(t, room));
		*t = old;
		return -ENOMEM;
	}
	t->room = room;
	for (i = 0; i < old.nr; i++) {
		memcpy(census_index_record(t, i), census_index_record(&old, i), t->size);
		if (i)
			*slot_of(t, key_of(&old, i)) = i;
		if (i % AT_ONCE == AT_ONCE - 1)
			cond_resched();
	}
	census_index_free(&old);
	return 0;
}

/**
 * census_index_begin() - prepare a table
 * @t: zeroed
 * @size: bytes of a record, a multiple of 8
 * @max: maximum number of records, with the first one
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_index_begin(struct census_index *t, u32 size, u32 max)
{
	int err;

	t->seed = get_random_u32();
	t->size = size;
	t->max = max;
	err = set_room(t, min(FIRST_ROOM, max));
	if (!err)
		t->nr = 1;
	return err;
}

/* After census_index_find() failed; may sleep.  Return: as census_index_begin(). */
int census_index_grow(struct census_index *t)
{
	return set_room(t, min(2 * t->room, t->max));
}

void census_index_free(struct census_index *t)
{
	if (!t->records)
		return;
	kvfree(t->records);
	kvfree(t->index);
	census_result_memory_give(bytes_of(t, t->room));
	t->records = NULL;
}

/**
 * census_index_find() - find the record of a key, or add it
 * @t: the table
 * @key: not 0
 * @nr: set to the number of the record; 0: the table has its maximum and none of @key
 *
 * Return: false if the table must grow first.
 */
bool census_index_find(struct census_index *t, u64 key, u32 *nr)
{
	u32 *slot = slot_of(t, key);

	if (!*slot && t->nr < t->max) {
		if (t->nr == t->room)
			return false;
		*(u64 *)census_index_record(t, t->nr) = key;
		*slot = t->nr++;
	}
	*nr = *slot;
	return true;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>

#include "frame-charges.h"
#include "memory.h"
#include "payers.h"
#include "results.h"

#define FIRST_ROOM 64U

static u64 bytes_of(u32 room)
{
	return room * (sizeof(struct census_charge) + 2 * sizeof(u32));
}

/* Return: where the number of the record of @cgroup is in the index, or belongs. */
static u32 *slot_of(const struct census_charges *c, u64 cgroup)
{
	u32 size = 2 * c->room, at = jhash_2words(cgroup, cgroup >> 32, c->seed) % size;

	while (c->index[at] && c->records[c->index[at]].cgroup != cgroup)
		at = (at + 1) % size;
	return &c->index[at];
}

static int set_room(struct census_charges *c, u32 room)
{
	struct census_charges old = *c;
	u32 i;

	if (!census_results_take(bytes_of(room)))
		return -EDQUOT;
	c->records = census_kvcalloc(room, sizeof(*c->records));
	c->index = census_kvcalloc(2 * room, sizeof(*c->index));
	if (!c->records || !c->index) {
		kvfree(c->records);
		kvfree(c->index);
		census_results_give(bytes_of(room));
		*c = old;
		return -ENOMEM;
	}
	c->room = room;
	for (i = 0; i < old.nr; i++) {
		c->records[i] = old.records[i];
		if (i)
			*slot_of(c, old.records[i].cgroup) = i;
	}
	census_charges_free(&old);
	return 0;
}

/**
 * census_charges_begin() - prepare to count by cgroup
 * @c: zeroed
 *
 * Return: 0, -ENOMEM, or -EDQUOT if results use all of max_results.
 */
int census_charges_begin(struct census_charges *c)
{
	int err;

	c->seed = get_random_u32();
	err = set_room(c, FIRST_ROOM);
	c->nr = 1;
	return err;
}

/* After census_charges_find() failed; may sleep.  Return: as census_charges_begin(). */
int census_charges_grow(struct census_charges *c)
{
	return set_room(c, 2 * c->room);
}

void census_charges_free(struct census_charges *c)
{
	if (!c->records)
		return;
	kvfree(c->records);
	kvfree(c->index);
	census_results_give(bytes_of(c->room));
	c->records = NULL;
}

#ifdef CONFIG_MEMCG
/**
 * census_charges_find() - find the record of a frame
 * @c: all records
 * @f: a copy, made under the RCU read lock that is still held: what it was charged to when it
 *	was copied is not freed
 * @nr: set to the number of the record
 *
 * Return: false if the table must grow first.
 */
bool census_charges_find(struct census_charges *c, const struct census_frame *f, u32 *nr)
{
	unsigned long data = f->folio.memcg_data;
	u64 cgroup;
	u32 *slot;

	*nr = c->last_nr;
	if (data && data == c->last)
		return true;
	*nr = 0;
	cgroup = data ? census_folio_payer((struct folio *)&f->folio) : 0;
	if (!cgroup)
		return true;
	slot = slot_of(c, cgroup);
	if (!*slot && c->nr < CENSUS_CHARGES_MAX) {
		if (c->nr == c->room)
			return false;
		c->records[c->nr].cgroup = cgroup;
		*slot = c->nr++;
	}
	*nr = *slot;
	c->last = data;
	c->last_nr = *nr;
	return true;
}
#else
bool census_charges_find(struct census_charges *c, const struct census_frame *f, u32 *nr)
{
	*nr = 0;
	return true;
}
#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of a pass over frames, by a key of 64 bits: a cgroup, a file.
 *
 * Users choose how many there are, also during a pass, so a table has a maximum, and a seed that
 * nobody can know.  Frames are added under RCU, where memory cannot be allocated:
 * census_index_find() fails when the table is full, and the pass grows it and looks again.
 */
#ifndef _CENSUS_PHYSICAL_INDEX_H
#define _CENSUS_PHYSICAL_INDEX_H

#include <linux/types.h>

/**
 * struct census_index - records of one size
 * @records: each begins with its key, a u64 that is not 0.  The first record has none: of all
 *	that has no record of its own.  NULL: not requested
 * @index: number of a record, hashed by key; 0: empty
 * @size: bytes of a record
 * @nr: number of @records in use
 * @room: length of @records; @index is twice as long
 * @max: maximum of @nr; census_index_find() finds the first record for further keys
 * @seed: of the hash
 */
struct census_index {
	void *records;
	u32 *index;
	u32 size;
	u32 nr;
	u32 room;
	u32 max;
	u32 seed;
};

int census_index_begin(struct census_index *t, u32 size, u32 max);
int census_index_grow(struct census_index *t);
void census_index_free(struct census_index *t);
bool census_index_find(struct census_index *t, u64 key, u32 *nr);

static inline void *census_index_record(const struct census_index *t, u32 nr)
{
	return t->records + (size_t)nr * t->size;
}

#endif /* _CENSUS_PHYSICAL_INDEX_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of a pass over frames, by a key of 64 bits: a cgroup, a file.
 *
 * Users choose how many there are, also during a pass, so a table has a maximum, and a part of
 * max_results.  Frames are added under RCU, where memory cannot be waited for:
 * census_index_find() fails if there is none at once, and the pass makes room and looks again.
 */
#ifndef _CENSUS_PHYSICAL_INDEX_H
#define _CENSUS_PHYSICAL_INDEX_H

#include "base/budget.h"
#include "base/table.h"

/**
 * struct census_index - records of one size, of which the first member is a &struct census_link
 * @budget: of them
 * @table: the records by key, which is 0 for the first one: all that have no record of their own
 * @pool: the records; they do not move
 * @units: of a record
 * @first: the first record; NULL: not requested
 * @last: the one that was found last, or NULL
 * @nr: number of records
 * @max: maximum of @nr; census_index_find() finds the first record for further keys
 */
struct census_index {
	struct census_budget budget;
	struct census_table table;
	struct census_pool pool;
	u32 units;
	void *first;
	struct census_link *last;
	u32 nr;
	u32 max;
};

int census_index_begin(struct census_index *t, u32 size, u32 max);
int census_index_grow(struct census_index *t);
void census_index_free(struct census_index *t);
void *census_index_find(struct census_index *t, u64 key);
void *census_index_record(const struct census_index *t, u32 nr);

#endif /* _CENSUS_PHYSICAL_INDEX_H */

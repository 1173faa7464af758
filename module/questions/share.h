/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who shares with whom: what the processes of a request have in common with each other
 * process, or groups with each other.
 *
 * A census without such a request has none of this: no memory, no further pass.
 */
#ifndef _CENSUS_SHARE_H
#define _CENSUS_SHARE_H

#include "census/collect.h"
#include "census/snapshot.h"
#include "count/frames.h"
#include "owners/pairs.h"

/**
 * struct census_column - an address space that is compared with the rows
 * @m: the address space
 * @task: its record
 * @row: its row, from 1; 0: it is none
 * @common: by kind, by row, in all slices; NULL: none
 */
struct census_column {
	struct census_mm *m;
	struct census_task *task;
	u32 row;
	struct census_overlap *common[CENSUS_KINDS];
};

/**
 * struct census_row - a process of the request
 * @by_owners: its pages by census_owner_class(); of all processes together, by number of
 *	other owners: none, one, more
 */
struct census_row {
	census_kinds by_owners[CENSUS_OWNER_CLASSES];
};

/**
 * struct census_share - what is counted for a SHARE request
 * @req: the request
 * @nr_groups: number of groups, with group 0; 0: PIDS are compared
 * @nr_named: number of processes of the request
 * @nr_rows: number of rows: of these, or one of all together
 * @rows: from 1
 * @nr_columns: number of address spaces
 * @columns: by number of the address space, from 1
 * @common: scratch memory, of one address space, all 0
 * @matrix: of groups; NULL with PIDS
 *
 * All is in the arena of the collection, so it counts as a result.
 */
struct census_share {
	const struct census_request *req;
	u32 nr_groups;
	u32 nr_named;
	u32 nr_rows;
	struct census_row *rows;
	u32 nr_columns;
	struct census_column *columns;
	struct census_overlaps common;
	struct census_matrix *matrix;
};

#if CENSUS_WITH_SHARE
int census_share_begin(struct census_share *s, const struct census_request *req,
		       const struct census_snapshot *snap, struct census_collection *c);
void census_share_reset(struct census_share *s);
int census_share_count(struct census_share *s, struct census_frames *frames,
		       struct census_collection *c);
int census_share_finish(const struct census_share *s, struct census_snapshot *snap,
			const unsigned int *hugetlb);
#else
static inline int census_share_begin(struct census_share *s, const struct census_request *req,
				     const struct census_snapshot *snap,
				     struct census_collection *c)
{
	return 0;
}

static inline void census_share_reset(struct census_share *s)
{
}

static inline int census_share_count(struct census_share *s, struct census_frames *frames,
				     struct census_collection *c)
{
	return 0;
}

static inline int census_share_finish(const struct census_share *s, struct census_snapshot *snap,
				      const unsigned int *hugetlb)
{
	return 0;
}
#endif

#endif /* _CENSUS_SHARE_H */

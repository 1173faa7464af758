/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Figures of groups of address spaces: how much memory a user, a cgroup or a command has
 * exclusively, and how much in total with each frame counted once.
 */
#ifndef _CENSUS_GROUPS_H
#define _CENSUS_GROUPS_H

#include "census/collect.h"
#include "census/snapshot.h"
#include "count/frames.h"
#include "owners/pairs.h"

int census_groups_form(struct census_snapshot *snap,
		       const struct list_head *mms);
int census_groups_count(const struct census_snapshot *snap,
			struct census_frames *frames, const struct census_collection *collection,
			struct census_holding *holdings, struct census_matrix *matrix);
void census_groups_finish(struct census_snapshot *snap,
			  struct census_holding *holdings,
			  const unsigned int *hugetlb, bool swap_known);

#endif /* _CENSUS_GROUPS_H */

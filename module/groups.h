/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Figures of groups of address spaces: what a user, a cgroup or a command holds
 * alone, and how much memory that is with each frame counted once.
 */
#ifndef _CENSUS_GROUPS_H
#define _CENSUS_GROUPS_H

#include "collect.h"
#include "frames.h"
#include "snapshot.h"

int census_groups_gather(struct census_snapshot *snap,
			 struct census_frames *frames, u32 next_owner,
			 const struct list_head *mms);
void census_groups_sum(struct census_snapshot *snap);

#endif /* _CENSUS_GROUPS_H */

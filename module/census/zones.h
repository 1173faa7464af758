/* SPDX-License-Identifier: GPL-2.0 */
/* Free lists and watermarks of each zone, and reclaim on each node.  Return: 0 or -ENOMEM. */
#ifndef _CENSUS_ZONES_H
#define _CENSUS_ZONES_H

#include "census/snapshot.h"

int census_zones_gather(struct census_snapshot *snap);
int census_nodes_gather(struct census_snapshot *snap);

#endif /* _CENSUS_ZONES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Buddy free lists and watermarks of every zone. */
#ifndef _CENSUS_ZONES_H
#define _CENSUS_ZONES_H

#include "census/snapshot.h"

int census_zones_gather(struct census_snapshot *snap);
void census_zone_blocks(const struct zone *zone, u64 *blocks);

#endif /* _CENSUS_ZONES_H */

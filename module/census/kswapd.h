/* SPDX-License-Identifier: GPL-2.0 */
/* Reclaim state of every node. */
#ifndef _CENSUS_KSWAPD_H
#define _CENSUS_KSWAPD_H

#include "census/snapshot.h"

int census_kswapd_gather(struct census_snapshot *snap);

#endif /* _CENSUS_KSWAPD_H */

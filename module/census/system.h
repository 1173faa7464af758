/* SPDX-License-Identifier: GPL-2.0 */
/* Totals of the whole system, as in meminfo and vmstat. */
#ifndef _CENSUS_SYSTEM_H
#define _CENSUS_SYSTEM_H

#include "census/snapshot.h"

int census_system_gather(struct census_snapshot *snap);

#endif /* _CENSUS_SYSTEM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Totals of the whole system, as in meminfo and vmstat. */
#ifndef _CENSUS_SYSTEM_H
#define _CENSUS_SYSTEM_H

#include "census/snapshot.h"

const char *census_bytes_name(enum memcensus_system_bytes n);
const char *census_event_name(enum memcensus_event n);
void census_system_glance(struct census_system *s);
int census_system_gather(struct census_snapshot *snap);

#endif /* _CENSUS_SYSTEM_H */

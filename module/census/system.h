/* SPDX-License-Identifier: GPL-2.0 */
/* Totals of the whole system, as in meminfo and vmstat. */
#ifndef _CENSUS_SYSTEM_H
#define _CENSUS_SYSTEM_H

#include "census/snapshot.h"

/* By number; NULL for PAD. */
extern const char *const census_bytes_names[MEMCENSUS_S_MAX + 1];
extern const char *const census_event_names[MEMCENSUS_E_MAX + 1];

void census_system_glance(struct census_system *s);
int census_system_gather(struct census_snapshot *snap);

#endif /* _CENSUS_SYSTEM_H */

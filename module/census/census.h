/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The latest census: numbered, shared by all waiting requests, dropped by a timer.
 */
#ifndef _CENSUS_CENSUS_H
#define _CENSUS_CENSUS_H

#include "census/snapshot.h"

int census_get(const struct census_request *req, const struct census_snapshot **out);
int census_scans_init(void);
void census_scans_exit(void);

#endif /* _CENSUS_CENSUS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The latest census: numbered, shared by all waiting requests, dropped by a timer. */
#ifndef _CENSUS_CACHE_H
#define _CENSUS_CACHE_H

#include "census/snapshot.h"

int census_cache_request(const struct census_request *req,
			 const struct census_snapshot **snap);
int census_cache_init(void);
void census_cache_exit(void);

#endif /* _CENSUS_CACHE_H */

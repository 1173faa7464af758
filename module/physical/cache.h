/* SPDX-License-Identifier: GPL-2.0 */
/* Passes over frames: one at a time, shared by all who wait for the same. */
#ifndef _CENSUS_PHYSICAL_CACHE_H
#define _CENSUS_PHYSICAL_CACHE_H

#include "physical/physical.h"

const struct census_physical *census_passes_get(const struct census_physical_request *req);
void census_passes_put(const struct census_physical *r);

#endif /* _CENSUS_PHYSICAL_CACHE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One census: of which address spaces, by how many workers, and what comes of
 * it; also of zones, nodes and the system.
 */
#ifndef _CENSUS_CENSUS_H
#define _CENSUS_CENSUS_H

#include "snapshot.h"

struct census_snapshot *census_take(const struct census_request *req);

#endif /* _CENSUS_CENSUS_H */

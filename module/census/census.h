/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One census: which address spaces are walked, and how the results become a snapshot.  It also
 * collects zones, nodes and system values.
 */
#ifndef _CENSUS_CENSUS_H
#define _CENSUS_CENSUS_H

#include "census/snapshot.h"

struct census_snapshot *census_take(const struct census_request *req);

#endif /* _CENSUS_CENSUS_H */

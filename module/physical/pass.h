/* SPDX-License-Identifier: GPL-2.0 */
/* Goes over the frames of all zones, and adds each to a result. */
#ifndef _CENSUS_PHYSICAL_PASS_H
#define _CENSUS_PHYSICAL_PASS_H

#include "physical/physical.h"

int census_pass(struct census_physical *result);

#endif /* _CENSUS_PHYSICAL_PASS_H */

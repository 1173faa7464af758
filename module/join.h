/* SPDX-License-Identifier: GPL-2.0 */
/* What several workers have marked, each for some of the owners, as one. */
#ifndef _CENSUS_JOIN_H
#define _CENSUS_JOIN_H

#include "frames.h"

int census_join_settle(struct census_frames **frames, unsigned int nr);

#endif /* _CENSUS_JOIN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the frames of anonymous memory and page cache are on the lists of reclaim: active or
 * inactive.  No accessed bit is read or cleared.
 */
#ifndef _CENSUS_PHYSICAL_LRU_H
#define _CENSUS_PHYSICAL_LRU_H

#include <linux/types.h>

struct census_frame;

void census_frame_lru(const struct census_frame *f, unsigned long nr, u64 *states);

#endif /* _CENSUS_PHYSICAL_LRU_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fragmentation and watermarks of a zone, from its free blocks.  It reads no kernel state, so
 * selftests/host tests the same file on the host.
 */
#ifndef _CENSUS_FRAGMENTATION_H
#define _CENSUS_FRAGMENTATION_H

#include <linux/types.h>

s32 census_unusable_index(const u64 *blocks, unsigned int orders,
			  unsigned int order);
s32 census_extfrag_index(const u64 *blocks, unsigned int orders,
			 unsigned int order);
bool census_watermark_met(const u64 *blocks, unsigned int orders,
			  unsigned int order, u64 free, u64 mark);

#endif /* _CENSUS_FRAGMENTATION_H */

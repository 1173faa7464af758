/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the frames of anonymous memory and page cache are on the lists of reclaim: active or
 * inactive, and in which generation.  No accessed bit is read or cleared.
 */
#ifndef _CENSUS_FRAME_LRU_H
#define _CENSUS_FRAME_LRU_H

#include <linux/mmzone.h>
#include <linux/types.h>

struct census_frame;

#ifdef CONFIG_LRU_GEN
#define CENSUS_GENERATIONS MAX_NR_GENS
#else
#define CENSUS_GENERATIONS 1
#endif

/**
 * struct census_generations - frames of a zone in the multi-gen LRU, the youngest first
 * @frames: anonymous memory and shmem, then page cache of files
 * @oldest: when the oldest one of this age began, jiffies; valid where there are frames
 */
struct census_generations {
	u64 frames[2][CENSUS_GENERATIONS];
	unsigned long oldest[CENSUS_GENERATIONS];
};

void census_frame_lru(const struct census_frame *f, unsigned long nr, u64 *states,
		      struct census_generations *g);
void census_generations_merge(struct census_generations *to,
			      const struct census_generations *from);
u64 census_generation_age(const struct census_generations *g, unsigned int i);
bool census_generations_known(const struct census_generations *g);

#endif /* _CENSUS_FRAME_LRU_H */

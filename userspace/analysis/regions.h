/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mappings of one process over time.
 *
 * A mapping has no number: it grows, is joined with its neighbour or cut in
 * two.  What has one name and touches, in one census or from one to the next,
 * is one region; all regions of a name together are one more, since memory may
 * also leak a mapping at a time.
 */
#ifndef READER_REGIONS_H
#define READER_REGIONS_H

#include <stdint.h>

#include "analysis/series.h"
#include "model/snapshot.h"

/* Of one process; where there are more, only the sums of names are kept. */
#define REGIONS_MAX	4096

/**
 * struct region - memory of one name
 * @name: of its mappings, "" where they have none; owned
 * @sum: all of this name
 * @lo, @hi: from the lowest address it ever had to behind the highest
 * @mappings: how many it is now
 * @now: bytes of private memory, now
 * @series: the same over time
 */
struct region {
	char *name;
	bool sum;
	uint64_t lo;
	uint64_t hi;
	size_t mappings;
	uint64_t now;
	struct series series;
};

/**
 * struct regions - of one process
 * @v: by name; behind the sum of a name its regions by address; owned
 * @n: how many
 * @times: of the censuses that had mappings, with all of its memory in them
 */
struct regions {
	struct region *v;
	size_t n;
	struct series times;
};

/*
 * Private memory of a task or mapping: USS and what of it is swapped out.
 * False where it is not known.
 */
bool regions_private(const struct figures *figures, uint64_t *bytes);

/*
 * Takes the @n mappings at @vmas, all of one process, as of @t seconds.  False
 * without memory.
 */
bool regions_add(struct regions *regions, double t, const struct vma *vmas, size_t n);

void regions_free(struct regions *regions);

#endif /* READER_REGIONS_H */

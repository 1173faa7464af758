/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mappings of one process over time.
 *
 * A mapping has no ID: it grows, merges with its neighbour or is split.  Mappings
 * of one name that touch, in one census or from one to the next, form one region.
 * The sum of all regions of a name is one more region, since a process may also
 * leak whole mappings.
 */
#ifndef READER_REGIONS_H
#define READER_REGIONS_H

#include <stdint.h>

#include "lib/series.h"
#include "model/snapshot.h"

/* Maximum per process; further mappings count only in the sums of their names. */
#define REGIONS_MAX	4096
/* Maximum of all processes together; further ones are not followed. */
#define REGIONS_ALL	2048

/**
 * struct region - memory of one name
 * @name: of its mappings, "" if they have none; owned
 * @sum: it is the sum of all mappings of this name
 * @lo, @hi: lowest address it ever had, and the end of the highest
 * @device: makedev() of the file that its mappings have, the last one that was seen; 0: none
 * @mappings: current number of mappings
 * @now: current bytes of private memory
 * @series: @now over time
 */
struct region {
	char *name;
	bool sum;
	uint64_t lo;
	uint64_t hi;
	uint64_t device;
	size_t mappings;
	uint64_t now;
	struct series series;
};

/**
 * struct regions - regions of one process
 * @v, @n: by name; the sum of a name, then its regions by address; owned.  Those that
 *	never held private memory are not there
 * @times: private memory of all mappings, at the times of all censuses with mappings
 */
struct regions {
	struct region *v;
	size_t n;
	struct series times;
};

/*
 * Adds the @n mappings at @vmas, all of one process, at the time @t in seconds; *@room more
 * regions may be followed.  Returns for how many mappings with private memory that was too few.
 */
size_t regions_add(struct regions *regions, size_t *room, double t,
		   const struct vma *vmas, size_t n);

/* Adds them to *@room. */
void regions_free(struct regions *regions, size_t *room);

#endif /* READER_REGIONS_H */

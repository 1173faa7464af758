/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast a process takes what there are limits for: huge pages, shared memory, addresses, locked
 * memory, mappings.  A few points of each are enough, as its private memory has a series.
 */
#ifndef READER_USES_H
#define READER_USES_H

#include "model/limits.h"
#include "model/snapshot.h"

/* Points that are kept: when there are so many, every second one is dropped. */
#define USES_POINTS	8

enum use_figure {
	USE_PRIVATE,	/* private memory, as in the series */
	USE_HUGETLB,	/* of it, pages of a hugetlb pool */
	USE_SHMEM,	/* of it, shmem */
	USE_ADDRESSES,
	USE_LOCKED,
	USE_MAPPINGS,
	USE_FIGURES,
};

/**
 * struct use_point - amounts at a time; unknown ones are 0 in all points
 */
struct use_point {
	double t;
	uint64_t v[USE_FIGURES];
};

/**
 * struct uses - points of a process
 * @v, @n: the first ones, ever further apart
 * @came, @stride: as in struct series
 * @last: the last one
 */
struct uses {
	struct use_point v[USES_POINTS];
	unsigned int n;
	size_t came;
	size_t stride;
	struct use_point last;
};

/* Adds what @task has at @t seconds, with its private memory. */
void uses_add(struct uses *uses, double t, const struct task *task, uint64_t private);

/*
 * How fast the process takes what @use is about, in a second, from @from seconds on; its private
 * memory grows by @slope.  0: it takes no more of it.
 */
double uses_rate(const struct uses *uses, enum limit_use use, double from, double slope);

#endif /* READER_USES_H */

// SPDX-License-Identifier: GPL-2.0
/* How fast a process takes what there are limits for. */
#include "tools/leak/uses.h"

/* A smaller part of the growth of private memory is none: a table, a stack. */
#define LEAST_PART	0.02

static uint64_t figure(const struct task *task, unsigned int number)
{
	return KNOWN(&task->figures, number) ? task->figures.v[number] : 0;
}

void uses_add(struct uses *uses, double t, const struct task *task, uint64_t private)
{
	unsigned int i;

	uses->last = (struct use_point){
		.t = t,
		.v = {
			[USE_PRIVATE] = private,
			[USE_HUGETLB] = figure(task, MEMCENSUS_F_PRIVATE_HUGETLB),
			[USE_SHMEM] = figure(task, MEMCENSUS_F_USS_SHMEM),
			[USE_ADDRESSES] = figure(task, MEMCENSUS_F_VSS),
			[USE_LOCKED] = figure(task, MEMCENSUS_F_MLOCKED),
			[USE_MAPPINGS] = KNOWN(task, MEMCENSUS_TASK_MAPPINGS) ?
					 task->mappings : 0,
		} };
	if (!uses->stride)
		uses->stride = 1;
	if (uses->came++ % uses->stride)
		return;
	if (uses->n == USES_POINTS) {
		for (i = 0; i < USES_POINTS / 2; i++)
			uses->v[i] = uses->v[2 * i];
		uses->n = USES_POINTS / 2;
		uses->stride *= 2;
	}
	uses->v[uses->n++] = uses->last;
}

static double grown(const struct use_point *first, const struct use_point *last,
		    enum use_figure number)
{
	return last->v[number] > first->v[number] ?
	       (double)(last->v[number] - first->v[number]) : 0;
}

/* Which part of the growth of private memory is @number, 0 to 1. */
static double part_of(const struct use_point *first, const struct use_point *last,
		      enum use_figure number)
{
	const double all = grown(first, last, USE_PRIVATE);
	const double part = all > 0 ? grown(first, last, number) / all : 0;

	return part < LEAST_PART ? 0 : part > 1 - LEAST_PART ? 1 : part;
}

double uses_rate(const struct uses *uses, enum limit_use use, double from, double slope)
{
	const struct use_point *first = uses->v, *last = &uses->last;
	double time, addresses, memory;
	unsigned int i;

	if (!uses->n)
		return 0;
	for (i = 1; i < uses->n && first->t < from; i++)
		first = &uses->v[i];
	/* Too near to the end to say how fast. */
	if (last->t - first->t < (last->t - from) / 4)
		first = uses->v;
	time = last->t - first->t;
	if (time <= 0)
		return 0;
	addresses = grown(first, last, USE_ADDRESSES) / time;
	memory = slope * (1 - part_of(first, last, USE_HUGETLB));
	switch (use) {
	case LIMIT_USE_MEMORY:
		return memory;
	case LIMIT_USE_HUGETLB:
		return slope * part_of(first, last, USE_HUGETLB);
	case LIMIT_USE_SHMEM:
		return slope * part_of(first, last, USE_SHMEM);
	/* A mapping that is there already was promised when it was made. */
	case LIMIT_USE_COMMIT:
	case LIMIT_USE_ADDRESSES:
		return addresses;
	case LIMIT_USE_DATA:
		return addresses * (1 - part_of(first, last, USE_SHMEM));
	case LIMIT_USE_LOCKED:
		return grown(first, last, USE_LOCKED) / time;
	case LIMIT_USE_MAPPINGS:
		return grown(first, last, USE_MAPPINGS) / time;
	case LIMIT_USE_NONE:
	case LIMIT_USES:
		break;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPU time of the current task.  The scheduler updates sum_exec_runtime at switches and ticks; a
 * task that was not switched ran for the whole time.
 */
#ifndef _CENSUS_CLOCK_H
#define _CENSUS_CLOCK_H

#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

struct census_cpu_clock {
	unsigned long switches;
	u64 runtime;
	u64 begin;
};

static inline struct census_cpu_clock census_cpu_clock_start(void)
{
	return (struct census_cpu_clock) {
		.switches = current->nvcsw + current->nivcsw,
		.runtime = current->se.sum_exec_runtime,
		.begin = ktime_get_ns(),
	};
}

/* Return: CPU time of the current task since the start of the clock, ns. */
static inline u64 census_cpu_clock_stop(const struct census_cpu_clock *c)
{
	u64 wall = ktime_get_ns() - c->begin;

	if (current->nvcsw + current->nivcsw == c->switches)
		return wall;
	return min(wall, current->se.sum_exec_runtime - c->runtime);
}

#endif /* _CENSUS_CLOCK_H */

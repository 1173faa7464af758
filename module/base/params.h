/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters.  They are checked at load and do not change afterwards. */
#ifndef _CENSUS_PARAMS_H
#define _CENSUS_PARAMS_H

#include <linux/delay.h>
#include <linux/memcensus.h>
#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct census_params - module parameters in the units of the code
 * @max_age: maximum age of a cached census, ns; 0: no cache
 * @lock_hold: maximum length of a lock hold, ns
 * @busy_budget: maximum time of a scan to retry all unavailable locks together, ns
 * @max_mem: memory for counting owners, bytes
 * @max_results: memory of all results, bytes
 */
struct census_params {
	u64 max_age;
	u64 lock_hold;
	u64 busy_budget;
	u64 max_mem;
	u64 max_results;
};

extern struct census_params census_params;

#ifdef CENSUS_CHECK
extern bool census_params_mark_all;
extern unsigned int census_params_pause;
#endif

/* Checks whether owners are counted also for pages that are known to be exclusive. */
static inline bool census_mark_all(void)
{
#ifdef CENSUS_CHECK
	return READ_ONCE(census_params_mark_all);
#else
	return false;
#endif
}

/* Between two lock holds of an address space: tests change it there. */
static inline void census_pause(void)
{
#ifdef CENSUS_CHECK
	if (READ_ONCE(census_params_pause))
		msleep_interruptible(READ_ONCE(census_params_pause));
#endif
	cond_resched();
}

/* &enum memcensus_rule.  Becomes BROKEN once, and stays so until the module is loaded again. */
extern u32 census_rule;

/* Checks whether writable entries prove that a page has one owner, see walk/exclusive.h. */
static inline bool census_rule_holds(void)
{
	return READ_ONCE(census_rule) == MEMCENSUS_RULE_ON;
}

int census_params_check(void);

#endif /* _CENSUS_PARAMS_H */

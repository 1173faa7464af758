/* SPDX-License-Identifier: GPL-2.0 */
/* Module parameters, checked at load; they do not change afterwards. */
#ifndef _CENSUS_PARAMS_H
#define _CENSUS_PARAMS_H

#include <linux/types.h>

#define CENSUS_WORKERS_MAX 8

/**
 * struct census_params - module parameters in the units the code counts in
 * @max_age: ns, maximum age of a cached census; 0: no cache
 * @lock_hold: ns, an mmap lock is dropped when held this long
 * @busy_budget: ns, all tasks with a stuck mmap lock together delay a scan by
 *	no more than this
 * @max_mem: bytes for counting owners, all workers together
 * @workers: CPUs that a scan may use, from 1
 */
struct census_params {
	u64 max_age;
	u64 lock_hold;
	u64 busy_budget;
	u64 max_mem;
	unsigned int workers;
};

extern struct census_params census_params;

int census_params_check(void);

#endif /* _CENSUS_PARAMS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel charges to the cgroup whose limit was reached. */
#ifndef _CENSUS_OOM_CGROUP_H
#define _CENSUS_OOM_CGROUP_H

#include <linux/sched.h>
#include <linux/types.h>

/**
 * struct census_oom_cgroup - a cgroup at a kill, in pages
 * @id: ID in the default hierarchy; 0: unknown
 * @limit: memory.max
 * @charged: to it and to those below it
 * @listed: @anon, @file and @unevictable are known
 * @anon: anonymous memory and shmem on LRU lists
 * @file: page cache of files on LRU lists
 * @unevictable: what cannot be reclaimed, of both
 */
struct census_oom_cgroup {
	u64 id;
	u64 limit;
	u64 charged;
	bool listed;
	u64 anon;
	u64 file;
	u64 unevictable;
};

void census_oom_cgroup_read(struct census_oom_cgroup *to, struct task_struct *victim);

#endif /* _CENSUS_OOM_CGROUP_H */

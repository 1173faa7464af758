/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was there when memory ran out.  When the OOM killer marks a victim, nothing is
 * allocated, no process is walked, and no lock is taken that a task may hold while it
 * allocates: the newest census is kept from being dropped, and counters are copied to memory
 * that was set aside at load.
 */
#ifndef _CENSUS_OOM_H
#define _CENSUS_OOM_H

#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/memcensus.h>

#include "census/oom-cgroup.h"
#include "census/snapshot.h"

/**
 * struct census_oom_task - a process of an OOM event
 * @pid: a reference, which decides who may learn of it; NULL: of too many kills at once
 * @tgid: PID in the initial namespace; 0: none
 * @start: ns since boot, to find it in a census; a number may be used again
 * @comm: of the thread
 */
struct census_oom_task {
	struct pid *pid;
	pid_t tgid;
	u64 start;
	char comm[TASK_COMM_LEN];
};

/*
 * A process that was killed, or marked because it was dying, as its message has it, in bytes.
 * @task: the process
 * @uid: effective user ID
 * @cgroup: ID in the default hierarchy
 */
struct census_oom_victim {
	CENSUS_OOM_VICTIM_ROWS(CENSUS_MEMBER)
	struct census_oom_task task;
	kuid_t uid;
	u64 cgroup;
};

/**
 * struct census_oom - an OOM kill, or several of one task at once
 * @number: from 1; 0: none
 * @realtime: of the first kill, ns since 1970
 * @boottime: of the first kill, ns since boot
 * @last: of the last kill, ns since boot
 * @scope: &enum memcensus_oom_scope
 * @caller: the process whose allocation failed
 * @nr_victims: number of processes killed or marked; 0: unknown, this kernel does not say whom
 * @victims: the first ones
 * @cgroup: of a kill in a cgroup
 * @before: a reference on the newest census then; NULL: none was kept
 * @system: counters at @boottime
 * @delay: from @boottime to @after, ns; 0: not yet
 * @after: counters at that time
 * @nr_zones: number of @zones
 * @zones: at @boottime
 * @nr_nodes: number of @nodes
 * @nodes: at @boottime
 */
struct census_oom {
	u64 number;
	u64 realtime;
	u64 boottime;
	u64 last;
	u8 scope;
	struct census_oom_task caller;
	u32 nr_victims;
	struct census_oom_victim victims[MEMCENSUS_OOM_VICTIMS_MAX];
	struct census_oom_cgroup cgroup;
	const struct census_snapshot *before;
	struct census_system system;
	u64 delay;
	struct census_system after;
	unsigned int nr_zones;
	struct census_zone *zones;
	unsigned int nr_nodes;
	struct census_node *nodes;
};

/**
 * struct census_ooms - copies of the events that are kept
 * @size: bytes, taken from the budget of results
 * @nr: number of @event
 * @event: the newest first; each has a reference on its census
 */
struct census_ooms {
	u64 size;
	unsigned int nr;
	struct census_oom event[MEMCENSUS_OOMS_MAX];
};

static inline unsigned int census_oom_nr_victims(const struct census_oom *oom)
{
	return min_t(u32, oom->nr_victims, MEMCENSUS_OOM_VICTIMS_MAX);
}

#if CENSUS_WITH_OOM
void census_oom_keep(const struct census_snapshot *snap);
struct census_ooms *census_ooms_get(void);
void census_ooms_put(struct census_ooms *ooms);
pid_t census_oom_pid(const struct census_oom_task *task, struct pid_namespace *ns);
int census_oom_init(void);
void census_oom_exit(void);
#else
static inline void census_oom_keep(const struct census_snapshot *snap)
{
}

static inline int census_oom_init(void)
{
	return 0;
}

static inline void census_oom_exit(void)
{
}
#endif

#endif /* _CENSUS_OOM_H */

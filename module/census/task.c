// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "base/charge.h"
#include "base/compat.h"
#include "base/process.h"
#include "base/visible.h"
#include "census/task.h"

/* Levels of cgroups above that of a process, from the root on, that can be groups. */
#define CENSUS_CGROUPS_ABOVE 31

/*
 * Writes the IDs of the cgroups above that of @leader to @above, if it is not NULL.  Those
 * deeper than %CENSUS_CGROUPS_ABOVE are left out: a user chooses the depth.
 * @payer: not its own cgroup, but the one that pays for it
 */
static void fill_cgroups(struct census_task *task, struct task_struct *leader, u64 *above,
			 bool payer)
{
#ifdef CONFIG_CGROUPS
	struct cgroup *cgroup = NULL;
	int level;

	/* A cgroup has a reference on the one above it, until RCU frees it. */
	rcu_read_lock();
	if (payer)
		cgroup = census_task_payer(leader);
	if (!cgroup)
		cgroup = task_dfl_cgroup(leader);
	task->cgroup = cgroup_id(cgroup);
	task->nr_above = above ? min_t(int, cgroup->level, CENSUS_CGROUPS_ABOVE) : 0;
	for (level = 0; level < task->nr_above; level++)
		above[level] = cgroup_id(cgroup_ancestor(cgroup, level));
	rcu_read_unlock();
#endif
}

/**
 * census_task_fill() - read what a record has of its process
 * @task: the record
 * @leader: the process, or a former leader of it, with a reference
 *
 * Everything that is read here belongs to the task_struct, and stays until the last
 * reference on it: its signal_struct, its credentials and its css_set.
 */
void census_task_fill(struct census_task *task, struct task_struct *leader)
{
	get_task_comm(task->comm, leader);
	task->start = leader->start_boottime;
	task->threads = get_nr_threads(leader);
	task->oom_score_adj = READ_ONCE(leader->signal->oom_score_adj);
	rcu_read_lock();
	task->uid = __task_cred(leader)->euid;
	rcu_read_unlock();
}

/* RCU keeps the session's struct pid if @leader leaves it, or is reaped. */
static pid_t session_of(struct task_struct *leader, struct pid_namespace *ns)
{
	pid_t session;

	rcu_read_lock();
	session = census_visible_pid(task_session(leader), ns);
	rcu_read_unlock();
	return session;
}

/**
 * census_task_new() - make a record of a process
 * @snap: has its memory
 * @leader: the process, with a reference
 *
 * Return: a record with what another program does not change, or NULL without memory.
 */
struct census_task *census_task_new(struct census_snapshot *snap, struct task_struct *leader)
{
	struct census_task *task = census_snapshot_memory(snap, sizeof(*task));
	bool nested = snap->group_by == MEMCENSUS_BY_CGROUP;
	u64 above[CENSUS_CGROUPS_ABOVE];

	if (!task)
		return NULL;
	fill_cgroups(task, leader, nested ? above : NULL, snap->by_payer);
	if (task->nr_above) {
		size_t size = task->nr_above * sizeof(*above);
		u64 *copy = census_snapshot_memory(snap, size);

		if (!copy)
			return NULL;
		task->above = memcpy(copy, above, size);
	}
	task->pid = get_task_pid(leader, PIDTYPE_TGID);
	task->parent = census_process_parent(task->pid);
	if (snap->group_by == MEMCENSUS_BY_SESSION)
		task->session = session_of(leader, snap->pid_ns);
	return task;
}

// SPDX-License-Identifier: GPL-2.0
/* The processes of a census by group. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/process.h"
#include "tools/share/each.h"
#include "stopped/hidden.h"
#include "stopped/objects.h"

/* A process, and its group. */
struct member {
	uint64_t pid;
	size_t group;
};

static int compare_members(const void *a, const void *b)
{
	return COMPARE(((const struct member *)a)->pid, ((const struct member *)b)->pid);
}

/* @members: @n, sorted.  A process that began during the census is in none. */
static size_t group_of_pid(const struct member *members, size_t n, uint64_t pid)
{
	const struct member key = { pid, 0 }, *found;

	found = n ? bsearch(&key, members, n, sizeof(key), compare_members) : NULL;
	return found ? found->group : GROUP_NONE;
}

/* Counts the processes of @task, and adds them to the @n @members. */
static void add_task(struct stopping *s, const struct task *task, struct member *members, size_t *n)
{
	const struct group *group = KNOWN(task, MEMCENSUS_TASK_GROUP) ?
				    group_of(s->snap, task->group) : NULL;
	struct stopped *sum;
	size_t number, i;

	if (task_is_gone(task) || !group)
		return;
	number = (size_t)(group - s->snap->groups);
	sum = &s->sums.v[number];
	sum->mms++;
	sum->processes += 1 + task->peers.n;
	stopping_add_threads(sum, KNOWN(task, MEMCENSUS_TASK_THREADS) ? (uint32_t)task->threads :
			     process_thread_count(task->pid));
	members[(*n)++] = (struct member){ task->pid, number };
	for (i = 0; i < task->peers.n; i++) {
		stopping_add_threads(sum, process_thread_count(task->peers.v[i]));
		members[(*n)++] = (struct member){ task->peers.v[i], number };
	}
}

/* The processes of all groups, sorted; the caller frees them. */
static struct member *add_tasks(struct stopping *s, size_t *n)
{
	const struct snapshot *snap = s->snap;
	struct member *members;
	size_t i, most = 0;

	for (i = 0; i < snap->n_tasks; i++)
		most += 1 + snap->tasks[i].peers.n;
	members = xcalloc(most, sizeof(*members));
	for (i = *n = 0; i < snap->n_tasks; i++)
		add_task(s, &snap->tasks[i], members, n);
	qsort(members, *n, sizeof(*members), compare_members);
	return members;
}

int each_add_groups(struct stopping *s, struct failure *why)
{
	const struct snapshot *snap = s->snap;
	const struct group *group, *parent;
	struct member *members;
	size_t i, n, *groups;
	int ret;

	sums_begin(&s->sums, snap->n_groups, snap->info.page_size);
	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		parent = group_parent(snap, group);
		s->sums.v[i].group = group;
		/* The charges are those of all below it, too. */
		if (KNOWN(group, MEMCENSUS_GROUP_CGROUP) && group->path) {
			stopped_begin_charges(&s->sums.v[i]);
			stopped_add_charges(&s->sums.v[i], group->path);
		}
		if (parent)
			s->sums.parents[i] = (size_t)(parent - snap->groups);
	}
	members = add_tasks(s, &n);
	for (i = 0; i < snap->n_vmas; i++)
		stopping_add_mapping(s, &snap->vmas[i],
				     group_of_pid(members, n, snap->vmas[i].pid));
	groups = xcalloc(s->pids.n, sizeof(*groups));
	for (i = 0; i < s->pids.n; i++) {
		groups[i] = group_of_pid(members, n, s->pids.v[i]);
		if (groups[i] != GROUP_NONE)
			stopping_add_descriptors(s, s->pids.v[i], groups[i], true);
	}
	/* These can only hold files of the others. */
	for (i = 0; i < s->pids.n; i++)
		if (groups[i] == GROUP_NONE)
			stopping_add_descriptors(s, s->pids.v[i], GROUP_NONE, true);
	ret = objects_ask(s, why);
	if (!ret)
		hidden_find(s, s->pids.v, groups, s->pids.n);
	free(groups);
	free(members);
	return ret;
}

/* Marks the group of the cgroup @path. */
static int name_cgroup(struct stopping *s, const char *path, struct failure *why)
{
	struct stopped *sum;

	for (sum = s->sums.v; sum < s->sums.v + s->sums.n; sum++) {
		if (sum->mms && sum->group->path && !strcmp(sum->group->path, path)) {
			sum->named = true;
			return 0;
		}
	}
	return cgroup_check(path, why) ? -1 :
	       fail(why, FAIL_NO_PROCESS, "no process is in the cgroup '%.200s'", path);
}

int each_name_cgroups(struct stopping *s, struct failure *why)
{
	const struct options *options = s->session->options;
	int ret = 0;
	size_t i;

	for (i = 0; i < options->n_cgroups && !ret; i++)
		ret = name_cgroup(s, options->cgroups[i], why);
	return ret;
}

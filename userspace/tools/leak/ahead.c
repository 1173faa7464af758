// SPDX-License-Identifier: GPL-2.0
/* Which limits processes that grow will meet. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/limits-process.h"
#include "os/limits.h"
#include "tools/leak/ahead.h"

/* Pairs of a suspect and a limit that are compared. */
#define PAIRS_MOST	20000000

/* Processes and cgroups of this machine whose files are read. */
#define LIVE_MOST	256

/* Processes whose memory policy is read. */
#define POLICIES_MOST	32

static const char *cgroup_of(const struct leak_report *report, const struct task *task)
{
	if (!KNOWN(task, MEMCENSUS_TASK_CGROUP))
		return NULL;
	if (report->live)
		return cgroup_path(task->cgroup, false);
	return report->last && report->last->naming ?
	       report->last->naming(report->last, NAME_CGROUP, task->cgroup, false) : NULL;
}

/* The group of a process in a record by cgroup; NULL: unknown. */
static const struct group *group_of_task(const struct snapshot *snap, const struct task *task)
{
	size_t i;

	for (i = 0; snap && i < snap->n_groups && KNOWN(task, MEMCENSUS_TASK_CGROUP); i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP) &&
		    snap->groups[i].cgroup == task->cgroup)
			return &snap->groups[i];
	return NULL;
}

/* Whether @task is in the cgroup of @limit, or below it. */
static bool is_within(const struct leak_report *report, const struct limit *limit,
		      const struct task *task)
{
	const struct group *group;
	const char *path;

	if (report->live) {
		path = cgroup_of(report, task);
		return path && limit->whose &&
		       text_path_within(path, limit->whose, strlen(limit->whose));
	}
	for (group = group_of_task(report->last, task); group;
	     group = group_parent(report->last, group))
		if (group->cgroup == limit->id)
			return true;
	return false;
}

/* A shmem file of this device is mapped, and its mappings grow: they follow @suspect. */
static bool grows_on(const struct leak_report *report, const struct suspect *suspect,
		     uint64_t device)
{
	const struct suspect *region = suspect + 1;

	for (; region < report->v + report->n && region->region; region++)
		if (region->region->device == device)
			return true;
	return false;
}

/* How fast a process alone takes what @use is about. */
static double own_rate(const struct suspect *suspect, enum limit_use use)
{
	const struct slope_finding *finding = &suspect->finding;
	const struct track *track = suspect->track;

	if (finding->verdict != VERDICT_GROWS)
		return 0;
	return uses_rate(&track->uses, use, track->series.points[finding->from].t,
			 finding->slope.slope);
}

bool leak_takes(const struct leak_report *report, enum limit_use use)
{
	size_t i;

	for (i = 0; i < report->n; i++)
		if (!report->v[i].region && own_rate(&report->v[i], use) > 0)
			return true;
	return false;
}

static bool applies(const struct leak_report *report, const struct suspect *suspect,
		    const struct limit *limit)
{
	switch (limit_types[limit->kind].scope) {
	case LIMIT_OF_MACHINE:
		return true;
	case LIMIT_OF_CGROUP:
		return is_within(report, limit, &suspect->track->last);
	case LIMIT_OF_MOUNT:
		return grows_on(report, suspect, limit->id);
	case LIMIT_OF_PROCESS:
		return limit->pid == suspect->track->pid;
	}
	return false;
}

/* How fast all processes that grow use it up. */
static double rate_of_suspects(const struct leak_report *report, const struct limit *limit)
{
	double sum = 0, rate;
	size_t i;

	for (i = 0; i < report->n; i++) {
		if (report->v[i].region)
			continue;
		rate = own_rate(&report->v[i], limit_types[limit->kind].use);
		if (rate > 0 && applies(report, &report->v[i], limit))
			sum += rate;
	}
	return sum;
}

/*
 * How fast @limit is used up.  Where what is left is a counter of just this, its series says it;
 * free memory changes for many reasons, so the processes that grow are the least.
 */
static double rate_of(const struct leak_report *report, const struct limit *limit)
{
	const double sum = rate_of_suspects(report, limit);
	const struct series *series = limit_series_of(report->series, limit);
	struct slope_finding finding;

	if (!series)
		return sum;
	finding = slope_judge(series->points, series->n, LEAK_LEAST);
	if (finding.verdict == VERDICT_GROWS)
		return limit->kind == LIMIT_MEMORY && finding.slope.slope < sum ?
		       sum : finding.slope.slope;
	return limit->kind != LIMIT_MEMORY && finding.verdict == VERDICT_STEADY ? 0 : sum;
}

/* Where the mappings that grow are files of a tmpfs that only this process may see. */
static void add_mounts(struct leak_report *report, const struct suspect *suspect)
{
	const struct suspect *region;

	for (region = suspect + 1; region < report->v + report->n && region->region; region++)
		if (region->region->device && *region->region->name == '/')
			limits_of_mount(&report->limits, suspect->track->pid,
					region->region->device);
}

static void add_process(struct leak_report *report, const struct suspect *suspect,
			const struct numa_policy *policy)
{
	const struct limit_process process = {
		.task = &suspect->track->last, .policy = policy, .live = report->live };

	limits_of_process(&report->limits, report->last, &process);
	if (report->live)
		add_mounts(report, suspect);
}

/* Processes that grow, the fastest first; @v has room for @most of them. */
static size_t growing(const struct leak_report *report, const struct suspect **v, size_t most)
{
	size_t i, n = 0;

	for (i = 0; i < report->n && n < most; i++)
		if (!report->v[i].region)
			v[n++] = &report->v[i];
	return n;
}

static void add_processes(struct leak_report *report)
{
	const struct suspect *v[LIVE_MOST];
	const size_t n = growing(report, v, LIVE_MOST);
	struct numa_maps maps[POLICIES_MOST];
	size_t i, n_maps = 0;

	/* Where there is one node, no policy matters. */
	if (report->live && report->last->n_nodes > 1)
		for (; n_maps < n && n_maps < POLICIES_MOST; n_maps++)
			maps[n_maps].pid = v[n_maps]->track->pid;
	numa_maps_read(maps, n_maps, false, 1);
	for (i = 0; i < n; i++)
		add_process(report, v[i], i < n_maps ? &maps[i].policy : NULL);
}

/* Of cgroups of this machine: of processes that grow, of those that were named, of --cgroup. */
static void add_cgroups(struct leak_report *report)
{
	const struct suspect *v[LIVE_MOST];
	const size_t n = growing(report, v, LIVE_MOST);
	const char *path, *before = NULL;
	size_t i;

	for (i = 0; i < n + report->n_others && i < LIVE_MOST; i++) {
		path = cgroup_of(report, i < n ? &v[i]->track->last :
						 &report->others[i - n].track->last);
		/* Most are in a few. */
		if (!path || (before && !strcmp(path, before)))
			continue;
		limits_of_cgroup(&report->limits, report->last, path);
		before = path;
	}
	if (report->within)
		limits_of_cgroup(&report->limits, report->last, report->within);
}

void leak_find_limits(struct leak_report *report)
{
	size_t i;

	if (!report->last)
		return;
	limits_of_machine(&report->limits, report->last);
	if (report->live)
		add_cgroups(report);
	else
		limits_of_groups(&report->limits, report->last);
	add_processes(report);
	report->rates = xcalloc(report->limits.n + 1, sizeof(*report->rates));
	/* Each limit asks about all suspects. */
	for (i = 0; i < report->limits.n && report->limits.n * report->n <= PAIRS_MOST; i++)
		report->rates[i] = rate_of(report, &report->limits.v[i]);
}

/* What limits_ahead() asks with. */
struct question {
	const struct leak_report *report;
	const struct suspect *suspect;
};

static double rate_for(const struct limit *limit, const void *context)
{
	const struct question *question = context;
	const struct leak_report *report = question->report;

	if (own_rate(question->suspect, limit_types[limit->kind].use) <= 0 ||
	    !applies(report, question->suspect, limit))
		return 0;
	return report->rates[limit - report->limits.v];
}

bool leak_ahead(const struct leak_report *report, const struct suspect *suspect,
		struct limit_ahead ahead[2])
{
	const uint64_t cgroups = 1ULL << LIMIT_CGROUP_MAX;

	ahead[0] = (struct limit_ahead){ .limit = NULL };
	ahead[1] = ahead[0];
	if (suspect->region || suspect->finding.verdict != VERDICT_GROWS || !report->rates)
		return true;
	limits_ahead(&report->limits, ahead, rate_for, &(struct question){ report, suspect });
	return report->live || (!(report->limits.unknown & cgroups) &&
				group_of_task(report->last, &suspect->track->last));
}

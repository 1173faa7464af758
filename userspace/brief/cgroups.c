// SPDX-License-Identifier: GPL-2.0
/* What stands out in cgroups: what they are charged for, and memory.high. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "brief/cgroups.h"
#include "brief/facts.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/proc-texts.h"

/* From here on, pressure is read: reclaim keeps a cgroup that is throttled just below. */
#define NEAR_HIGH(high)	((high) - (high) / 100)

/**
 * struct rest - what a cgroup is charged for without those that are below it now
 * @below: sums over these
 * @mms: its own processes
 * @mapped: shared memory of these, each page once for each process
 * @largest: that right below it which is charged for most; NULL: none
 */
struct rest {
	struct charges below;
	size_t mms;
	struct amount mapped;
	const struct group *largest;
};

static const enum charge rest_charges[] = {
	CHARGE_TOTAL, CHARGE_ANON, CHARGE_FILE, CHARGE_SHMEM, CHARGE_KERNEL, CHARGE_SOCK,
	CHARGE_HUGETLB, CHARGE_SLAB, CHARGE_RECLAIMABLE, CHARGE_SWAP,
};

/* The cgroup of @task; NULL: it has no group. */
static const struct group *cgroup_of(const struct snapshot *snap, const struct task *task)
{
	const struct group *group = KNOWN(task, MEMCENSUS_TASK_GROUP) ?
				    group_of(snap, task->group) : NULL;

	return group && group->own ? group_parent(snap, group) : group;
}

static void add_processes(const struct snapshot *snap, struct rest *v)
{
	const struct group *group;
	const struct task *task;
	struct rest *rest;

	for (task = snap->tasks; task < snap->tasks + snap->n_tasks; task++) {
		group = cgroup_of(snap, task);
		if (!group)
			continue;
		rest = &v[group - snap->groups];
		rest->mapped = amount_plus(rest->mms++ ? rest->mapped : amount_of(true, 0),
					   amount_figure(&task->figures, MEMCENSUS_F_SHMEM));
	}
}

/* The charges of all groups that are cgroups; the caller frees it. */
static struct rest *sum_below(const struct snapshot *snap)
{
	struct rest *v = xcalloc(snap->n_groups + 1, sizeof(*v));
	const struct group *group, *parent;
	struct rest *rest;
	size_t i, k;

	for (i = 0; i < snap->n_groups; i++) {
		group = &snap->groups[i];
		parent = group_parent(snap, group);
		if (!parent || group->own)
			continue;
		rest = &v[parent - snap->groups];
		if (!rest->largest || group->charges.v[CHARGE_TOTAL] >
				      rest->largest->charges.v[CHARGE_TOTAL])
			rest->largest = group;
		for (k = 0; k < ARRAY_SIZE(rest_charges); k++)
			rest->below.v[rest_charges[k]] += group->charges.v[rest_charges[k]];
	}
	add_processes(snap, v);
	return v;
}

/* What @group is charged for itself, and removed cgroups below it; they are counted one by one. */
static struct amount rest_of(const struct group *group, const struct rest *rest,
			     enum charge charge)
{
	const uint64_t all = group->charges.v[charge], below = rest->below.v[charge];

	return amount_of(KNOWN(&group->charges, charge), all > below ? all - below : 0);
}

struct charges *cgroups_own(const struct snapshot *snap)
{
	struct charges *v = xcalloc(snap->n_groups + 1, sizeof(*v));
	struct rest *rests = sum_below(snap);
	size_t i, k;

	for (i = 0; i < snap->n_groups; i++) {
		v[i].known = snap->groups[i].charges.known;
		for (k = 0; k < ARRAY_SIZE(rest_charges); k++)
			v[i].v[rest_charges[k]] = (uint64_t)
				rest_of(&snap->groups[i], &rests[i], rest_charges[k]).bytes;
	}
	free(rests);
	return v;
}

static char *path_of(const struct group *group)
{
	return group->path ? xstrdup(group->path) : xasprintf("%" PRIu64, group->cgroup);
}

static bool has_processes(const struct group *group, const struct rest *rest)
{
	/* Without others below it, all that are counted are its own. */
	return rest->mms || (!group->contains && !(KNOWN(group, MEMCENSUS_GROUP_MMS) &&
						   !group->mms));
}

static void add_removed(struct brief *brief, const struct group *group, const struct rest *rest)
{
	const struct amount bytes = rest_of(group, rest, CHARGE_TOTAL);
	const struct amount cache = rest_of(group, rest, CHARGE_FILE);
	const struct amount shmem = rest_of(group, rest, CHARGE_SHMEM);
	const uint64_t dying = KNOWN(&group->charges, CHARGE_DYING) ?
			       group->charges.v[CHARGE_DYING] : 0;
	char file[NUMBER_SIZE], tmp[NUMBER_SIZE];

	/* Of the root, the total is unknown. */
	if (!bytes.known)
		return;
	text_size(file, (double)cache.bytes);
	text_size(tmp, (double)shmem.bytes);
	brief_add(brief, &(struct brief_fact){
		.rule = BRIEF_REMOVED, .amount = (uint64_t)bytes.bytes, .who = path_of(group),
		.what = xasprintf("charged, %s: %s of it page cache, %s shmem",
				  dying ? "by removed cgroups" : "without a process", file, tmp),
		.path = path_of(group) });
}

/* Mapped pages count once for each process, so that this is a bound. */
static void add_shmem(struct brief *brief, const struct group *group, const struct rest *rest)
{
	const struct amount charged = rest_of(group, rest, CHARGE_SHMEM);
	if (charged.known && rest->mapped.known && charged.bytes > rest->mapped.bytes)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_SHMEM,
			.amount = (uint64_t)(charged.bytes - rest->mapped.bytes),
			.who = path_of(group), .path = path_of(group) });
}

static void add_kernel(struct brief *brief, const struct group *group, const struct rest *rest)
{
	const struct amount slab = rest_of(group, rest, CHARGE_SLAB);
	const struct amount reclaimable = rest_of(group, rest, CHARGE_RECLAIMABLE);

	if (slab.known && reclaimable.known && slab.bytes > reclaimable.bytes)
		brief_add(brief, &(struct brief_fact){
			.rule = BRIEF_KERNEL, .amount = (uint64_t)(slab.bytes - reclaimable.bytes),
			.who = path_of(group), .path = path_of(group) });
}

/* Reads how long tasks of the cgroup wait. */
static bool read_pressure(const struct group *group, uint64_t *hundredths)
{
	char line[128];

	return group->path && cgroup_line(group->path, "memory.pressure", line, sizeof(line)) &&
	       facts_pressure(line, "some", hundredths);
}

/* The cgroup below @group that has most, and none below itself; else @group. */
static const struct group *largest_below(const struct snapshot *snap, const struct group *group,
					 const struct rest *rests)
{
	while (rests[group - snap->groups].largest)
		group = rests[group - snap->groups].largest;
	return group;
}

static char *high_text(const struct group *group, const struct group *most, bool throttled)
{
	char has[NUMBER_SIZE], high[NUMBER_SIZE], size[NUMBER_SIZE], *path, *where, *text;

	text_size(has, (double)group->charges.v[CHARGE_TOTAL]);
	text_size(high, (double)group->charges.v[CHARGE_HIGH]);
	text_size(size, (double)most->charges.v[CHARGE_TOTAL]);
	path = path_of(most);
	where = most == group ? xstrdup("") : xasprintf(", most in %s: %s", path, size);
	text = xasprintf(throttled ? "of the time throttled: has %s, memory.high %s%s" :
				     "%s, of memory.high %s%s", has, high, where);
	free(where);
	free(path);
	return text;
}

static void add_high(struct brief *brief, const struct group *group, const struct group *most,
		     bool live)
{
	const uint64_t *v = group->charges.v;
	struct brief_fact fact = { .rule = BRIEF_THROTTLED };

	if (!KNOWN(&group->charges, CHARGE_TOTAL) || !KNOWN(&group->charges, CHARGE_HIGH) ||
	    v[CHARGE_TOTAL] < NEAR_HIGH(v[CHARGE_HIGH]))
		return;
	if (!live || !read_pressure(group, &fact.amount) ||
	    !brief_stands_out(&fact, brief->memory))
		fact = (struct brief_fact){ .rule = BRIEF_HIGH, .amount = v[CHARGE_TOTAL],
					    .limit = v[CHARGE_HIGH] };
	fact.who = path_of(group);
	fact.path = path_of(group);
	fact.what = high_text(group, most, fact.rule == BRIEF_THROTTLED);
	brief_add(brief, &fact);
}

void facts_of_cgroups(struct brief *brief, const struct snapshot *snap, bool live)
{
	const struct group *group;
	struct rest *rests, *rest;

	if (!proc_texts_find(snap, CHARGES_TEXT) || (live && cgroups_uncharged())) {
		brief_look_failed(brief, BRIEF_LOOK_CGROUPS,
				  xstrdup(live ? "the memory controller of cgroup v2 is not there" :
					  "the record has none: record with -g"));
		return;
	}
	rests = sum_below(snap);
	for (group = snap->groups; group < snap->groups + snap->n_groups; group++) {
		rest = &rests[group - snap->groups];
		/* Of the root, the kernel says only what all have together. */
		if (group->own || !KNOWN(&group->charges, CHARGE_TOTAL))
			continue;
		add_high(brief, group, largest_below(snap, group, rests), live);
		add_kernel(brief, group, rest);
		if (has_processes(group, rest))
			add_shmem(brief, group, rest);
		else
			add_removed(brief, group, rest);
	}
	free(rests);
	brief_look(brief, BRIEF_LOOK_CGROUPS, NULL, NULL);
}

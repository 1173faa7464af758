// SPDX-License-Identifier: GPL-2.0
/* Finds the tracked processes, and their regions, that grow, and how much is left. */
#include <limits.h>
#include <linux/oom.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "model/cgroup-tree.h"
#include "os/cgroups.h"
#include "os/charges.h"
#include "os/proc-texts.h"
#include "os/process.h"
#include "tools/leak/judge.h"

/* Tracks that all suspects together may be compared with. */
#define VICTIMS_MOST	20000000

static void add_suspect(struct suspect **v, size_t *n, const struct suspect *suspect)
{
	*v = array_grow(*v, *n, sizeof(**v));
	(*v)[(*n)++] = *suspect;
}

/* The fastest growth first. */
static int by_slope(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return COMPARE(y->finding.slope.slope, x->finding.slope.slope);
}

/* The heap first, then the fastest growth. */
static int by_place(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;
	bool heap_x = !strcmp(x->region->name, "[heap]");
	bool heap_y = !strcmp(y->region->name, "[heap]");

	if (heap_x != heap_y)
		return heap_y - heap_x;
	return by_slope(a, b);
}

/*
 * The sum of a name with only one region is hidden: it repeats the region.  With
 * several regions, both the sum and the regions are shown.
 */
static bool is_shown(const struct regions *regions, size_t i)
{
	const struct region *v = regions->v;

	if (!v[i].sum)
		return true;
	return !(i + 1 < regions->n && !v[i + 1].sum &&
		 (i + 2 == regions->n || v[i + 2].sum));
}

static struct slope_finding judge(const struct series *series)
{
	return slope_judge(series->points, series->n, LEAK_LEAST);
}

static void judge_regions(struct leak_report *report, const struct track *track)
{
	const struct regions *regions = &track->regions;
	struct suspect suspect = { .track = track };
	size_t i, first = report->n;

	for (i = 0; i < regions->n; i++) {
		suspect.region = &regions->v[i];
		if (!is_shown(regions, i))
			continue;
		suspect.finding = judge(&suspect.region->series);
		if (suspect.finding.verdict == VERDICT_GROWS)
			add_suspect(&report->v, &report->n, &suspect);
	}
	if (report->n > first)
		qsort(report->v + first, report->n - first, sizeof(*report->v), by_place);
}

void leak_judge(struct leak_report *report, bool named)
{
	struct suspect *growing = NULL, suspect = { 0 };
	size_t n = 0, i;

	report->ended = report->tracks->ended;
	for (i = 0; i < report->tracks->n; i++) {
		suspect.track = report->tracks->v[i];
		if (!track_lives(report->tracks, suspect.track)) {
			report->ended++;
			continue;
		}
		suspect.finding = judge(&suspect.track->series);
		report->counts[suspect.finding.verdict]++;
		report->in_swap += suspect.finding.verdict == VERDICT_SHORT &&
				   suspect.track->series.n + suspect.track->swap_unknown >=
				   SLOPE_MIN_POINTS;
		if (suspect.finding.verdict == VERDICT_GROWS)
			add_suspect(&growing, &n, &suspect);
		else if (named)
			add_suspect(&report->others, &report->n_others, &suspect);
	}
	if (n)
		qsort(growing, n, sizeof(*growing), by_slope);
	for (i = 0; i < n; i++) {
		add_suspect(&report->v, &report->n, &growing[i]);
		judge_regions(report, growing[i].track);
	}
	free(growing);
}

void leak_free(struct leak_report *report)
{
	free(report->v);
	free(report->others);
}

/* @cgroup: NULL, or its first @len bytes are the path of the cgroup that has the limit. */
static void limit_headroom(struct headroom *headroom, uint64_t limit, uint64_t left,
			   const char *what, const char *cgroup, size_t len)
{
	if (headroom->known && headroom->bytes <= left)
		return;
	*headroom = (struct headroom){
		.known = true, .bytes = left, .what = what,
		.limit = limit, .cgroup = cgroup, .cgroup_len = len };
}

static uint64_t left_of(uint64_t limit, uint64_t used)
{
	return limit > used ? limit - used : 0;
}

struct headroom headroom_of_system(const struct snapshot *snap)
{
	const struct amount memory = amount_total(snap, MEMCENSUS_S_AVAILABLE);
	const struct amount swap = amount_total(snap, MEMCENSUS_S_SWAP_FREE);

	if (!swap.known || !swap.bytes)
		return (struct headroom){
			.known = memory.known, .bytes = memory.bytes, .what = "memory" };
	return (struct headroom){
		.known = memory.known, .bytes = memory.bytes + swap.bytes, .what = "memory+swap",
		.swap = swap.bytes };
}

/*
 * Applies the limit of the cgroup @path, of @len bytes.  At the limit the kernel first drops page
 * cache, then swaps, as far as this cgroup may and the machine has swap.
 */
static void limit_by_charges(struct headroom *headroom, const struct charges *charges,
			     uint64_t swap_free, const char *path, size_t len)
{
	const uint64_t *v = charges->v;
	uint64_t left, swap, swapped;

	if (!KNOWN(charges, CHARGE_LIMIT) || !KNOWN(charges, CHARGE_TOTAL))
		return;
	left = left_of(v[CHARGE_LIMIT], v[CHARGE_TOTAL]);
	if (KNOWN(charges, CHARGE_FILE))
		left += v[CHARGE_FILE];
	swapped = KNOWN(charges, CHARGE_SWAP) ? v[CHARGE_SWAP] : 0;
	swap = swap_free;
	if (KNOWN(charges, CHARGE_SWAP_LIMIT) && left_of(v[CHARGE_SWAP_LIMIT], swapped) < swap)
		swap = left_of(v[CHARGE_SWAP_LIMIT], swapped);
	limit_headroom(headroom, v[CHARGE_LIMIT] + swapped + swap, left + swap, "cgroup", path,
		       len);
}

/* Applies the limits of cgroup @id and its ancestors. */
static void limit_by_cgroups(struct headroom *headroom, uint64_t swap_free, uint64_t id)
{
	const char *path = cgroup_path(id, false);
	char *at = xstrdup(path), *end;
	struct charges charges;

	/* Without a directory, it is a number.  The root has no limit. */
	while (*at == '/' && at[1] && (end = strrchr(at, '/'))) {
		charges = charges_of_path(at, NULL);
		limit_by_charges(headroom, &charges, swap_free, path, strlen(at));
		*end = '\0';
	}
	free(at);
}

/* The same of a record; its groups are cgroups, each after the one above it. */
static void limit_by_record(struct headroom *headroom, const struct snapshot *snap,
			    uint64_t swap_free, uint64_t id)
{
	const struct group *group = NULL;
	size_t i;

	for (i = 0; snap && i < snap->n_groups && !group; i++)
		if (KNOWN(&snap->groups[i], MEMCENSUS_GROUP_CGROUP) &&
		    snap->groups[i].cgroup == id)
			group = &snap->groups[i];
	if (!group || !proc_texts_find(snap, CHARGES_TEXT)) {
		headroom->unsure = true;
		return;
	}
	for (; group; group = group_parent(snap, group))
		if (!group->own)
			limit_by_charges(headroom, &group->charges, swap_free, group->path,
					 group->path ? strlen(group->path) : 0);
}

/* The soft limit of its address space; false if there is none or it is unknown. */
static bool address_limit(uint32_t pid, uint64_t *limit)
{
	struct rlimit rlimit;

	if (prlimit((pid_t)pid, RLIMIT_AS, NULL, &rlimit) ||
	    rlimit.rlim_cur == RLIM_INFINITY)
		return false;
	*limit = rlimit.rlim_cur;
	return true;
}

struct headroom leak_headroom(const struct leak_report *report, const struct suspect *suspect)
{
	const struct track *track = suspect->track;
	const bool placed = KNOWN(&track->last, MEMCENSUS_TASK_CGROUP);
	struct headroom headroom = report->headroom;
	uint64_t limit;

	if (suspect->region || suspect->finding.slope.slope <= 0)
		return (struct headroom){ .known = false };
	if (!report->live)
		limit_by_record(&headroom, report->last, report->headroom.swap,
				placed ? track->last.cgroup : 0);
	else if (placed)
		limit_by_cgroups(&headroom, report->headroom.swap, track->last.cgroup);
	if (report->live && KNOWN(&track->last.figures, MEMCENSUS_F_VSS) &&
	    address_limit(track->pid, &limit))
		limit_headroom(&headroom, limit,
			       left_of(limit, track->last.figures.v[MEMCENSUS_F_VSS]), "RLIMIT_AS",
			       NULL, 0);
	return headroom;
}

static const char *cgroup_of(const struct leak_report *report, const struct task *task)
{
	if (!KNOWN(task, MEMCENSUS_TASK_CGROUP))
		return NULL;
	if (report->live)
		return cgroup_path(task->cgroup, false);
	return report->last && report->last->naming ?
	       report->last->naming(report->last, NAME_CGROUP, task->cgroup, false) : NULL;
}

/* As the kernel's oom_badness(): memory, swap, page tables, and a part of the limit. */
static int64_t badness_of(const struct task *task, uint64_t limit)
{
	static const unsigned int counted[] = {
		MEMCENSUS_F_RSS_COUNTER, MEMCENSUS_F_SWAP, MEMCENSUS_F_PAGETABLES };
	int64_t sum = KNOWN(task, MEMCENSUS_TASK_OOM_SCORE_ADJ) ?
		      task->oom_score_adj * (int64_t)(limit / OOM_SCORE_ADJ_MAX) : 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counted); i++)
		if (KNOWN(&task->figures, counted[i]))
			sum += (int64_t)task->figures.v[counted[i]];
	return sum;
}

const struct track *leak_victim(const struct leak_report *report, const struct suspect *suspect,
				const struct headroom *headroom)
{
	const struct tracks *tracks = report->tracks;
	const struct track *found = NULL, *track;
	int64_t most = 0, badness;
	const char *path;
	size_t i;

	/* Each suspect asks about all tracks. */
	if ((report->n + report->n_others) * tracks->n > VICTIMS_MOST)
		return NULL;
	if (!headroom->cgroup || !report->within ||
	    headroom->cgroup_len < strlen(report->within) ||
	    strncmp(headroom->cgroup, report->within, strlen(report->within)))
		return NULL;
	for (i = 0; i < tracks->n; i++) {
		track = tracks->v[i];
		path = cgroup_of(report, &track->last);
		if (!track_lives(tracks, track) || !path ||
		    !text_path_within(path, headroom->cgroup, headroom->cgroup_len) ||
		    (KNOWN(&track->last, MEMCENSUS_TASK_OOM_SCORE_ADJ) &&
		     track->last.oom_score_adj == OOM_SCORE_ADJ_MIN))
			continue;
		badness = badness_of(&track->last, headroom->limit);
		if (track == suspect->track)
			badness += (int64_t)headroom->bytes;
		if (found && badness <= most)
			continue;
		found = track;
		most = badness;
	}
	return found;
}

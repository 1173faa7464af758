// SPDX-License-Identifier: GPL-2.0
/* Finds the tracked processes, and their regions, that grow, and how much is left. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/memory.h"
#include "model/amount.h"
#include "os/process.h"
#include "tools/leak/cgroup-limits.h"
#include "tools/leak/judge.h"

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

static void limit_headroom(struct headroom *headroom, uint64_t limit, uint64_t used,
			   const char *what)
{
	uint64_t left = limit > used ? limit - used : 0;

	if (headroom->known && headroom->bytes <= left)
		return;
	*headroom = (struct headroom){ true, left, what };
}

struct headroom headroom_of_system(const struct snapshot *snap)
{
	const struct amount memory = amount_total(snap, MEMCENSUS_S_AVAILABLE);
	const struct amount swap = amount_total(snap, MEMCENSUS_S_SWAP_FREE);

	if (!swap.known || !swap.bytes)
		return (struct headroom){ memory.known, memory.bytes, "memory" };
	return (struct headroom){ memory.known, memory.bytes + swap.bytes, "memory+swap" };
}

/* Applies the limits of cgroup @id and its ancestors, memory and swap together. */
static void limit_by_cgroups(struct headroom *headroom, uint64_t id)
{
	uint64_t max, used, swap_max, swap_used;
	char dir[PATH_MAX];
	size_t root;
	char *end;

	root = cgroup_directory(id, dir, sizeof(dir));
	while (root && (end = strrchr(dir, '/')) && (size_t)(end - dir) >= root) {
		if (cgroup_number(dir, "memory.max", NULL, &max) &&
		    cgroup_number(dir, "memory.current", NULL, &used)) {
			if (cgroup_number(dir, "memory.swap.max", NULL, &swap_max) &&
			    cgroup_number(dir, "memory.swap.current", NULL, &swap_used)) {
				max += swap_max;
				used += swap_used;
			}
			limit_headroom(headroom, max, used, "cgroup");
		}
		*end = '\0';
	}
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

bool leak_seconds_left(const struct leak_report *report, const struct suspect *suspect,
		       double *seconds, const char **what)
{
	const double slope = suspect->finding.slope.slope;
	const struct track *track = suspect->track;
	struct headroom headroom = report->headroom;
	uint64_t limit;

	if (suspect->region || slope <= 0)
		return false;
	if (report->live && KNOWN(&track->last, MEMCENSUS_TASK_CGROUP))
		limit_by_cgroups(&headroom, track->last.cgroup);
	if (report->live && KNOWN(&track->last.figures, MEMCENSUS_F_VSS) &&
	    address_limit(track->pid, &limit))
		limit_headroom(&headroom, limit, track->last.figures.v[MEMCENSUS_F_VSS],
			       "RLIMIT_AS");
	if (!headroom.known)
		return false;
	*seconds = (double)headroom.bytes / slope;
	*what = headroom.what;
	return true;
}

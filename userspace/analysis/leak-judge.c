// SPDX-License-Identifier: GPL-2.0
/* Finds the tracked processes, and their regions, that grow. */
#include <stdlib.h>
#include <string.h>

#include "analysis/leak-judge.h"

static int add(struct suspect **v, size_t *n, const struct suspect *suspect,
	       struct failure *why)
{
	struct suspect *more = reallocarray(*v, *n + 1, sizeof(*more));

	if (!more)
		return fail_memory(why);
	*v = more;
	more[(*n)++] = *suspect;
	return 0;
}

/* The fastest growth first. */
static int by_slope(const void *a, const void *b)
{
	const struct suspect *x = a, *y = b;

	return (x->finding.slope.slope < y->finding.slope.slope) -
	       (x->finding.slope.slope > y->finding.slope.slope);
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

static int judge_regions(struct leak_report *report, const struct track *track,
			 struct failure *why)
{
	const struct regions *regions = &track->regions;
	struct suspect suspect = { .track = track };
	size_t i, first = report->n;

	for (i = 0; i < regions->n; i++) {
		suspect.region = &regions->v[i];
		if (!is_shown(regions, i))
			continue;
		if (!slope_judge(suspect.region->series.points, suspect.region->series.n,
				 LEAK_LEAST, &suspect.finding))
			return fail_memory(why);
		if (suspect.finding.verdict == VERDICT_GROWS &&
		    add(&report->v, &report->n, &suspect, why))
			return -1;
	}
	if (report->n > first)
		qsort(report->v + first, report->n - first, sizeof(*report->v), by_place);
	return 0;
}

int leak_judge(struct leak_report *report, bool named, struct failure *why)
{
	struct suspect *growing = NULL, suspect = { 0 };
	size_t n = 0, i;
	int ret = 0;

	for (i = 0; !ret && i < report->tracks->n; i++) {
		suspect.track = report->tracks->v[i];
		if (!track_lives(report->tracks, suspect.track)) {
			report->ended++;
			continue;
		}
		if (!slope_judge(suspect.track->series.points, suspect.track->series.n,
				 LEAK_LEAST, &suspect.finding)) {
			ret = fail_memory(why);
			break;
		}
		report->counts[suspect.finding.verdict]++;
		if (suspect.finding.verdict == VERDICT_GROWS)
			ret = add(&growing, &n, &suspect, why);
		else if (named)
			ret = add(&report->others, &report->n_others, &suspect, why);
	}
	if (n)
		qsort(growing, n, sizeof(*growing), by_slope);
	for (i = 0; !ret && i < n; i++) {
		ret = add(&report->v, &report->n, &growing[i], why);
		if (!ret)
			ret = judge_regions(report, growing[i].track, why);
	}
	free(growing);
	return ret;
}

void leak_free(struct leak_report *report)
{
	free(report->v);
	free(report->others);
}

bool leak_seconds_left(const struct headroom *headroom, double slope, double *seconds)
{
	if (!headroom->known || slope <= 0)
		return false;
	*seconds = (double)headroom->bytes / slope;
	return true;
}

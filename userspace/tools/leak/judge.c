// SPDX-License-Identifier: GPL-2.0
/* Finds the tracked processes, and their regions, that grow. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
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
	free(report->rates);
	limits_free(&report->limits);
}

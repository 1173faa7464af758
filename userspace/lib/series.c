// SPDX-License-Identifier: GPL-2.0
/* Points over time in limited memory; Theil-Sen, Mann-Kendall, tests for even growth. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/series.h"

/* Quantile of the normal distribution for an interval of 95%. */
#define Z_95		1.959963984540054

/* A rise with a higher p counts as none. */
#define P_MAX		0.001
/* Maximum unevenness(), as a fraction of the growth. */
#define UNEVEN_MAX	0.20
/* The same for a part of the series, which may be the slower end of a start-up. */
#define UNEVEN_MAX_PART	0.15
/* Minimum growth in the last quarter, as a fraction of even growth. */
#define RATE_MIN	0.5
#define RATE_MIN_PART	0.75
/* A rise by less than this fraction of the growth is a pause. */
#define PAUSE_RISE	0.05
/* Maximum fall from an earlier height, as a fraction of the growth. */
#define FALL_MAX	0.35

static void append(struct series *series, double t, double v)
{
	series->points = array_grow(series->points, series->n, sizeof(*series->points));
	series->points[series->n++] = (struct point){ t, v };
}

void series_add(struct series *series, double t, double v)
{
	size_t i;

	if (!series->stride)
		series->stride = 1;
	if (series->came++ % series->stride)
		return;
	if (series->n == SERIES_MAX) {
		for (i = 0; i < SERIES_MAX / 2; i++)
			series->points[i] = series->points[2 * i];
		series->n = SERIES_MAX / 2;
		series->stride *= 2;
	}
	append(series, t, v);
}

void series_zeros(struct series *to, const struct series *from)
{
	size_t i;

	/* Copies the counters too, so that both series keep the same times. */
	for (i = 0; i < from->n; i++)
		append(to, from->points[i].t, 0);
	to->came = from->came;
	to->stride = from->stride;
}

void series_plus(struct series *series, const struct series *more)
{
	size_t i;

	for (i = 0; i < series->n && i < more->n; i++)
		series->points[i].v += more->points[i].v;
}

void series_shift(struct series *series, double by)
{
	size_t i;

	for (i = 0; i < series->n; i++)
		series->points[i].v += by;
}

void series_free(struct series *series)
{
	free(series->points);
	*series = (struct series){ 0 };
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return COMPARE(x, y);
}

/* The value at rank @r, from 0, of @n sorted values; interpolates between ranks. */
static double at_rank(const double *sorted, size_t n, double r)
{
	size_t i;

	if (r <= 0)
		return sorted[0];
	if (r >= (double)(n - 1))
		return sorted[n - 1];
	i = (size_t)r;
	return sorted[i] + (r - (double)i) * (sorted[i + 1] - sorted[i]);
}

/* Corrections of variance and tau for runs of equal values. */
struct ties {
	double variance;
	double pairs;
};

static struct ties ties_of(const struct point *points, size_t n)
{
	double *sorted = xcalloc(n, sizeof(*sorted));
	struct ties ties = { 0 };
	size_t i, run;

	for (i = 0; i < n; i++)
		sorted[i] = points[i].v;
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	for (i = 0; i < n; i += run) {
		for (run = 1; i + run < n && sorted[i + run] == sorted[i]; run++)
			;
		ties.variance += (double)run * (run - 1.0) * (2.0 * run + 5);
		ties.pairs += (double)run * (run - 1.0) / 2;
	}
	free(sorted);
	return ties;
}

struct slope slope_of(const struct point *points, size_t n)
{
	size_t pairs = n * (n - 1) / 2, k = 0, i, j;
	double *slopes = xcalloc(pairs, sizeof(*slopes));
	const struct ties ties = ties_of(points, n);
	double s = 0, variance, spread, all;
	struct slope slope;

	for (i = 0; i < n; i++) {
		for (j = i + 1; j < n; j++) {
			double d = points[j].v - points[i].v;

			s += (d > 0) - (d < 0);
			slopes[k++] = d / (points[j].t - points[i].t);
		}
	}
	qsort(slopes, pairs, sizeof(*slopes), compare_doubles);

	all = (double)n * (n - 1.0);
	variance = (all * (2.0 * n + 5) - ties.variance) / 18;
	if (variance < 0)
		variance = 0;
	spread = Z_95 * sqrt(variance);
	slope.slope = at_rank(slopes, pairs, (pairs - 1) / 2.0);
	slope.low = at_rank(slopes, pairs, (pairs - spread) / 2 - 1);
	slope.high = at_rank(slopes, pairs, (pairs + spread) / 2);
	slope.tau = all / 2 > ties.pairs ?
		    s / sqrt(all / 2 * (all / 2 - ties.pairs)) : 0;
	/* Continuity correction: S has steps of 2, so move it by 1 towards 0. */
	slope.p = 0.5;
	if (variance > 0 && s != 0)
		slope.p = erfc((s - (s > 0 ? 1 : -1)) / sqrt(2 * variance)) / 2;
	free(slopes);
	return slope;
}

/*
 * The floor of a series: at each point, the minimum of this and all later values.
 * Memory that is freed later is no growth, so the floor rises only by what stays.
 */
static void fill_floor(const struct point *points, size_t n, double *floor)
{
	size_t i = n - 1;

	floor[i] = points[i].v;
	while (i--)
		floor[i] = points[i].v < floor[i + 1] ? points[i].v : floor[i + 1];
}

/*
 * How uneven the floor grows: the largest difference between the fraction of the
 * time that has passed and the fraction of the growth that is reached.
 */
static double unevenness(const struct point *points, const double *floor, size_t n)
{
	double span = points[n - 1].t - points[0].t;
	double grown = floor[n - 1] - floor[0], worst = 0, off;
	size_t i;

	for (i = 0; i < n; i++) {
		off = fabs((points[i].t - points[0].t) / span -
			   (floor[i] - floor[0]) / grown);
		if (off > worst)
			worst = off;
	}
	return worst;
}

/* The deepest fall below an earlier height. */
static double deepest_fall(const struct point *points, size_t n)
{
	double top = points[0].v, fall = 0;
	size_t i;

	for (i = 1; i < n; i++) {
		if (points[i].v > top)
			top = points[i].v;
		else if (top - points[i].v > fall)
			fall = top - points[i].v;
	}
	return fall;
}

/*
 * Whether growth continues at the end.  The last quarter of the time must have at
 * least @rate of its even share, and the last pause must be at most twice as long
 * as the longest one before.  In a pause, the floor rises by less than PAUSE_RISE
 * of the growth.
 */
static bool goes_on(const struct point *points, const double *floor, size_t n,
		    double rate)
{
	double span = points[n - 1].t - points[0].t;
	double grown = floor[n - 1] - floor[0], longest = 0, pause;
	size_t i, j = 0, last = n - 1;

	for (i = 0; i < n; i++) {
		while (j < n && floor[j] - floor[i] < PAUSE_RISE * grown)
			j++;
		if (j == n)
			break;
		pause = points[j].t - points[i].t;
		if (pause > longest)
			longest = pause;
	}
	pause = points[n - 1].t - points[i].t;
	while (last && points[n - 1].t - points[last].t < span / 4)
		last--;
	return pause <= 2 * longest &&
	       floor[n - 1] - floor[last] >= rate * grown / 4;
}

/* Judges a series, or a part of it, as a whole. */
static void judge_part(const struct point *points, size_t n, double least,
		       double *floor, struct slope_finding *finding)
{
	fill_floor(points, n, floor);
	finding->grown = floor[n - 1] - floor[0];
	finding->verdict = VERDICT_STEADY;
	if (finding->grown < least || finding->grown <= 0)
		return;
	finding->slope = slope_of(points, n);
	if (finding->slope.p > P_MAX)
		return;
	finding->verdict = VERDICT_UNEVEN;
	if (finding->slope.low > 0 &&
	    unevenness(points, floor, n) <= (finding->from ? UNEVEN_MAX_PART : UNEVEN_MAX) &&
	    goes_on(points, floor, n, finding->from ? RATE_MIN_PART : RATE_MIN) &&
	    deepest_fall(points, n) <= FALL_MAX * finding->grown)
		finding->verdict = VERDICT_GROWS;
}

/* Whether no value before @from is above @floor. */
static bool is_above(const struct point *points, size_t from, double floor)
{
	size_t i;

	for (i = 0; i < from; i++)
		if (points[i].v > floor)
			return false;
	return true;
}

struct slope_finding slope_judge(const struct point *points, size_t n, double least)
{
	struct slope_finding finding = { .verdict = VERDICT_SHORT }, part;
	double *floor = xcalloc(n, sizeof(*floor));
	size_t from, quarter;

	/* Skips a start-up, a quarter or a half, if all of it lies below the rest. */
	for (quarter = 0; quarter <= 2; quarter++) {
		part = (struct slope_finding){ .from = quarter * n / 4 };
		from = part.from;
		if (n - from < SLOPE_MIN_POINTS)
			break;
		judge_part(points + from, n - from, least, floor, &part);
		if (!quarter || (part.verdict == VERDICT_GROWS &&
				 is_above(points, from, floor[0])))
			finding = part;
		if (finding.verdict != VERDICT_UNEVEN)
			break;
	}
	free(floor);
	return finding;
}

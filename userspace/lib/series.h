/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points of a figure over time, in limited memory: when the array is full, every
 * second point is dropped, and every second later point is skipped.
 *
 * Does a series grow steadily, how fast, and how sure is that?  Rank statistics: they are
 * robust against outliers and steps, and assume only that the noise has no trend.
 * Documentation/leak.rst has the formulae.
 */
#ifndef READER_SERIES_H
#define READER_SERIES_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer points give VERDICT_SHORT. */
#define SLOPE_MIN_POINTS	8

/**
 * struct point - a point of a series
 * @t: seconds, increasing from point to point
 */
struct point {
	double t;
	double v;
};

/* Theil-Sen compares each pair of points. */
#define SERIES_MAX	480

/**
 * struct series - points, by time
 * @points, @n: owned; allocated as they come, at most SERIES_MAX
 * @came: number of points added, kept or not
 * @stride: one out of @stride added points is kept
 */
struct series {
	struct point *points;
	size_t n;
	size_t came;
	size_t stride;
};

/* Adds a point; an empty series is { 0 }. */
void series_add(struct series *series, double t, double v);

/* Gives the empty @to the times of @from, with value 0. */
void series_zeros(struct series *to, const struct series *from);

/* Adds the values of @more, a series with the same times. */
void series_plus(struct series *series, const struct series *more);

/* Adds @by to all values. */
void series_shift(struct series *series, double by);

void series_free(struct series *series);

/**
 * struct slope - the trend of a series
 * @slope: Theil-Sen: median of the slopes between all pairs of points, per second
 * @low, @high: 95% confidence interval of the slope, by ranks
 * @tau: Kendall's tau-b, -1 to 1
 * @p: Mann-Kendall: probability of a rise at least this clear without a trend
 */
struct slope {
	double slope;
	double low;
	double high;
	double tau;
	double p;
};

/* The slope of @n points, at least 2. */
struct slope slope_of(const struct point *points, size_t n);

/**
 * enum verdict - behaviour of a series
 * @VERDICT_SHORT: too few points
 * @VERDICT_STEADY: it does not rise, or by less than @least
 * @VERDICT_UNEVEN: it rose, but not all the time: a cache that filled, a start-up,
 *	swings
 * @VERDICT_GROWS: it grows from the beginning to the end
 */
enum verdict {
	VERDICT_SHORT,
	VERDICT_STEADY,
	VERDICT_UNEVEN,
	VERDICT_GROWS,
};

/**
 * struct slope_finding - the result for a series
 * @verdict: the other members matter only for VERDICT_GROWS
 * @from: index of the first point of the part that grows, after a start-up
 * @grown: rise of the floor in that part
 */
struct slope_finding {
	enum verdict verdict;
	size_t from;
	double grown;
	struct slope slope;
};

/* Judges @n points; a rise by less than @least counts as none. */
struct slope_finding slope_judge(const struct point *points, size_t n, double least);

#endif /* READER_SERIES_H */

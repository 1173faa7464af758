/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a series grow steadily, how fast, and how sure is that?
 *
 * Statistics by ranks: no outlier and no step pulls them, and nothing is
 * assumed of the noise but that it goes no way of its own.  The formulae stand
 * in Documentation/leak.rst.
 */
#ifndef READER_SLOPE_H
#define READER_SLOPE_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer points say nothing. */
#define SLOPE_MIN_POINTS	8

/**
 * struct point - of a series
 * @t: seconds, growing from point to point
 * @v: value
 */
struct point {
	double t;
	double v;
};

/**
 * struct slope - the trend of a series
 * @slope: Theil-Sen: the median of the slopes between any two points, a second
 * @low, @high: interval that holds the slope with 95% confidence, by ranks
 * @tau: Kendall's tau-b, -1 to 1
 * @p: Mann-Kendall: chance of a rise as clear as this where there is no trend
 */
struct slope {
	double slope;
	double low;
	double high;
	double tau;
	double p;
};

/* Of @n points, at least two; false without memory. */
bool slope_of(const struct point *points, size_t n, struct slope *slope);

/**
 * enum verdict - what a series does
 * @VERDICT_SHORT: too few points
 * @VERDICT_STEADY: it does not rise, or by less than @least
 * @VERDICT_UNEVEN: it rose, but not all the time: filled, started up, swings
 * @VERDICT_GROWS: it grows, from the beginning to the end
 */
enum verdict {
	VERDICT_SHORT,
	VERDICT_STEADY,
	VERDICT_UNEVEN,
	VERDICT_GROWS,
};

/**
 * struct slope_finding - what was found of a series
 * @verdict: the next are of interest where it grows
 * @from: the first point of the part that grows: a start-up before is left out
 * @grown: by how much the floor rose in that part
 * @slope: of that part
 */
struct slope_finding {
	enum verdict verdict;
	size_t from;
	double grown;
	struct slope slope;
};

/*
 * Judges @n points; a rise by less than @least is none.  False without memory.
 */
bool slope_judge(const struct point *points, size_t n, double least,
		 struct slope_finding *finding);

#endif /* READER_SLOPE_H */

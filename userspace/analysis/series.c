// SPDX-License-Identifier: GPL-2.0
/* Points of a figure over time, in limited memory. */
#include <stdlib.h>

#include "analysis/series.h"

/* The array doubles, up to SERIES_MAX points. */
static bool make_room(struct series *series)
{
	struct point *points;

	if (series->n & (series->n - 1) || series->n >= SERIES_MAX)
		return true;
	points = reallocarray(series->points, series->n ? 2 * series->n : 1,
			      sizeof(*points));
	if (points)
		series->points = points;
	return points;
}

bool series_add(struct series *series, double t, double v)
{
	size_t i;

	if (!series->stride)
		series->stride = 1;
	if (series->came++ % series->stride)
		return true;
	if (series->n == SERIES_MAX) {
		for (i = 0; i < SERIES_MAX / 2; i++)
			series->points[i] = series->points[2 * i];
		series->n = SERIES_MAX / 2;
		series->stride *= 2;
	}
	if (!make_room(series))
		return false;
	series->points[series->n++] = (struct point){ t, v };
	return true;
}

bool series_zeros(struct series *to, const struct series *from)
{
	size_t i;

	/* Copies the counters too, so that both series keep the same times. */
	for (i = 0; i < from->n; i++) {
		if (!make_room(to))
			return false;
		to->points[to->n++] = (struct point){ from->points[i].t, 0 };
	}
	to->came = from->came;
	to->stride = from->stride;
	return true;
}

void series_plus(struct series *series, const struct series *more)
{
	size_t i;

	for (i = 0; i < series->n && i < more->n; i++)
		series->points[i].v += more->points[i].v;
}

void series_free(struct series *series)
{
	free(series->points);
	*series = (struct series){ 0 };
}

// SPDX-License-Identifier: GPL-2.0
/* Points of a figure over time, in limited memory. */
#include <stdlib.h>

#include "analysis/series.h"
#include "lib/memory.h"

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

void series_free(struct series *series)
{
	free(series->points);
	*series = (struct series){ 0 };
}

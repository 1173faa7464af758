/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points of a figure over time, in bounded memory: where they become too many,
 * every second one is left out, and of those that come later too.
 */
#ifndef READER_SERIES_H
#define READER_SERIES_H

#include "analysis/slope.h"

/* Theil-Sen compares all with all. */
#define SERIES_MAX	480

/**
 * struct series - points, by time
 * @points: owned
 * @n: how many
 * @came: how many were added
 * @stride: one of so many that came is kept
 */
struct series {
	struct point *points;
	size_t n;
	size_t came;
	size_t stride;
};

/* Adds a point; a series begins as { 0 }.  False without memory. */
bool series_add(struct series *series, double t, double v);

/* The empty @to gets the times of @from, with 0 at each.  False without memory. */
bool series_zeros(struct series *to, const struct series *from);

/* Adds the values of @more, a series of the same times. */
void series_plus(struct series *series, const struct series *more);

void series_free(struct series *series);

#endif /* READER_SERIES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Points of a figure over time, in limited memory: when the array is full, every
 * second point is dropped, and every second later point is skipped.
 */
#ifndef READER_SERIES_H
#define READER_SERIES_H

#include "analysis/slope.h"

/* Theil-Sen compares each pair of points. */
#define SERIES_MAX	480

/**
 * struct series - points, by time
 * @points: owned
 * @n: how many
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

void series_free(struct series *series);

#endif /* READER_SERIES_H */

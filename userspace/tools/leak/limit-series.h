/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was left of each limit of the machine and of each tmpfs over time: all that is taken of it,
 * by whoever it is.
 */
#ifndef READER_LIMIT_SERIES_H
#define READER_LIMIT_SERIES_H

#include "lib/series.h"
#include "model/limits.h"

/**
 * struct limit_series - series of limits
 * @v, @n: each with what was left, negative, over seconds; owned
 */
struct limit_series {
	struct limit_past {
		enum limit_kind kind;
		uint64_t id;
		struct series series;
	} *v;
	size_t n;
};

/* Adds what is left of @limits at @t seconds. */
void limit_series_add(struct limit_series *all, const struct limits *limits, double t);

/* The series of @limit; NULL: there is none. */
const struct series *limit_series_of(const struct limit_series *all, const struct limit *limit);

void limit_series_free(struct limit_series *all);

#endif /* READER_LIMIT_SERIES_H */

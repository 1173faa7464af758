// SPDX-License-Identifier: GPL-2.0
/* What was left of each limit over time. */
#include <stdlib.h>

#include "lib/memory.h"
#include "tools/leak/limit-series.h"

/* More than the machine has and as many mounts as are read. */
#define SERIES_MOST	600

static bool has_series(const struct limit *limit)
{
	const struct limit_type *type = &limit_types[limit->kind];

	return (type->scope == LIMIT_OF_MACHINE || type->scope == LIMIT_OF_MOUNT) &&
	       type->use != LIMIT_USE_NONE;
}

static struct limit_past *find_past(const struct limit_series *all, const struct limit *limit)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].kind == limit->kind && all->v[i].id == limit->id)
			return &all->v[i];
	return NULL;
}

void limit_series_add(struct limit_series *all, const struct limits *limits, double t)
{
	const struct limit *limit;
	struct limit_past *past;

	for (limit = limits->v; limit < limits->v + limits->n; limit++) {
		if (!has_series(limit))
			continue;
		past = find_past(all, limit);
		if (!past && all->n == SERIES_MOST)
			continue;
		if (!past) {
			all->v = array_grow(all->v, all->n, sizeof(*all->v));
			past = &all->v[all->n++];
			*past = (struct limit_past){ .kind = limit->kind, .id = limit->id };
		}
		series_add(&past->series, t, -(double)limit->left);
	}
}

const struct series *limit_series_of(const struct limit_series *all, const struct limit *limit)
{
	const struct limit_past *past = has_series(limit) ? find_past(all, limit) : NULL;

	return past ? &past->series : NULL;
}

void limit_series_free(struct limit_series *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		series_free(&all->v[i].series);
	free(all->v);
	*all = (struct limit_series){ .n = 0 };
}

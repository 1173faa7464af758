// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "lib/descend.h"
#include "lib/memory.h"

static struct descendant *parent_of(struct descendant *v, size_t n, const struct descendant *of)
{
	return bsearch(&of->parent, v, n, sizeof(*v), compare_u64);
}

void descend(struct descendant *v, size_t n)
{
	bool *seen = xcalloc(n, sizeof(*seen));
	struct descendant *at;
	size_t i;

	qsort(v, n, sizeof(*v), compare_u64);
	/* Each way up ends where another one has been. */
	for (i = 0; i < n; i++) {
		for (at = &v[i]; at && !at->in && !seen[at - v]; at = parent_of(v, n, at))
			seen[at - v] = true;
		if (!at || !at->in)
			continue;
		for (at = &v[i]; !at->in; at = parent_of(v, n, at))
			at->in = true;
	}
	free(seen);
}

// SPDX-License-Identifier: GPL-2.0
/* The stacks whose memory grew, as a table. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "report/report.h"
#include "tools/flame/grown.h"

/* Stacks that are printed. */
#define STACKS_SHOWN	10

/**
 * struct growth - a stack that grew
 * @mapping: name of its mapping, of the tree
 * @stack: frames, outermost first; owned
 * @bytes: what the stack has more than at the mark
 * @of_mapping: the same of all stacks of mappings with this name
 */
struct growth {
	const char *mapping;
	char *stack;
	uint64_t bytes;
	uint64_t of_mapping;
};

struct growths {
	struct growth *v;
	size_t n;
};

/* @path: process, mapping, frames. */
static void add_growth(void *context, const struct flame_node *const *path, size_t depth,
		       uint64_t bytes)
{
	struct growths *growths = context;
	struct growth growth = { .bytes = bytes };
	size_t size;
	FILE *out;

	if (depth < 3)
		return;
	growth.mapping = path[1]->name;
	out = xopen_memstream(&growth.stack, &size);
	flame_put_path(out, path + 2, depth - 2);
	xfclose(out);
	growths->v = array_grow(growths->v, growths->n, sizeof(growth));
	growths->v[growths->n++] = growth;
}

static int by_mapping(const void *a, const void *b)
{
	const struct growth *x = a, *y = b;

	return strcmp(x->mapping, y->mapping);
}

static int by_growth(const void *a, const void *b)
{
	const struct growth *x = a, *y = b;

	return COMPARE(y->of_mapping, x->of_mapping) ?: COMPARE(y->bytes, x->bytes);
}

static void sum_mappings(struct growth *v, size_t n)
{
	size_t i, first = 0, k;
	uint64_t sum = 0;

	qsort(v, n, sizeof(*v), by_mapping);
	for (i = 0; i < n; i++) {
		sum += v[i].bytes;
		if (i + 1 < n && !strcmp(v[i].mapping, v[i + 1].mapping))
			continue;
		for (k = first; k <= i; k++)
			v[k].of_mapping = sum;
		first = i + 1;
		sum = 0;
	}
}

static const struct column growth_columns[] = {
	MEMBER(growth, "grown", "Grown", bytes, BYTES, "how much it grew"),
	MEMBER(growth, "mapping", "Mapping", mapping, TEXT, "where"),
	MEMBER(growth, "stack", "Stack", stack, TEXT, "by whom"),
};

static const struct row_type growth_rows = ROWS_OF("stack that grew", growth_columns);

void flame_grown(const struct flame_node *root, const struct options *options, FILE *out)
{
	struct growths growths = { .n = 0 };
	struct report report;
	size_t i;

	flame_each_path(root, true, add_growth, &growths);
	if (growths.n) {
		sum_mappings(growths.v, growths.n);
		qsort(growths.v, growths.n, sizeof(*growths.v), by_growth);
	}
	report_begin(&report, options, NULL, out);
	REPORT(&report,
	       { .title = growths.n ? "Stacks whose memory grew" : "No stack's memory grew",
		 .type = &growth_rows, .columns = growths.n ? "grown mapping:1 stack" : NULL,
		 .rows = ROWS(growths.v, growths.n < STACKS_SHOWN ? growths.n : STACKS_SHOWN) });
	report_end(&report);
	for (i = 0; i < growths.n; i++)
		free(growths.v[i].stack);
	free(growths.v);
}

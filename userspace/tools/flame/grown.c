// SPDX-License-Identifier: GPL-2.0
/* The table of stacks whose memory grew. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/format.h"
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

DERIVED(growth_bytes, growth, number, row->bytes, row->bytes)
DERIVED(growth_none, growth, text, "", !row->bytes)

static const struct column growth_columns[] = {
	{ "grown", "Grown", "how much it grew", .kind = KIND_BYTES, .derive = growth_bytes },
	{ "none", .help = "a further line of the stack", .kind = KIND_TEXT, .derive = growth_none },
	MEMBER(growth, "mapping", "Mapping", mapping, TEXT, "where"),
	MEMBER(growth, "stack", "Stack", stack, TEXT, "by whom"),
};

static const struct row_type growth_rows = ROWS_OF("stack that grew", growth_columns);

/* The largest amount in KiB or with a unit, and the blanks between columns. */
#define GROWN_WIDTH	10
#define STACK_LEAST	20

/*
 * The @n first stacks, the largest last: on a screen the end stays; raw it is the first one.  With
 * the @columns of a terminal, a stack that does not fit has further lines, without an amount.
 */
static void fill_growths(struct growths *lines, const struct growth *v, size_t n, bool raw,
			 size_t columns)
{
	size_t mapping = strlen("Mapping"), width, len, i;
	const char *rest;

	for (i = 0; i < n; i++)
		if (strlen(v[i].mapping) > mapping)
			mapping = strlen(v[i].mapping);
	width = !columns ? SIZE_MAX : columns < mapping + GROWN_WIDTH + STACK_LEAST ? STACK_LEAST :
		columns - mapping - GROWN_WIDTH;
	for (i = 0; i < n; i++) {
		const struct growth *growth = &v[raw ? i : n - 1 - i];
		struct growth line = { growth->mapping, .bytes = growth->bytes };

		for (rest = growth->stack; *rest; rest += len) {
			len = text_break(rest, ';', width);
			line.stack = xasprintf("%.*s", (int)len, rest);
			lines->v = array_grow(lines->v, lines->n, sizeof(line));
			lines->v[lines->n++] = line;
			line = (struct growth){ .mapping = "" };
		}
	}
}

static void growths_free(struct growths *growths)
{
	size_t i;

	for (i = 0; i < growths->n; i++)
		free(growths->v[i].stack);
	free(growths->v);
}

void flame_grown(const struct flame_node *root, const struct options *options, size_t columns,
		 FILE *out)
{
	struct growths growths = { .n = 0 }, lines = { .n = 0 };
	struct report report;

	flame_each_path(root, true, add_growth, &growths);
	if (growths.n) {
		sum_mappings(growths.v, growths.n);
		qsort(growths.v, growths.n, sizeof(*growths.v), by_growth);
	}
	fill_growths(&lines, growths.v, growths.n < STACKS_SHOWN ? growths.n : STACKS_SHOWN,
		     options->raw, columns);
	report_begin(&report, options, NULL, out);
	REPORT(&report,
	       { .title = growths.n ? "Stacks whose memory grew" : "No stack's memory grew",
		 .type = &growth_rows,
		 .columns = growths.n ? "grown|none mapping:1 stack" : NULL,
		 .rows = ROWS(lines.v, lines.n) });
	report_end(&report);
	growths_free(&growths);
	growths_free(&lines);
}

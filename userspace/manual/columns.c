// SPDX-License-Identifier: GPL-2.0
/* Writes the columns as a section of the manual page. */
#include "manual/columns.h"
#include "report/changes.h"
#include "tools/trace/columns.h"

const struct row_type *const manual_types[] = {
	&task_rows, &group_rows, &node_sum_rows, &vma_rows, &change_rows, &pair_rows,
	&trace_rows, NULL
};

/* All types that have figures have these. */
static bool is_figure(const struct column *column)
{
	const struct column_set *set = &task_rows.figures;

	return column >= set->columns && column < set->columns + set->n;
}

static void put_manual_columns(FILE *out, const struct row_type *type, bool figures)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(type, i)); i++)
		if (is_figure(column) == figures)
			fprintf(out, "\n*%s*\n\t%s\n", column->name, column->help);
}

void manual_columns(FILE *out)
{
	const struct row_type *const *type;

	fputs("## Amounts of all of them\n", out);
	put_manual_columns(out, &task_rows, true);
	for (type = manual_types; *type; type++) {
		fprintf(out, "\n## Of a %s\n", (*type)->name);
		put_manual_columns(out, *type, false);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Rows of figures. */
#include <stdlib.h>

#include "lib/memory.h"
#include "report/figures.h"

#define AMOUNT(n)	MEMBER_AMOUNT(figure_row, #n, NULL, amounts[n], "")

DERIVED(figure_part, figure_row, ratio, 100.0 * (double)row->amounts[0].bytes / (double)row->whole,
	row->amounts[0].known && row->whole)

DERIVED(figure_change, figure_row, sign, row->amounts[1].bytes - row->amounts[0].bytes,
	row->amounts[1].known && row->amounts[0].known)
DERIVED(figure_next, figure_row, sign, row->amounts[2].bytes - row->amounts[1].bytes,
	row->amounts[2].known && row->amounts[1].known)

static const struct column figure_columns[] = {
	MEMBER(figure_row, "figure", NULL, name, TEXT, "name of the figure"),
	MEMBER(figure_row, "meaning", "Meaning", meaning, TEXT, "what it is"),
	MEMBER(figure_row, "kernel", "Meminfo", kernel, TEXT, "what the kernel calls it"),
	AMOUNT(0), AMOUNT(1), AMOUNT(2),
	MEMBER(figure_row, "n0", NULL, counts[0], COUNT, "a count"),
	MEMBER(figure_row, "n1", NULL, counts[1], COUNT, "another one"),
	{ "change", "Change", "from the first to the second", .kind = KIND_BYTES, .sign = true,
	  .derive = figure_change },
	{ "next", "Next", "from the second to the third", .kind = KIND_BYTES, .sign = true,
	  .derive = figure_next },
	{ "part", "Part", "of the whole", .kind = KIND_PERCENT, .format = "%.2f%%",
	  .derive = figure_part },
};

const struct row_type figure_rows = ROWS_OF("row of figures", figure_columns);

struct figure_row *figure_rows_of(const struct column_set *set, const struct figures *const *from,
				  size_t n)
{
	struct figure_row *rows = xcalloc(set->n, sizeof(*rows)), *row;
	size_t i;

	for (row = rows; row < rows + set->n; row++) {
		row->number = (unsigned int)(row - rows);
		row->name = set->columns[row->number].name;
		row->meaning = set->columns[row->number].help;
		row->kernel = set->columns[row->number].kernel;
		for (i = 0; i < n; i++)
			row->amounts[i] = amount_figure(from[i], row->number);
	}
	return rows;
}

void figures_report_system(struct report *report)
{
	const struct snapshot *snap = report->view.snap;

	REPORT(report,
	       { .name = "system", .shape = SECTION_OPEN },
	       { "bytes", SECTION_OBJECT, .type = &bytes_rows, .rows = ONE_ROW(&snap->totals) },
	       { "events", SECTION_OBJECT, .type = &events_rows, .rows = ONE_ROW(&snap->totals) },
	       { .shape = SECTION_CLOSE },
	       /* Not part of the census, so an object apart. */
	       { "meminfo", SECTION_KEYED, .type = &meminfo_rows, .members = "name value" });
}

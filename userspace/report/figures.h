/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of figures, with the same name in one census or in several.
 */
#ifndef READER_FIGURES_H
#define READER_FIGURES_H

#include "model/amount.h"
#include "model/columns.h"
#include "report/report.h"

/* Amounts of a row of figures. */
#define FIGURE_AMOUNTS	3

/**
 * struct figure_row - figures of one name: the columns "figure", "meaning", "kernel", "0" to "2",
 *	"change" from the first to the second, "next" from that to the third, "part", and the counts
 *	"n0" and "n1"
 * @of: row that they belong to, for a join
 * @name, @meaning, @kernel: as in struct column; without @name, there is no such figure
 * @number: of the figure
 * @amounts: memory
 * @counts: numbers of things
 * @whole: what the first amount is a part of; 0: unknown
 */
struct figure_row {
	const void *of;
	const char *name;
	const char *meaning;
	const char *kernel;
	unsigned int number;
	struct amount amounts[FIGURE_AMOUNTS];
	uint64_t counts[2];
	uint64_t whole;
};

extern const struct row_type figure_rows;

/* A row for each entry of @set, with its amounts in @n figures; the caller frees. */
struct figure_row *figure_rows_of(const struct column_set *set, const struct figures *const *from,
				  size_t n);

/* The members of JSON that are about the system as a whole. */
void figures_report_system(struct report *report);

#endif /* READER_FIGURES_H */

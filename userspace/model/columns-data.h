/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of columns share, and nobody else needs.
 */
#ifndef READER_COLUMNS_DATA_H
#define READER_COLUMNS_DATA_H

#include "model/columns.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* By enum memcensus_basis. */
extern const char *const basis_words[MEMCENSUS_BASIS_MAX + 1];

/* By enum memcensus_figure; of tasks, groups and mappings: see snapshot.h. */
#define FIGURE_COLUMNS	(MEMCENSUS_F_MAX + 1)
extern const struct column figure_columns[FIGURE_COLUMNS];

/* PSS of @figures in percent of MemTotal; false where one of them is unavailable. */
bool percent_of_total(const struct view *view, const struct figures *figures,
		      struct value *value);

/* A column whose function is @get, and that takes the record's own type. */
#define PERCENT_COLUMN(get)						\
	{ "%mem", "%MEM", "PSS in percent of MemTotal", .kind = KIND_PERCENT, \
	  .total = TOTAL_SUM, .derive = get }

#endif /* READER_COLUMNS_DATA_H */

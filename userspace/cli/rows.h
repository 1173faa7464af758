/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of rows, and those that several commands have.
 */
#ifndef READER_ROWS_H
#define READER_ROWS_H

#include "model/columns.h"

/**
 * struct rows - the kind of rows that a table has
 * @type: row type whose columns -c and -s select; NULL: no such options
 * @columns: columns shown without -c
 * @sort: column sorted by without -s
 */
struct rows {
	const struct row_type *type;
	const char *columns;
	const char *sort;
};

/* The rows of groups of tasks, by enum memcensus_group_by. */
extern const struct rows rows_groups[];

/* The same of cgroups as a tree. */
extern const struct rows rows_tree;

/* Those of the mappings of a task. */
#define ROWS_MAP	{ &vma_rows, "start,size,rss,pss,uss,dirty,swap,mode,mapping", "start" }

#endif /* READER_ROWS_H */

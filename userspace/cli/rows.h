/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of rows, and those that several commands have.
 */
#ifndef READER_ROWS_H
#define READER_ROWS_H

#include "model/amount.h"
#include "model/columns.h"

/**
 * struct rows - the kind of rows that a table has
 * @type: record type whose columns -c and -s select; NULL: no such options
 * @columns: columns shown without -c
 * @sort: column sorted by without -s
 */
struct rows {
	const struct record_type *type;
	const char *columns;
	const char *sort;
};

/* The rows of groups of tasks, by enum memcensus_group_by. */
extern const struct rows rows_groups[];

/* The same of cgroups as a tree. */
extern const struct rows rows_tree;

/* Those of the mappings of a task. */
#define ROWS_MAP	{ &vma_record, "start,size,rss,pss,uss,dirty,swap,mode,mapping", "start" }

/* Amounts of a row of figures. */
#define FIGURE_AMOUNTS	6

/**
 * struct figure_row - figures of one name: the columns "figure", "meaning", "kernel", "0" to "5",
 *	"change" from the first to the second, "next" from that to the third, "part", and the
 *	counts "n0" and "n1"
 * @of: record that they belong to, for a join
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

extern const struct record_type figure_record;

/* A row for each entry of @set, with its amounts in @n figures; the caller frees. */
struct figure_row *figure_rows(const struct column_set *set, const struct figures *const *from,
			       size_t n);

#endif /* READER_ROWS_H */

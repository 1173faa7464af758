/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The list that 'top' shows: sorted and filtered records, one of them
 * selected.  It does not depend on a terminal.
 */
#ifndef READER_TOP_LIST_H
#define READER_TOP_LIST_H

#include <regex.h>

#include "report/listing.h"

/**
 * struct top_list - processes, cgroups or mappings
 * @type: task_rows, group_rows or vma_rows
 * @columns: shown columns, in order; owned
 * @reverse: largest first
 * @regex: of names, if there is a @pattern
 * @pattern: its text; owned, NULL: there is none
 * @rows: records of the census that are shown, in order; owned
 * @depths: of cgroups: number of shown ancestors of each; NULL: all are 0; owned
 * @n_all: number of rows without the filter
 * @selected: index of the selected row; 0 if there is none
 * @first: index of the first row on the screen
 * @held: the selection follows its record through the censuses; else it
 *	stays at the top
 * @key: key of that record, see top_key()
 */
struct top_list {
	const struct row_type *type;
	struct columns columns;
	const struct column *sort;
	bool reverse;
	regex_t regex;
	char *pattern;
	const void **rows;
	unsigned int *depths;
	size_t n_rows;
	size_t n_all;
	size_t selected;
	size_t first;
	bool held;
	uint64_t key[2];
};

/*
 * Creates an empty list with @columns and @sort, names as in -c and -s; @reverse
 * inverts the default order of @sort.  Returns 0, or -1 and @why; then
 * there is nothing to free.
 */
int top_list_init(struct top_list *list, const struct row_type *type,
		  const char *columns, const char *defaults, const char *sort,
		  bool reverse, struct failure *why);
void top_list_free(struct top_list *list);

/*
 * Fills the list with @records, which must stay valid, like @view, until the next
 * call.
 */
void top_list_fill(struct top_list *list, const struct view *view, struct row_array records);

/* Drops rows and selection. */
void top_list_empty(struct top_list *list);

/*
 * These take effect at the next top_list_fill().  Sort by @column, amounts and
 * counts largest first; or by the column @step places further on.
 */
void top_list_sort(struct top_list *list, const struct column *column);
void top_list_sort_step(struct top_list *list, int step);

/*
 * Shows only records with a name that matches the extended regular expression
 * @pattern; "" shows all.  Returns 0, or -1 and @why; then the old filter
 * stays.
 */
int top_list_filter(struct top_list *list, const char *pattern, struct failure *why);

/* Moves the selection by @step rows, at most to the ends. */
void top_list_move(struct top_list *list, long step);

/* Sets @first so that the selected row is among the @height visible rows. */
void top_list_scroll(struct top_list *list, size_t height);

/* The selected record; NULL if the list is empty. */
const void *top_list_selected(const struct top_list *list);

#endif /* READER_TOP_LIST_H */

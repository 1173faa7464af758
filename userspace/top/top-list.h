/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'top' lists: records in an order, some of them filtered out, one
 * selected.  It knows no terminal.
 */
#ifndef READER_TOP_LIST_H
#define READER_TOP_LIST_H

#include <regex.h>

#include "model/listing.h"
#include "top/top-tree.h"

/**
 * struct top_list - processes or mappings
 * @type: task_record or vma_record
 * @columns: shown, in order; owned
 * @sort: by which it is sorted
 * @reverse: largest first
 * @tree: children below their parents, of processes
 * @filter: compiled; where @pattern is not NULL
 * @pattern: its text; owned
 * @rows: shown, in order; owned
 * @n_rows: how many
 * @n_all: how many there would be without the filter
 * @largest: the largest RSS of all, bytes
 * @selected: number of the selected row; 0 where there is none
 * @first: number of the first row on the screen
 * @held: the selected record is looked for again in each census; else the
 *	selection stays at the top
 * @key: of that record, see top_key()
 */
struct top_list {
	const struct record_type *type;
	struct columns columns;
	const struct column *sort;
	bool reverse;
	bool tree;
	regex_t filter;
	char *pattern;
	struct top_row *rows;
	size_t n_rows;
	size_t n_all;
	uint64_t largest;
	size_t selected;
	size_t first;
	bool held;
	uint64_t key[2];
};

/*
 * An empty list with @columns and @sort, names as of -c and -s; the order that
 * @sort has by itself is turned where @reverse.  0, or -1 and @why, and then
 * there is nothing to free.
 */
int top_list_init(struct top_list *list, const struct record_type *type,
		  const char *columns, const char *defaults, const char *sort,
		  bool reverse, struct failure *why);
void top_list_free(struct top_list *list);

/*
 * Fills it with @records; @view and they must stay until the next time.  0, or
 * -1 and @why without memory, and then it is as it was.
 */
int top_list_fill(struct top_list *list, const struct view *view,
		  struct records records, struct failure *why);

/* Forgets rows and selection. */
void top_list_empty(struct top_list *list);

/*
 * What follows changes what the next top_list_fill() does.  By @column, amounts
 * and counts largest first; by the one that is @step columns further on.
 */
void top_list_sort(struct top_list *list, const struct column *column);
void top_list_sort_step(struct top_list *list, int step);

/*
 * Shows only records of which a name matches the extended regular expression
 * @pattern; all where it is "".  0, or -1 and @why, and the filter before
 * stays.
 */
int top_list_filter(struct top_list *list, const char *pattern, struct failure *why);

/* Whether @column is shown; shows it or takes it away, but for the last. */
bool top_list_has(const struct top_list *list, const struct column *column);
int top_list_toggle(struct top_list *list, const struct column *column,
		    struct failure *why);

/* Moves the selection by @step rows, to the ends at most. */
void top_list_move(struct top_list *list, long step);

/* Chooses @first so that the selected row is among @height rows. */
void top_list_scroll(struct top_list *list, size_t height);

/* The selected record; NULL where the list is empty. */
const void *top_list_selected(const struct top_list *list);

#endif /* READER_TOP_LIST_H */

// SPDX-License-Identifier: GPL-2.0
/* The list that 'top' shows. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-tree.h"
#include "tools/top/top-list.h"

/* Columns that the filter matches. */
static const char *const task_names[] = { "comm", "user", NULL };
static const char *const vma_names[] = { "mapping", NULL };
static const char *const group_names[] = { "cgroup_name", "cgroup_path", NULL };

/* The key of a process, a cgroup or a mapping; it is the same in every census. */
static void top_key(const struct row_type *type, const void *record,
		    uint64_t key[2])
{
	const struct task *task = record;
	const struct group *group = record;
	const struct vma *vma = record;

	if (type == &task_rows) {
		key[0] = KNOWN(task, MEMCENSUS_TASK_PID) ? task->pid : 0;
		key[1] = KNOWN(task, MEMCENSUS_TASK_START_NS) ? task->start : 0;
	} else if (type == &group_rows) {
		key[0] = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ? group->cgroup : 0;
		key[1] = group->own;
	} else {
		key[0] = KNOWN(vma, MEMCENSUS_VMA_PID) ? vma->pid : 0;
		key[1] = KNOWN(vma, MEMCENSUS_VMA_START) ? vma->start : 0;
	}
}

static bool largest_first(const struct column *column)
{
	return column->kind == KIND_BYTES || column->kind == KIND_COUNT ||
	       column->kind == KIND_PERCENT || column->kind == KIND_DURATION;
}

int top_list_init(struct top_list *list, const struct row_type *type,
		  const char *columns, const char *defaults, const char *sort,
		  bool reverse, struct failure *why)
{
	memset(list, 0, sizeof(*list));
	list->type = type;
	top_list_sort(list, column_named(type, sort));
	list->reverse ^= reverse;
	return columns_choose(&list->columns, type, columns, defaults, why);
}

static void drop_pattern(struct top_list *list)
{
	if (list->pattern)
		regfree(&list->regex);
	free(list->pattern);
	list->pattern = NULL;
}

void top_list_free(struct top_list *list)
{
	columns_free(&list->columns);
	top_list_empty(list);
	drop_pattern(list);
}

void top_list_empty(struct top_list *list)
{
	free(list->rows);
	free(list->depths);
	list->rows = NULL;
	list->depths = NULL;
	list->n_rows = 0;
	list->n_all = 0;
	list->selected = 0;
	list->first = 0;
	list->held = false;
}

static bool matches(const struct top_list *list, const struct view *view,
		    const void *record)
{
	const char *const *name = list->type == &task_rows ? task_names :
				  list->type == &group_rows ? group_names : vma_names;
	const struct column *column;
	struct value value;

	if (!list->pattern)
		return true;
	for (; *name; name++) {
		column = column_named(list->type, *name);
		if (column && column_get(column, view, record, &value) &&
		    value.text && !regexec(&list->regex, value.text, 0, NULL, 0))
			return true;
	}
	return false;
}

/* Finds the row of the selected record in a new census. */
static void find_selected(struct top_list *list)
{
	uint64_t key[2];
	size_t i;

	if (!list->held) {
		list->selected = 0;
		return;
	}
	for (i = 0; i < list->n_rows; i++) {
		top_key(list->type, list->rows[i], key);
		if (key[0] == list->key[0] && key[1] == list->key[1]) {
			list->selected = i;
			return;
		}
	}
	/* The record is gone: select the row in its place, and follow that one. */
	top_list_move(list, 0);
}

void top_list_fill(struct top_list *list, const struct view *view, struct row_array records)
{
	struct listing listing;
	size_t i, n = 0;

	listing_fill(&listing, view, records);
	listing_sort(&listing, list->sort, list->reverse);
	list->n_all = listing.n_rows;
	for (i = 0; i < listing.n_rows; i++)
		if (matches(list, view, listing.rows[i]))
			listing.rows[n++] = listing.rows[i];
	listing.n_rows = n;
	if (listing.groups)
		listing_nest(&listing);
	free(list->rows);
	free(list->depths);
	list->rows = listing.rows;
	list->depths = listing.depths;
	list->n_rows = listing.n_rows;
	find_selected(list);
}

void top_list_sort(struct top_list *list, const struct column *column)
{
	list->sort = column;
	list->reverse = largest_first(column);
}

void top_list_sort_step(struct top_list *list, int step)
{
	long i;

	for (i = 0; i < (long)list->columns.n; i++)
		if (list->columns.v[i] == list->sort)
			break;
	/* Sorted by a hidden column: start at the first one. */
	i = i < (long)list->columns.n ? i + step : 0;
	if (i >= 0 && i < (long)list->columns.n)
		top_list_sort(list, list->columns.v[i]);
}

int top_list_filter(struct top_list *list, const char *pattern, struct failure *why)
{
	char problem[128];
	regex_t regex;
	int error;

	error = *pattern ? regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) : 0;
	if (error) {
		regerror(error, &regex, problem, sizeof(problem));
		return fail(why, FAIL_USAGE, "%s", problem);
	}
	drop_pattern(list);
	if (!*pattern)
		return 0;
	list->regex = regex;
	list->pattern = xstrdup(pattern);
	return 0;
}

void top_list_move(struct top_list *list, long step)
{
	long to = (long)list->selected + step;

	if (to >= (long)list->n_rows)
		to = (long)list->n_rows - 1;
	list->selected = to > 0 ? to : 0;
	/* At the top, the selection stays on the first row, not on its record. */
	list->held = list->selected > 0;
	if (list->held)
		top_key(list->type, list->rows[list->selected], list->key);
}

void top_list_scroll(struct top_list *list, size_t height)
{
	size_t last = list->n_rows > height ? list->n_rows - height : 0;

	if (list->first > last)
		list->first = last;
	if (list->selected < list->first)
		list->first = list->selected;
	if (height && list->selected >= list->first + height)
		list->first = list->selected - height + 1;
}

const void *top_list_selected(const struct top_list *list)
{
	return list->n_rows ? list->rows[list->selected] : NULL;
}

// SPDX-License-Identifier: GPL-2.0
/* The list that 'top' shows. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/cgroup-tree.h"
#include "tools/top/top-list.h"

/* Columns that the filter matches. */
static const char *const task_names[] = { "comm", "user", NULL };
static const char *const vma_names[] = { "mapping", NULL };
static const char *const group_names[] = { "user", "cgroup_path", "name", NULL };

/* The key of a process, a group or a mapping; it is the same in every census. */
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
		key[0] = KNOWN(group, MEMCENSUS_GROUP_CGROUP) ? group->cgroup :
			 KNOWN(group, MEMCENSUS_GROUP_PID) ? group->pid : group->uid;
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

void top_list_free(struct top_list *list)
{
	columns_free(&list->columns);
	top_list_empty(list);
	filter_free(&list->filter);
	free(list->pattern);
	free(list->folded);
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
		    filter_matches(&list->filter, value.text))
			return true;
	}
	return false;
}

static uint64_t largest_of(const struct listing *listing)
{
	const struct task *task;
	uint64_t largest = 0;
	size_t i;

	for (i = 0; i < listing->n_rows; i++) {
		/* struct vma has @figures at the same offset. */
		task = listing->rows[i];
		if (KNOWN(&task->figures, MEMCENSUS_F_RSS) &&
		    task->figures.v[MEMCENSUS_F_RSS] > largest)
			largest = task->figures.v[MEMCENSUS_F_RSS];
	}
	return largest;
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

/* Maps @pid, by compare_u64(), to the index of its task. */
struct owner {
	uint64_t pid;
	size_t task;
};

/**
 * struct tree - links between tasks, all by index
 * @parent: the parent in the census; later the nearest shown ancestor
 * @walk: number of the walk that visited the task, 0: none
 */
struct tree {
	size_t *parent;
	size_t *walk;
};

static void add_owner(struct owner **owners, size_t *n, uint64_t pid, size_t task)
{
	*owners = array_grow(*owners, *n, sizeof(**owners));
	(*owners)[(*n)++] = (struct owner){ pid, task };
}

static void find_parents(const struct task *const *tasks, size_t n, size_t *parent)
{
	struct owner *owners = array_grow(NULL, 0, sizeof(*owners));
	struct owner *owner, key;
	size_t i, t, all = 0;

	for (i = 0; i < n; i++) {
		if (KNOWN(tasks[i], MEMCENSUS_TASK_PID))
			add_owner(&owners, &all, tasks[i]->pid, i);
		if (!KNOWN(tasks[i], MEMCENSUS_TASK_PEERS))
			continue;
		for (t = 0; t < tasks[i]->peers.n; t++)
			add_owner(&owners, &all, tasks[i]->peers.v[t], i);
	}
	qsort(owners, all, sizeof(*owners), compare_u64);
	for (i = 0; i < n; i++) {
		key.pid = tasks[i]->ppid;
		owner = KNOWN(tasks[i], MEMCENSUS_TASK_PPID) && key.pid ?
			bsearch(&key, owners, all, sizeof(*owners), compare_u64) : NULL;
		parent[i] = owner ? owner->task : ROW_NONE;
	}
	free(owners);
}

/* Breaks cycles: a task whose parent was visited in the same walk becomes a root. */
static void open_rings(struct tree *tree, size_t n)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		for (at = i; at != ROW_NONE && !tree->walk[at]; at = tree->parent[at]) {
			tree->walk[at] = i + 1;
			if (tree->parent[at] != ROW_NONE &&
			    tree->walk[tree->parent[at]] == i + 1)
				tree->parent[at] = ROW_NONE;
		}
	}
}

/* Gives the children of hidden tasks to the nearest shown ancestor. */
static void pass_over(struct tree *tree, const bool *shown, size_t n)
{
	size_t i, at, up, next;

	for (i = 0; i < n; i++) {
		up = tree->parent[i];
		while (up != ROW_NONE && !shown[up])
			up = tree->parent[up];
		/* Store the result in every task on the path. */
		for (at = i; tree->parent[at] != up; at = next) {
			next = tree->parent[at];
			tree->parent[at] = up;
		}
	}
}

/*
 * Leaves the @shown ones of the tasks in @listing: each after its nearest shown ancestor,
 * siblings in their order.  A parent may be a CLONE_VM peer, may be missing, or may be its own
 * descendant in a corrupt record: each process appears exactly once in any case.
 */
static void arrange_tree(struct listing *listing, const bool *shown)
{
	const size_t n = listing->n_rows;
	size_t *links = xcalloc(4 * n, sizeof(*links)), *parents = links + 2 * n;
	size_t *order = links + 3 * n, n_rows = 0, i;
	const void **tasks = xcalloc(n, sizeof(*tasks));
	struct tree tree = { links, links + n };

	find_parents((const struct task *const *)listing->rows, n, tree.parent);
	open_rings(&tree, n);
	pass_over(&tree, shown, n);
	/* From here on, @walk has the row of each task. */
	for (i = 0; i < n; i++) {
		tree.walk[i] = n_rows;
		tasks[n_rows] = listing->rows[i];
		n_rows += shown[i];
	}
	for (i = 0; i < n; i++)
		if (shown[i])
			parents[tree.walk[i]] = tree.parent[i] == ROW_NONE ? ROW_NONE :
						tree.walk[tree.parent[i]];
	listing->depths = xcalloc(n, sizeof(*listing->depths));
	rows_nest(parents, n_rows, order, listing->depths);
	for (i = 0; i < n_rows; i++)
		listing->rows[i] = tasks[order[i]];
	listing->n_rows = n_rows;
	free(tasks);
	free(links);
}

static size_t find_folded(const struct top_list *list, const uint64_t key[2])
{
	size_t i = 0;

	while (i < list->n_folded && (list->folded[i][0] != key[0] || list->folded[i][1] != key[1]))
		i++;
	return i;
}

bool top_list_is_folded(const struct top_list *list, const void *record)
{
	uint64_t key[2];

	if (!list->depths)
		return false;
	top_key(list->type, record, key);
	return find_folded(list, key) < list->n_folded;
}

void top_list_fold(struct top_list *list)
{
	const void *record = top_list_selected(list);
	uint64_t key[2];
	size_t at;

	if (!record || !list->depths)
		return;
	top_key(list->type, record, key);
	at = find_folded(list, key);
	if (at < list->n_folded) {
		list->n_folded--;
		memcpy(list->folded[at], list->folded[list->n_folded], sizeof(key));
		return;
	}
	list->folded = array_grow(list->folded, list->n_folded, sizeof(*list->folded));
	memcpy(list->folded[list->n_folded++], key, sizeof(key));
}

/* Drops the rows below folded ones. */
static void hide_folded(struct top_list *list)
{
	unsigned int hidden = UINT_MAX;
	size_t i, n = 0;

	for (i = 0; list->depths && i < list->n_rows; i++) {
		if (list->depths[i] > hidden)
			continue;
		hidden = top_list_is_folded(list, list->rows[i]) ? list->depths[i] : UINT_MAX;
		list->rows[n] = list->rows[i];
		list->depths[n++] = list->depths[i];
	}
	list->n_rows = list->depths ? n : list->n_rows;
}

void top_list_fill(struct top_list *list, const struct view *view, struct row_array records)
{
	bool *shown = xcalloc(records.n, sizeof(*shown));
	struct listing listing;
	size_t i, n = 0;

	listing_fill(&listing, view, records);
	listing_sort(&listing, list->sort, list->reverse);
	list->n_all = listing.n_rows;
	list->largest = largest_of(&listing);
	for (i = 0; i < listing.n_rows; i++)
		shown[i] = matches(list, view, listing.rows[i]);
	if (list->tree && list->type == &task_rows) {
		arrange_tree(&listing, shown);
	} else {
		for (i = 0; i < listing.n_rows; i++)
			if (shown[i])
				listing.rows[n++] = listing.rows[i];
		listing.n_rows = n;
		if (list->tree && listing.groups)
			listing_nest(&listing);
	}
	free(shown);
	free(list->rows);
	free(list->depths);
	list->rows = listing.rows;
	list->depths = listing.depths;
	list->n_rows = listing.n_rows;
	hide_folded(list);
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
	struct filter filter = { .given = false };

	if (*pattern && filter_compile(&filter, NULL, pattern, why))
		return -1;
	filter_free(&list->filter);
	list->filter = filter;
	free(list->pattern);
	list->pattern = *pattern ? xstrdup(pattern) : NULL;
	return 0;
}

bool top_list_has(const struct top_list *list, const struct column *column)
{
	size_t i;

	for (i = 0; i < list->columns.n; i++)
		if (list->columns.v[i] == column)
			return true;
	return false;
}

void top_list_toggle(struct top_list *list, const struct column *column)
{
	struct columns *columns = &list->columns;
	const struct column **last;
	size_t i, n = 0;

	if (top_list_has(list, column)) {
		for (i = 0; i < columns->n && columns->n > 1; i++)
			if (columns->v[i] != column)
				columns->v[n++] = columns->v[i];
		columns->n = n ? n : columns->n;
		return;
	}
	columns_add(columns, column);
	last = &columns->v[columns->n - 1];
	/* A name at the end of the line stays there. */
	if (columns->n > 1 && last[-1]->kind == KIND_TEXT) {
		last[0] = last[-1];
		last[-1] = column;
	}
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

// SPDX-License-Identifier: GPL-2.0
/* Arranges processes as a tree. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/memory.h"
#include "top/top-list.h"

/* The index of no task. */
#define NOBODY	SIZE_MAX

/* Maps @pid to the index of its task. */
struct owner {
	uint64_t pid;
	size_t task;
};

/**
 * struct tree - links between tasks, all by index
 * @parent: the parent in the census; later the nearest shown ancestor
 * @walk: number of the walk that visited the task, 0: none
 * @child: the first child
 * @next: the next sibling
 */
struct tree {
	size_t *parent;
	size_t *walk;
	size_t *child;
	size_t *next;
};

static int compare_owners(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

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
	qsort(owners, all, sizeof(*owners), compare_owners);
	for (i = 0; i < n; i++) {
		key.pid = tasks[i]->ppid;
		owner = KNOWN(tasks[i], MEMCENSUS_TASK_PPID) && key.pid ?
			bsearch(&key, owners, all, sizeof(*owners), compare_owners) : NULL;
		parent[i] = owner ? owner->task : NOBODY;
	}
	free(owners);
}

/* Breaks cycles: a task whose parent was visited in the same walk becomes a root. */
static void open_rings(struct tree *tree, size_t n)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		for (at = i; at != NOBODY && !tree->walk[at]; at = tree->parent[at]) {
			tree->walk[at] = i + 1;
			if (tree->parent[at] != NOBODY &&
			    tree->walk[tree->parent[at]] == i + 1)
				tree->parent[at] = NOBODY;
		}
	}
}

/* Gives the children of hidden tasks to the nearest shown ancestor. */
static void pass_over(struct tree *tree, const bool *shown, size_t n)
{
	size_t i, at, up, next;

	for (i = 0; i < n; i++) {
		up = tree->parent[i];
		while (up != NOBODY && !shown[up])
			up = tree->parent[up];
		/* Store the result in every task on the path. */
		for (at = i; tree->parent[at] != up; at = next) {
			next = tree->parent[at];
			tree->parent[at] = up;
		}
	}
}

static size_t link_children(struct tree *tree, const bool *shown, size_t n)
{
	size_t i, roots = NOBODY, *list;

	for (i = 0; i < n; i++)
		tree->child[i] = NOBODY;
	/* Backwards, so that each list keeps the order of the tasks. */
	for (i = n; i-- > 0; ) {
		if (!shown[i])
			continue;
		list = tree->parent[i] == NOBODY ? &roots : &tree->child[tree->parent[i]];
		tree->next[i] = *list;
		*list = i;
	}
	return roots;
}

static void put_rows(const struct tree *tree, size_t roots,
		     const struct task *const *tasks, struct top_row *rows)
{
	unsigned int depth = 0;
	size_t at = roots;

	while (at != NOBODY) {
		*rows++ = (struct top_row){ tasks[at], depth };
		if (tree->child[at] != NOBODY) {
			at = tree->child[at];
			depth++;
			continue;
		}
		while (at != NOBODY && tree->next[at] == NOBODY) {
			at = tree->parent[at];
			depth--;
		}
		if (at != NOBODY)
			at = tree->next[at];
	}
}

void top_tree(const struct task *const *tasks, const bool *shown, size_t n,
	      struct top_row *rows)
{
	size_t *links = xcalloc(4 * n, sizeof(*links));
	struct tree tree = { links, links + n, links + 2 * n, links + 3 * n };

	find_parents(tasks, n, tree.parent);
	open_rings(&tree, n);
	pass_over(&tree, shown, n);
	put_rows(&tree, link_children(&tree, shown, n), tasks, rows);
	free(links);
}

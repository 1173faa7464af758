/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arranges processes as a tree.
 */
#ifndef READER_TOP_TREE_H
#define READER_TOP_TREE_H

#include "lib/failure.h"
#include "model/snapshot.h"

/**
 * struct top_row - a record and its depth in the tree
 * @record: a record of the census that top_list_fill() shows
 * @depth: number of shown ancestors; 0 in a flat list
 */
struct top_row {
	const void *record;
	unsigned int depth;
};

/*
 * Writes the @shown ones of the @n @tasks to @rows: each after its nearest shown
 * ancestor, siblings in the order of @tasks.  A parent may be a CLONE_VM peer, may
 * be missing, or may be its own descendant in a corrupt record: each
 * process appears exactly once in any case.  Returns 0, or -1 and @why if memory
 * runs out.
 */
int top_tree(const struct task *const *tasks, const bool *shown, size_t n,
	     struct top_row *rows, struct failure *why);

#endif /* READER_TOP_TREE_H */

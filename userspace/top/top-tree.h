/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes as a tree.
 */
#ifndef READER_TOP_TREE_H
#define READER_TOP_TREE_H

#include "lib/failure.h"
#include "model/snapshot.h"

/**
 * struct top_row - a record in its place
 * @record: of the census that top_list_fill() was given
 * @depth: how many of those above it are its ancestors; 0 in a flat list
 */
struct top_row {
	const void *record;
	unsigned int depth;
};

/*
 * Those of @tasks[@n] that are @shown[] into @rows: each behind its nearest
 * ancestor that is shown, brothers and sisters in the order of @tasks.  A
 * parent may be a CLONE_VM peer, one that is not there, or, in a record that is wrong,
 * its own child: each process is there once nevertheless.  0, or -1 and @why
 * without memory.
 */
int top_tree(const struct task *const *tasks, const bool *shown, size_t n,
	     struct top_row *rows, struct failure *why);

#endif /* READER_TOP_TREE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks folded into a tree, where paths with the same frames are one.
 */
#ifndef READER_FLAME_TREE_H
#define READER_FLAME_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct flame_node - a frame below its callers
 * @name: any bytes; owned
 * @self: bytes of stacks that end here
 * @before: the same at the mark
 * @value: bytes of the node and of all below, set by flame_sum()
 * @below: the nodes that it called, by name, as of tsearch(3)
 * @first: the first of them, set by flame_sum()
 * @next: the next one below the same caller, by name
 */
struct flame_node {
	char *name;
	uint64_t self;
	uint64_t before;
	uint64_t value;
	void *below;
	struct flame_node *first;
	struct flame_node *next;
};

/* Makes a tree with a root only. */
struct flame_node *flame_new(const char *name);
void flame_free(struct flame_node *root);

/* Returns the node @name below @above, a new one if needed. */
struct flame_node *flame_below(struct flame_node *above, const char *name);

/*
 * Sets the value of all nodes, and the order.  @grown: value is what each path
 * grew since the mark, 0 if it did not.
 */
void flame_sum(struct flame_node *root, bool grown);

/* Gets each path with a value: its @depth nodes, the root's child first. */
typedef void flame_path_fn(void *context, const struct flame_node *const *path, size_t depth,
			   uint64_t bytes);
void flame_each_path(const struct flame_node *root, bool grown, flame_path_fn *fn,
		     void *context);

/* Writes the names of @path with ';' between.  Bytes that would break a line are \xNN. */
void flame_put_path(FILE *out, const struct flame_node *const *path, size_t depth);

/*
 * Writes a line for each path with a value: the names as flame_put_path(), a blank, the
 * bytes.
 */
void flame_fold(const struct flame_node *root, bool grown, FILE *out);

#endif /* READER_FLAME_TREE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks folded into a tree: paths with the same frames are one.
 */
#ifndef READER_FLAME_TREE_H
#define READER_FLAME_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct flame_node - a frame below its callers
 * @name: any bytes; owned
 * @self: bytes of stacks that end here
 * @before: the same at the mark
 * @value: bytes of the node and of all below, set by flame_sum()
 * @change: growth of all stacks through it since the mark
 * @first: the first node that it called; ordered by name after flame_sum()
 * @next: the next one below the same caller
 * @above: its caller; NULL: the root
 */
struct flame_node {
	char *name;
	uint64_t self;
	uint64_t before;
	uint64_t value;
	int64_t change;
	struct flame_node *first;
	struct flame_node *next;
	struct flame_node *above;
};

/**
 * struct flame_tree - a tree
 * @root: owned
 * @slots: finds a node by its caller and its name, an open hash table; owned
 * @size: number of slots, a power of two
 * @n: number of nodes without the root
 */
struct flame_tree {
	struct flame_node *root;
	struct flame_node **slots;
	size_t size;
	size_t n;
};

/* Makes a tree with a root only; false: out of memory. */
bool flame_new(struct flame_tree *tree, const char *name);
void flame_free(struct flame_tree *tree);

/* Returns the node @name below @above, a new one if needed; NULL: out of memory. */
struct flame_node *flame_below(struct flame_tree *tree, struct flame_node *above,
			       const char *name);

/*
 * Sets value and change of all nodes, and the order.  @grown: value is what each path
 * grew since the mark, 0 if it did not.
 */
void flame_sum(struct flame_tree *tree, bool grown);

/*
 * Writes a line for each path with a value: the names from the root's child on with ';'
 * between, a blank, the bytes.  Bytes of names that would break a line are \xNN.
 */
void flame_fold(const struct flame_tree *tree, bool grown, FILE *out);

#endif /* READER_FLAME_TREE_H */

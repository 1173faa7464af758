/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stacks folded into a tree, where paths with the same frames are one, and its picture.
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
 * @change: growth of all stacks through it since the mark
 * @below: the nodes that it called, by name, as of tsearch(3)
 * @first: the first of them, set by flame_sum()
 * @next: the next one below the same caller, by name
 */
struct flame_node {
	char *name;
	uint64_t self;
	uint64_t before;
	uint64_t value;
	int64_t change;
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
 * Sets value and change of all nodes, and the order.  @grown: value is what each path
 * grew since the mark, 0 if it did not.
 */
void flame_sum(struct flame_node *root, bool grown);

/*
 * Writes a line for each path with a value: the names from the root's child on with ';'
 * between, a blank, the bytes.  Bytes of names that would break a line are \xNN.
 */
void flame_fold(const struct flame_node *root, bool grown, FILE *out);

/**
 * struct flame_look - the words around the picture
 * @lines: further lines below the title, up to a NULL
 * @change: colours show the change since the mark: red grew, blue shrank
 * @remainder: name of nodes that are no frames: what has no stack; drawn grey
 */
struct flame_look {
	const char *title;
	const char *lines[8];
	bool change;
	const char *remainder;
};

/*
 * Draws a summed tree as one SVG file with its own script: search, zoom, titles.  Names are
 * untrusted: they are only text, never markup or script.  The caller checks the stream for
 * errors.
 */
void flame_svg(const struct flame_node *root, const struct flame_look *look, FILE *out);

/* Writes @text as the content of an XML element or of an attribute. */
void flame_svg_text(FILE *out, const char *text);

#endif /* READER_FLAME_TREE_H */

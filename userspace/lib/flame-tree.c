// SPDX-License-Identifier: GPL-2.0
/* Stacks folded into a tree. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/flame-tree.h"
#include "lib/text.h"

/* A path is longer than any stack, its process and its mapping. */
#define DEPTH_MAX	300

static struct flame_node *new_node(struct flame_node *above, const char *name)
{
	struct flame_node *node = calloc(1, sizeof(*node));

	if (node)
		node->name = strdup(name);
	if (!node || !node->name) {
		free(node);
		return NULL;
	}
	node->above = above;
	if (above) {
		node->next = above->first;
		above->first = node;
	}
	return node;
}

bool flame_new(struct flame_tree *tree, const char *name)
{
	*tree = (struct flame_tree){ .root = new_node(NULL, name) };
	return tree->root;
}

static void free_node(struct flame_node *node)
{
	struct flame_node *below, *next;

	for (below = node->first; below; below = next) {
		next = below->next;
		free_node(below);
	}
	free(node->name);
	free(node);
}

void flame_free(struct flame_tree *tree)
{
	if (tree->root)
		free_node(tree->root);
	free(tree->slots);
	*tree = (struct flame_tree){ .root = NULL };
}

static uint64_t hash_of(const struct flame_node *above, const char *name)
{
	uint64_t hash = (uintptr_t)above;

	while (*name)
		hash = (hash ^ (unsigned char)*name++) * 0x100000001b3ULL;
	return hash ^ hash >> 32;
}

static struct flame_node **slot_of(const struct flame_tree *tree,
				   const struct flame_node *above, const char *name)
{
	size_t at = hash_of(above, name) & (tree->size - 1);

	while (tree->slots[at] && (tree->slots[at]->above != above ||
				   strcmp(tree->slots[at]->name, name)))
		at = (at + 1) & (tree->size - 1);
	return &tree->slots[at];
}

static bool keep_room(struct flame_tree *tree)
{
	struct flame_tree larger = *tree;
	size_t i;

	if (2 * (tree->n + 1) <= tree->size)
		return true;
	larger.size = tree->size ? 2 * tree->size : 256;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (i = 0; i < tree->size; i++)
		if (tree->slots[i])
			*slot_of(&larger, tree->slots[i]->above, tree->slots[i]->name) =
				tree->slots[i];
	free(tree->slots);
	*tree = larger;
	return true;
}

struct flame_node *flame_below(struct flame_tree *tree, struct flame_node *above,
			       const char *name)
{
	struct flame_node **slot;

	if (!keep_room(tree))
		return NULL;
	slot = slot_of(tree, above, name);
	if (!*slot) {
		*slot = new_node(above, name);
		tree->n += *slot ? 1 : 0;
	}
	return *slot;
}

static int by_name(const void *a, const void *b)
{
	const struct flame_node *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Orders the children of @node; without memory they keep their order. */
static void order(struct flame_node *node)
{
	struct flame_node **v, *child, **at = &node->first;
	size_t n = 0, i;

	for (child = node->first; child; child = child->next)
		n++;
	v = calloc(n + 1, sizeof(struct flame_node *));
	if (!v)
		return;
	n = 0;
	for (child = node->first; child; child = child->next)
		v[n++] = child;
	qsort(v, n, sizeof(*v), by_name);
	for (i = 0; i < n; i++) {
		*at = v[i];
		at = &v[i]->next;
	}
	*at = NULL;
	free(v);
}

static uint64_t own_value(const struct flame_node *node, bool grown)
{
	if (!grown)
		return node->self;
	return node->self > node->before ? node->self - node->before : 0;
}

static void sum(struct flame_node *node, bool grown)
{
	struct flame_node *below;

	order(node);
	node->value = own_value(node, grown);
	node->change = (int64_t)(node->self - node->before);
	for (below = node->first; below; below = below->next) {
		sum(below, grown);
		node->value += below->value;
		node->change += below->change;
	}
}

void flame_sum(struct flame_tree *tree, bool grown)
{
	sum(tree->root, grown);
}

/* Writes @name with \xNN for what separates frames, lines or values. */
static void put_name(FILE *out, const char *name)
{
	uint32_t c;
	size_t len, i;

	for (; *name; name += len) {
		len = utf8_get(name, &c);
		if (len && utf8_is_plain(c) && c != ';' && c != '\\') {
			fwrite(name, 1, len, out);
			continue;
		}
		len = len ? len : 1;
		for (i = 0; i < len; i++)
			fprintf(out, "\\x%02x", (unsigned char)name[i]);
	}
}

/* @path has the @depth nodes from below the root to the one to write. */
static void fold(const struct flame_node **path, size_t depth, bool grown, FILE *out)
{
	const struct flame_node *node = path[depth - 1], *below;
	size_t i;

	if (own_value(node, grown)) {
		for (i = 0; i < depth; i++) {
			if (i)
				putc(';', out);
			put_name(out, path[i]->name);
		}
		fprintf(out, " %" PRIu64 "\n", own_value(node, grown));
	}
	for (below = node->first; below && depth < DEPTH_MAX; below = below->next) {
		path[depth] = below;
		fold(path, depth + 1, grown, out);
	}
}

void flame_fold(const struct flame_tree *tree, bool grown, FILE *out)
{
	const struct flame_node *path[DEPTH_MAX];

	for (path[0] = tree->root->first; path[0]; path[0] = path[0]->next)
		fold(path, 1, grown, out);
}

// SPDX-License-Identifier: GPL-2.0
/* Stacks folded into a tree. */
#include <inttypes.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "tools/flame/tree.h"

/* A path is longer than any stack, its process and its mapping. */
#define DEPTH_MAX	300

/* Frames with the same caller, by name. */
static int by_name(const void *a, const void *b)
{
	const struct flame_node *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct flame_node *flame_new(const char *name)
{
	struct flame_node *node = xcalloc(1, sizeof(*node));

	node->name = xstrdup(name);
	return node;
}

static void free_below(void *node)
{
	flame_free(node);
}

void flame_free(struct flame_node *node)
{
	tdestroy(node->below, free_below);
	free(node->name);
	free(node);
}

struct flame_node *flame_below(struct flame_node *above, const char *name)
{
	const struct flame_node key = { .name = (char *)name };
	struct flame_node **found = tfind(&key, &above->below, by_name), *node;

	if (found)
		return *found;
	node = flame_new(name);
	if (!tsearch(node, &above->below, by_name))
		memory_failed();
	return node;
}

/* Appends a node to the list whose end is at @context. */
static void link_node(const void *node, VISIT visit, void *context)
{
	struct flame_node ***end = context;

	if (visit != postorder && visit != leaf)
		return;
	**end = *(struct flame_node *const *)node;
	*end = &(**end)->next;
}

static uint64_t own_value(const struct flame_node *node, bool grown)
{
	if (!grown)
		return node->self;
	return node->self > node->before ? node->self - node->before : 0;
}

void flame_sum(struct flame_node *node, bool grown)
{
	struct flame_node *below, **end = &node->first;

	twalk_r(node->below, link_node, &end);
	node->value = own_value(node, grown);
	for (below = node->first; below; below = below->next) {
		flame_sum(below, grown);
		node->value += below->value;
	}
}

/* Writes @name with \xNN for what separates frames, lines or values. */
static void put_frame_name(FILE *out, const char *name)
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

void flame_put_path(FILE *out, const struct flame_node *const *path, size_t depth)
{
	size_t i;

	for (i = 0; i < depth; i++) {
		if (i)
			putc(';', out);
		put_frame_name(out, path[i]->name);
	}
}

/**
 * struct walk - a walk over all paths
 * @path: the nodes from below the root to the one that is visited
 */
struct walk {
	const struct flame_node *path[DEPTH_MAX];
	bool grown;
	flame_path_fn *fn;
	void *context;
};

static void visit(struct walk *walk, size_t depth)
{
	const struct flame_node *node = walk->path[depth - 1], *below;
	const uint64_t bytes = own_value(node, walk->grown);

	if (bytes)
		walk->fn(walk->context, walk->path, depth, bytes);
	for (below = node->first; below && depth < DEPTH_MAX; below = below->next) {
		walk->path[depth] = below;
		visit(walk, depth + 1);
	}
}

void flame_each_path(const struct flame_node *root, bool grown, flame_path_fn *fn, void *context)
{
	struct walk walk = { .grown = grown, .fn = fn, .context = context };
	const struct flame_node *node;

	for (node = root->first; node; node = node->next) {
		walk.path[0] = node;
		visit(&walk, 1);
	}
}

static void fold(void *out, const struct flame_node *const *path, size_t depth, uint64_t bytes)
{
	flame_put_path(out, path, depth);
	fprintf(out, " %" PRIu64 "\n", bytes);
}

void flame_fold(const struct flame_node *root, bool grown, FILE *out)
{
	flame_each_path(root, grown, fold, out);
}

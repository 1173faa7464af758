// SPDX-License-Identifier: GPL-2.0
/* Code without names. */
#include <string.h>

#include "tools/flame/missing.h"

void missing_name(char *name, const struct code_object *code)
{
	const char *slash = strrchr(code->name, '/');

	if (code->kind == CODE_NAMED)
		snprintf(name, MISSING_NAME_SIZE, "%s", code->name);
	else if (code->kind == CODE_JIT)
		snprintf(name, MISSING_NAME_SIZE, "[no name: generated code]");
	else
		snprintf(name, MISSING_NAME_SIZE, "[no symbol: %s]",
			 slash ? slash + 1 : code->name);
}

static bool is_missing(const struct flame_node *node, const char *name)
{
	if (name)
		return !strcmp(node->name, name);
	return !strncmp(node->name, "[no symbol: ", 12) || !strncmp(node->name, "[no name: ", 10);
}

/*
 * Bytes of the stacks through @node, at @depth below @above, that have a frame @name; NULL:
 * any without a name.  All stacks of a stripped program begin with such a frame, and main()
 * has one above it: these say nothing about the memory unless they touched it.
 */
static uint64_t sum(const struct flame_node *node, const struct flame_node *above,
		    unsigned int depth, unsigned int frames, const char *name)
{
	const bool missing = depth >= frames && is_missing(node, name);
	const struct flame_node *below;
	uint64_t bytes = 0, own = node->value;

	if (missing && depth > frames && strncmp(above->name, "__libc_start_main", 17))
		return node->value;
	for (below = node->first; below; below = below->next) {
		bytes += sum(below, node, depth + 1, frames, name);
		own -= below->value;
	}
	return missing ? bytes + own : bytes;
}

uint64_t missing_find(const struct flame_node *root, const struct code_objects *objects,
		      unsigned int frames, const struct code_object **most)
{
	const uint64_t all = sum(root, NULL, 0, frames, NULL);
	char name[MISSING_NAME_SIZE];
	uint64_t bytes, largest = 0;
	size_t i;

	*most = NULL;
	for (i = 1; all && i < objects->n; i++) {
		if (objects->v[i].kind == CODE_NAMED)
			continue;
		missing_name(name, &objects->v[i]);
		bytes = sum(root, NULL, 0, frames, name);
		if (bytes <= largest)
			continue;
		largest = bytes;
		*most = &objects->v[i];
	}
	return all;
}

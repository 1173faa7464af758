/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code without names: how much memory it touched, and what would name it.
 */
#ifndef READER_FLAME_MISSING_H
#define READER_FLAME_MISSING_H

#include "os/code-maps.h"
#include "os/debug-files.h"
#include "tools/flame/tree.h"

/* Bytes that the name of a frame without a symbol needs. */
#define MISSING_NAME_SIZE	(4096 + 32)

/* Writes the name of a frame without a symbol: what its code is part of. */
void missing_name(char *name, const struct code_object *code);

/**
 * struct missing - code without names, in a summed tree
 * @code: what it is part of
 * @debug_file: that would name it; none: it is there, or no file has names
 * @bytes: of stacks with such a frame, but for that which only enters main() or a thread
 */
struct missing {
	const struct code_object *code;
	const struct build_id *debug_file;
	uint64_t bytes;
};

/**
 * struct missing_list - all of it
 * @v, @n: the most bytes first; owned
 * @bytes: of stacks with any such frame
 * @frames: depth of the outermost frames of stacks below the root
 */
struct missing_list {
	struct missing *v;
	size_t n;
	uint64_t bytes;
	unsigned int frames;
};

/* Fills @list, with @frames set; @debug_files: of each object the missing one. */
void missing_find(struct missing_list *list, const struct flame_node *root,
		  const struct code_objects *objects, const struct build_id *debug_files);

/* Says on @out, in a line for each of the largest, what would name it. */
void missing_print(const struct missing_list *list, const struct flame_node *root,
		   const struct code_objects *objects, FILE *out);

#endif /* READER_FLAME_MISSING_H */

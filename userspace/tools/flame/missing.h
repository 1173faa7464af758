/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code without names, and how much memory it touched.
 */
#ifndef READER_FLAME_MISSING_H
#define READER_FLAME_MISSING_H

#include "faults/code-maps.h"
#include "tools/flame/tree.h"

/* Bytes that the name of a frame without a symbol needs. */
#define MISSING_NAME_SIZE	(4096 + 32)

/* Writes the name of a frame without a symbol: what its code is part of. */
void missing_name(char *name, const struct code_object *code);

/*
 * Bytes of the stacks in a summed tree with such a frame, but for that which only enters main()
 * or a thread.  @frames: depth of their outermost frames below the root; *@most: what most of
 * it is part of, NULL: none.
 */
uint64_t missing_find(const struct flame_node *root, const struct code_objects *objects,
		      unsigned int frames, const struct code_object **most);

#endif /* READER_FLAME_MISSING_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of stacks whose memory grew, for leak.
 */
#ifndef READER_FLAME_GROWN_H
#define READER_FLAME_GROWN_H

#include "cli/options.h"
#include "tools/flame/tree.h"

/*
 * Prints the stacks below mappings of the tree @root, which is summed as grown, for a terminal of
 * @columns, or 0.
 */
void flame_grown(const struct flame_node *root, const struct options *options, size_t columns,
		 FILE *out);

#endif /* READER_FLAME_GROWN_H */

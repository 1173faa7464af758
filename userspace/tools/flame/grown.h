/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stacks whose memory grew, as a table.
 */
#ifndef READER_FLAME_GROWN_H
#define READER_FLAME_GROWN_H

#include "cli/command.h"
#include "tools/flame/tree.h"

/* Prints the stacks below mappings of a tree that is summed as grown, for leak. */
void flame_grown(const struct flame_node *root, const struct options *options, FILE *out);

#endif /* READER_FLAME_GROWN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* A picture of contiguous memory: one point a block. */
#ifndef READER_PHYSICAL_PICTURE_H
#define READER_PHYSICAL_PICTURE_H

#include <stdio.h>

#include "model/columns.h"

/* Draws the blocks, which blocks_check() has checked, as SVG. */
void physical_picture(const struct view *view, FILE *out);

#endif /* READER_PHYSICAL_PICTURE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws what flame found.
 */
#ifndef READER_FLAME_DRAW_H
#define READER_FLAME_DRAW_H

#include "tools/flame/run.h"

/* Writes the picture, the lines or the table, and a summary on stderr. */
void flame_draw(const struct flame *flame);

#endif /* READER_FLAME_DRAW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws the list of 'top'.
 */
#ifndef READER_TOP_GRID_H
#define READER_TOP_GRID_H

#include "tools/top/top-state.h"

/*
 * Draws @text, which is printable, into @width cells; text that is too long is truncated and marked
 * by '+'.
 */
void draw_text(int y, int width, const char *text);

/* Draws the list with headings: @height lines from @y on. */
void draw_list(struct top *top, int y, int height);

/* Forgets how wide its columns were: they never get narrower. */
void draw_list_anew(void);

#endif /* READER_TOP_GRID_H */

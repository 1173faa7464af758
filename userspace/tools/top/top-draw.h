/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the screens of 'top' are drawn of: text and bars.
 */
#ifndef READER_TOP_DRAW_H
#define READER_TOP_DRAW_H

#include <stdbool.h>

/* Chooses characters and colours, by the locale and the terminal. */
void draw_begin(void);

/* Parts of a bar.  Memory meter: used, available but not free, (no third part), free. */
enum shade {
	SHADE_OWN,
	SHADE_SHARE,
	SHADE_REST,
	SHADE_NONE,
	SHADES,
};

/*
 * Draws @text, which is printable, into @width cells from @x on: right-aligned if
 * @right; text that is too long is truncated and marked by '+'.
 */
void draw_text(int y, int x, int width, const char *text, bool right);

/*
 * Draws a bar of @width cells for @whole.  Part i ends at @ends[i]; @ends
 * ascends.
 */
void draw_bar(int y, int x, int width, const double ends[SHADE_NONE], double whole);

#endif /* READER_TOP_DRAW_H */

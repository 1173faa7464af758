/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the screen of 'top'.
 */
#ifndef READER_TOP_DRAW_H
#define READER_TOP_DRAW_H

#include <curses.h>

#include "top/top.h"

/* Parts of a bar.  Memory meter: used, available but not free, (no third part), free. */
enum shade {
	SHADE_OWN,
	SHADE_SHARE,
	SHADE_REST,
	SHADE_NONE,
	SHADES,
};

/* Maximum width of the bar of a process. */
#define BAR_WIDTH_MAX	40
/* Maximum number of columns whose widths are remembered. */
#define WIDTHS_MAX	128

/**
 * struct look - capabilities of the terminal, and remembered widths of columns
 * @colour: it has colours, and NO_COLOR does not forbid them
 * @bars: a character for each enum shade, depending on the locale
 * @attributes: attributes of each shade
 * @widths: last width of each column: columns never get narrower
 * @units: units for which @widths is valid
 */
struct look {
	bool colour;
	const char *bars[SHADES];
	attr_t attributes[SHADES];
	struct {
		const struct column *column;
		size_t width;
	} widths[WIDTHS_MAX];
	struct units units;
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
void draw_bar(const struct look *look, int y, int x, int width,
	      const double ends[SHADE_NONE], double whole);

/* Draws the header for a screen of @height lines; returns the number of its lines. */
int draw_header(const struct look *look, struct top *top, int height);

/* Draws the list with headings: @height lines from @y on.  Returns 0, or -1 and @why. */
int draw_list(struct look *look, struct top *top, int y, int height,
	      struct failure *why);

/* Draw the help or the column list in the same place. */
void draw_help(struct top *top, int y, int height);
void draw_columns(struct top *top, int y, int height);

/* Draws the last line: the prompt, a message, or the most important keys. */
void draw_foot(const struct top *top, int y);

#endif /* READER_TOP_DRAW_H */

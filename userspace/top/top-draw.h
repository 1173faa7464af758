/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the screen of 'top'.
 */
#ifndef READER_TOP_DRAW_H
#define READER_TOP_DRAW_H

#include <curses.h>

#include "top/top.h"

/* Parts of a bar; of the memory's: in use, available though in use, free. */
enum shade {
	SHADE_OWN,
	SHADE_SHARE,
	SHADE_REST,
	SHADE_NONE,
	SHADES,
};

/* Widest bar of a process. */
#define BAR_WIDTH_MAX	40
/* Columns whose widths are remembered. */
#define WIDTHS_MAX	128

/**
 * struct look - what the terminal can, and how wide columns were
 * @colour: it has colours, and NO_COLOR does not forbid them
 * @bars: a character for each enum shade, as the locale can
 * @attributes: of each
 * @widths: columns do not get narrower
 * @units: those that they were measured with
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
 * @text, which text_printable() made or we wrote, into @width cells from @x on:
 * against the right edge if @right, cut and marked by a '+' where it is too long.
 */
void draw_text(int y, int x, int width, const char *text, bool right);

/*
 * A bar of @width cells, of which the first parts end at @ends[] of @whole,
 * which ascend.
 */
void draw_bar(const struct look *look, int y, int x, int width,
	      const double ends[SHADE_NONE], double whole);

/* The header in the first @height lines: how many it took. */
int draw_header(const struct look *look, struct top *top, int height);

/* The list from line @y on, @height lines, headings included.  0, or -1 and @why. */
int draw_list(struct look *look, struct top *top, int y, int height,
	      struct failure *why);

/* The screens of help and columns, in the same place. */
void draw_help(struct top *top, int y, int height);
void draw_columns(struct top *top, int y, int height);

/* The last line: what is typed, a message, or the most important keys. */
void draw_foot(const struct top *top, int y);

#endif /* READER_TOP_DRAW_H */

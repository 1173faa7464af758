// SPDX-License-Identifier: GPL-2.0
/* Draws text and bars. */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <curses.h>

#include "lib/text.h"
#include "tools/top/top-draw.h"

/* The character of each enum shade, by the locale, and its attributes. */
static const char *const *bars;
static attr_t attributes[SHADES];

void draw_text(int y, int x, int width, const char *text, bool right)
{
	size_t bytes, cells;

	if (width <= 0)
		return;
	bytes = text_fit(text, width, &cells);
	if (text[bytes]) {
		bytes = text_fit(text, width - 1, &cells);
		mvaddch(y, x + (int)cells, '+');
	} else if (right) {
		x += width - (int)cells;
	}
	mvaddnstr(y, x, text, (int)bytes);
}

void draw_bar(int y, int x, int width, const double ends[SHADE_NONE], double whole)
{
	int cell, shade = 0;

	for (cell = 0; cell < width; cell++) {
		while (shade < SHADE_NONE &&
		       !(whole > 0 && ends[shade] / whole * width > cell + 0.5))
			shade++;
		attron(attributes[shade]);
		mvaddstr(y, x + cell, bars[shade]);
		attroff(attributes[shade]);
	}
}

void draw_begin(void)
{
	static const char *const blocks[SHADES] = { "\u2588", "\u2593", "\u2591", " " };
	static const char *const ascii[SHADES] = { "#", "+", "-", " " };
	const char *no_colour = getenv("NO_COLOR");

	bars = strcmp(nl_langinfo(CODESET), "UTF-8") ? ascii : blocks;
	if (!has_colors() || (no_colour && *no_colour))
		return;
	start_color();
	use_default_colors();
	init_pair(1 + SHADE_OWN, COLOR_GREEN, -1);
	init_pair(1 + SHADE_SHARE, COLOR_YELLOW, -1);
	init_pair(1 + SHADE_REST, COLOR_BLUE, -1);
	attributes[SHADE_OWN] = COLOR_PAIR(1 + SHADE_OWN);
	attributes[SHADE_SHARE] = COLOR_PAIR(1 + SHADE_SHARE);
	attributes[SHADE_REST] = COLOR_PAIR(1 + SHADE_REST);
}

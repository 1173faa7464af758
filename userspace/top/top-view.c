// SPDX-License-Identifier: GPL-2.0
/* Shows 'top' on a terminal. */
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "top/top-view.h"

/* Include this last: it defines common words as macros, such as 'columns'. */
#include <term.h>

/* Time to wait for the rest of an escape sequence, ms: slow lines need 10 per byte. */
#define ESCAPE_MS	100

/* Minimum number of lines for a header. */
#define HEADER_LINES	6

/* The terminal; NULL while it is not ours. */
static SCREEN *screen;
static struct look look;

/* Checks that terminfo knows the terminal type in TERM, and that it can move the cursor. */
static int check_terminal(struct failure *why)
{
	const char *type = getenv("TERM");
	char *move;
	int error;

	if (!type || !*type || setupterm(type, STDOUT_FILENO, &error))
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' is unknown: set TERM, or use 'memcensus tasks'",
			    type ? type : "");
	move = tigetstr("cup");
	del_curterm(cur_term);
	if (!move || move == (char *)-1)
		return fail(why, FAIL_SYSTEM,
			    "terminal type '%.60s' cannot move the cursor: use 'memcensus tasks'",
			    type);
	return 0;
}

static void choose_look(void)
{
	static const char *const blocks[SHADES] = { "\u2588", "\u2593", "\u2591", " " };
	static const char *const ascii[SHADES] = { "#", "+", "-", " " };
	const char *no_colour = getenv("NO_COLOR");

	look.bars = strcmp(nl_langinfo(CODESET), "UTF-8") ? ascii : blocks;
	if (!has_colors() || (no_colour && *no_colour))
		return;
	start_color();
	use_default_colors();
	init_pair(1 + SHADE_OWN, COLOR_GREEN, -1);
	init_pair(1 + SHADE_SHARE, COLOR_YELLOW, -1);
	init_pair(1 + SHADE_REST, COLOR_BLUE, -1);
	look.attributes[SHADE_OWN] = COLOR_PAIR(1 + SHADE_OWN);
	look.attributes[SHADE_SHARE] = COLOR_PAIR(1 + SHADE_SHARE);
	look.attributes[SHADE_REST] = COLOR_PAIR(1 + SHADE_REST);
}

int top_view_open(struct failure *why)
{
	if (check_terminal(why))
		return -1;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return fail(why, FAIL_SYSTEM, "cannot set up the terminal");
	/* A last message must not be on the screen that exit() takes away. */
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
	atexit(top_view_close);
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	if (!getenv("ESCDELAY"))
		set_escdelay(ESCAPE_MS);
	choose_look();
	return 0;
}

void top_view_close(void)
{
	if (!screen)
		return;
	/* Without an alternate screen, the shell continues on the last line. */
	mvhline(LINES - 1, 0, ' ', COLS);
	refresh();
	curs_set(1);
	endwin();
	delscreen(screen);
	screen = NULL;
	setvbuf(stderr, NULL, _IONBF, 0);
}

void top_view_draw(struct top *top)
{
	int y = 0, foot = LINES > 1, height;

	erase();
	if (LINES >= HEADER_LINES)
		y = draw_header(&look, top, LINES);
	height = LINES - y - foot;
	switch (top->screen) {
	case TOP_HELP:
		draw_help(top, y, height);
		break;
	case TOP_COLUMNS:
		draw_columns(top, y, height);
		break;
	default:
		draw_list(&look, top, y, height);
		break;
	}
	if (foot)
		draw_foot(top, LINES - 1);
	if (top->renew)
		clearok(stdscr, TRUE);
	top->renew = false;
	refresh();
}

bool top_view_key(struct key *key, bool *hung_up)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	mbstate_t state = { 0 };
	wint_t c;
	size_t len;
	int ret;

	memset(key, 0, sizeof(*key));
	*hung_up = false;
	ret = get_wch(&c);
	if (ret == ERR) {
		/* No key although stdin is readable: it is closed. */
		*hung_up = poll(&in, 1, 0) > 0;
		return false;
	}
	if (ret == KEY_CODE_YES) {
		key->code = KEY_FUNCTION((int)c);
		/* ncurses has the new size; the contents of the screen are invalid. */
		if (c == KEY_RESIZE) {
			memset(look.widths, 0, sizeof(look.widths));
			clearok(stdscr, TRUE);
		}
		return true;
	}
	key->code = (int)c;
	if (c < ' ' || c == 0x7f)
		return true;
	len = wcrtomb(key->text, c, &state);
	key->text[len == (size_t)-1 ? 0 : len] = '\0';
	return true;
}

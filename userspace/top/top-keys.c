// SPDX-License-Identifier: GPL-2.0
/* Key bindings of 'top'. */
#include <stddef.h>
#include <curses.h>

#include "top/top-keys.h"

#define F(code)		KEY_FUNCTION(code)
#define CONTROL(letter)	((letter) & 0x1f)
#define ESCAPE		0x1b
#define DELETE		0x7f

const struct top_binding top_bindings[] = {
	{ { 'h', '?', F(KEY_F(1)) }, "h ? F1", TOP_SHOW_HELP, NULL, "Help",
	  "this help" },
	{ { 'q', 'Q', F(KEY_F(10)) }, "q F10", TOP_QUIT, NULL, "Quit",
	  "quit; from another screen: back" },
	{ { ESCAPE, F(KEY_BACKSPACE) }, "Esc", TOP_BACK, NULL, NULL, "back; no filter" },
	{ { F(KEY_UP) }, "Up", TOP_UP, NULL, NULL, "select the row above" },
	{ { F(KEY_DOWN) }, "Down", TOP_DOWN, NULL, NULL,
	  "the row below; what is selected is followed" },
	{ { F(KEY_PPAGE) }, "PgUp", TOP_PAGE_UP, NULL, NULL, "a screen up" },
	{ { F(KEY_NPAGE) }, "PgDn", TOP_PAGE_DOWN, NULL, NULL, "a screen down" },
	{ { F(KEY_HOME), 'g' }, "Home g", TOP_FIRST, NULL, NULL,
	  "the first row, whatever it is" },
	{ { F(KEY_END), 'G' }, "End G", TOP_LAST, NULL, NULL, "the last row" },
	{ { F(KEY_LEFT) }, "Left", TOP_LEFT, NULL, NULL, "columns to the left" },
	{ { F(KEY_RIGHT) }, "Right", TOP_RIGHT, NULL, NULL,
	  "columns to the right, where not all fit" },
	{ { '\n', '\r', F(KEY_ENTER) }, "Enter", TOP_ENTER, NULL, "Map",
	  "what the selected process has mapped" },
	{ { '/', '\\', 'o', F(KEY_F(4)) }, "/ \\ o F4", TOP_FILTER, NULL, "Filter",
	  "show only names that match a regular expression" },
	{ { '<', ',' }, "<", TOP_SORT_LEFT, NULL, "Sort", "sort by the column to the left" },
	{ { '>', '.' }, ">", TOP_SORT_RIGHT, NULL, "Sort", "sort by the column to the right" },
	{ { 'r', 'R', 'I' }, "r R I", TOP_REVERSE, NULL, "Reverse", "the other way round" },
	{ { 'M', 'P' }, "M P", TOP_SORT, "pss", NULL, "sort by PSS" },
	{ { 'U' }, "U", TOP_SORT, "uss", NULL, "sort by USS" },
	{ { 'S' }, "S", TOP_SORT, "swap", NULL, "sort by swap" },
	{ { 'N' }, "N", TOP_SORT, "pid", NULL, "sort by PID" },
	{ { 'C' }, "C", TOP_SORT, "comm", NULL, "sort by name of command" },
	{ { 't', 'V', F(KEY_F(5)) }, "t V F5", TOP_TREE, NULL, "Tree",
	  "children below their parents, or flat" },
	{ { 'Z' }, "Z", TOP_FREEZE, NULL, "Freeze", "freeze, go on" },
	{ { ' ' }, "Space", TOP_NOW, NULL, NULL, "a census now" },
	{ { 'f', F(KEY_F(2)) }, "f F2", TOP_CHOOSE, NULL, "Columns", "choose columns" },
	{ { 'e', 'E' }, "e", TOP_UNITS, NULL, "Units",
	  "amounts in KiB, with the unit that fits, in percent" },
	{ { 'n' }, "n", TOP_NUMERIC, NULL, NULL, "users by number or by name" },
	{ { CONTROL('l') }, "Ctrl-L", TOP_REDRAW, NULL, NULL, "draw the screen anew" },
	{ { 0 }, NULL, TOP_NOTHING, NULL, NULL, NULL }
};

const char *const top_help[] = {
	"Each bar is a process's RSS, on the scale of the largest one:",
	"its own memory (USS), then what its share (PSS) adds, then the rest.",
	"The bar of memory: in use; in use, but available; free.",
	"'-' is an unavailable value, never a zero.",
	"",
	NULL
};

const struct top_binding *top_binding_of(int code)
{
	const struct top_binding *binding;
	size_t i;

	for (binding = top_bindings; binding->keys; binding++)
		for (i = 0; i < sizeof(binding->codes) / sizeof(binding->codes[0]); i++)
			if (binding->codes[i] && binding->codes[i] == code)
				return binding;
	return NULL;
}

bool key_is_enter(int code)
{
	return code == '\n' || code == '\r' || code == F(KEY_ENTER);
}

bool key_is_escape(int code)
{
	return code == ESCAPE;
}

bool key_is_backspace(int code)
{
	return code == '\b' || code == DELETE || code == F(KEY_BACKSPACE);
}

bool key_is_kill(int code)
{
	return code == CONTROL('u');
}

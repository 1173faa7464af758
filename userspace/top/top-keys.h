/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Key bindings of 'top' as data: one array defines the actions and the help.
 * Letters are those of top and htop if they have one.
 */
#ifndef READER_TOP_KEYS_H
#define READER_TOP_KEYS_H

#include <limits.h>
#include <stdbool.h>

/* The action of a key. */
enum top_action {
	TOP_NOTHING,
	TOP_QUIT,
	TOP_BACK,
	TOP_SHOW_HELP,
	TOP_UP,
	TOP_DOWN,
	TOP_PAGE_UP,
	TOP_PAGE_DOWN,
	TOP_FIRST,
	TOP_LAST,
	TOP_LEFT,
	TOP_RIGHT,
	TOP_ENTER,
	TOP_SORT,
	TOP_SORT_LEFT,
	TOP_SORT_RIGHT,
	TOP_REVERSE,
	TOP_FILTER,
	TOP_TREE,
	TOP_FREEZE,
	TOP_NOW,
	TOP_CHOOSE,
	TOP_UNITS,
	TOP_NUMERIC,
	TOP_REDRAW,
};

/* The code of a key that is not a character, from KEY_* of ncurses. */
#define KEY_FUNCTION(code)	(-(code))

/**
 * struct key - a pressed key
 * @code: character, or KEY_FUNCTION()
 * @text: the character in the locale's encoding, "" if it is not printable
 */
struct key {
	int code;
	char text[MB_LEN_MAX + 1];
};

/**
 * struct top_binding - the action of some keys
 * @codes: the keys; 0 after the last
 * @keys: their names, for the help
 * @action: the action
 * @column: column that TOP_SORT sorts by
 * @brief: label on the last line, after the first of @codes; NULL: not there
 * @help: one line
 */
struct top_binding {
	int codes[4];
	const char *keys;
	enum top_action action;
	const char *column;
	const char *brief;
	const char *help;
};

/* All bindings, ended by one without @keys. */
extern const struct top_binding top_bindings[];

/* The binding of @code, or NULL. */
const struct top_binding *top_binding_of(int code);

/* Lines of the help screen above the keys; ended by NULL. */
extern const char *const top_help[];

/* Whether a key ends, cancels or shortens the input. */
bool key_is_enter(int code);
bool key_is_escape(int code);
bool key_is_backspace(int code);
bool key_is_kill(int code);

#endif /* READER_TOP_KEYS_H */

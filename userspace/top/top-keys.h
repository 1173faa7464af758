/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What keys do in 'top', as data: the same array finds what to do and makes the
 * help.  Letters are those of top and htop where they have one.
 */
#ifndef READER_TOP_KEYS_H
#define READER_TOP_KEYS_H

#include <limits.h>
#include <stdbool.h>

/* What a key makes 'top' do. */
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

/* A code of a key that is no character: ncurses's KEY_*. */
#define KEY_FUNCTION(code)	(-(code))

/**
 * struct key - a key that was pressed
 * @code: character, or KEY_FUNCTION()
 * @text: the character in the locale's bytes, "" where it cannot be printed
 */
struct key {
	int code;
	char text[MB_LEN_MAX + 1];
};

/**
 * struct top_binding - what some keys do
 * @codes: theirs; 0 behind the last
 * @keys: their names, for the help
 * @action: what they do
 * @column: by which TOP_SORT sorts
 * @brief: on the line at the bottom, with the first of @codes; NULL: not there
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

/* All of them, ended by one without @keys. */
extern const struct top_binding top_bindings[];

/* What @code does; NULL if nothing. */
const struct top_binding *top_binding_of(int code);

/* What the screen of help says above the keys; ended by NULL. */
extern const char *const top_help[];

/* Whether a character ends, cancels or shortens what is typed. */
bool key_is_enter(int code);
bool key_is_escape(int code);
bool key_is_backspace(int code);
bool key_is_kill(int code);

#endif /* READER_TOP_KEYS_H */

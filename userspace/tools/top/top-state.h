/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of 'top': its data, the open screen, the input.  Keys and censuses
 * change it, and the view draws it; it does not depend on a terminal.
 */
#ifndef READER_TOP_STATE_H
#define READER_TOP_STATE_H

#include <limits.h>

#include "cli/options.h"
#include "tools/top/top-list.h"
#include "wire/source.h"

/* Maximum size of a typed filter, bytes. */
#define TOP_PROMPT_SIZE		160

enum top_screen {
	TOP_TASKS,		/* the processes, or the cgroups */
	TOP_MAP,		/* the mappings of one */
	TOP_HELP,		/* the keys */
};

/**
 * struct top_page - a list and the census that it shows
 * @list: its rows point into @snap
 * @snap: owned; NULL before the first census, and for cgroups, which are of that of the tasks
 * @view: view of @snap
 */
struct top_page {
	struct top_list list;
	struct snapshot *snap;
	struct view view;
};

/**
 * struct top - the state of 'top'
 * @live: censuses are of this machine; those of a record have the cgroups that they have
 * @tasks: the processes
 * @cgroups: their cgroups
 * @grouped: TOP_TASKS shows these
 * @counted: @tasks.snap has them
 * @map: the mappings of @pid
 * @screen: the open screen
 * @under: TOP_TASKS or TOP_MAP, the screen below the help
 * @pid: process whose mappings are open; 0: none
 * @gone: @pid has no mappings any more
 * @units: units of amounts; each census sets @units.whole
 * @interval: ns between two censuses
 * @frozen: take no censuses
 * @once: take one census at once, even if @frozen
 * @renew: the next draw sends the whole screen
 * @ended: the record has no more censuses
 * @since: time of the request for the current census, ns of
 *	CLOCK_MONOTONIC; 0: no census is running
 * @prompt: the filter that the user types, while @typing
 * @message: a line for the user, until the next key; "" if none
 * @height: rows on the screen at the last draw
 * @line: first line of the help
 */
struct top {
	bool live;
	struct top_page tasks;
	struct top_page cgroups;
	bool grouped;
	bool counted;
	struct top_page map;
	enum top_screen screen;
	enum top_screen under;
	uint64_t pid;
	bool gone;
	struct units units;
	uint64_t interval;
	bool frozen;
	bool once;
	bool renew;
	bool ended;
	bool quit;
	uint64_t since;
	bool typing;
	char prompt[TOP_PROMPT_SIZE];
	char message[TOP_PROMPT_SIZE];
	size_t height;
	size_t line;
};

/* Initializes @top by @options.  0, or -1 and @why; call top_free() in both cases. */
int top_init(struct top *top, const struct options *options, bool live, struct failure *why);
void top_free(struct top *top);

/* The page of the open screen, or of the screen below it. */
struct top_page *top_page(struct top *top);

/* Completes @request, which is for all processes, for the next census. */
void top_request(const struct top *top, struct request *request);

/*
 * Takes ownership of @snap, a census requested for @pid, 0: for all processes; @grouped: and their
 * cgroups.
 */
void top_census(struct top *top, struct snapshot *snap, uint32_t pid, bool grouped);

/* There are no cgroups, for the reason @why: shows processes. */
void top_no_groups(struct top *top, const struct failure *why);

/* The process @pid, whose mappings are open, has none: @why says the reason. */
void top_no_process(struct top *top, uint32_t pid, const struct failure *why);

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

/* Handles a key. */
void top_key(struct top *top, const struct key *key);

enum top_action {
	TOP_QUIT,
	TOP_BACK,
	TOP_SHOW_HELP,
	TOP_MOVE,
	TOP_PAGE,
	TOP_ENTER,
	TOP_FILTER,
	TOP_FREEZE,
	TOP_NOW,
	TOP_UNITS,
	TOP_REDRAW,
	TOP_ARRANGES,		/* these change the order or the rows */
	TOP_SORT_STEP = TOP_ARRANGES,
	TOP_REVERSE,
	TOP_NUMERIC,
	TOP_CGROUPS,
};

/**
 * struct top_binding - the action of some keys
 * @codes: the keys; 0 after the last
 * @keys: their names, for the help
 * @action: the action
 * @step: how far TOP_MOVE, TOP_PAGE and TOP_SORT_STEP go, and to which side
 * @brief: keys and label on the last line; NULL: not there
 * @help: one line
 */
struct top_binding {
	int codes[4];
	const char *keys;
	enum top_action action;
	long step;
	const char *brief;
	const char *help;
};

/* All bindings, ended by one without @keys. */
extern const struct top_binding top_bindings[];

#endif /* READER_TOP_STATE_H */

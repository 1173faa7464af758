/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of 'top': its data, the open screen, the input.  Keys and censuses
 * change it, and the view draws it; it does not depend on a terminal.
 */
#ifndef READER_TOP_H
#define READER_TOP_H

#include "cli/options.h"
#include "top/top-keys.h"
#include "top/top-list.h"
#include "wire/source.h"

/* Maximum size of a typed filter, bytes. */
#define TOP_PROMPT_SIZE		160

enum top_screen {
	TOP_TASKS,		/* the processes */
	TOP_MAP,		/* the mappings of one */
	TOP_COLUMNS,		/* which columns to show, over one of these */
	TOP_HELP,		/* the keys */
};

/**
 * struct top_page - a list and the census that it shows
 * @list: its rows point into @snap
 * @snap: owned; NULL before the first census
 * @view: view of @snap
 */
struct top_page {
	struct top_list list;
	struct snapshot *snap;
	struct view view;
};

/**
 * struct top - the state of 'top'
 * @tasks: the processes
 * @map: the mappings of @pid
 * @screen: the open screen
 * @under: TOP_TASKS or TOP_MAP, the screen below help and column list
 * @pid: process whose mappings are open; 0: none
 * @gone: @pid has no mappings any more
 * @units: units of amounts; each census sets @units.whole
 * @basis: the requested basis, or 0
 * @interval: between two censuses, ns
 * @frozen: take no censuses
 * @once: take one census at once, even if @frozen
 * @ended: the record has no more censuses
 * @quit: the program must end
 * @since: time of the request for the current census, ns of
 *	CLOCK_MONOTONIC; 0: no census is running
 * @typing: the user types a filter
 * @prompt: the text typed so far
 * @message: a line for the user, until the next key; "" if none
 * @height: rows on the screen at the last draw
 * @line: first line of the help, selected line of the column list
 * @skipped: number of columns skipped after the first, for narrow terminals
 */
struct top {
	struct top_page tasks;
	struct top_page map;
	enum top_screen screen;
	enum top_screen under;
	uint32_t pid;
	bool gone;
	struct units units;
	uint8_t basis;
	uint64_t interval;
	bool frozen;
	bool once;
	bool ended;
	bool quit;
	uint64_t since;
	bool typing;
	char prompt[TOP_PROMPT_SIZE];
	char message[TOP_PROMPT_SIZE];
	size_t height;
	size_t line;
	size_t skipped;
};

/* Initializes @top by @options.  0, or -1 and @why; call top_free() in both cases. */
int top_init(struct top *top, const struct options *options, struct failure *why);
void top_free(struct top *top);

/* The page of the open screen, or of the screen below it. */
struct top_page *top_page(struct top *top);

/* Completes @request, which is for all processes, for the next census. */
void top_request(const struct top *top, struct request *request);

/*
 * Takes ownership of @snap, a census requested for @pid, 0: for all processes.
 * Returns 0, or -1 and @why if memory runs out.
 */
int top_census(struct top *top, struct snapshot *snap, uint32_t pid,
	       struct failure *why);

/* The process @pid, whose mappings are open, has none: @why says the reason. */
void top_no_process(struct top *top, uint32_t pid, const struct failure *why);

/* Handles a key.  Returns 0, or -1 and @why if memory runs out. */
int top_key(struct top *top, const struct key *key, struct failure *why);

#endif /* READER_TOP_H */

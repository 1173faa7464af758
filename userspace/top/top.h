/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What 'top' is at: what it has, which screen is open, what was typed.  Keys and
 * censuses change it, and the view draws it; it knows no terminal itself.
 */
#ifndef READER_TOP_H
#define READER_TOP_H

#include "cli/options.h"
#include "top/top-keys.h"
#include "top/top-list.h"
#include "wire/source.h"

/* Bytes of a filter that can be typed. */
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
 * @snap: owned; NULL until one is there
 * @view: of @snap
 */
struct top_page {
	struct top_list list;
	struct snapshot *snap;
	struct view view;
};

/**
 * struct top - what 'top' is at
 * @tasks: the processes
 * @map: the mappings of @pid
 * @screen: what is drawn
 * @under: TOP_TASKS or TOP_MAP, where the others end
 * @pid: whose mappings; 0 where these are not open
 * @gone: @pid has none any more
 * @units: how amounts are written; @units.whole by each census
 * @basis: that was asked for, or 0
 * @interval: between two censuses, ns
 * @frozen: no censuses for now
 * @once: but for one
 * @ended: the record has no more
 * @quit: it is over
 * @since: when the census that is being taken was asked for, ns of
 *	CLOCK_MONOTONIC; 0: none is
 * @typing: a filter is being typed
 * @prompt: what of it there is
 * @message: a line for the user, until the next key; "" if none
 * @height: rows on the screen, as last drawn
 * @line: first line of the help, selected line of the columns
 * @skipped: columns left out behind the first, for narrow terminals
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

/* As @options say.  0, or -1 and @why; top_free() in both cases. */
int top_init(struct top *top, const struct options *options, struct failure *why);
void top_free(struct top *top);

/* The list that is open, or that the screen that is open is about. */
struct top_page *top_page(struct top *top);

/* What the next census is to be asked for; @request is that of the processes. */
void top_request(const struct top *top, struct request *request);

/*
 * Takes @snap over, a census that was asked for with @pid, 0: of all processes.
 * 0, or -1 and @why without memory.
 */
int top_census(struct top *top, struct snapshot *snap, uint32_t pid,
	       struct failure *why);

/* The process whose mappings were asked for, @pid, has none: @why says so. */
void top_no_process(struct top *top, uint32_t pid, const struct failure *why);

/* A key.  0, or -1 and @why without memory. */
int top_key(struct top *top, const struct key *key, struct failure *why);

#endif /* READER_TOP_H */

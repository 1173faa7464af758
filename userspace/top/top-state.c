// SPDX-License-Identifier: GPL-2.0
/* The state of 'top', and how keys and censuses change it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "lib/text.h"
#include "top/top.h"

/* Default interval between two censuses, ns; htop uses 1.5 s, top 3 s. */
#define DEFAULT_INTERVAL	2000000000ULL

/* The census of a map also has the figures of the header. */
#define MAP_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS |	\
			 MEMCENSUS_PART_SYSTEM | MEMCENSUS_PART_NODES)

int top_init(struct top *top, const struct options *options, struct failure *why)
{
	const struct rows *rows = &options->command->rows;
	const struct rows *map = &map_command.rows;

	memset(top, 0, sizeof(*top));
	top->interval = options->interval ? options->interval : DEFAULT_INTERVAL;
	top->units.suffixes = options->suffixes;
	top->units.percent = options->percent;
	top->basis = options->basis;
	top->tasks.view.numeric = options->numeric;
	if (top_list_init(&top->tasks.list, rows->type, options->columns,
			  options->all ? NULL : rows->columns,
			  options->sort ? options->sort : rows->sort,
			  options->reverse, why))
		return -1;
	return top_list_init(&top->map.list, map->type, NULL, map->columns,
			     map->sort, false, why);
}

void top_free(struct top *top)
{
	top_list_free(&top->tasks.list);
	top_list_free(&top->map.list);
	snapshot_free(top->tasks.snap);
	snapshot_free(top->map.snap);
}

struct top_page *top_page(struct top *top)
{
	return top->under == TOP_MAP ? &top->map : &top->tasks;
}

/* Whether command lines are shown; only then are they read. */
static bool has_cmdlines(const struct top_list *list)
{
	size_t i;

	for (i = 0; i < list->columns.n; i++)
		if (list->columns.v[i] == task_cmdline)
			return true;
	return list->sort == task_cmdline;
}

void top_request(const struct top *top, struct request *request)
{
	request->cmdlines = !top->pid && has_cmdlines(&top->tasks.list);
	if (!top->pid)
		return;
	request->pids = &top->pid;
	request->n_pids = 1;
	request->parts = MAP_PARTS;
	request->group_by = 0;
	request->basis = top->basis ? top->basis : map_command.basis;
	request->any_basis = !top->basis;
}

/* Updates the rows after a change of filter, order or names. */
static int refill(struct top_page *page, struct failure *why)
{
	if (!page->snap)
		return 0;
	return top_list_fill(&page->list, &page->view,
			     records_in(page->snap, page->list.type), why);
}

int top_census(struct top *top, struct snapshot *snap, uint32_t pid,
	       struct failure *why)
{
	struct top_page *page = pid ? &top->map : &top->tasks;
	const struct figures *bytes = &snap->totals.bytes;
	struct view before = page->view;

	/* The census is late: these mappings are no longer open. */
	if (pid && pid != top->pid) {
		snapshot_free(snap);
		return 0;
	}
	page->view.snap = snap;
	if (top_list_fill(&page->list, &page->view, records_in(snap, page->list.type), why)) {
		page->view = before;
		snapshot_free(snap);
		return -1;
	}
	snapshot_free(page->snap);
	page->snap = snap;
	if (KNOWN(bytes, MEMCENSUS_S_TOTAL))
		top->units.whole = bytes->v[MEMCENSUS_S_TOTAL];
	return 0;
}

void top_no_process(struct top *top, uint32_t pid, const struct failure *why)
{
	if (pid != top->pid)
		return;
	top->gone = true;
	snprintf(top->message, sizeof(top->message), "process %u: %.100s", pid, why->text);
}

static void close_map(struct top *top)
{
	top->pid = 0;
	top->gone = false;
	top->message[0] = '\0';
	top->under = TOP_TASKS;
	top->screen = TOP_TASKS;
	top_list_empty(&top->map.list);
	snapshot_free(top->map.snap);
	top->map.snap = NULL;
	top->once = true;
}

static void open_map(struct top *top)
{
	const struct task *task = top_list_selected(&top->tasks.list);

	if (top->screen != TOP_TASKS || !task || !KNOWN(task, MEMCENSUS_TASK_PID))
		return;
	if (top->ended) {
		snprintf(top->message, sizeof(top->message),
			 "the record has no census behind this one");
		return;
	}
	top->pid = (uint32_t)task->pid;
	top->under = TOP_MAP;
	top->screen = TOP_MAP;
	top->skipped = 0;
	top->once = true;
}

/* Closes help or column list; else drops the filter; else closes the mappings. */
static int go_back(struct top *top, struct failure *why)
{
	struct top_page *page = top_page(top);

	if (top->screen == TOP_HELP || top->screen == TOP_COLUMNS) {
		top->screen = top->under;
	} else if (page->list.pattern) {
		top_list_filter(&page->list, "", why);
		return refill(page, why);
	} else if (top->screen == TOP_MAP) {
		close_map(top);
	}
	return 0;
}

static void quit(struct top *top)
{
	if (top->screen == TOP_HELP || top->screen == TOP_COLUMNS)
		top->screen = top->under;
	else if (top->screen == TOP_MAP)
		close_map(top);
	else
		top->quit = true;
}

static void open_screen(struct top *top, enum top_screen screen)
{
	top->screen = top->screen == screen ? top->under : screen;
	top->line = 0;
}

static void next_units(struct top *top)
{
	bool kib = !top->units.suffixes && !top->units.percent;

	top->units.percent = top->units.suffixes;
	top->units.suffixes = kib;
}

static void sort_by(struct top *top, struct top_list *list, const char *name)
{
	const struct column *column = record_find(list->type, name, strlen(name));

	if (column)
		top_list_sort(list, column);
	else
		snprintf(top->message, sizeof(top->message), "no column '%s' here", name);
}

static size_t count_columns(const struct record_type *type)
{
	unsigned int n = 0;

	while (record_column(type, n))
		n++;
	return n;
}

static void move_line(struct top *top, long step)
{
	size_t n = top->screen == TOP_COLUMNS ?
		   count_columns(top_page(top)->list.type) : SIZE_MAX / 4;
	long to = (long)top->line + step;

	/* Only the view knows the end of the help, and limits the line there. */
	top->line = to < 0 ? 0 : (size_t)to < n ? (size_t)to : n - 1;
}

static void move(struct top *top, long step)
{
	if (top->screen == TOP_HELP || top->screen == TOP_COLUMNS)
		move_line(top, step);
	else
		top_list_move(&top_page(top)->list, step);
}

static int enter(struct top *top, struct failure *why)
{
	struct top_list *list = &top_page(top)->list;

	if (top->screen == TOP_COLUMNS)
		return top_list_toggle(list, record_column(list->type, top->line), why);
	if (top->screen == TOP_HELP)
		top->screen = top->under;
	else
		open_map(top);
	return 0;
}

/* Handles keys that change the order or the rows. */
static bool arrange(struct top *top, const struct top_binding *binding)
{
	struct top_page *page = top_page(top);
	struct top_list *list = &page->list;

	switch (binding->action) {
	case TOP_SORT:
		sort_by(top, list, binding->column);
		return true;
	case TOP_SORT_LEFT:
		top_list_sort_step(list, -1);
		return true;
	case TOP_SORT_RIGHT:
		top_list_sort_step(list, 1);
		return true;
	case TOP_REVERSE:
		list->reverse = !list->reverse;
		return true;
	case TOP_TREE:
		list->tree = !list->tree;
		return true;
	case TOP_NUMERIC:
		page->view.numeric = !page->view.numeric;
		return true;
	default:
		return false;
	}
}

static void freeze(struct top *top)
{
	top->frozen = !top->frozen;
	top->once = !top->frozen;
}

static int act(struct top *top, const struct top_binding *binding, struct failure *why)
{
	const long all = LONG_MAX / 4;

	switch (binding->action) {
	case TOP_QUIT:
		quit(top);
		break;
	case TOP_BACK:
		return go_back(top, why);
	case TOP_SHOW_HELP:
		open_screen(top, TOP_HELP);
		break;
	case TOP_CHOOSE:
		open_screen(top, TOP_COLUMNS);
		break;
	case TOP_UP:
		move(top, -1);
		break;
	case TOP_DOWN:
		move(top, 1);
		break;
	case TOP_PAGE_UP:
		move(top, -(long)(top->height ? top->height : 1));
		break;
	case TOP_PAGE_DOWN:
		move(top, top->height ? top->height : 1);
		break;
	case TOP_FIRST:
		move(top, -all);
		break;
	case TOP_LAST:
		move(top, all);
		break;
	case TOP_LEFT:
		top->skipped -= top->skipped > 0;
		break;
	case TOP_RIGHT:
		top->skipped += top->skipped + 1 < top_page(top)->list.columns.n;
		break;
	case TOP_ENTER:
		return enter(top, why);
	case TOP_FILTER:
		top->typing = true;
		snprintf(top->prompt, sizeof(top->prompt), "%s",
			 top_page(top)->list.pattern ? top_page(top)->list.pattern : "");
		break;
	case TOP_FREEZE:
		freeze(top);
		break;
	case TOP_NOW:
		if (top->screen == TOP_COLUMNS)
			return enter(top, why);
		top->once = true;
		break;
	case TOP_UNITS:
		next_units(top);
		break;
	default:
		break;
	}
	return 0;
}

/* Removes the last character of the prompt. */
static void shorten(struct top *top)
{
	size_t len = strlen(top->prompt);

	/* Go back to the first byte of a UTF-8 character. */
	while (len && ((unsigned char)top->prompt[--len] & 0xc0) == 0x80)
		;
	top->prompt[len] = '\0';
}

/* Handles a key while a filter is typed. */
static int type(struct top *top, const struct key *key, struct failure *why)
{
	struct top_page *page = top_page(top);
	struct failure wrong;

	if (key_is_escape(key->code)) {
		top->typing = false;
	} else if (key_is_backspace(key->code)) {
		shorten(top);
	} else if (key_is_kill(key->code)) {
		top->prompt[0] = '\0';
	} else if (key_is_enter(key->code)) {
		if (top_list_filter(&page->list, top->prompt, &wrong)) {
			snprintf(top->message, sizeof(top->message), "%.100s", wrong.text);
			return 0;
		}
		top->typing = false;
		return refill(page, why);
	} else if (strlen(top->prompt) + strlen(key->text) < sizeof(top->prompt)) {
		strcat(top->prompt, key->text);
	}
	return 0;
}

int top_key(struct top *top, const struct key *key, struct failure *why)
{
	const struct top_binding *binding = top_binding_of(key->code);

	if (!top->gone)
		top->message[0] = '\0';
	if (top->typing)
		return type(top, key, why);
	if (!binding)
		return 0;
	if ((top->screen == TOP_TASKS || top->screen == TOP_MAP) && arrange(top, binding))
		return refill(top_page(top), why);
	return act(top, binding, why);
}

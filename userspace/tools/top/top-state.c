// SPDX-License-Identifier: GPL-2.0
/* The state of 'top', and how keys and censuses change it. */
#include <stdio.h>
#include <string.h>
#include <curses.h>

#include "cli/command.h"
#include "model/amount.h"
#include "tools/top/top-state.h"

/* Default interval between two censuses, ns; htop uses 1.5 s, top 3 s. */
#define DEFAULT_INTERVAL	2000000000ULL

/* The census of a map also has the figures of the header. */
#define MAP_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS | MEMCENSUS_PART_NODES)

#define F(code)		KEY_FUNCTION(code)
#define CONTROL(letter)	((letter) & 0x1f)
#define ESCAPE		0x1b
#define DELETE		0x7f

/* A step beyond any end. */
#define ALL		(LONG_MAX / 4)

/* Letters are those of top and htop if they have one. */
const struct top_binding top_bindings[] = {
	{ { 'h', '?', F(KEY_F(1)) }, "h ? F1", TOP_SHOW_HELP, .brief = "h Help",
	  .help = "this help" },
	{ { 'q', 'Q', F(KEY_F(10)) }, "q F10", TOP_QUIT, .brief = "q Quit",
	  .help = "quit; from another screen: back" },
	{ { ESCAPE, F(KEY_BACKSPACE) }, "Esc", TOP_BACK, .help = "back; no filter" },
	{ { F(KEY_UP) }, "Up", TOP_MOVE, -1, .help = "select the row above" },
	{ { F(KEY_DOWN) }, "Down", TOP_MOVE, 1,
	  .help = "the row below; what is selected is followed" },
	{ { F(KEY_PPAGE) }, "PgUp", TOP_PAGE, -1, .help = "a screen up" },
	{ { F(KEY_NPAGE) }, "PgDn", TOP_PAGE, 1, .help = "a screen down" },
	{ { F(KEY_HOME) }, "Home", TOP_MOVE, -ALL,
	  .help = "the first row, whatever it is" },
	{ { F(KEY_END), 'G' }, "End G", TOP_MOVE, ALL, .help = "the last row" },
	{ { '\n', '\r', F(KEY_ENTER) }, "Enter", TOP_ENTER, .brief = "Enter Map",
	  .help = "what the selected process has mapped" },
	{ { 'g' }, "g", TOP_CGROUPS, .brief = "g Cgroups",
	  .help = "the tree of cgroups, with what is charged to them; again: processes" },
	{ { '/', '\\', 'o', F(KEY_F(4)) }, "/ \\ o F4", TOP_FILTER, .brief = "/ Filter",
	  .help = "show only names that match a regular expression" },
	{ { '<', ',' }, "<", TOP_SORT_STEP, -1, .brief = "<> Sort",
	  .help = "sort by the column to the left" },
	{ { '>', '.' }, ">", TOP_SORT_STEP, 1, .help = "sort by the column to the right" },
	{ { 'r', 'R', 'I' }, "r R I", TOP_REVERSE, .brief = "r Reverse",
	  .help = "the other way round" },
	{ { 'Z' }, "Z", TOP_FREEZE, .brief = "Z Freeze", .help = "freeze, go on" },
	{ { ' ' }, "Space", TOP_NOW, .help = "a census now" },
	{ { 'e', 'E' }, "e", TOP_UNITS, .brief = "e Units",
	  .help = "amounts in KiB, with the unit that fits, in percent" },
	{ { 'n' }, "n", TOP_NUMERIC, .help = "users by number or by name" },
	{ { CONTROL('l') }, "Ctrl-L", TOP_REDRAW, .help = "draw the screen anew" },
	{ }
};

/* With the name at the end, as of processes. */
#define CGROUP_COLUMNS								\
	"mms,swap,uss,pss,charged,charged_anon,charged_file,charged_shmem,"	\
	"charged_kernel,charged_sock,charged_swap,limit,oom_kills,name"
int top_init(struct top *top, const struct options *options, bool live, struct failure *why)
{
	const struct rows *rows = &options->command->rows;
	static const struct rows map = ROWS_MAP;

	memset(top, 0, sizeof(*top));
	top->live = live;
	top->interval = options->interval ? options->interval : DEFAULT_INTERVAL;
	top->units.suffixes = options->suffixes;
	top->units.percent = options->percent;
	top->tasks.view.numeric = options->numeric;
	if (top_list_init(&top->tasks.list, rows->type, options->columns,
			  options->all ? NULL : rows->columns,
			  options->sort ? options->sort : rows->sort,
			  options->reverse, why))
		return -1;
	if (top_list_init(&top->cgroups.list, &group_rows, NULL, CGROUP_COLUMNS, "pss", false, why))
		return -1;
	return top_list_init(&top->map.list, map.type, NULL, map.columns,
			     map.sort, false, why);
}

void top_free(struct top *top)
{
	top_list_free(&top->tasks.list);
	top_list_free(&top->cgroups.list);
	top_list_free(&top->map.list);
	snapshot_free(top->tasks.snap);
	snapshot_free(top->map.snap);
}

struct top_page *top_page(struct top *top)
{
	if (top->under == TOP_MAP)
		return &top->map;
	return top->grouped ? &top->cgroups : &top->tasks;
}

void top_request(const struct top *top, struct request *request)
{
	const struct top_list *list = &top->tasks.list;
	size_t i;

	/* Command lines, and memory by node, are read only if they are shown. */
	request->cmdlines = !top->pid && !top->grouped && list->sort == task_cmdline;
	request->nodes = !top->grouped && list->sort->by_node;
	for (i = 0; !top->grouped && i < list->columns.n; i++) {
		request->cmdlines |= !top->pid && list->columns.v[i] == task_cmdline;
		request->nodes |= list->columns.v[i]->by_node;
	}
	/* A record has one kind of groups, or none. */
	request->any_groups = true;
	request->group_by = top->live && top->grouped ? MEMCENSUS_BY_CGROUP : 0;
	if (!top->pid)
		return;
	request->pids = (struct numbers){ 1, &top->pid };
	request->parts = MAP_PARTS | MEMCENSUS_PART_FLAGS;
	request->group_by = 0;
}

/* Updates the rows after a census, or a change of filter, order or names. */
static void refill(struct top *top, struct top_page *page)
{
	struct row_array records = { .n = 0 };

	const bool grouped = page == &top->cgroups;

	if (grouped)
		page->view = top->tasks.view;
	if (!page->view.snap)
		return;
	if (!grouped || top->counted)
		records = rows_in(page->view.snap, page->list.type);
	top_list_fill(&page->list, &page->view, records);
}

void top_census(struct top *top, struct snapshot *snap, uint32_t pid, bool grouped)
{
	struct top_page *page = pid ? &top->map : &top->tasks;
	const struct amount total = amount_total(snap, MEM_TOTAL);
	struct snapshot *before = page->snap;

	/* The census is late: these mappings are no longer open. */
	if (pid && pid != top->pid) {
		snapshot_free(snap);
		return;
	}
	page->view.snap = snap;
	page->snap = snap;
	if (!pid)
		top->counted = top->live ? grouped :
					   snap->asked.group_by == MEMCENSUS_BY_CGROUP;
	refill(top, page);
	if (!pid) {
		refill(top, &top->cgroups);
		/* The key came while it was taken. */
		top->once |= top->live && top->grouped && !top->counted;
	}
	snapshot_free(before);
	if (total.known)
		top->units.whole = total.bytes;
}

void top_no_groups(struct top *top, const struct failure *why)
{
	top->grouped = false;
	snprintf(top->message, sizeof(top->message), "%.150s", why->text);
}

void top_no_process(struct top *top, uint32_t pid, const struct failure *why)
{
	if (pid != top->pid)
		return;
	top->gone = true;
	snprintf(top->message, sizeof(top->message), "process %u: %.100s", pid, why->text);
}

/* Whether the help is open, over the rows. */
static bool is_covered(const struct top *top)
{
	return top->screen != top->under;
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

	if (top->grouped) {
		snprintf(top->message, sizeof(top->message),
			 "only a process has mappings: Esc shows the processes");
		return;
	}
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
	top->once = true;
}

static void quit(struct top *top)
{
	if (is_covered(top))
		top->screen = top->under;
	else if (top->screen == TOP_MAP)
		close_map(top);
	else if (top->grouped)
		top->grouped = false;
	else
		top->quit = true;
}

/* Closes the help; else drops the filter; else closes the mappings. */
static void go_back(struct top *top)
{
	struct top_page *page = top_page(top);
	struct failure why;

	if (!is_covered(top) && page->list.pattern) {
		top_list_filter(&page->list, "", &why);
		refill(top, page);
	} else if (top->screen != TOP_TASKS || top->grouped) {
		quit(top);
	}
}

static void toggle_help(struct top *top)
{
	top->screen = is_covered(top) ? top->under : TOP_HELP;
	top->line = 0;
}

static void next_units(struct top *top)
{
	bool kib = !top->units.suffixes && !top->units.percent;

	top->units.percent = top->units.suffixes;
	top->units.suffixes = kib;
}

/* Moves the selected row, or the line of the help. */
static void move_by(struct top *top, long step)
{
	const long to = (long)top->line + step;

	/* Only the view knows the end of the help, and limits the line there. */
	if (!is_covered(top))
		top_list_move(&top_page(top)->list, step);
	else
		top->line = to > 0 ? to : 0;
}

/* Shows the tree of cgroups, or again the processes. */
static void toggle_cgroups(struct top *top)
{
	if (top->screen != TOP_TASKS)
		return;
	if (!top->live && !top->counted) {
		snprintf(top->message, sizeof(top->message),
			 "the record has no figures of cgroups: 'memcensus record -g' adds them");
		return;
	}
	top->grouped = !top->grouped;
	top->once |= top->live && top->grouped && !top->counted;
}

static void act(struct top *top, const struct top_binding *binding)
{
	struct top_page *page = top_page(top);
	struct top_list *list = &page->list;

	switch (binding->action) {
	case TOP_QUIT:
		quit(top);
		break;
	case TOP_BACK:
		go_back(top);
		break;
	case TOP_SHOW_HELP:
		toggle_help(top);
		break;
	case TOP_MOVE:
		move_by(top, binding->step);
		break;
	case TOP_PAGE:
		move_by(top, binding->step * (top->height ? (long)top->height : 1));
		break;
	case TOP_ENTER:
		if (is_covered(top))
			top->screen = top->under;
		else
			open_map(top);
		break;
	case TOP_FILTER:
		top->typing = true;
		snprintf(top->prompt, sizeof(top->prompt), "%s",
			 list->pattern ? list->pattern : "");
		break;
	case TOP_FREEZE:
		top->frozen = !top->frozen;
		top->once = !top->frozen;
		break;
	case TOP_NOW:
		top->once = true;
		break;
	case TOP_UNITS:
		next_units(top);
		break;
	case TOP_REDRAW:
		top->renew = true;
		break;
	case TOP_SORT_STEP:
		top_list_sort_step(list, binding->step);
		break;
	case TOP_REVERSE:
		list->reverse = !list->reverse;
		break;
	case TOP_NUMERIC:
		top->tasks.view.numeric = !top->tasks.view.numeric;
		break;
	case TOP_CGROUPS:
		toggle_cgroups(top);
		break;
	}
	if (binding->action >= TOP_ARRANGES)
		refill(top, top_page(top));
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

static void set_filter(struct top *top)
{
	struct top_page *page = top_page(top);
	struct failure wrong;

	if (top_list_filter(&page->list, top->prompt, &wrong)) {
		snprintf(top->message, sizeof(top->message), "%.100s", wrong.text);
		return;
	}
	top->typing = false;
	refill(top, page);
}

/* Handles a key while a filter is typed. */
static void type(struct top *top, const struct key *key)
{
	switch (key->code) {
	case ESCAPE:
		top->typing = false;
		break;
	case '\b':
	case DELETE:
	case F(KEY_BACKSPACE):
		shorten(top);
		break;
	case CONTROL('u'):
		top->prompt[0] = '\0';
		break;
	case CONTROL('l'):
		top->renew = true;
		break;
	case '\n':
	case '\r':
	case F(KEY_ENTER):
		set_filter(top);
		break;
	default:
		if (strlen(top->prompt) + strlen(key->text) < sizeof(top->prompt))
			strcat(top->prompt, key->text);
	}
}

static const struct top_binding *find_binding(int code)
{
	const struct top_binding *binding;
	size_t i;

	for (binding = top_bindings; binding->keys; binding++)
		for (i = 0; i < ARRAY_SIZE(binding->codes); i++)
			if (binding->codes[i] && binding->codes[i] == code)
				return binding;
	return NULL;
}

void top_key(struct top *top, const struct key *key)
{
	const struct top_binding *binding = find_binding(key->code);

	if (!top->gone)
		top->message[0] = '\0';
	if (top->typing)
		type(top, key);
	else if (binding && !(is_covered(top) && binding->action >= TOP_ARRANGES))
		act(top, binding);
}

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
#define MAP_PARTS	(MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS |	\
			 MEMCENSUS_PART_SYSTEM | MEMCENSUS_PART_NODES)

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
	{ { F(KEY_LEFT) }, "Left", TOP_SIDE, -1, .help = "columns to the left" },
	{ { F(KEY_RIGHT) }, "Right", TOP_SIDE, 1,
	  .help = "columns to the right, where not all fit" },
	{ { '\n', '\r', F(KEY_ENTER) }, "Enter", TOP_ENTER, .brief = "Enter Map",
	  .help = "what the selected process has mapped" },
	{ { 'u' }, "u", TOP_GROUPS, MEMCENSUS_BY_UID, .brief = "u Users",
	  .help = "a row for each user; again: for each process" },
	{ { 'g' }, "g", TOP_GROUPS, MEMCENSUS_BY_CGROUP, .brief = "g Cgroups",
	  .help = "the tree of cgroups, with what is charged to them; again: processes" },
	{ { 'T' }, "T", TOP_GROUPS, MEMCENSUS_BY_TREE, .brief = "T Trees",
	  .help = "each process with all its descendants; again: processes" },
	{ { '/', '\\', 'o', F(KEY_F(4)) }, "/ \\ o F4", TOP_FILTER, .brief = "/ Filter",
	  .help = "show only names that match a regular expression" },
	{ { '<', ',' }, "<", TOP_SORT_STEP, -1, .brief = "<> Sort",
	  .help = "sort by the column to the left" },
	{ { '>', '.' }, ">", TOP_SORT_STEP, 1, .help = "sort by the column to the right" },
	{ { 'r', 'R', 'I' }, "r R I", TOP_REVERSE, .brief = "r Reverse",
	  .help = "the other way round" },
	{ { 'M', 'P' }, "M P", TOP_SORT, .column = "pss", .help = "sort by PSS" },
	{ { 'U' }, "U", TOP_SORT, .column = "uss", .help = "sort by USS" },
	{ { 'S' }, "S", TOP_SORT, .column = "swap", .help = "sort by swap" },
	{ { 'N' }, "N", TOP_SORT, .column = "pid", .help = "sort by PID" },
	{ { 'C' }, "C", TOP_SORT, .column = "comm", .help = "sort by name of command" },
	{ { 't', 'V', F(KEY_F(5)) }, "t V F5", TOP_TREE, .brief = "t Tree",
	  .help = "children below their parents, or flat; cgroups by path" },
	{ { '-', '+' }, "- +", TOP_FOLD,
	  .help = "hide what is below the selected row, or show it" },
	{ { 'Z' }, "Z", TOP_FREEZE, .brief = "Z Freeze", .help = "freeze, go on" },
	{ { ' ' }, "Space", TOP_NOW, .help = "a census now" },
	{ { 'f', F(KEY_F(2)) }, "f F2", TOP_CHOOSE, .brief = "f Columns",
	  .help = "choose columns" },
	{ { 'e', 'E' }, "e", TOP_UNITS, .brief = "e Units",
	  .help = "amounts in KiB, with the unit that fits, in percent" },
	{ { 'n' }, "n", TOP_NUMERIC, .help = "users by number or by name" },
	{ { CONTROL('l') }, "Ctrl-L", TOP_REDRAW, .help = "draw the screen anew" },
	{ }
};

/* Columns with the name at the end, as for processes. */
#define USER_COLUMNS	"mms,swap,uss,pss,frames,rss,user"
#define CGROUP_COLUMNS								\
	"mms,swap,uss,pss,charged,charged_anon,charged_file,charged_shmem,"	\
	"charged_kernel,charged_sock,charged_swap,limit,oom_kills,name"
#define TREE_COLUMNS	"pid,mms,swap,uss,pss,own_uss,own_pss,name"

int top_init(struct top *top, const struct options *options, bool live, struct failure *why)
{
	const struct rows *rows = &options->command->rows;
	static const struct rows map = ROWS_MAP;

	memset(top, 0, sizeof(*top));
	top->live = live;
	top->narrow = options->cgroup;
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
	if (top_list_init(&top->users.list, &group_rows, NULL, USER_COLUMNS, "pss", false,
			  why) ||
	    top_list_init(&top->cgroups.list, &group_rows, NULL, CGROUP_COLUMNS, "pss", false,
			  why) ||
	    top_list_init(&top->trees.list, &group_rows, NULL, TREE_COLUMNS, "pss", false, why))
		return -1;
	top->users.group_by = MEMCENSUS_BY_UID;
	top->cgroups.group_by = MEMCENSUS_BY_CGROUP;
	top->trees.group_by = MEMCENSUS_BY_TREE;
	top->cgroups.list.tree = true;
	top->trees.list.tree = true;
	return top_list_init(&top->map.list, map.type, NULL, map.columns,
			     map.sort, false, why);
}

void top_free(struct top *top)
{
	top_list_free(&top->tasks.list);
	top_list_free(&top->users.list);
	top_list_free(&top->cgroups.list);
	top_list_free(&top->trees.list);
	top_list_free(&top->map.list);
	snapshot_free(top->tasks.snap);
	snapshot_free(top->map.snap);
}

struct top_page *top_page(struct top *top)
{
	if (top->under == TOP_MAP)
		return &top->map;
	return top->group_by == MEMCENSUS_BY_UID ? &top->users :
	       top->group_by == MEMCENSUS_BY_CGROUP ? &top->cgroups :
	       top->group_by == MEMCENSUS_BY_TREE ? &top->trees : &top->tasks;
}

static uint32_t parts_of(const struct top_list *list)
{
	uint32_t parts = 0;
	size_t i;

	for (i = 0; i < list->columns.n; i++)
		parts |= list->columns.v[i]->part;
	return parts;
}

void top_request(const struct top *top, struct request *request)
{
	const struct top_list *list = &top->tasks.list;

	/* Command lines are read only if they are shown. */
	request->cmdlines = !top->pid && !top->group_by && (list->sort == task_cmdline ||
					  top_list_has(list, task_cmdline));
	/* A record has one kind of groups, or none. */
	request->any_groups = true;
	request->group_by = top->live ? top->group_by : 0;
	/* Chosen since the start.  A record has what it has: the other columns show "-". */
	if (top->live)
		request->parts |= parts_of(list) | parts_of(&top->users.list) |
				  parts_of(&top->cgroups.list);
	if (!top->pid)
		return;
	request->pids = (struct numbers){ 1, &top->pid };
	request->parts = MAP_PARTS;
	request->group_by = 0;
	request->basis = top->basis ? top->basis : MEMCENSUS_BASIS_MAPCOUNT;
	request->any_basis = !top->basis;
}

/* Updates the rows after a census, or a change of filter, order or names. */
static void refill(struct top *top, struct top_page *page)
{
	struct row_array records = { .n = 0 };

	if (page->group_by)
		page->view = top->tasks.view;
	if (!page->view.snap)
		return;
	if (!page->group_by || top->counted == page->group_by)
		records = rows_in(page->view.snap, page->list.type);
	top_list_fill(&page->list, &page->view, records);
}

void top_census(struct top *top, struct snapshot *snap, uint32_t pid, uint8_t group_by)
{
	struct top_page *page = pid ? &top->map : &top->tasks;
	const struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	struct snapshot *before = page->snap;

	/* The census is late: these mappings are no longer open. */
	if (pid && pid != top->pid) {
		snapshot_free(snap);
		return;
	}
	page->view.snap = snap;
	page->snap = snap;
	if (!pid)
		top->counted = top->live ? group_by : (uint8_t)snap->asked.group_by;
	refill(top, page);
	if (!pid) {
		refill(top, &top->users);
		refill(top, &top->cgroups);
		refill(top, &top->trees);
		/* The key came while it was taken. */
		top->once |= top->live && top->group_by && top->group_by != top->counted;
	}
	snapshot_free(before);
	if (total.known)
		top->units.whole = total.bytes;
}

void top_no_groups(struct top *top, const struct failure *why)
{
	top->group_by = 0;
	snprintf(top->message, sizeof(top->message), "%.150s", why->text);
}

void top_no_process(struct top *top, uint32_t pid, const struct failure *why)
{
	if (pid != top->pid)
		return;
	top->gone = true;
	snprintf(top->message, sizeof(top->message), "process %u: %.100s", pid, why->text);
}

/* Whether help or column list are open, over the rows. */
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

	if (top->group_by) {
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
	top->skipped = 0;
	top->once = true;
}

static void quit(struct top *top)
{
	if (is_covered(top))
		top->screen = top->under;
	else if (top->screen == TOP_MAP)
		close_map(top);
	else if (top->group_by)
		top->group_by = 0;
	else
		top->quit = true;
}

/* Closes help or column list; else drops the filter; else closes the mappings. */
static void go_back(struct top *top)
{
	struct top_page *page = top_page(top);
	struct failure why;

	if (!is_covered(top) && page->list.pattern) {
		top_list_filter(&page->list, "", &why);
		refill(top, page);
	} else if (top->screen != TOP_TASKS || top->group_by) {
		quit(top);
	}
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
	const struct column *column = column_named(list->type, name);

	if (column)
		top_list_sort(list, column);
	else
		snprintf(top->message, sizeof(top->message), "no column '%s' here", name);
}

static size_t count_columns(const struct row_type *type)
{
	unsigned int n = 0;

	while (column_at(type, n))
		n++;
	return n;
}

/* Moves the selected row, or the line of help or column list. */
static void move_by(struct top *top, long step)
{
	struct top_list *list = &top_page(top)->list;
	/* Only the view knows the end of the help, and limits the line there. */
	long n = top->screen == TOP_COLUMNS ? (long)count_columns(list->type) : ALL;
	long to = (long)top->line + step;

	if (!is_covered(top))
		top_list_move(list, step);
	else
		top->line = to < 0 ? 0 : to < n ? to : n - 1;
}

static void enter(struct top *top)
{
	struct top_list *list = &top_page(top)->list;

	if (top->screen == TOP_COLUMNS)
		top_list_toggle(list, column_at(list->type, top->line));
	else if (top->screen == TOP_HELP)
		top->screen = top->under;
	else
		open_map(top);
}

/* Shows a row for each user, cgroup or tree; or again for each process. */
static void toggle_groups(struct top *top, uint8_t group_by)
{
	static const char *const names[][2] = {
		[MEMCENSUS_BY_UID] = { "users", "-u" },
		[MEMCENSUS_BY_CGROUP] = { "cgroups", "-g" },
		[MEMCENSUS_BY_TREE] = { "trees", "--by tree" },
	};
	const bool none = top->narrow && group_by != MEMCENSUS_BY_CGROUP;

	if (top->screen != TOP_TASKS)
		return;
	if (!top->live && (none || top->counted != group_by)) {
		snprintf(top->message, sizeof(top->message), none ?
			 "a record has no %s of a subtree" :
			 "the record has no figures of %s: 'memcensus record %s' adds them",
			 names[group_by][0], names[group_by][1]);
		return;
	}
	top->group_by = top->group_by == group_by ? 0 : group_by;
	top->once |= top->live && top->group_by && top->group_by != top->counted;
	top->skipped = 0;
}

/* Cgroups have short names in a tree, and paths in a flat list. */
static void toggle_tree(struct top_page *page)
{
	struct top_list *list = &page->list;
	static const char *const names[] = { "name", "cgroup_path" };
	const struct column *from, *to;
	size_t i;

	list->tree = !list->tree;
	if (page->group_by != MEMCENSUS_BY_CGROUP)
		return;
	from = column_named(list->type, names[list->tree]);
	to = column_named(list->type, names[!list->tree]);
	for (i = 0; i < list->columns.n; i++)
		if (list->columns.v[i] == from)
			list->columns.v[i] = to;
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
		open_screen(top, TOP_HELP);
		break;
	case TOP_CHOOSE:
		open_screen(top, TOP_COLUMNS);
		break;
	case TOP_MOVE:
		move_by(top, binding->step);
		break;
	case TOP_PAGE:
		move_by(top, binding->step * (top->height ? (long)top->height : 1));
		break;
	case TOP_SIDE:
		if (binding->step < 0)
			top->skipped -= top->skipped > 0;
		else
			top->skipped += top->skipped + 1 < top->columns;
		break;
	case TOP_ENTER:
		enter(top);
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
		if (top->screen == TOP_COLUMNS)
			enter(top);
		else
			top->once = true;
		break;
	case TOP_UNITS:
		next_units(top);
		break;
	case TOP_REDRAW:
		top->renew = true;
		break;
	case TOP_SORT:
		sort_by(top, list, binding->column);
		break;
	case TOP_SORT_STEP:
		top_list_sort_step(list, binding->step);
		break;
	case TOP_REVERSE:
		list->reverse = !list->reverse;
		break;
	case TOP_TREE:
		if (page != &top->users)
			toggle_tree(page);
		break;
	case TOP_FOLD:
		top_list_fold(list);
		break;
	case TOP_NUMERIC:
		top->tasks.view.numeric = !top->tasks.view.numeric;
		break;
	case TOP_GROUPS:
		toggle_groups(top, (uint8_t)binding->step);
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

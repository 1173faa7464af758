// SPDX-License-Identifier: GPL-2.0
/* The list of 'top': order, filter, selection. */
#include <string.h>

#include "tap.h"
#include "tools/top/top-list.h"

#define MAX	64

/* A process; @pss in KiB, ~0: unknown. */
struct row {
	uint64_t pid, ppid, pss;
	const char *comm;
};

static struct snapshot snap;
static struct view view = { .snap = &snap, .numeric = true };
static struct task tasks[MAX];
static struct failure why;

static struct row_array records_by(const struct row *rows, size_t n)
{
	struct task *task;
	size_t i;

	memset(tasks, 0, sizeof(tasks));
	for (i = 0; i < n; i++) {
		task = &tasks[i];
		task->pid = rows[i].pid;
		task->ppid = rows[i].ppid;
		task->comm = rows[i].comm;
		task->start = 7;
		task->known = 1 << MEMCENSUS_TASK_PID | 1 << MEMCENSUS_TASK_PPID |
			      1 << MEMCENSUS_TASK_START_NS | 1 << MEMCENSUS_TASK_COMM;
		if (rows[i].pss == ~0ULL)
			continue;
		task->figures.v[MEMCENSUS_F_PSS] = rows[i].pss << 10;
		task->figures.known = 1 << MEMCENSUS_F_PSS;
	}
	return rows_of(tasks, n, sizeof(*tasks));
}

static struct top_list new_list(void)
{
	struct top_list list;

	top_list_init(&list, &task_rows, NULL, "pid,pss,comm", "pss", false, &why);
	return list;
}

/* Checks the PIDs of the rows; '*': selected. */
static void check_rows(const struct top_list *list, const char *expected,
		       const char *what)
{
	char got[512] = "";
	size_t i, used = 0;

	for (i = 0; i < list->n_rows; i++) {
		used += sprintf(got + used, "%s", i ? " " : "");
		used += sprintf(got + used, "%s%d", i == list->selected ? "*" : "",
				(int)((const struct task *)list->rows[i])->pid);
	}
	if (!ok(!strcmp(got, expected), "%s", what))
		printf("# got '%s', not '%s'\n", got, expected);
}

static void fill(struct top_list *list, const struct row *rows, size_t n)
{
	top_list_fill(list, &view, records_by(rows, n));
}

#define FILL(list, rows)	fill(list, rows, sizeof(rows) / sizeof((rows)[0]))

static const struct column *column(const char *name)
{
	return column_named(&task_rows, name);
}

static const struct row family[] = {
	{ 1, 0, 10, "init" },
	{ 20, 1, 300, "server" },
	{ 21, 20, 5, "worker" },
	{ 22, 20, 70, "worker" },
	{ 30, 1, 40, "sh" },
	{ 31, 30, 900, "big" },
};

static void test_order(void)
{
	struct top_list list = new_list();
	static const struct row unknown[] = {
		{ 1, 0, ~0ULL, "a" }, { 2, 0, 5, "b" }, { 3, 0, 7, "c" }, { 4, 0, 5, "d" },
	};

	FILL(&list, family);
	check_rows(&list, "*31 20 22 30 1 21", "largest PSS first");
	list.reverse = !list.reverse;
	FILL(&list, family);
	check_rows(&list, "*21 1 30 22 20 31", "the other way round");
	top_list_sort(&list, column("pid"));
	FILL(&list, family);
	check_rows(&list, "*1 20 21 22 30 31", "numbers that are names: smallest first");
	top_list_sort(&list, column("pss"));
	FILL(&list, unknown);
	check_rows(&list, "*3 2 4 1", "unknown ones at the end, equal ones as they came");

	top_list_sort(&list, column("pid"));
	top_list_sort_step(&list, -1);
	ok(list.sort == column("pid"), "nothing to the left of the first column");
	top_list_sort_step(&list, 1);
	ok(list.sort == column("pss") && list.reverse, "to the right: PSS, largest first");
	top_list_sort_step(&list, 1);
	top_list_sort_step(&list, 1);
	ok(list.sort == column("comm") && !list.reverse, "the last: by name");
	top_list_sort(&list, column("vss"));
	top_list_sort_step(&list, 1);
	ok(list.sort == column("pid"), "from one that is not shown to the first");
	top_list_free(&list);
}

static void test_filter(void)
{
	struct top_list list = new_list();

	ok(!top_list_filter(&list, "^(worker|sh)$", &why), "a filter");
	FILL(&list, family);
	check_rows(&list, "*22 30 21", "only those that match");
	ok(list.n_all == 6, "all are counted");
	ok(top_list_filter(&list, "a(", &why) && strstr(why.text, "("),
	   "a wrong one: %s", why.text);
	FILL(&list, family);
	check_rows(&list, "*22 30 21", "the one before stays");
	top_list_filter(&list, "nobody", &why);
	FILL(&list, family);
	check_rows(&list, "", "none match");
	ok(!top_list_selected(&list), "then none is selected");
	top_list_move(&list, 1);
	top_list_move(&list, -1);
	top_list_scroll(&list, 3);
	ok(!top_list_selected(&list), "nor by moving");
	top_list_filter(&list, "", &why);
	FILL(&list, family);
	ok(list.n_rows == 6, "all again");
	top_list_free(&list);
}

static void test_selection(void)
{
	struct top_list list = new_list();
	struct row moved[] = {
		{ 1, 0, 10, "init" }, { 20, 1, 3000, "server" }, { 31, 30, 900, "big" },
	};
	struct row_array records;

	FILL(&list, family);
	top_list_move(&list, 2);
	check_rows(&list, "31 20 *22 30 1 21", "two down");
	top_list_move(&list, -1);
	FILL(&list, moved);
	check_rows(&list, "*20 31 1", "it is followed to another row");
	top_list_move(&list, 1);
	check_rows(&list, "20 *31 1", "one down");
	moved[2].pid = 99;
	FILL(&list, moved);
	check_rows(&list, "20 *99 1", "it ended: the row in its place");
	top_list_move(&list, 100);
	check_rows(&list, "20 99 *1", "to the end and no further");
	FILL(&list, family);
	check_rows(&list, "31 20 22 30 *1 21", "followed from there");
	top_list_move(&list, -100);
	FILL(&list, moved);
	check_rows(&list, "*20 99 1", "at the top it stays at the top, whoever is there");
	top_list_move(&list, 2);
	moved[0].pss = 99999;
	records = records_by(moved, 3);
	tasks[0].start = 8;
	top_list_fill(&list, &view, records);
	check_rows(&list, "1 20 *99", "another process of the same PID is not followed");
	top_list_free(&list);
}

static void test_scroll(void)
{
	struct top_list list = new_list();

	FILL(&list, family);
	top_list_move(&list, 4);
	top_list_scroll(&list, 3);
	ok(list.first == 2, "down until the selected row is the last");
	top_list_move(&list, -1);
	top_list_scroll(&list, 3);
	ok(list.first == 2, "no further than needed");
	top_list_move(&list, -2);
	top_list_scroll(&list, 3);
	ok(list.first == 1, "up until it is the first");
	top_list_move(&list, 100);
	top_list_scroll(&list, 3);
	ok(list.first == 3, "to the end");
	top_list_scroll(&list, 100);
	ok(!list.first, "a larger screen is filled");
	top_list_scroll(&list, 0);
	top_list_free(&list);
}

static void test_columns(void)
{
	struct top_list list;

	ok(top_list_init(&list, &task_rows, "nonsense", NULL, "pss", false, &why) &&
	   strstr(why.text, "nonsense"), "a wrong name");
}

int main(void)
{
	test_order();
	test_filter();
	test_selection();
	test_scroll();
	test_columns();
	return tap_done();
}

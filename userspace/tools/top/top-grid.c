// SPDX-License-Identifier: GPL-2.0
/* Draws the list of 'top': a table of report. */
#include <stdlib.h>
#include <string.h>
#include <curses.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/on-nodes.h"
#include "report/table.h"
#include "tools/top/top-grid.h"

/* A narrower screen shows a part of a table of so many cells. */
#define TABLE_WIDTH_MIN	20
/* Maximum depth that is indented. */
#define DEPTH_MAX	12

/* What the last tables of this list and these units had: they never get narrower. */
static struct {
	const struct top_list *list;
	struct units units;
	struct table_kept kept;
} last;

void draw_text(int y, int width, const char *text)
{
	size_t cells, bytes = text_fit(text, width, &cells);

	if (text[bytes]) {
		bytes = text_fit(text, width - 1, &cells);
		mvaddch(y, (int)cells, '+');
	}
	mvaddnstr(y, 0, text, (int)bytes);
}

void draw_list_anew(void)
{
	free(last.kept.widths);
	memset(&last, 0, sizeof(last));
}

static enum cut cut_of(const struct columns *columns, size_t i, const struct column *sort)
{
	if (columns->v[i]->kind == KIND_TEXT)
		return CUT_WIDEST;
	return i && columns->v[i] != sort ? CUT_COLUMN : CUT_NEVER;
}

/* A cell of the row @at: the name of a cgroup has the branch of the tree before it. */
static void fill_cell(struct table *table, const struct top *top, const struct top_page *page,
		      const struct column *column, size_t at)
{
	const struct top_list *list = &page->list;
	const unsigned int depth = list->depths ? list->depths[at] : 0;
	const int indent = depth > DEPTH_MAX ? DEPTH_MAX : (int)depth;
	struct value value;
	char *text;

	if (!depth || column->kind != KIND_TEXT ||
	    !column_get(column, &page->view, list->rows[at], &value)) {
		cell_column(table, column, &page->view, list->rows[at], &top->units);
		return;
	}
	text = xasprintf("%*s`- %s", 2 * (indent - 1), "", value.text);
	table_cell(table, text);
	free(text);
}

/* The table of @n rows from the first one on, as text; the caller frees it. */
static char *table_of(const struct top *top, const struct top_page *page, size_t n)
{
	const struct top_list *list = &page->list;
	struct columns columns = page->view.snap ?
		on_nodes_expand(&list->columns, list->type, page->view.snap) : list->columns;
	struct table *table;
	size_t i, row, size;
	char *text;
	FILE *out;

	out = xopen_memstream(&text, &size);
	table = table_new(false, false, out);
	table_fit(table, COLS < TABLE_WIDTH_MIN ? TABLE_WIDTH_MIN : (size_t)COLS);
	table_continue(table, &last.kept);
	for (i = 0; i < columns.n; i++)
		table_column(table, units_header(&top->units, columns.v[i]),
			     column_is_right(columns.v[i]), 0, cut_of(&columns, i, list->sort));
	for (row = 0; row < n; row++) {
		table_row(table);
		for (i = 0; i < columns.n; i++)
			fill_cell(table, top, page, columns.v[i], list->first + row);
	}
	table_finish(table);
	xfclose(out);
	if (page->view.snap)
		columns_free(&columns);
	return text;
}

/* Draws @n lines of @text; what follows says which columns are left out. */
static void draw_lines(const struct top_list *list, int y, char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, text += *text ? strlen(text) + 1 : 0) {
		const attr_t attr = !i || list->first + i - 1 == list->selected ?
				    A_REVERSE : A_NORMAL;

		text[strcspn(text, "\n")] = '\0';
		attron(attr);
		mvhline(y + (int)i, 0, ' ', COLS);
		draw_text(y + (int)i, COLS, text);
		attroff(attr);
	}
}

void draw_list(struct top *top, int y, int height)
{
	struct top_page *page = top_page(top);
	struct top_list *list = &page->list;
	char *text;
	size_t n;

	top->height = height > 1 ? height - 1 : 0;
	if (height < 1)
		return;
	top_list_scroll(list, top->height);
	n = list->n_rows - list->first < top->height ? list->n_rows - list->first : top->height;
	if (last.list != list || last.units.suffixes != top->units.suffixes ||
	    last.units.percent != top->units.percent)
		draw_list_anew();
	last.list = list;
	last.units = top->units;
	text = table_of(top, page, n);
	draw_lines(list, y, text, n + 1);
	free(text);
	if (page->view.snap && !list->n_rows && height > 1)
		draw_text(y + 1, COLS, page == &top->map ? "no mappings here" :
			  page == &top->tasks ? "no processes here" :
			  !top->live || top->counted ? "no groups here" : "counting");
}

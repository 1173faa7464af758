// SPDX-License-Identifier: GPL-2.0
/* Draws the list of 'top': columns, rows and their bars. */
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "top/top-view.h"

/* Width reserved for a name at the end of a line; other columns make room for it. */
#define NAME_WIDTH	10
/* Limits of the width of a bar. */
#define BAR_WIDTH_MIN	8
#define BAR_WIDTH_MAX	40
/* Maximum depth that is indented. */
#define DEPTH_MAX	12

/**
 * struct grid - the part of a list that is drawn
 * @list: the list
 * @columns: the chosen columns, in order
 * @n: their number
 * @first, @rows: first row in the list, and number of rows
 * @cells: printable text of each cell, row by row; array and texts are owned
 * @widths: width of each column, in terminal cells
 * @drawn: which columns are drawn: not all may fit
 * @bar: width of the bar, 0: no bar
 */
struct grid {
	const struct top_list *list;
	const struct column **columns;
	size_t n;
	size_t first;
	size_t rows;
	char **cells;
	size_t *widths;
	bool *drawn;
	size_t bar;
};

static const char *header_of(const struct column *column, const struct units *units)
{
	return column->scaled && (units->suffixes || units->percent) ?
	       column->scaled : column_header(column);
}

static size_t width_of(const char *text)
{
	size_t cells;

	text_fit(text, SIZE_MAX / 2, &cells);
	return cells;
}

/* Puts the branch of a tree before @name, which it frees. */
static char *add_branch(char *name, unsigned int depth)
{
	const int indent = depth > DEPTH_MAX ? DEPTH_MAX : (int)depth;
	char *text = xasprintf("%*s`- %s", 2 * (indent - 1), "", name);

	free(name);
	return text;
}

static char *cell_text(const struct grid *grid, const struct column *column,
		       const struct view *view, const struct top_row *row,
		       const struct units *units)
{
	const struct column *comm = &task_record.fields.columns[MEMCENSUS_TASK_COMM];
	char *text = NULL, *cell;
	struct value value;

	if (column_get(column, view, row->record, &value))
		text = value_text(column, view, &value, units);
	cell = text_printable(text ? text : "-");
	free(text);
	return grid->list->tree && column == comm && row->depth ?
	       add_branch(cell, row->depth) : cell;
}

static void fill_cells(struct grid *grid, const struct view *view,
		       const struct units *units)
{
	size_t row, i;

	for (row = 0; row < grid->rows; row++)
		for (i = 0; i < grid->n; i++)
			grid->cells[row * grid->n + i] =
				cell_text(grid, grid->columns[i], view,
					  &grid->list->rows[grid->first + row], units);
}

/* The remembered width of @column; NULL: too many columns. */
static size_t *remembered(struct look *look, const struct column *column)
{
	size_t i;

	for (i = 0; i < WIDTHS_MAX; i++) {
		if (look->widths[i].column == column)
			return &look->widths[i].width;
		if (!look->widths[i].column) {
			look->widths[i].column = column;
			return &look->widths[i].width;
		}
	}
	return NULL;
}

static void measure(struct grid *grid, struct look *look, const struct units *units)
{
	size_t row, i, width, *before;

	if (look->units.suffixes != units->suffixes || look->units.percent != units->percent)
		memset(look->widths, 0, sizeof(look->widths));
	look->units = *units;
	for (i = 0; i < grid->n; i++) {
		grid->widths[i] = width_of(header_of(grid->columns[i], units));
		for (row = 0; row < grid->rows; row++) {
			width = width_of(grid->cells[row * grid->n + i]);
			if (width > grid->widths[i])
				grid->widths[i] = width;
		}
		before = remembered(look, grid->columns[i]);
		if (before && *before > grid->widths[i])
			grid->widths[i] = *before;
		if (before)
			*before = grid->widths[i];
	}
}

/* Whether the last column is a name, which may be truncated. */
static bool ends_in_name(const struct grid *grid)
{
	return grid->n > 1 && grid->columns[grid->n - 1]->kind == KIND_TEXT;
}

/*
 * Chooses the columns to draw: first the name at the end, the first column and the
 * sort column, then as many others as fit.
 */
static void choose_columns(struct grid *grid, size_t skipped, size_t width)
{
	size_t i, used = 0, name = 0, last = grid->n - 1;
	bool must;

	if (ends_in_name(grid)) {
		name = grid->widths[last];
		used = 1 + (name < NAME_WIDTH ? name : NAME_WIDTH);
		grid->drawn[last] = true;
	}
	for (i = 0; i < grid->n; i++) {
		must = !i || grid->columns[i] == grid->list->sort;
		if (must && !grid->drawn[i] && used + grid->widths[i] <= width) {
			grid->drawn[i] = true;
			used += grid->widths[i] + 1;
		}
	}
	for (i = 1 + skipped; i < grid->n; i++) {
		if (grid->drawn[i] || used + grid->widths[i] > width)
			continue;
		grid->drawn[i] = true;
		used += grid->widths[i] + 1;
	}
	if (name > NAME_WIDTH)
		used += name - NAME_WIDTH;
	if (used + BAR_WIDTH_MIN + 1 <= width) {
		grid->bar = width - used - 1;
		if (grid->bar > BAR_WIDTH_MAX)
			grid->bar = BAR_WIDTH_MAX;
	}
}

static void draw_figures_bar(const struct look *look, int y, int x, int width,
			     const void *record, uint64_t largest)
{
	/* struct task and struct vma have @figures at the same offset. */
	const struct figures *f = &((const struct task *)record)->figures;
	double ends[SHADE_NONE];

	if (!KNOWN(f, MEMCENSUS_F_RSS)) {
		mvaddch(y, x, '-');
		return;
	}
	ends[SHADE_REST] = f->v[MEMCENSUS_F_RSS];
	ends[SHADE_SHARE] = KNOWN(f, MEMCENSUS_F_PSS) ? f->v[MEMCENSUS_F_PSS] : 0;
	ends[SHADE_OWN] = KNOWN(f, MEMCENSUS_F_USS) ? f->v[MEMCENSUS_F_USS] : 0;
	draw_bar(look, y, x, width, ends, largest);
}

/* Draws a row, or the headings if @row is -1. */
static void draw_row(const struct grid *grid, int y, long row, const struct units *units)
{
	bool heading = row < 0;
	const struct column *column;
	int x = 0, width;
	size_t i;

	for (i = 0; i < grid->n; i++) {
		/* The bar is before the last column if that is a name, else at the end. */
		if (grid->bar && i == grid->n - ends_in_name(grid))
			x += (int)grid->bar + 1;
		if (!grid->drawn[i])
			continue;
		column = grid->columns[i];
		width = i == grid->n - 1 && ends_in_name(grid) ? COLS - x : (int)grid->widths[i];
		draw_text(y, x, width, heading ? header_of(column, units) :
			  grid->cells[row * grid->n + i], column_is_right(column));
		x += width + 1;
	}
}

/* The first cell of the bar. */
static int bar_at(const struct grid *grid)
{
	size_t i, x = 0;

	for (i = 0; i < grid->n - ends_in_name(grid); i++)
		if (grid->drawn[i])
			x += grid->widths[i] + 1;
	return (int)x;
}

static void draw_rows(const struct grid *grid, const struct look *look, int y,
		      const struct units *units)
{
	size_t row;
	attr_t attr;
	int x = bar_at(grid);

	attron(A_REVERSE);
	mvhline(y, 0, ' ', COLS);
	draw_row(grid, y, -1, units);
	if (grid->bar)
		draw_text(y, x, (int)grid->bar, "USS<PSS<RSS", false);
	attroff(A_REVERSE);
	for (row = 0; row < grid->rows; row++) {
		y++;
		attr = grid->first + row == grid->list->selected ? A_REVERSE : A_NORMAL;
		attron(attr);
		mvhline(y, 0, ' ', COLS);
		draw_row(grid, y, (long)row, units);
		attroff(attr);
		if (grid->bar)
			draw_figures_bar(look, y, x, (int)grid->bar,
					 grid->list->rows[grid->first + row].record,
					 grid->list->largest);
	}
}

static void grid_free(struct grid *grid)
{
	size_t i;

	for (i = 0; i < grid->rows * grid->n; i++)
		free(grid->cells[i]);
	free(grid->cells);
	free(grid->widths);
	free(grid->drawn);
}

void draw_list(struct look *look, struct top *top, int y, int height)
{
	struct top_page *page = top_page(top);
	struct top_list *list = &page->list;
	struct grid grid = { .list = list, .columns = list->columns.v, .n = list->columns.n };

	top->height = height > 1 ? height - 1 : 0;
	if (height < 1)
		return;
	top_list_scroll(list, top->height);
	grid.first = list->first;
	grid.rows = list->n_rows - list->first;
	if (grid.rows > top->height)
		grid.rows = top->height;
	grid.cells = xcalloc(grid.rows * grid.n, sizeof(*grid.cells));
	grid.widths = xcalloc(grid.n, sizeof(*grid.widths));
	grid.drawn = xcalloc(grid.n, sizeof(*grid.drawn));
	fill_cells(&grid, &page->view, &top->units);
	measure(&grid, look, &top->units);
	choose_columns(&grid, top->skipped, COLS);
	draw_rows(&grid, look, y, &top->units);
	if (page->snap && !list->n_rows && height > 1)
		draw_text(y + 1, 0, COLS, page == &top->map ?
			  "no mappings here" : "no processes here", false);
	grid_free(&grid);
}

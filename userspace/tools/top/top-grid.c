// SPDX-License-Identifier: GPL-2.0
/* Draws the list of 'top': columns, rows and their bars. */
#include <stdlib.h>
#include <string.h>
#include <curses.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/on-nodes.h"
#include "tools/top/top-draw.h"
#include "tools/top/top-grid.h"

/* Width reserved for a name at the end of a line; other columns make room for it. */
#define NAME_WIDTH	10
/* The same in a tree of cgroups. */
#define CGROUP_WIDTH	24
/* Limits of the width of a bar. */
#define BAR_WIDTH_MIN	8
#define BAR_WIDTH_MAX	40
/* Maximum depth that is indented. */
#define DEPTH_MAX	12

/* The last width of each column, and the units that they are valid for. */
static struct {
	const struct column *column;
	size_t width;
} last_widths[128];
static struct units last_units;

/**
 * struct grid_column - a chosen column
 * @width: in terminal cells
 * @drawn: it is drawn: not all may fit
 */
struct grid_column {
	const struct column *column;
	size_t width;
	bool drawn;
};

/**
 * struct grid - the part of a list that is drawn
 * @columns: the @n chosen columns, in order; owned
 * @lines: number of lines: the headings, and rows from the first one on the screen
 * @cells: printable text of each cell, line by line; array and texts are owned
 * @bar: width of the bar, 0: no bar
 */
struct grid {
	const struct top_page *page;
	const struct units *units;
	struct grid_column *columns;
	size_t n;
	size_t lines;
	char **cells;
	size_t bar;
};

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

/* Marks @name, which it frees, of a row whose descendants are hidden. */
static char *add_mark(char *name)
{
	char *text = xasprintf("%s [+]", name);

	free(name);
	return text;
}

/* The record that @line shows; it is not the headings. */
static const void *line_record(const struct grid *grid, size_t line)
{
	return grid->page->list.rows[grid->page->list.first + line - 1];
}

static char *cell_text(const struct grid *grid, const struct column *column, size_t line)
{
	const struct column *comm = &task_rows.fields.columns[MEMCENSUS_TASK_COMM];
	const struct column *name = column_named(&group_rows, "name");
	const struct top_list *list = &grid->page->list;
	const struct view *view = &grid->page->view;
	unsigned int depth = 0;
	char *text = NULL, *cell;
	struct value value;

	if (!line)
		return xstrdup(units_header(grid->units, column));
	if (column_get(column, view, line_record(grid, line), &value))
		text = value_text(column, view, &value, grid->units);
	cell = text_printable(text ? text : "-");
	free(text);
	if (list->depths && (column == comm || column == name)) {
		depth = list->depths[list->first + line - 1];
		if (top_list_is_folded(list, line_record(grid, line)))
			cell = add_mark(cell);
	}
	return depth ? add_branch(cell, depth) : cell;
}

/* The last width of @column; NULL: too many columns. */
static size_t *last_width(const struct column *column)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(last_widths); i++) {
		if (last_widths[i].column == column)
			return &last_widths[i].width;
		if (!last_widths[i].column) {
			last_widths[i].column = column;
			return &last_widths[i].width;
		}
	}
	return NULL;
}

void draw_list_anew(void)
{
	memset(last_widths, 0, sizeof(last_widths));
}

/* Fills the cells, and finds the width of each column. */
static void fill_cells(struct grid *grid)
{
	const struct units *units = grid->units;
	size_t line, i, width, *widest, *before;
	char **cell = grid->cells;

	if (last_units.suffixes != units->suffixes || last_units.percent != units->percent)
		draw_list_anew();
	last_units = *units;
	for (line = 0; line < grid->lines; line++) {
		for (i = 0; i < grid->n; i++, cell++) {
			*cell = cell_text(grid, grid->columns[i].column, line);
			width = width_of(*cell);
			if (width > grid->columns[i].width)
				grid->columns[i].width = width;
		}
	}
	for (i = 0; i < grid->n; i++) {
		widest = &grid->columns[i].width;
		before = last_width(grid->columns[i].column);
		if (before && *before > *widest)
			*widest = *before;
		if (before)
			*before = *widest;
	}
}

/* Whether the last column is a name, which may be truncated. */
static bool ends_in_name(const struct grid *grid)
{
	return grid->n > 1 && grid->columns[grid->n - 1].column->kind == KIND_TEXT;
}

/*
 * Chooses the columns to draw: first the name at the end, the first column and the
 * sort column, then as many others as fit.
 */
static void choose_columns(struct grid *grid, size_t skipped, size_t width)
{
	struct grid_column *last = &grid->columns[grid->n - 1], *c;
	const size_t least = grid->page->list.type == &group_rows ? CGROUP_WIDTH : NAME_WIDTH;
	size_t i, used = 0, name = 0;

	if (ends_in_name(grid)) {
		name = last->width;
		used = 1 + (name < least ? name : least);
		last->drawn = true;
	}
	for (c = grid->columns; c <= last; c++) {
		if (c != grid->columns && c->column != grid->page->list.sort)
			continue;
		if (!c->drawn && used + c->width <= width) {
			c->drawn = true;
			used += c->width + 1;
		}
	}
	for (i = 1 + skipped; i < grid->n; i++) {
		c = &grid->columns[i];
		if (c->drawn || used + c->width > width)
			continue;
		c->drawn = true;
		used += c->width + 1;
	}
	if (name > least)
		used += name - least;
	if (used + BAR_WIDTH_MIN + 1 <= width) {
		grid->bar = width - used - 1;
		if (grid->bar > BAR_WIDTH_MAX)
			grid->bar = BAR_WIDTH_MAX;
	}
}

static void draw_figures_bar(int y, int x, int width, const void *record, uint64_t largest)
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
	draw_bar(y, x, width, ends, largest);
}

/* Draws the cells of a line; returns where its bar begins. */
static int draw_cells(const struct grid *grid, int y, size_t line)
{
	const size_t last = grid->n - ends_in_name(grid);
	int x = 0, bar = 0, width;
	size_t i;

	for (i = 0; i <= grid->n; i++) {
		/* The bar is before the last column if that is a name, else at the end. */
		if (i == last) {
			bar = x;
			x += grid->bar ? (int)grid->bar + 1 : 0;
		}
		if (i == grid->n || !grid->columns[i].drawn)
			continue;
		width = i == last ? COLS - x : (int)grid->columns[i].width;
		draw_text(y, x, width, grid->cells[line * grid->n + i],
			  column_is_right(grid->columns[i].column));
		x += width + 1;
	}
	return bar;
}

static void draw_lines(const struct grid *grid, int y)
{
	const struct top_list *list = &grid->page->list;
	const int width = (int)grid->bar;
	size_t line;
	attr_t attr;
	int x;

	for (line = 0; line < grid->lines; line++, y++) {
		attr = !line || list->first + line - 1 == list->selected ? A_REVERSE : A_NORMAL;
		attron(attr);
		mvhline(y, 0, ' ', COLS);
		x = draw_cells(grid, y, line);
		if (width && !line)
			draw_text(y, x, width, "USS<PSS<RSS", false);
		attroff(attr);
		if (width && line)
			draw_figures_bar(y, x, width, line_record(grid, line),
					 list->largest);
	}
}

void draw_list(struct top *top, int y, int height)
{
	struct top_page *page = top_page(top);
	struct top_list *list = &page->list;
	struct grid grid = { .page = page, .units = &top->units };
	struct columns columns;
	size_t i;

	top->height = height > 1 ? height - 1 : 0;
	if (height < 1)
		return;
	top_list_scroll(list, top->height);
	grid.lines = 1 + list->n_rows - list->first;
	if (grid.lines > top->height + 1)
		grid.lines = top->height + 1;
	columns = page->view.snap ?
		  on_nodes_expand(&list->columns, list->type, page->view.snap) : list->columns;
	grid.n = columns.n;
	top->columns = columns.n;
	grid.columns = xcalloc(grid.n, sizeof(*grid.columns));
	grid.cells = xcalloc(grid.lines * grid.n, sizeof(*grid.cells));
	for (i = 0; i < grid.n; i++)
		grid.columns[i].column = columns.v[i];
	fill_cells(&grid);
	choose_columns(&grid, top->skipped, COLS);
	draw_lines(&grid, y);
	if (page->view.snap && !list->n_rows && height > 1)
		draw_text(y + 1, 0, COLS, page == &top->map ? "no mappings here" :
			  page == &top->tasks ? "no processes here" :
			  !top->live || top->counted == top->group_by ? "no groups here" :
			  "counting", false);
	for (i = 0; i < grid.lines * grid.n; i++)
		free(grid.cells[i]);
	free(grid.cells);
	free(grid.columns);
	if (page->view.snap)
		columns_free(&columns);
}

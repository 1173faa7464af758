// SPDX-License-Identifier: GPL-2.0
/* A picture of contiguous memory. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/svg.h"
#include "lib/text.h"
#include "model/physical.h"
#include "tools/physical/blocks.h"
#include "tools/physical/picture.h"

#define LABEL		150
#define HEAD		44
#define LEGEND_ROW	16
/* Pixels between labels of rows. */
#define LABEL_STEP	14

/* A row of the picture: the number of its first block, drawn or not, and one of its messages. */
struct row {
	const struct frame_blocks *blocks;
	uint64_t first;
};

/**
 * struct grid - where blocks are drawn
 * @width: blocks in a row, a power of 2
 * @size: pixels of a block
 * @row: the @rows rows that have blocks
 */

struct grid {
	const struct snapshot *snap;
	unsigned int width;
	unsigned int size;
	struct row *row;
	size_t rows;
};

/* Number of the block at @i of @blocks, counted from frame 0. */
static uint64_t block_number(const struct frame_blocks *blocks, size_t i)
{
	return (blocks->first >> blocks->order) + i;
}

static void choose_size(struct grid *grid)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < grid->snap->n_frame_blocks; i++)
		n += grid->snap->frame_blocks[i].records.n;
	grid->width = n > 65536 ? 1024 : n > 4096 ? 256 : 64;
	grid->size = n > 65536 ? 1 : n > 4096 ? 4 : 12;
}

static bool same_zone(const struct frame_blocks *a, const struct frame_blocks *b)
{
	return a->node == b->node && !strcmp(a->zone, b->zone);
}

/* Return: the row of a block; a new one if it is not in the last one. */
static size_t grid_row(struct grid *grid, const struct frame_blocks *blocks, uint64_t block)
{
	const uint64_t first = block / grid->width * grid->width;
	const struct row *last = grid->rows ? &grid->row[grid->rows - 1] : NULL;

	if (last && last->first == first && same_zone(last->blocks, blocks))
		return grid->rows - 1;
	grid->row = array_grow(grid->row, grid->rows, sizeof(*grid->row));
	grid->row[grid->rows] = (struct row){ blocks, first };
	return grid->rows++;
}

static void lay_out(struct grid *grid)
{
	size_t i, j;

	for (i = 0; i < grid->snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &grid->snap->frame_blocks[i];

		for (j = 0; j < blocks->records.n; j++)
			grid_row(grid, blocks, block_number(blocks, j));
	}
}

/* A stroke of @n blocks at @x in row @y. */
static void put_run(const struct grid *grid, size_t y, uint64_t x, uint64_t n, FILE *out)
{
	fprintf(out, "M%" PRIu64 " %gh%" PRIu64, LABEL + x * grid->size,
		HEAD + ((double)y + 0.5) * grid->size, n * grid->size);
}

/*
 * All blocks that look like @look as one path, neighbours as one stroke: a picture of 1 TiB
 * stays below 10 MB.  Return: how many blocks.
 */
static uint64_t put_look(struct grid *grid, const struct block_look *look, FILE *out)
{
	uint64_t n = 0, block, x, run = 0, begin = 0;
	size_t i, j, y = 0, row = 0;

	fprintf(out, "<path stroke=\"%s\" d=\"", look->colour);
	grid->rows = 0;
	for (i = 0; i < grid->snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &grid->snap->frame_blocks[i];

		for (j = 0; j < blocks->records.n; j++) {
			const char *colour = block_look(blocks, blocks->records.v[j])->colour;
			const bool is_one = !strcmp(colour, look->colour);

			block = block_number(blocks, j);
			x = block % grid->width;
			row = grid_row(grid, blocks, block);
			if (run && (!is_one || row != y || x != begin + run)) {
				put_run(grid, y, begin, run, out);
				run = 0;
			}
			if (!is_one)
				continue;
			n++;
			if (!run++) {
				begin = x;
				y = row;
			}
		}
	}
	if (run)
		put_run(grid, y, begin, run, out);
	fputs("\"/>\n", out);
	return n;
}

static void put_address(const struct grid *grid, const struct row *row, FILE *out)
{
	svg_text(out, row->blocks->zone);
	fprintf(out, " %#" PRIx64, (row->first << row->blocks->order) *
		grid->snap->info.page_size);
}

static void put_labels(const struct grid *grid, FILE *out)
{
	const size_t step = (LABEL_STEP + grid->size - 1) / grid->size;
	size_t i, last = SIZE_MAX;

	for (i = 0; i < grid->rows; i++) {
		const bool begins = !i || !same_zone(grid->row[i].blocks, grid->row[i - 1].blocks);

		if (last != SIZE_MAX && i - last < step && !(begins && grid->size >= LABEL_STEP))
			continue;
		last = i;
		fprintf(out, "<text x=\"%d\" y=\"%g\" text-anchor=\"end\">", LABEL - 6,
			HEAD + ((double)i + 0.5) * grid->size + 4);
		put_address(grid, &grid->row[i], out);
		fputs("</text>\n", out);
	}
}

/* Titles that a viewer shows under the pointer: one a row. */
static void put_titles(const struct grid *grid, FILE *out)
{
	size_t i;

	for (i = 0; i < grid->rows; i++) {
		fprintf(out, "<rect x=\"%d\" y=\"%zu\" width=\"%u\" height=\"%u\"", LABEL,
			HEAD + i * grid->size, grid->width * grid->size, grid->size);
		fputs(" fill=\"#ffffff\" fill-opacity=\"0\"><title>", out);
		put_address(grid, &grid->row[i], out);
		fputs("</title></rect>\n", out);
	}
}

static void put_block_legend(const struct grid *grid, const struct block_look *look, uint64_t n,
			     size_t at, FILE *out)
{
	const size_t y = HEAD + grid->rows * grid->size + 10 + at * LEGEND_ROW;

	fprintf(out, "<rect x=\"%d\" y=\"%zu\" width=\"12\" height=\"12\" fill=\"%s\"", LABEL, y,
		look->colour);
	fputs(" stroke=\"#808080\" stroke-width=\"0.5\"/>\n", out);
	fprintf(out, "<text x=\"%d\" y=\"%zu\">%" PRIu64 " %s%s</text>\n", LABEL + 18, y + 10, n,
		look->name, look->letter >= 'a' || look->letter == '.' ? "" : ", unmovable");
}

void physical_picture(const struct view *view, FILE *out)
{
	const struct block_look *looks[BLOCK_LOOKS];
	struct grid grid = { .snap = view->snap };
	const size_t n = block_looks(view->snap, looks);
	uint64_t *numbers = xcalloc(n + 1, sizeof(*numbers));
	char size[NUMBER_SIZE], title[160];
	size_t height, width, i;

	choose_size(&grid);
	lay_out(&grid);
	width = LABEL + (size_t)grid.width * grid.size + 20;
	height = HEAD + grid.rows * grid.size + 20 + n * LEGEND_ROW;
	text_size(size, (double)block_bytes(grid.snap, &grid.snap->frame_blocks[0]));
	snprintf(title, sizeof(title),
		 "Physical memory in blocks of %s, by what is unmovable or in most of each", size);
	svg_begin(out, width, height, title);
	fprintf(out, "<g fill=\"none\" stroke-width=\"%g\">\n",
		grid.size > 4 ? grid.size - 1.0 : grid.size);
	for (i = 0; i < n; i++)
		numbers[i] = put_look(&grid, looks[i], out);
	fputs("</g>\n", out);
	for (i = 0; i < n; i++)
		put_block_legend(&grid, looks[i], numbers[i], i, out);
	put_labels(&grid, out);
	put_titles(&grid, out);
	fputs("</svg>\n", out);
	free(numbers);
	free(grid.row);
}

// SPDX-License-Identifier: GPL-2.0
/* What groups have in common, as a heat map in SVG. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/svg.h"
#include "lib/text.h"
#include "model/share.h"
#include "report/listing.h"
#include "tools/share/picture.h"

/* Groups that are drawn, with a cell of CELL pixels for each two. */
#define GROUPS_MAX	60
#define CELL		16
#define HEAD		44
#define FOOT		52
/* Pixels of a character of labels, and characters of the longest label. */
#define CHARACTER	7
#define LABEL_MAX	40
/* Steps of the colours, each twice as much memory as the one before. */
#define STEPS		14

/**
 * struct heat - a picture
 * @column: gives the name of a group
 * @groups: the @n groups in the order of rows
 * @common: @n times @n, bytes; exclusive memory on the diagonal; 0: nothing, or not among
 *	the pairs that were sent
 * @largest: of @common
 * @label: pixels of the longest label
 * @others: groups that are not drawn
 */
struct heat {
	const struct view *view;
	const struct column *column;
	const struct group **groups;
	size_t n;
	uint64_t *common;
	uint64_t largest;
	unsigned int label;
	size_t others;
};

static uint64_t frames_of(const struct group *group)
{
	return KNOWN(&group->figures, MEMCENSUS_F_FRAMES) ?
	       group->figures.v[MEMCENSUS_F_FRAMES] : 0;
}

static int by_frames(const void *a, const void *b)
{
	const uint64_t x = frames_of(*(const struct group *const *)a);
	const uint64_t y = frames_of(*(const struct group *const *)b);

	return COMPARE(y, x);
}

static uint64_t *cell(const struct heat *heat, size_t a, size_t b)
{
	return &heat->common[a * heat->n + b];
}

/* The row of group @id; @heat->n: it is not drawn. */
static size_t heat_row(const struct heat *heat, uint64_t id)
{
	size_t i;

	for (i = 0; i < heat->n; i++)
		if (KNOWN(heat->groups[i], MEMCENSUS_GROUP_ID) && heat->groups[i]->id == id)
			break;
	return i;
}

static void fill_heat(struct heat *heat)
{
	const struct snapshot *snap = heat->view->snap;
	size_t i, a, b;

	for (i = 0; i < heat->n; i++)
		if (KNOWN(&heat->groups[i]->figures, MEMCENSUS_F_USS))
			*cell(heat, i, i) = heat->groups[i]->figures.v[MEMCENSUS_F_USS];
	for (i = 0; i < snap->n_pairs; i++) {
		const struct pair *pair = &snap->pairs[i];

		if (!KNOWN(pair, MEMCENSUS_PAIR_GROUP) || !KNOWN(pair, MEMCENSUS_PAIR_PEER_GROUP))
			continue;
		a = heat_row(heat, pair->group);
		b = heat_row(heat, pair->peer_group);
		if (a == heat->n || b == heat->n)
			continue;
		*cell(heat, a, b) = pair->common.v[MEMCENSUS_K_ANON] +
				    pair->common.v[MEMCENSUS_K_FILE] +
				    pair->common.v[MEMCENSUS_K_SHMEM];
		*cell(heat, b, a) = *cell(heat, a, b);
	}
	for (i = 0; i < heat->n * heat->n; i++)
		if (heat->common[i] > heat->largest)
			heat->largest = heat->common[i];
}

static void swap_rows(struct heat *heat, size_t a, size_t b)
{
	const struct group *group = heat->groups[a];
	uint64_t kept;
	size_t i;

	heat->groups[a] = heat->groups[b];
	heat->groups[b] = group;
	for (i = 0; i < heat->n; i++) {
		kept = *cell(heat, a, i);
		*cell(heat, a, i) = *cell(heat, b, i);
		*cell(heat, b, i) = kept;
	}
	for (i = 0; i < heat->n; i++) {
		kept = *cell(heat, i, a);
		*cell(heat, i, a) = *cell(heat, i, b);
		*cell(heat, i, b) = kept;
	}
}

/* Puts beside each group the one that has most in common with it: families become squares. */
static void arrange(struct heat *heat)
{
	size_t at, i, best;

	for (at = 0; at + 2 < heat->n; at++) {
		best = at + 1;
		for (i = at + 2; i < heat->n; i++)
			if (*cell(heat, at, i) > *cell(heat, at, best))
				best = i;
		swap_rows(heat, at + 1, best);
	}
}

static const char *heat_name(const struct heat *heat, size_t row)
{
	struct value value;

	return column_get(heat->column, heat->view, heat->groups[row], &value) ? value.text : "-";
}

/* The end of a long name, which tells paths apart. */
static void put_heat_label(const struct heat *heat, size_t row, FILE *out)
{
	const char *name = heat_name(heat, row);
	size_t len = strlen(name);

	if (len > LABEL_MAX) {
		name += len - LABEL_MAX + 1;
		/* Not from within a character. */
		while ((*name & 0xc0) == 0x80)
			name++;
		fputs("\xe2\x80\xa6", out);
	}
	svg_text(out, name);
}

static unsigned int step_of(const struct heat *heat, uint64_t bytes)
{
	unsigned int step = STEPS - 1;

	while (step && bytes <= heat->largest >> (STEPS - step))
		step--;
	return step;
}

/* From light to dark: blue for what two have in common, orange for what is exclusive. */
static void put_colour(unsigned int step, bool own, FILE *out)
{
	const unsigned int dark = step * 100 / (STEPS - 1);

	if (own)
		fprintf(out, "#%02x%02x%02x", 255 - dark / 5, 240 - dark * 13 / 10,
			220 - dark * 2);
	else
		fprintf(out, "#%02x%02x%02x", 235 - dark * 22 / 10, 242 - dark * 17 / 10,
			250 - dark * 8 / 10);
}

static void put_heat_cell(const struct heat *heat, size_t a, size_t b, FILE *out)
{
	const uint64_t bytes = *cell(heat, a, b);
	char size[NUMBER_SIZE];

	if (!bytes)
		return;
	fprintf(out, "<rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" fill=\"",
		heat->label + b * CELL, HEAD + heat->label + a * CELL, CELL - 1, CELL - 1);
	put_colour(step_of(heat, bytes), a == b, out);
	fputs("\"><title>", out);
	svg_text(out, heat_name(heat, a));
	if (a != b) {
		fputs(" and ", out);
		svg_text(out, heat_name(heat, b));
	}
	text_size(size, (double)bytes);
	fprintf(out, ": %s %s", size, a == b ? "exclusive" : "in common");
	if (a != b && frames_of(heat->groups[a]))
		fprintf(out, ", %.0f%% of the first", 100.0 * (double)bytes /
			(double)frames_of(heat->groups[a]));
	fputs("</title></rect>\n", out);
}

static void put_labels(const struct heat *heat, FILE *out)
{
	const size_t top = HEAD + heat->label;
	size_t i;

	for (i = 0; i < heat->n; i++) {
		fprintf(out, "<text x=\"%u\" y=\"%zu\" text-anchor=\"end\">", heat->label - 6,
			top + i * CELL + 12);
		put_heat_label(heat, i, out);
		fprintf(out, "</text>\n<text transform=\"translate(%zu,%zu) rotate(-90)\">",
			heat->label + i * CELL + 12, top - 6);
		put_heat_label(heat, i, out);
		fputs("</text>\n", out);
	}
}

/* The colours, and how much memory they are. */
static void put_heat_legend(const struct heat *heat, FILE *out)
{
	const size_t y = HEAD + heat->label + heat->n * CELL + 12;
	char size[NUMBER_SIZE];
	unsigned int step;

	for (step = 0; step < STEPS; step++) {
		fprintf(out, "<rect x=\"%u\" y=\"%zu\" width=\"%d\" height=\"10\" fill=\"",
			heat->label + step * CELL, y, CELL);
		put_colour(step, false, out);
		fprintf(out, "\"/>\n<rect x=\"%u\" y=\"%zu\" width=\"%d\" height=\"10\" fill=\"",
			heat->label + step * CELL, y + 10, CELL);
		put_colour(step, true, out);
		fputs("\"/>\n", out);
	}
	text_size(size, (double)heat->largest);
	fprintf(out, "<text x=\"%u\" y=\"%zu\">up to %s; each step is half as much</text>\n",
		heat->label + STEPS * CELL + 6, y + 9, size);
	fprintf(out, "<text x=\"%u\" y=\"%zu\">blue: what two have in common; orange: exclusive",
		heat->label + STEPS * CELL + 6, y + 22);
	if (heat->others)
		fprintf(out, "; %zu smaller ones are left out", heat->others);
	fputs("</text>\n", out);
}

static void put_picture(const struct heat *heat, const char *what, FILE *out)
{
	const size_t least = heat->label + STEPS * CELL + 420;
	const size_t grid = heat->label + heat->n * CELL + 20;
	const size_t width = grid > least ? grid : least;
	const size_t height = HEAD + heat->label + heat->n * CELL + FOOT;
	char title[80];
	size_t a, b;

	snprintf(title, sizeof(title), "Memory that two %s have in common", what);
	svg_begin(out, width, height, title);
	put_labels(heat, out);
	for (a = 0; a < heat->n; a++)
		for (b = 0; b < heat->n; b++)
			put_heat_cell(heat, a, b, out);
	put_heat_legend(heat, out);
	fputs("</svg>\n", out);
}

static const struct column *name_column(const struct snapshot *snap)
{
	const struct group *first = snap->n_groups ? &snap->groups[0] : NULL;
	const char *name = "comm";

	if (first && KNOWN(first, MEMCENSUS_GROUP_UID))
		name = "user";
	if (first && KNOWN(first, MEMCENSUS_GROUP_CGROUP))
		name = "cgroup_path";
	return column_named(&group_rows, name);
}

void share_picture(const struct view *view, const char *what, FILE *out)
{
	const struct snapshot *snap = view->snap;
	struct heat heat = { .view = view, .column = name_column(snap) };
	size_t i, len, longest = 0;

	heat.groups = xcalloc(snap->n_groups + 1, sizeof(*heat.groups));
	/* Groups in a group are compared with each other, not with that. */
	for (i = 0; i < snap->n_groups; i++)
		if (!snap->groups[i].contains)
			heat.groups[heat.n++] = &snap->groups[i];
	qsort(heat.groups, heat.n, sizeof(*heat.groups), by_frames);
	if (heat.n > GROUPS_MAX) {
		heat.others = heat.n - GROUPS_MAX;
		heat.n = GROUPS_MAX;
	}
	heat.common = xcalloc(heat.n * heat.n + 1, sizeof(*heat.common));
	fill_heat(&heat);
	arrange(&heat);
	for (i = 0; i < heat.n; i++) {
		len = strlen(heat_name(&heat, i));
		longest = len > longest ? len : longest;
	}
	heat.label = (unsigned int)(longest > LABEL_MAX ? LABEL_MAX : longest) * CHARACTER + 12;
	put_picture(&heat, what, out);
	free(heat.common);
	free(heat.groups);
}

// SPDX-License-Identifier: GPL-2.0
/* What prevents contiguous memory. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "lib/output.h"
#include "lib/text.h"
#include "model/physical.h"
#include "report/figures.h"
#include "report/report.h"
#include "tools/physical/blocks.h"

/* Characters of a line of the map, in a terminal that is too narrow for these, and before them. */
#define MAP_WIDTH	64
#define MAP_NARROW	48
#define MAP_LABEL	27
#define MAP_LINES	32

/* Small letters can move. */
static const struct block_look looks[BLOCK_CLASSES] = {
	[0] = { ' ', "hole" },
	[1] = { 'P', "pinned" },
	[MEMCENSUS_FC_FREE] = { '.', "free" },
	[MEMCENSUS_FC_FREE_PCP] = { '.', "free" },
	[MEMCENSUS_FC_UNACCEPTED] = { '.', "free" },
	[MEMCENSUS_FC_ANON] = { 'a', "anon" },
	[MEMCENSUS_FC_ANON_UNMAPPED] = { 'a', "anon" },
	[MEMCENSUS_FC_ANON_TAILS] = { 'a', "anon" },
	[MEMCENSUS_FC_SWAP_CACHE] = { 'a', "anon" },
	[MEMCENSUS_FC_SHMEM] = { 'm', "shmem" },
	[MEMCENSUS_FC_SHMEM_UNMAPPED] = { 'm', "shmem" },
	[MEMCENSUS_FC_FILE] = { 'f', "file" },
	[MEMCENSUS_FC_FILE_UNMAPPED] = { 'f', "file" },
	[MEMCENSUS_FC_ZSMALLOC] = { 'z', "zsmalloc" },
	[MEMCENSUS_FC_MOVABLE] = { 'z', "zsmalloc" },
	[MEMCENSUS_FC_HUGETLB] = { 'H', "hugetlb" },
	[MEMCENSUS_FC_HUGETLB_FREE] = { 'U', "hugetlb_free" },
	[MEMCENSUS_FC_PAGE_TABLES] = { 'T', "page_tables" },
	[MEMCENSUS_FC_SLAB] = { 'S', "slab" },
	[MEMCENSUS_FC_LARGE_KMALLOC] = { 'L', "large_kmalloc" },
	[MEMCENSUS_FC_PAGE_POOL] = { 'N', "page_pool" },
	[MEMCENSUS_FC_OFFLINE] = { 'O', "offline" },
	[MEMCENSUS_FC_GUARD] = { 'G', "guard" },
	[MEMCENSUS_FC_ZERO] = { 'R', "reserved" },
	[MEMCENSUS_FC_RESERVED] = { 'R', "reserved" },
	[MEMCENSUS_FC_POISONED] = { 'X', "poisoned" },
	[MEMCENSUS_FC_KERNEL] = { 'K', "kernel" },
	[MEMCENSUS_FC_DEVICE] = { 'D', "device" },
	[MEMCENSUS_FC_REMAINDER] = { '?', "remainder" },
};

/* The frames of an allocation, as a record counts them. */
static unsigned int parts_of(const struct frame_blocks *blocks)
{
	return 1U << (blocks->order < MEMCENSUS_BLOCK_PARTS_ORDER ?
		      blocks->order : MEMCENSUS_BLOCK_PARTS_ORDER);
}

uint64_t block_bytes(const struct snapshot *snap, const struct frame_blocks *blocks)
{
	return snap->info.page_size << blocks->order;
}

uint64_t block_unit(const struct snapshot *snap, const struct frame_blocks *blocks)
{
	return block_bytes(snap, blocks) / parts_of(blocks);
}

enum block_state block_state(const struct frame_blocks *blocks, uint64_t record)
{
	if (block_in_way(record) & MEMCENSUS_BLOCK_HOLE)
		return BLOCK_HOLE;
	if (block_in_way(record))
		return BLOCK_IN_WAY;
	return block_free(record) == parts_of(blocks) ? BLOCK_FREE : BLOCK_MOVABLE;
}

const struct block_look *block_look(const struct frame_blocks *blocks, uint64_t record)
{
	unsigned int class = block_class(record);

	/* Most frames of such a block are free, but not all. */
	if (block_state(blocks, record) == BLOCK_MOVABLE && looks[class].letter == '.') {
		static const struct block_look partly = { 'o', "partly free" };

		return &partly;
	}
	return &looks[class];
}

size_t block_looks(const struct snapshot *snap, const struct block_look **found)
{
	bool seen[128] = { false };
	size_t i, j, n = 0;

	for (i = 0; i < snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &snap->frame_blocks[i];

		for (j = 0; j < blocks->records.n; j++) {
			const struct block_look *look = block_look(blocks, blocks->records.v[j]);

			if (look->letter == ' ' || seen[(unsigned int)look->letter])
				continue;
			seen[(unsigned int)look->letter] = true;
			found[n++] = look;
		}
	}
	return n;
}

int blocks_check(const struct snapshot *snap, unsigned int order, struct failure *why)
{
	size_t i, j;

	if (!snap->n_frame_blocks)
		return fail(why, FAIL_VERSION,
			    "the module sent no blocks: load the memcensus.ko of the same release as this reader");
	for (i = 0; i < snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &snap->frame_blocks[i];

		if (blocks->order != order || !blocks->zone)
			return fail(why, FAIL_MALFORMED,
				    "malformed message: blocks without zone, or of another size");
		for (j = 0; j < blocks->records.n; j++)
			if (block_class(blocks->records.v[j]) >= BLOCK_CLASSES ||
			    !looks[block_class(blocks->records.v[j])].letter)
				return fail(why, FAIL_MALFORMED,
					    "a block has class %u, which this reader does not know: use the reader of the module's release",
					    block_class(blocks->records.v[j]));
	}
	return 0;
}

bool blocks_by_address(const struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->n_frame_blocks; i++)
		if (!KNOWN(&snap->frame_blocks[i], MEMCENSUS_FB_FIRST))
			return false;
	return true;
}

/**
 * struct preventing - the blocks that a class prevents
 * @class: it
 * @blocks: which it prevents
 * @alone: of @blocks, those in which nothing else is
 * @bytes: of it in these, to be moved to gain them
 */
struct preventing {
	unsigned int class;
	uint64_t blocks;
	uint64_t alone;
	uint64_t bytes;
};

/* All blocks together; @bytes: of one block. */
struct counted {
	uint64_t states[BLOCK_STATES];
	uint64_t free_bytes[BLOCK_STATES];
	struct preventing in_way[BLOCK_CLASSES];
	uint64_t bytes;
	uint64_t n;
};

static void count_block(struct counted *c, const struct snapshot *snap,
			const struct frame_blocks *blocks, uint64_t record)
{
	const enum block_state state = block_state(blocks, record);
	const uint32_t bits = block_in_way(record);
	unsigned int class;

	c->n++;
	c->states[state]++;
	c->free_bytes[state] += block_free(record) * block_unit(snap, blocks);
	/* Those that can never be had are in no way. */
	if (state != BLOCK_IN_WAY)
		return;
	for (class = 0; class < BLOCK_CLASSES; class++) {
		if (!(bits >> class & 1))
			continue;
		c->in_way[class].blocks++;
		if (bits == 1U << class) {
			c->in_way[class].alone++;
			c->in_way[class].bytes += block_stuck(record) * block_unit(snap, blocks);
		}
	}
}

static int by_gain(const void *a, const void *b)
{
	const struct preventing *x = a, *y = b;

	return COMPARE(y->alone, x->alone) ?:
	       COMPARE(y->blocks, x->blocks) ?: COMPARE(x->class, y->class);
}

static struct counted *count_blocks(const struct snapshot *snap)
{
	struct counted *c = xcalloc(1, sizeof(*c));
	unsigned int class;
	size_t i, j;

	for (class = 0; class < BLOCK_CLASSES; class++)
		c->in_way[class].class = class;
	for (i = 0; i < snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &snap->frame_blocks[i];

		c->bytes = block_bytes(snap, blocks);
		for (j = 0; j < blocks->records.n; j++)
			count_block(c, snap, blocks, blocks->records.v[j]);
	}
	qsort(c->in_way, BLOCK_CLASSES, sizeof(c->in_way[0]), by_gain);
	return c;
}

static const struct {
	const char *name;
	const char *help;
} states[BLOCK_STATES] = {
	[BLOCK_FREE] = { "free", "an allocation takes them as they are" },
	[BLOCK_MOVABLE] = { "movable", "free once compaction has moved what is in them" },
	[BLOCK_IN_WAY] = { "in_the_way", "something in them cannot move" },
	[BLOCK_HOLE] = { "hole", "a part is of no zone or of another: never" },
};

static const char *class_name(unsigned int class)
{
	return class == 1 ? "pinned" : physical_zone_rows.figures.columns[class].name;
}

static const char *class_help(unsigned int class)
{
	return class == 1 ? "for DMA: I/O, RDMA, VFIO" :
			    physical_zone_rows.figures.columns[class].help;
}

/* What an allocation would find, for tables and JSON. */
static void report_states(struct report *report, const struct counted *c)
{
	struct figure_row rows[BLOCK_STATES] = { 0 };
	char size[NUMBER_SIZE];
	unsigned int i;

	for (i = 0; i < BLOCK_STATES; i++)
		rows[i] = (struct figure_row){
			.name = states[i].name,
			.meaning = states[i].help,
			.counts = { c->states[i] },
			.amounts = { { true, (int64_t)(c->states[i] * c->bytes) },
				     { true, (int64_t)c->free_bytes[i] } },
			.whole = c->n * c->bytes,
		};
	text_size(size, (double)c->bytes);
	REPORT(report,
	       { "blocks", SECTION_KEYED, .type = &figure_rows, .members = "figure n0",
		 .title = report->options->raw ? NULL :
			  report_text(report, "Blocks of %s (order %" PRIu64 ")", size,
				      report->view.snap->frame_blocks[0].order),
		 .columns = "figure=Blocks n0=Number 0=Amount part 1=Free ~meaning",
		 .rows = ROWS(rows, BLOCK_STATES) });
}

static void report_in_way(struct report *report, const struct counted *c)
{
	struct figure_row rows[BLOCK_CLASSES] = { 0 };
	unsigned int i;

	for (i = 0; i < BLOCK_CLASSES && c->in_way[i].blocks; i++) {
		const struct preventing *way = &c->in_way[i];

		rows[i] = (struct figure_row){
			.name = class_name(way->class),
			.meaning = class_help(way->class),
			.counts = { way->blocks, way->alone },
			.amounts = { { true, (int64_t)(way->alone * c->bytes) },
				     { true, (int64_t)way->bytes } },
		};
	}
	REPORT(report,
	       { "in_the_way", .type = &figure_rows, .rows = ROWS(rows, i),
		 .title = "In the way of these",
		 .columns = "figure=Class n0=Blocks n1=Alone 0=Gained 1=To_move ~meaning",
		 .members = "figure=class n0=blocks n1=alone 1=to_move_bytes" });
}

static bool is_pinned(const void *unused, const void *row)
{
	const struct frame_cgroup *cgroup = row;

	(void)unused;
	return KNOWN(cgroup, MEMCENSUS_FG_PINNED) && cgroup->pinned;
}

static const char registered[] =
	"who registered it: memcensus -c pid,user,comm,cgroup_path,pinned -s pinned\n";

/* Who is charged for what is pinned; who registered it is a counter of each process. */
static void report_pinned(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	bool any = report->options->json;
	size_t i;

	if (any && !snap->n_frame_cgroups) {
		REPORT(report, { .name = "pinned", .shape = SECTION_NULL });
		return;
	}
	for (i = 0; i < snap->n_frame_cgroups; i++)
		any |= is_pinned(NULL, &snap->frame_cgroups[i]);
	if (any)
		REPORT(report,
		       { "pinned", .type = &frame_cgroup_rows, .filter = is_pinned,
			 .title = "Pinned, by the cgroup that is charged", .sort = "pinned",
			 .columns = "pinned cgroup_name",
			 .members = "cgroup cgroup_path cgroup_name pinned",
			 .note = registered });
}

/* The letter of most of @n blocks from @at on. */
static char map_letter(const struct frame_blocks *blocks, size_t at, size_t n)
{
	size_t letters[128] = { 0 }, i;
	char best = ' ', letter;

	for (i = at; i < at + n && i < blocks->records.n; i++) {
		letter = block_look(blocks, blocks->records.v[i])->letter;
		if (++letters[(unsigned int)letter] > letters[(unsigned int)best] ||
		    (best == ' ' && letter != ' '))
			best = letter;
	}
	return best;
}

/* Number of blocks that one of @width characters of a line of the map is: a power of 2. */
static size_t map_scale(uint64_t n, size_t width)
{
	size_t scale = 1;

	while (n / scale > width * MAP_LINES)
		scale *= 2;
	return scale;
}

/*
 * A line has @width characters, each of @scale blocks, and begins at a multiple of that in frames,
 * so that lines of several messages fit together.
 */
static void show_map(const struct snapshot *snap, size_t width, size_t scale, FILE *out)
{
	uint64_t block, line, last = UINT64_MAX;
	char text[MAP_WIDTH + 1] = "";
	const struct frame_blocks *before = NULL;
	size_t i, j;

	for (i = 0; i < snap->n_frame_blocks; i++) {
		const struct frame_blocks *blocks = &snap->frame_blocks[i];

		if (!before || before->node != blocks->node || strcmp(before->zone, blocks->zone))
			last = UINT64_MAX;
		before = blocks;
		for (j = 0; j < blocks->records.n; j += scale) {
			block = (blocks->first >> blocks->order) + j;
			line = block / scale / width;
			if (line != last) {
				if (*text)
					fprintf(out, "%s\n", text);
				last = line;
				memset(text, ' ', width);
				fprintf(out, "%3" PRIu64 " %-7s %#14" PRIx64 " ", blocks->node,
					blocks->zone, (line * width * scale << blocks->order) *
					snap->info.page_size);
			}
			text[block / scale % width] = map_letter(blocks, j, scale);
		}
	}
	if (*text)
		fprintf(out, "%s\n", text);
}

/* @columns: of a terminal, or 0 */
static void show_letters(const struct snapshot *snap, size_t columns, FILE *out)
{
	static const char last[] = "small letters can move";
	const struct block_look *found[BLOCK_LOOKS];
	const size_t n = block_looks(snap, found);
	size_t i, used = 0, width;
	char text[64];

	for (i = 0; i <= n; i++) {
		if (i < n)
			snprintf(text, sizeof(text), "%c %s%s", found[i]->letter, found[i]->name,
				 i + 1 < n ? "," : ";");
		width = strlen(i < n ? text : last);
		if (columns && used && used + 1 + width > columns) {
			fputc('\n', out);
			used = 0;
		}
		used += fprintf(out, "%s%s", used ? " " : "", i < n ? text : last);
	}
	fputc('\n', out);
}

/* The tables below it are what one sees of a terminal. */
static void report_map(struct report *report, const struct counted *c)
{
	const size_t columns = output_columns(report->out);
	const size_t width = columns && columns < MAP_LABEL + MAP_WIDTH ? MAP_NARROW : MAP_WIDTH;
	const size_t scale = map_scale(c->n, width);
	char size[NUMBER_SIZE];

	if (!blocks_by_address(report->view.snap)) {
		fputs("\nNo map by address: frame numbers need CAP_SYS_ADMIN: run as root (sudo)\n",
		      report->out);
		return;
	}
	text_size(size, (double)(scale * c->bytes));
	REPORT(report,
	       { .title = report_text(report, "Each character is %s, by address", size) });
	show_map(report->view.snap, width, scale, report->out);
	fputc('\n', report->out);
	show_letters(report->view.snap, columns, report->out);
}

/* A letter for each block, as in the map. */
static void put_map(struct report *report, const void *record)
{
	const struct frame_blocks *blocks = record;
	char *text;
	size_t i;

	if (!KNOWN(blocks, MEMCENSUS_FB_FIRST)) {
		REPORT(report, { .name = "map", .shape = SECTION_NULL });
		return;
	}
	text = xcalloc(blocks->records.n + 1, 1);
	for (i = 0; i < blocks->records.n; i++)
		text[i] = block_look(blocks, blocks->records.v[i])->letter;
	REPORT(report, { "map", SECTION_TEXT, .text = text });
	free(text);
}

void blocks_report(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	struct counted *c = count_blocks(snap);

	if (!report->options->raw && !report->options->json)
		report_map(report, c);
	REPORT(report,
	       { .name = "contiguous", .shape = SECTION_OPEN },
	       { "order", SECTION_NUMBER,
		 .number = { true, (int64_t)snap->frame_blocks[0].order } },
	       { "block_bytes", SECTION_NUMBER, .number = { true, (int64_t)c->bytes } });
	report_states(report, c);
	report_in_way(report, c);
	report_pinned(report);
	REPORT(report,
	       { "maps", .type = &frame_blocks_rows, .members = "node zone first=first_frame",
		 .parts = put_map },
	       { .shape = SECTION_CLOSE });
	free(c);
}

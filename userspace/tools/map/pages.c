// SPDX-License-Identifier: GPL-2.0
/* memcensus map --pages: where the pages of a process are. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "model/pages.h"
#include "report/show.h"
#include "tools/map/pages.h"

/* Letters of a picture; a mapping with fewer pages has as many as pages. */
#define PICTURE	32

static bool parse_address(const char **at, uint64_t *address)
{
	char *end;

	errno = 0;
	if (!isxdigit((unsigned char)**at))
		return false;
	*address = strtoull(*at, &end, 16);
	*at = end;
	return !errno;
}

int pages_range(struct options *options, const char *value, struct failure *why)
{
	struct map_options *own = options->own;
	const char *at = value;

	if (!parse_address(&at, &own->start) || *at++ != '-' ||
	    !parse_address(&at, &own->end) || *at)
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not START-END, in hexadecimal as in /proc/PID/maps",
			    value);
	if (own->start >= own->end)
		return fail(why, FAIL_USAGE, "in '%.60s' the end is not above the start", value);
	return 0;
}

/*
 * The letter for @counts among @pages pages: what most of them are, capital where
 * at least half of them are anywhere.
 */
static char letter_of_pages(const struct page_counts *counts, uint64_t pages)
{
	uint64_t shared = counts->resident - counts->exclusive;
	char c = 'S';

	if (!counts->resident && !counts->swap)
		return '.';
	if (counts->exclusive >= shared && counts->exclusive >= counts->swap)
		c = 'E';
	else if (counts->swap > shared)
		c = 'W';
	return 2 * (counts->resident + counts->swap) >= pages ? c : (char)tolower(c);
}

/**
 * struct picture - the part of a mapping that a row shows
 * @start, @end: addresses
 * @known: bitmaps are known up to here
 * @each: bytes that a letter stands for
 * @text: the letters
 * @counts: of all of them
 */
struct picture {
	uint64_t start;
	uint64_t end;
	uint64_t known;
	uint64_t each;
	char text[PICTURE + 1];
	struct page_counts counts;
};

static void draw_pages(struct picture *p, const struct snapshot *snap, struct pages_cursor *cursor)
{
	const uint64_t size = page_size_of(snap), pages = (p->end - p->start) / size;
	uint64_t at = p->start, end;
	unsigned int i;

	p->each = (pages / PICTURE + (pages % PICTURE > 0)) * size;
	for (i = 0; i < PICTURE && at < p->end; i++, at = end) {
		struct page_counts counts;

		end = p->end - at > p->each ? at + p->each : p->end;
		counts = pages_between(snap, cursor, at, end);
		p->counts.resident += counts.resident;
		p->counts.exclusive += counts.exclusive;
		p->counts.huge += counts.huge;
		p->counts.swap += counts.swap;
		p->text[i] = end <= p->known ? letter_of_pages(&counts, (end - at) / size) : '?';
	}
	p->text[i] = '\0';
}

/* Pages as bytes; unknown where the walk has not come to the end of the row. */
static void put_counts(struct table *table, const struct picture *p,
		       const struct snapshot *snap, const struct units *units)
{
	const uint64_t counts[] = {
		p->counts.resident, p->counts.exclusive, p->counts.huge, p->counts.swap,
	};
	struct amount amount = { .known = snap->n_pages && p->end <= p->known };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		amount.bytes = counts[i] * page_size_of(snap);
		cell_amount(table, amount, units);
	}
}

static void put_vma_row(struct table *table, const struct picture *p, const struct vma *vma,
			const struct snapshot *snap, const struct units *units)
{
	table_row(table);
	table_cellf(table, "%016" PRIx64, p->start);
	cell_bytes(table, p->end - p->start, units);
	put_counts(table, p, snap, units);
	cell_bytes(table, p->each, units);
	table_cell(table, p->text);
	table_cell(table, KNOWN(vma, MEMCENSUS_VMA_MODE) ? vma->mode : NULL);
	table_cell(table, mapping_name(vma));
}

static void put_total(struct table *table, const struct picture *all,
		      const struct snapshot *snap, const struct units *units)
{
	table_total_row(table);
	table_cell(table, "total");
	cell_amount(table, (struct amount){ snap->n_pages > 0, all->each }, units);
	put_counts(table, all, snap, units);
	table_cell(table, "");
	table_cell(table, "");
	table_cell(table, "");
	table_cell(table, "");
}

void pages_show(const struct view *view, const struct options *options, FILE *out)
{
	const struct units units = command_units(view, options);
	const struct map_options *own = options->own;
	const struct snapshot *snap = view->snap;
	struct table *table = table_new(command_look(options), out);
	const uint64_t end = own->end ? own->end : UINT64_MAX;
	struct picture all = { .known = pages_end(snap) };
	struct pages_cursor cursor = { 0 };
	const struct vma *vma;
	size_t i;

	table_columns(table,
		      ">Address >Kbytes >Mapped >Exclusive >Huge >Swap >Each Pages Mode");
	table_column_text(table, "Mapping");
	for (i = 0; i < snap->n_vmas; i++) {
		struct picture p = { .known = pages_end(snap) };

		vma = &snap->vmas[i];
		p.start = vma->start > own->start ? vma->start : own->start;
		p.end = vma->end < end ? vma->end : end;
		if (p.start >= p.end || !page_size_of(snap))
			continue;
		draw_pages(&p, snap, &cursor);
		put_vma_row(table, &p, vma, snap, &units);
		/* Of the total, @each is the size of all, and @end the highest. */
		all.each += p.end - p.start;
		all.end = p.end > all.end ? p.end : all.end;
		all.counts.resident += p.counts.resident;
		all.counts.exclusive += p.counts.exclusive;
		all.counts.huge += p.counts.huge;
		all.counts.swap += p.counts.swap;
	}
	if (!options->raw)
		put_total(table, &all, snap, &units);
	table_finish(table);
	if (!options->raw && !options->no_header)
		fputs("\nA letter stands for pages of Each KiB: E exclusive, S shared, W in swap,\n"
		      ". none, ? unknown; small: for less than half of its pages.\n", out);
}

/* Neighbouring pages of one kind. */
struct run {
	uint64_t start;
	uint64_t pages;
	const char *where;
	bool huge;
};

static void put_run(struct json *json, const struct run *run)
{
	if (!run->pages)
		return;
	json_open(json, NULL, '{');
	json_put_unsigned(json, "start", run->start);
	json_put_unsigned(json, "pages", run->pages);
	json_put_string(json, "where", run->where);
	json_put_bool(json, "huge", run->huge);
	json_close(json, '}');
}

/* Adds the pages of @block to @run; each other kind begins a new one. */
static void add_block(struct json *json, struct run *run, const struct page_block *block,
		      uint64_t size)
{
	static const char exclusive[] = "exclusive", shared[] = "shared", swap[] = "swap";
	uint64_t bit, address = block->address;
	const char *where;

	for (bit = 1; bit; bit <<= 1, address += size) {
		if (!((block->resident | block->swap) & bit))
			continue;
		where = !(block->resident & bit) ? swap :
			block->exclusive & bit ? exclusive : shared;
		if (run->start + run->pages * size != address || run->where != where ||
		    run->huge != !!(block->huge & bit)) {
			put_run(json, run);
			*run = (struct run){ address, 0, where, block->huge & bit };
		}
		run->pages++;
	}
}

void pages_json(struct json *json, const struct view *view, const struct options *options)
{
	const struct map_options *own = options->own;
	const struct snapshot *snap = view->snap;
	const uint64_t size = page_size_of(snap);
	struct pages_cursor cursor = { 0 };
	struct run run = { 0 };
	struct page_block block;

	if (!own->pages)
		return;
	json_open(json, "pages", '{');
	if (snap->n_pages) {
		json_put_unsigned(json, "start", snap->pages[0].start);
		json_put_unsigned(json, "end", pages_end(snap));
	} else {
		json_put_null(json, "start");
		json_put_null(json, "end");
	}
	json_close(json, '}');
	json_open(json, "runs", '[');
	while (pages_next(snap, &cursor, &block))
		add_block(json, &run, &block, size);
	put_run(json, &run);
	json_close(json, ']');
}

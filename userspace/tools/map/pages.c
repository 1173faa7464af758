// SPDX-License-Identifier: GPL-2.0
/* memcensus map --pages: where the pages of a process are. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/memory.h"
#include "model/pages.h"
#include "report/row-json.h"
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
 * struct picture - the part of a mapping that a row shows, or the total
 * @vma: NULL: the total
 * @start, @end: addresses
 * @size: bytes between them, or of all rows
 * @each: bytes that a letter stands for
 * @text: the letters
 * @counts: of all of them
 */
struct picture {
	const struct vma *vma;
	uint64_t start;
	uint64_t end;
	uint64_t size;
	uint64_t each;
	char text[PICTURE + 1];
	struct page_counts counts;
};

/* Pages as bytes; unknown without mappings: the process is busy. */
static bool picture_pages(const struct column *column, const struct view *view,
			  const void *record, struct value *value)
{
	memcpy(&value->number, (const char *)record + column->offset, sizeof(value->number));
	value->number *= page_size_of(view->snap);
	return view->snap->n_vmas;
}

DERIVED(picture_start, picture, number, row->start, row->vma)
DERIVED(picture_size, picture, number, row->size, row->vma || view->snap->n_vmas)
DERIVED(picture_each, picture, number, row->each, row->vma)
DERIVED(picture_text, picture, text, row->text, true)
DERIVED(picture_mode, picture, text,
	!row->vma ? "" : KNOWN(row->vma, MEMCENSUS_VMA_MODE) ? row->vma->mode : NULL, value->text)
DERIVED(picture_name, picture, text, row->vma ? mapping_name(row->vma) : "", true)
DERIVED(picture_total, picture, text, row->vma ? NULL : "total", value->text)

#define PAGES(name_, header_, member_)					\
	{ name_, header_, .kind = KIND_BYTES, .derive = picture_pages,	\
	  .offset = offsetof(struct picture, counts.member_) }

static const struct column picture_columns[] = {
	{ "start", "Address", .kind = KIND_ADDRESS, .derive = picture_start },
	{ "size", "Kbytes", .kind = KIND_BYTES, .derive = picture_size },
	PAGES("mapped", "Mapped", resident),
	PAGES("exclusive", "Exclusive", exclusive),
	PAGES("huge", "Huge", huge),
	PAGES("swap", "Swap", swap),
	{ "each", "Each", .kind = KIND_BYTES, .derive = picture_each },
	{ "pages", "Pages", .kind = KIND_TEXT, .derive = picture_text },
	{ "mode", "Mode", .kind = KIND_TEXT, .derive = picture_mode },
	{ "mapping", "Mapping", .kind = KIND_TEXT, .derive = picture_name },
	{ "total", .kind = KIND_TEXT, .derive = picture_total },
};

static const struct row_type picture_rows = ROWS_OF("picture of pages", picture_columns);

static void add_counts(struct page_counts *sum, const struct page_counts *counts)
{
	sum->resident += counts->resident;
	sum->exclusive += counts->exclusive;
	sum->huge += counts->huge;
	sum->swap += counts->swap;
}

static void draw_pages(struct picture *p, const struct snapshot *snap, size_t *cursor)
{
	const uint64_t size = page_size_of(snap), pages = (p->end - p->start) / size;
	uint64_t at = p->start, end;
	unsigned int i;

	p->each = (pages / PICTURE + (pages % PICTURE > 0)) * size;
	for (i = 0; i < PICTURE && at < p->end; i++, at = end) {
		struct page_counts counts;

		end = p->end - at > p->each ? at + p->each : p->end;
		counts = pages_between(snap, cursor, at, end);
		add_counts(&p->counts, &counts);
		p->text[i] = letter_of_pages(&counts, (end - at) / size);
	}
	p->text[i] = '\0';
}

static void show_pictures(struct report *report)
{
	const struct map_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;
	const uint64_t end = own->end ? own->end : UINT64_MAX;
	struct picture all = { .size = 0 }, *rows, *p;
	const struct vma *vma;
	size_t n = 0, cursor = 0;

	rows = xcalloc(snap->n_vmas, sizeof(*rows));
	for (vma = snap->vmas; vma < snap->vmas + snap->n_vmas; vma++) {
		p = &rows[n];
		p->vma = vma;
		p->start = vma->start > own->start ? vma->start : own->start;
		p->end = vma->end < end ? vma->end : end;
		if (p->start >= p->end || !page_size_of(snap))
			continue;
		p->size = p->end - p->start;
		draw_pages(p, snap, &cursor);
		n++;
		all.size += p->size;
		all.end = p->end > all.end ? p->end : all.end;
		add_counts(&all.counts, &p->counts);
	}
	REPORT(report,
	       { .type = &picture_rows, .rows = ROWS(rows, n), .sum = &all,
		 .columns =
			"start|total size mapped exclusive huge swap each|pages pages:1 mode:1 mapping",
		 .note = report->options->no_header ? NULL :
		   "\nA letter stands for pages of Each KiB: E exclusive (mapped once), S shared,\n"
		   "W in swap, . none; small: for less than half of its pages.\n" });
	free(rows);
}

/* Neighbouring pages of one kind. */
struct run {
	uint64_t start;
	uint64_t pages;
	const char *where;
	uint64_t huge;
};

static const struct column run_columns[] = {
	MEMBER(run, "start", NULL, start, ADDRESS, "first address"),
	MEMBER(run, "pages", NULL, pages, COUNT, "how many"),
	MEMBER(run, "where", NULL, where, TEXT, "exclusive, shared, swap"),
	MEMBER(run, "huge", NULL, huge, BOOL, "mapped by a PMD, or of a hugetlb page"),
};

static const struct row_type run_rows = ROWS_OF("run of pages", run_columns);

/* There may be many: they are not kept. */
static void put_run(struct json *json, const struct run *run)
{
	if (!run->pages)
		return;
	json_open(json, NULL, '{');
	json_members(json, &run_rows, NULL, run);
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
			*run = (struct run){ address, 0, where, !!(block->huge & bit) };
		}
		run->pages++;
	}
}

static void put_runs(struct report *report)
{
	const struct map_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;
	struct json *json = &report->json;
	struct page_block block;
	struct run run = { 0 };
	size_t at = 0, here = 0;

	json_open(json, "runs", '[');
	while (pages_next(snap, &at, &here, own->start, own->end ?: UINT64_MAX, &block))
		add_block(json, &run, &block, page_size_of(snap));
	put_run(json, &run);
	json_close(json, ']');
}

void pages_report(struct report *report)
{
	if (!report->options->json)
		show_pictures(report);
	else if (report->view.snap->n_vmas)
		put_runs(report);
	else
		json_put_null(&report->json, "runs");
}

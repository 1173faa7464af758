// SPDX-License-Identifier: GPL-2.0
/* memcensus map --pages: where the pages of a process are. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/text.h"
#include "model/pages.h"
#include "report/row-json.h"
#include "tools/map/pages.h"

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
static void put_run(struct report *report, const struct run *run)
{
	const struct units units = report_units(report);
	const int64_t bytes = (int64_t)(run->pages * page_size_of(report->view.snap));
	char size[NUMBER_SIZE];

	if (!run->pages)
		return;
	if (report->options->json) {
		json_open(&report->json, NULL, '{');
		json_members(&report->json, &run_rows, NULL, run);
		json_close(&report->json, '}');
		return;
	}
	amount_text(size, (double)bytes, bytes / 1024, &units);
	fprintf(report->out, report->options->raw ? "%016" PRIx64 " %s %s %s\n" :
		"%016" PRIx64 " %10s %-9s %s\n", run->start, size, run->where,
		run->huge ? "yes" : "no");
}

static void put_header(struct report *report)
{
	const struct units units = report_units(report);
	const char *size = units_are_kib(&units) ? "Kbytes" : "Size";

	if (!report->options->no_header)
		fprintf(report->out, report->options->raw ? "%s %s %s %s\n" :
			"%-16s %10s %-9s %s\n", "Address", size, "Where", "Huge");
}

/* Adds the pages of @block to @run; each other kind begins a new one. */
static void add_block(struct report *report, struct run *run, const struct page_block *block,
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
			put_run(report, run);
			*run = (struct run){ address, 0, where, !!(block->huge & bit) };
		}
		run->pages++;
	}
}

static void put_runs(struct report *report)
{
	const struct map_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;
	struct page_block block;
	struct run run = { 0 };
	size_t at = 0, here = 0;

	if (report->options->json)
		json_open(&report->json, "runs", '[');
	else
		put_header(report);
	while (pages_next(snap, &at, &here, own->start, own->end ?: UINT64_MAX, &block))
		add_block(report, &run, &block, page_size_of(snap));
	put_run(report, &run);
	if (report->options->json)
		json_close(&report->json, ']');
}

void pages_report(struct report *report)
{
	if (report->view.snap->n_vmas)
		put_runs(report);
	else if (report->options->json)
		json_put_null(&report->json, "runs");
	else
		fputs("-\n", report->out);
}

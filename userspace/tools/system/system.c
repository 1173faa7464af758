// SPDX-License-Identifier: GPL-2.0
/* memcensus system: where all memory is. */
#include <string.h>

#include "cli/command.h"
#include "model/breakdown.h"
#include "report/figures.h"
#include "report/show.h"
#include "tools/system/swaps.h"

static void show_breakdown(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct breakdown breakdown = breakdown_of(snap);
	const bool raw = report->options->raw, json = report->options->json;
	struct figure_row rows[BREAKDOWN_ROWS];
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < BREAKDOWN_ROWS; i++) {
		const struct breakdown_row *row = &breakdown_rows[i];

		if (!raw && !json && !breakdown_shows(&breakdown, i))
			continue;
		rows[n++] = (struct figure_row){
			.name = raw || json || !row->of ? row->name :
				report_text(report, "  %s", strchr(row->name, '_') + 1),
			.meaning = row->help, .amounts = { breakdown.rows[i] },
			.whole = report_units(report).whole,
		};
	}
	/* The last one is the sum. */
	REPORT(report,
	       { "balance", SECTION_KEYED, .type = &figure_rows,
		 .rows = ROWS(rows, n - (!raw && !json)),
		 .columns = "figure=Memory 0=Amount part ~meaning", .members = "figure 0",
		 .sum = &rows[n - 1] });
}

static void system_sections(struct report *report)
{
	figures_report_system(report);
	show_breakdown(report);
	swaps_report(report);
	swaps_report_use(report);
}

static int system_run(struct session *session, struct failure *why)
{
	return show_census(session, NULL, why);
}

static const struct option_use system_uses[] = {
	OPTIONS_OF_SERIES, OPTIONS_COMMON,
};

const struct command system_command = {
	.name = "system",
	.words = options_interval,
	.about =
	"Prints where all of MemTotal is, in KiB, each page once: pages that processes map\n"
	"are counted as theirs, so page cache and shared memory are the unmapped parts, and\n"
	"vmalloc excludes kernel stacks. 'unaccounted' is what no counter explains (memory\n"
	"of drivers, network buffers, and each row that is '-'). Counters lag: a row that would\n"
	"be below 0 is 0. The swap in use is divided into that of processes, and that of none,\n"
	"such as files of a tmpfs. 'held --files' names files that have swap, tmpfs or hugetlb\n"
	"pages without a process.\n"
	"\n"
	"With an INTERVAL, all of it each time; one row each is that of 'vmstat'.\n"
	"\n"
	"Modules cannot read the rows vmalloc, percpu, hugetlb and zswap, and the total of\n"
	"swap: they are read from /proc right after the census. -J has all figures.\n"
	"\n"
	"'sysctl vm' prints the settings of the kernel, and 'slabtop -o' its slab caches.\n",
	.options = system_uses,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES,
	.totals = true,
	.sections = system_sections,
	.run = system_run,
	.last = true,
};

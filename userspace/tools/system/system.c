// SPDX-License-Identifier: GPL-2.0
/* memcensus system: totals, as in free, vmstat, sar and /proc/meminfo. */
#include <string.h>

#include "cli/command.h"
#include "model/breakdown.h"
#include "report/figures.h"
#include "report/interval.h"
#include "tools/system/swaps.h"

/* The two rows of free(1), and with -t their sum. */
static void show_free(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const bool wide = report->options->wide, raw = report->options->raw;
	const struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	const struct amount available = amount_total(snap, MEMCENSUS_S_AVAILABLE);
	const struct amount buffers = amount_total(snap, MEMCENSUS_S_BUFFERS);
	const struct amount cache = amount_plus(amount_total(snap, MEMCENSUS_S_CACHED),
						amount_total(snap, MEMCENSUS_S_SLAB_RECLAIMABLE));
	const struct amount swap_total = amount_meminfo(snap, "SwapTotal");
	const struct amount swap_free = amount_total(snap, MEMCENSUS_S_SWAP_FREE);
	struct figure_row rows[] = {
		/* Used memory is total minus available, as in procps 4. */
		{ .name = "Mem:", .amounts = {
			total, amount_minus(total, available),
			amount_total(snap, MEMCENSUS_S_FREE), amount_total(snap, MEMCENSUS_S_SHMEM),
			wide ? buffers : amount_plus(buffers, cache), cache, available } },
		{ .name = "Swap:", .blank = raw ? NULL : "", .amounts = {
			swap_total, amount_swap_used(snap), swap_free } },
		{ .name = "Total:", .blank = raw ? NULL : "" },
	};
	size_t i;

	for (i = 0; i < 3; i++)
		rows[2].amounts[i] = amount_plus(rows[0].amounts[i], rows[1].amounts[i]);
	REPORT(report,
	       { .type = &figure_rows, .rows = ROWS(rows, report->options->totals ? 3 : 2),
		 .columns = report_text(report,
			"figure=%s 0=total 1=used 2=free 3|blank=shared 4|blank=%s 6|blank=available",
			raw ? "kind" : "", wide ? "buffers 5|blank=cache" : "buff/cache") });
}

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
	       { "balance", SECTION_KEYED, .title = "All memory, each page counted once",
		 .type = &figure_rows, .rows = ROWS(rows, n - (!raw && !json)),
		 .columns = "figure=Memory 0=Amount part ~meaning", .members = "figure 0",
		 .sum = &rows[n - 1] });
}

static const char of_proc[] =
	"Not of the census: /proc/meminfo, sockstat and dentry-state, read right after it";

static void system_sections(struct report *report)
{
	show_free(report);
	figures_report_system(report);
	swaps_report(report);
	swaps_report_use(report);
	show_breakdown(report);
	if (report->options->all) {
		figures_report(report, "Of the census", &bytes_rows, NULL, 0);
		if (report->view.snap->n_meminfo)
			REPORT(report,
			       { .title = of_proc,
				 .type = &meminfo_rows, .columns = "name bytes|value" });
		figures_report(report, "Events since boot", &events_rows, NULL, 0);
	}
}

static struct amount total_of(const struct interval *row, unsigned int number)
{
	return amount_total(row->now, number);
}

static struct amount used_of(const struct interval *row)
{
	return amount_minus(total_of(row, MEMCENSUS_S_TOTAL),
			    total_of(row, MEMCENSUS_S_AVAILABLE));
}

#define SUM(row, a, b)								\
	amount_plus(total_of(row, MEMCENSUS_S_##a), total_of(row, MEMCENSUS_S_##b))

COMPUTED(used, interval, value_amount(value, used_of(row)))
DERIVED(used_percent, interval, ratio,
	(int64_t)(1e5 * used_of(row).bytes / total_of(row, MEMCENSUS_S_TOTAL).bytes) / 1000.0,
	used_of(row).known && total_of(row, MEMCENSUS_S_TOTAL).bytes)
COMPUTED(cache, interval, value_amount(value, SUM(row, CACHED, SLAB_RECLAIMABLE)))
COMPUTED(active, interval, value_amount(value, SUM(row, ACTIVE_ANON, ACTIVE_FILE)))
COMPUTED(inactive, interval, value_amount(value, SUM(row, INACTIVE_ANON, INACTIVE_FILE)))
COMPUTED(swap_used, interval, value_amount(value, amount_swap_used(row->now)))

static const struct column system_interval_columns[] = {
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("available", "avail", MEMCENSUS_S_AVAILABLE, "available without swapping"),
	LEVEL_BY("used", "used", used, "total minus available", .wide = true),
	{ "used_percent", "%used", "used in percent of the total", .kind = KIND_PERCENT,
	  .format = "%.1f", .total = TOTAL_MEAN, .derive = used_percent },
	LEVEL("buffers", "buff", MEMCENSUS_S_BUFFERS, "cache of block devices"),
	LEVEL_BY("cache", "cache", cache, "page cache and reclaimable slab"),
	LEVEL("dirty", "dirty", MEMCENSUS_S_DIRTY, "to be written back", .wide = true),
	LEVEL_BY("swap_used", "swpd", swap_used, "swap in use"),
	BYTES_RATE("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in, per second"),
	BYTES_RATE("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out, per second"),
	BYTES_RATE("block_in", "bi", MEMCENSUS_E_PGPGIN_KIB,
		   "KiB read from block devices, per second"),
	BYTES_RATE("block_out", "bo", MEMCENSUS_E_PGPGOUT_KIB,
		   "KiB written to block devices, per second"),
	RATE("faults", "flt/s", MEMCENSUS_E_PGFAULT, "page faults, per second",
	     .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT,
	     "page faults with I/O, per second"),
	LEVEL("committed", "commit", MEMCENSUS_S_COMMITTED,
	      "committed address space", .wide = true),
	LEVEL("cached", "cached", MEMCENSUS_S_CACHED,
	      "page cache, shared memory included", .wide = true),
	LEVEL_BY("active", "active", active, "on the active lists", .wide = true),
	LEVEL_BY("inactive", "inact", inactive, "on the inactive lists", .wide = true),
	LEVEL("shmem", "shmem", MEMCENSUS_S_SHMEM, "shared memory and tmpfs", .wide = true),
	LEVEL("anon", "anon", MEMCENSUS_S_ANON, "anonymous pages of processes", .wide = true),
	LEVEL("slab_unreclaimable", "sunrecl", MEMCENSUS_S_SLAB_UNRECLAIMABLE,
	      "unreclaimable slab", .wide = true),
	LEVEL("pagetables", "pgtab", MEMCENSUS_S_PAGETABLES, "page tables", .wide = true),
	LEVEL("kernel_stack", "kstack", MEMCENSUS_S_KERNEL_STACK,
	      "kernel stacks", .wide = true),
	RATE("allocated", "alloc/s", MEMCENSUS_E_PGALLOC, "pages allocated, per second",
	     .wide = true),
	RATE("freed", "freed/s", MEMCENSUS_E_PGFREE, "pages freed, per second", .wide = true),
};

static const struct row_type system_interval = ROWS_OF("interval", system_interval_columns);

static int system_run(struct session *session, struct failure *why)
{
	/* These rows need no walk of any process. */
	return interval_or_one(session, NULL, MEMCENSUS_PART_SYSTEM, why);
}

static int system_words(struct options *options, char **words, int n, struct failure *why)
{
	return options_interval_without(options, words, n, options->all ? "all" : NULL, why);
}

static const struct option_use system_uses[] = {
	USE_AS(all, "show every figure"), USE(totals), USE(wide),
	OPTIONS_OF_SERIES,
	OPTIONS_COMMON,
};

const struct command system_command = {
	.name = "system",
	.words = system_words,
	.about =
	"Prints the figures of free; 'used' is total minus available. Then it prints where\n"
	"all of MemTotal is, in KiB, each page once: pages that processes map are counted\n"
	"by frames as theirs, so page cache and shared memory are the unmapped parts, and\n"
	"vmalloc excludes kernel stacks. 'unaccounted' is what no counter explains (memory\n"
	"of drivers, network buffers, and each row that is '-'). Counters lag: a row that would\n"
	"be below 0 is 0. The swap in use is divided into that of processes, and that of none,\n"
	"such as files of a tmpfs; of zram it shows what it takes of memory. 'held --files' names\n"
	"files that have swap, tmpfs or hugetlb pages without a process.\n"
	"\n"
	"With an INTERVAL in seconds, prints a row each time, as vmstat and sar -r:\n"
	"amounts at that time, and events per second since the previous row (the first\n"
	"row: since boot). At the end, or at Ctrl-C: the average of all rows but the\n"
	"first. -J writes one object per line. Of a record: all its rows, and then its last\n"
	"census as above.\n"
	"\n"
	"-a adds every figure of the census with its name in /proc/meminfo, and the events\n"
	"since boot with their names in /proc/vmstat. It also adds the lines of\n"
	"/proc/meminfo that modules cannot read (SwapTotal, CommitLimit, HugePages_* ...):\n"
	"they are read right after the census, not in the same pass. So are the rows\n"
	"vmalloc, percpu, hugetlb and zswap, the total of swap, and the swap devices, and\n"
	"NegativeDentries, names that were looked for and not found, of slab_reclaimable.\n"
	"\n"
	"'sysctl vm' prints the settings of the kernel, and 'slabtop -o' its slab caches.\n",
	.options = system_uses,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM,
	.interval = &system_interval,
	.sections = system_sections,
	.run = system_run,
};

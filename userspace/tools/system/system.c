// SPDX-License-Identifier: GPL-2.0
/* memcensus system: totals, as in free, vmstat, sar and /proc/meminfo. */
#include <inttypes.h>
#include <string.h>

#include "model/breakdown.h"
#include "report/figures.h"
#include "report/interval.h"
#include "tools/system/proc-text.h"

/* Adds a row of @n amounts; raw output needs a word in each of @columns. */
static void free_row(struct table *table, const struct options *options, const char *name,
		     const struct amount *amounts, size_t n, size_t columns,
		     const struct units *units)
{
	size_t i;

	table_row(table);
	table_cell(table, name);
	for (i = 0; i < n; i++)
		cell_amount(table, amounts[i], units);
	for (; options->raw && i < columns; i++)
		table_cell(table, NULL);
}

/* Prints the two rows of free(1), and with -t their sum. */
static void show_free(const struct view *view, const struct options *options,
		      FILE *out)
{
	const struct snapshot *snap = view->snap;
	const struct units units = command_units(view, options);
	const struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	const struct amount available = amount_total(snap, MEMCENSUS_S_AVAILABLE);
	const struct amount buffers = amount_total(snap, MEMCENSUS_S_BUFFERS);
	const struct amount cache = amount_plus(amount_total(snap, MEMCENSUS_S_CACHED),
						amount_total(snap, MEMCENSUS_S_SLAB_RECLAIMABLE));
	const struct amount swap_total = amount_meminfo(snap, "SwapTotal");
	const struct amount swap_free = amount_total(snap, MEMCENSUS_S_SWAP_FREE);
	const bool wide = options->wide;
	const size_t n = wide ? 7 : 6;
	/* Used memory is total minus available, as in procps 4. */
	const struct amount mem[] = {
		total, amount_minus(total, available), amount_total(snap, MEMCENSUS_S_FREE),
		amount_total(snap, MEMCENSUS_S_SHMEM),
		wide ? buffers : amount_plus(buffers, cache),
		wide ? cache : available, available,
	};
	const struct amount swap[] = {
		swap_total, amount_minus(swap_total, swap_free), swap_free,
	};
	const struct amount both[] = {
		amount_plus(mem[0], swap[0]), amount_plus(mem[1], swap[1]),
		amount_plus(mem[2], swap[2]),
	};
	struct table *table = table_new(command_look(options), out);

	table_column(table, options->raw ? "kind" : "", false);
	table_columns(table, ">total >used >free >shared");
	table_columns(table, wide ? ">buffers >cache >available" : ">buff/cache >available");
	free_row(table, options, "Mem:", mem, n, n, &units);
	free_row(table, options, "Swap:", swap, ARRAY_SIZE(swap), n, &units);
	if (options->totals)
		free_row(table, options, "Total:", both, ARRAY_SIZE(both), n, &units);
	table_finish(table);
}

static void show_breakdown(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct breakdown breakdown = breakdown_of(snap);
	const bool raw = report->options->raw;
	struct figure_row rows[BREAKDOWN_ROWS];
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < BREAKDOWN_ROWS; i++) {
		const struct breakdown_row *row = &breakdown_rows[i];

		if (!raw && !breakdown_shows(&breakdown, i))
			continue;
		rows[n++] = (struct figure_row){
			.name = raw || !row->of ? row->name :
				report_text(report, "  %s", strchr(row->name, '_') + 1),
			.meaning = row->help, .amounts = { breakdown.rows[i] },
			.whole = command_units(&report->view, report->options).whole,
		};
	}
	/* The last one is the sum. */
	REPORT(report,
	       { .title = "All memory, each page counted once", .type = &figure_record,
		 .columns = "figure=Memory 0=Amount part ~meaning", .rows = ROWS(rows, n - !raw),
		 .sum = &rows[n - 1] });
}

static void show_meminfo(const struct view *view, const struct options *options,
			 FILE *out)
{
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	struct table *table = table_new(command_look(options), out);
	size_t i;

	table_columns(table, "Meminfo >Amount");
	for (i = 0; i < snap->n_meminfo; i++) {
		table_row(table);
		table_cell(table, snap->meminfo[i].name);
		if (snap->meminfo[i].bytes)
			cell_bytes(table, snap->meminfo[i].value, &units);
		else
			table_cellf(table, "%" PRIu64, snap->meminfo[i].value);
	}
	table_finish(table);
}

static void system_show(const struct view *view, const struct options *options, FILE *out)
{
	struct report report;

	report_begin(&report, options, view->snap, out);
	show_free(view, options, out);
	show_breakdown(&report);
	if (options->all) {
		figures_report(&report, "Of the census", &bytes_record, NULL, 0);
		if (view->snap->n_meminfo) {
			command_title(options, out,
				      "Not of the census: /proc/meminfo, read right after it");
			show_meminfo(view, options, out);
		}
		figures_report(&report, "Events since boot", &events_record, NULL, 0);
	}
	report_end(&report);
}

static struct amount used_percent(const struct snapshot *snap, unsigned int number)
{
	struct amount total = amount_total(snap, MEMCENSUS_S_TOTAL);
	struct amount used = amount_minus(total, amount_total(snap, MEMCENSUS_S_AVAILABLE));

	(void)number;
	if (!used.known || !total.known || !total.bytes)
		return (struct amount){ false, 0 };
	return (struct amount){ true, (int64_t)(1e5 * used.bytes / total.bytes) };
}

static struct amount swap_used(const struct snapshot *snap, unsigned int free)
{
	return amount_minus(amount_meminfo(snap, "SwapTotal"), amount_total(snap, free));
}

static const struct interval_column system_interval[] = {
	LEVEL("free", "free", MEMCENSUS_S_FREE, "not used for anything"),
	LEVEL("available", "avail", MEMCENSUS_S_AVAILABLE, "available without swapping"),
	LEVEL("used", "used", MEMCENSUS_S_TOTAL, "total minus available",
	      .minus = MEMCENSUS_S_AVAILABLE, .wide = true),
	LEVEL("used_percent", "%used", 0, "used in percent of the total",
	      .get = used_percent, .percent = true),
	LEVEL("buffers", "buff", MEMCENSUS_S_BUFFERS, "cache of block devices"),
	LEVEL("cache", "cache", MEMCENSUS_S_CACHED, "page cache and reclaimable slab",
	      .plus = MEMCENSUS_S_SLAB_RECLAIMABLE),
	LEVEL("dirty", "dirty", MEMCENSUS_S_DIRTY, "to be written back", .wide = true),
	LEVEL("swap_used", "swpd", MEMCENSUS_S_SWAP_FREE, "swap in use", .get = swap_used),
	SWAPPED("swap_in", "si", MEMCENSUS_E_PSWPIN, "KiB swapped in, per second"),
	SWAPPED("swap_out", "so", MEMCENSUS_E_PSWPOUT, "KiB swapped out, per second"),
	KIB_RATE("block_in", "bi", MEMCENSUS_E_PGPGIN_KIB,
		 "KiB read from block devices, per second"),
	KIB_RATE("block_out", "bo", MEMCENSUS_E_PGPGOUT_KIB,
		 "KiB written to block devices, per second"),
	RATE("faults", "flt/s", MEMCENSUS_E_PGFAULT, "page faults, per second",
	     .wide = true),
	RATE("major_faults", "majf", MEMCENSUS_E_PGMAJFAULT,
	     "page faults with I/O, per second"),
	LEVEL("committed", "commit", MEMCENSUS_S_COMMITTED,
	      "committed address space", .wide = true),
	LEVEL("cached", "cached", MEMCENSUS_S_CACHED,
	      "page cache, shared memory included", .wide = true),
	LEVEL("active", "active", MEMCENSUS_S_ACTIVE_ANON, "on the active lists",
	      .plus = MEMCENSUS_S_ACTIVE_FILE, .wide = true),
	LEVEL("inactive", "inact", MEMCENSUS_S_INACTIVE_ANON, "on the inactive lists",
	      .plus = MEMCENSUS_S_INACTIVE_FILE, .wide = true),
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
	{ }
};

static int system_run(struct session *session, struct failure *why)
{
	const struct system_options *own = session->options->own;

	if (own->vm || own->slab)
		return proc_text_run(session, why);
	/* These rows need no walk of any process. */
	return interval_or_one(session, interval_run, MEMCENSUS_PART_SYSTEM, why);
}

static int system_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct system_options *own = options->own;

	return options_interval_without(options, words, n, own->vm ? "vm" :
					own->slab ? "slab" :
					options->all ? "all" : NULL, why);
}

/* The /proc texts of this machine need no census. */
static bool system_needs_source(const struct options *options)
{
	const struct system_options *own = options->own;

	return options->file || !(own->vm || own->slab);
}

static const struct option_entry option_vm = {
	0, "vm", NULL, "the settings in /proc/sys/vm, with their meaning",
	OWN(FLAG, system_options, vm) };
static const struct option_entry option_slabs = {
	0, "slab", NULL, "the slab caches of the kernel, as slabtop",
	OWN(FLAG, system_options, slab) };

static const struct option_use system_uses[] = {
	USE_AS(all, "show every figure"), USE(totals), USE(wide), USE(vm), USE(slabs),
	OPTIONS_OF_SERIES,
	OPTIONS_COMMON,
};

static const struct option_rule system_rules[] = {
	{ .one = &option_vm, .others = { &option_slabs } },
	{ .one = &option_vm, .others = { &option_from, &option_to },
	  .because = "'--at' selects a census" },
	{ .one = &option_slabs, .others = { &option_from, &option_to },
	  .because = "'--at' selects a census" },
	{ }
};

static void breakdown_json(struct json *json, const struct view *view,
			   const struct options *options)
{
	const struct breakdown breakdown = breakdown_of(view->snap);
	unsigned int i;

	(void)options;
	json_open(json, "balance", '{');
	for (i = 0; i < BREAKDOWN_ROWS; i++)
		json_put_known(json, breakdown_rows[i].name, breakdown.rows[i].known,
			       breakdown.rows[i].bytes);
	json_close(json, '}');
}

const struct command system_command = {
	.name = "system",
	.words = system_words,
	.about =
	"Prints the figures of free; 'used' is total minus available. Then it prints where\n"
	"all of MemTotal is, in KiB, each page once: pages that processes map are counted\n"
	"by frames as theirs, so page cache and shared memory are the unmapped parts, and\n"
	"vmalloc excludes kernel stacks. 'unaccounted' is what no counter explains (memory\n"
	"of drivers, network buffers, and each row that is '-'). It can be negative,\n"
	"because counters lag.\n"
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
	"vmalloc, percpu, hugetlb and zswap, and the total of swap.\n"
	"\n"
	"--vm and --slab print figures outside a census: the settings in /proc/sys/vm, and\n"
	"the slab caches of the kernel in /proc/slabinfo, the largest first. They do not\n"
	"need the module; --vm does not need root.\n",
	.options = system_uses,
	.rules = system_rules,
	.own_size = sizeof(struct system_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_SYSTEM,
	.shown = MEMCENSUS_PART_SYSTEM,
	.json = breakdown_json,
	.interval = system_interval,
	.interval_help = interval_help,
	.show = system_show,
	.run = system_run,
	.needs_source = system_needs_source,
};

// SPDX-License-Identifier: GPL-2.0
/* memcensus physical: what each frame of physical memory is used for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "lib/text.h"
#include "model/pages.h"
#include "model/physical.h"
#include "report/figures.h"
#include "report/warnings.h"
#include "tools/physical/blocks.h"
#include "tools/physical/directories.h"
#include "tools/physical/files.h"
#include "wire/file-holders.h"

/* The options of 'physical' alone. */
struct physical_options {
	bool zones;
	bool contiguous;
	bool cgroups;
	enum called_by called;
	bool files;
	bool directories;
	bool holders;
	unsigned int order;
};

/* The largest order of blocks, as the policy of the module has it. */
#define ORDER_MAX	18

#define BIT_OF(name)	(1ULL << MEMCENSUS_FC_##name)
#define MAPPED_CACHE	(BIT_OF(SHMEM) | BIT_OF(FILE))
#define ALL_OF_CACHE	(BIT_OF(SHMEM_UNMAPPED) | BIT_OF(FILE_UNMAPPED) | MAPPED_CACHE)
#define OF_KERNEL	(BIT_OF(KERNEL) | BIT_OF(DEVICE))
/* Never given to the allocator, or taken from it. */
#define UNMANAGED	(BIT_OF(RESERVED) | BIT_OF(ZERO) | BIT_OF(OFFLINE))

/**
 * struct compared - classes that lines of /proc/meminfo count too
 * @name: of the row, and in JSON
 * @lines: that are added up
 * @classes: a bit for each
 * @state: a state instead of classes, or 0
 */
static const struct compared {
	const char *name;
	const char *lines[2];
	uint64_t classes;
	unsigned int state;
} compared[] = {
	{ "MemTotal", { "MemTotal" }, .classes = ~UNMANAGED },
	{ "MemFree", { "MemFree" }, .classes = BIT_OF(FREE) },
	{ "AnonPages", { "AnonPages" }, .classes = BIT_OF(ANON) },
	{ "Cached+Buffers", { "Cached", "Buffers" }, .classes = ALL_OF_CACHE },
	{ "Mapped", { "Mapped" }, .classes = MAPPED_CACHE | BIT_OF(DEVICE) },
	{ "Shmem", { "Shmem" }, .classes = BIT_OF(SHMEM) | BIT_OF(SHMEM_UNMAPPED) },
	{ "Slab", { "Slab" }, .classes = BIT_OF(SLAB) | BIT_OF(LARGE_KMALLOC) },
	{ "PageTables", { "PageTables" }, .classes = BIT_OF(PAGE_TABLES) },
	{ "VmallocUsed+Percpu", { "VmallocUsed", "Percpu" }, .classes = OF_KERNEL },
	{ "Hugetlb", { "Hugetlb" }, .classes = BIT_OF(HUGETLB) | BIT_OF(HUGETLB_FREE) },
	{ "HardwareCorrupted", { "HardwareCorrupted" }, .classes = BIT_OF(POISONED) },
	{ "SwapCached", { "SwapCached" }, .state = MEMCENSUS_FS_SWAP_CACHED },
	{ "Unevictable", { "Unevictable" }, .state = MEMCENSUS_FS_UNEVICTABLE },
	{ "Mlocked", { "Mlocked" }, .state = MEMCENSUS_FS_MLOCKED },
	{ "Dirty", { "Dirty" }, .state = MEMCENSUS_FS_DIRTY },
	{ "Writeback", { "Writeback" }, .state = MEMCENSUS_FS_WRITEBACK },
};

/* The sum over all zones of class or state @number of @type; unknown if a zone has none. */
static struct amount sum_zones(const struct snapshot *snap, const struct row_type *type,
			       unsigned int number)
{
	struct amount sum = { snap->n_physical_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_physical_zones; i++) {
		const struct physical_zone *zone = &snap->physical_zones[i];

		sum = amount_plus(sum, amount_figure(type == &physical_zone_rows ?
						     &zone->classes : &zone->states, number));
	}
	return sum;
}

/* All classes of @bits that the kernel can tell: it counts the frames of others elsewhere. */
static struct amount of_classes(const struct snapshot *snap, uint64_t bits)
{
	struct amount sum = { false, 0 }, one;
	unsigned int i;

	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++) {
		one = sum_zones(snap, &physical_zone_rows, i);
		if (!(bits >> i & 1) || !one.known)
			continue;
		sum.known = true;
		sum.bytes += one.bytes;
	}
	return sum;
}

static struct amount of_lines(const struct snapshot *snap, const struct compared *row)
{
	struct amount sum = amount_meminfo(snap, row->lines[0]);

	return row->lines[1] ? amount_plus(sum, amount_meminfo(snap, row->lines[1])) : sum;
}

static struct amount of_pass(const struct snapshot *snap, const struct compared *row)
{
	return row->state ? sum_zones(snap, &physical_state_rows, row->state) :
			    of_classes(snap, row->classes);
}

/* 0, or -1 and @why if a frame of a zone has no class, or several. */
static int check_sums(const struct snapshot *snap, struct failure *why)
{
	size_t i;
	unsigned int class;

	for (i = 0; i < snap->n_physical_zones; i++) {
		const struct physical_zone *zone = &snap->physical_zones[i];
		uint64_t sum = zone->holes + zone->other_zones;

		for (class = 0; class < FIGURES_MAX; class++)
			if (KNOWN(&zone->classes, class))
				sum += zone->classes.v[class];
		if (sum != zone->spanned)
			return fail(why, FAIL_MALFORMED,
				    "node %llu, zone %.16s: classes and holes are %llu bytes, but it spans %llu: report this",
				    (unsigned long long)zone->node, zone->name,
				    (unsigned long long)sum, (unsigned long long)zone->spanned);
	}
	return 0;
}

/* Of what all of the machine is, and not of a part. */
static bool shows_all(const struct physical_options *own)
{
	return !own->cgroups && !own->files && !own->contiguous;
}

/* In tables, without --all, only what has memory is shown. */
static bool has_memory(const void *about, const void *record)
{
	const struct options *options = about;
	const struct figure_row *row = record;

	return row->name && (options->json || options->all ||
			     row->amounts[0].bytes | row->amounts[1].bytes);
}

/* Each class, of all zones together. */
/* @title: NULL: it is the first table. */
static void report_classes(struct report *report, bool in_table, const char *title)
{
	const struct column_set *set = &physical_zone_rows.figures;
	const struct amount all = of_classes(report->view.snap, ~0ULL);
	struct figure_row *rows = figure_rows_of(set, NULL, 0);
	const struct figure_row sum = {
		.name = "sum", .meaning = "all frames with a struct page",
		.amounts = { all }, .whole = (uint64_t)all.bytes,
	};
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		rows[i].amounts[0] = sum_zones(report->view.snap, &physical_zone_rows, i);
		rows[i].whole = sum.whole;
	}
	REPORT(report,
	       { "classes", SECTION_KEYED, .type = &figure_rows, .sum = &sum,
		 .rows = ROWS(rows, set->n), .filter = has_memory, .about = report->options,
		 .title = in_table ? title : NULL,
		 .columns = in_table ? "figure=Class 0=Amount part ~meaning" : NULL,
		 .members = "figure 0" });
	free(rows);
}

static void show_zones(struct report *report)
{
	const struct column_set *set = &physical_zone_rows.figures;
	const struct snapshot *snap = report->view.snap;
	struct figure_row *rows = NULL, *one;
	size_t z, i, n = 0;

	for (z = 0; z < snap->n_physical_zones; z++) {
		const struct physical_zone *zone = &snap->physical_zones[z];

		one = figure_rows_of(set, (const struct figures *const []){ &zone->classes }, 1);
		for (i = 0; i < set->n; i++) {
			one[i].of = zone;
			one[i].whole = zone->spanned - zone->holes - zone->other_zones;
			rows = array_grow(rows, n, sizeof(*rows));
			rows[n++] = one[i];
		}
		free(one);
	}
	REPORT(report,
	       { .type = &figure_rows, .joins = { JOIN(physical_zone_rows, figure_row, of) },
		 .rows = ROWS(rows, n), .filter = has_memory, .about = report->options,
		 .columns = "node name figure=Class 0=Amount part ~meaning" });
	free(rows);
}

static void report_compared(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	struct figure_row rows[ARRAY_SIZE(compared)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(compared); i++)
		if (!compared[i].state || report->options->json || report->options->all)
			rows[n++] = (struct figure_row){
				.name = compared[i].name,
				.amounts = { of_lines(snap, &compared[i]),
					     of_pass(snap, &compared[i]) },
			};
	REPORT(report,
	       { "compared", SECTION_KEYED, .type = &figure_rows,
		 .title = "Compared with /proc/meminfo, read right after it",
		 .rows = ROWS(rows, n), .filter = has_memory, .about = report->options,
		 .columns = "figure=Meminfo 0=Reported 1=Counted change=Difference",
		 .members = "figure 0=meminfo 1=frames" });
}

static void put_zone(struct report *report, const void *record)
{
	const struct physical_zone *zone = record;

	REPORT(report,
	       { "classes", SECTION_FIGURES, .type = &physical_zone_rows,
		 .rows = ONE_ROW(&zone->classes) },
	       { "states", SECTION_FIGURES, .type = &physical_state_rows,
		 .rows = ONE_ROW(&zone->states) });
}

/* What is about all frames; JSON always has it. */
static void report_all(struct report *report, const struct physical_options *own)
{
	const struct snapshot *snap = report->view.snap;
	/* On a terminal the last table is what one sees. */
	const bool last = !report->options->json && !report->options->raw && !own->zones;

	REPORT(report,
	       { "pass", SECTION_OBJECT, .type = &physical_rows, .rows = ONE_ROW(&snap->physical),
		 .number = { true, (int64_t)snap->seq } },
	       { "module", SECTION_OBJECT, .type = &info_rows, .rows = ONE_ROW(&snap->info) });
	if (last) {
		report_compared(report);
		report_classes(report, true, "All frames, by class");
		return;
	}
	report_classes(report, !own->zones, NULL);
	if (own->zones && !report->options->json)
		show_zones(report);
	report_compared(report);
	REPORT(report,
	       { "zones", .type = &physical_zone_rows, .parts = put_zone,
		 .members = "node name spanned present managed holes other_zones free_blocks" });
}

static void show_physical(const struct view *view, const struct options *options, FILE *out)
{
	const struct physical_options *own = options->own;
	const struct physical *pass = &view->snap->physical;
	struct report report;

	report_begin(&report, options, view->snap, out);
	if (options->json || shows_all(own))
		report_all(&report, own);
	if (own->cgroups)
		REPORT(&report,
		       { "cgroups", .chosen = true,
			 .rows = rows_in(view->snap, &frame_cgroup_rows) });
	if (own->files)
		file_systems_report(&report);
	if (own->directories)
		directories_report(&report);
	else if (own->files)
		files_report(&report);
	if (own->contiguous)
		blocks_report(&report);
	REPORT(&report,
	       { .note = report_text(&report, "\n%" PRIu64 " frames, %" PRIu64
				     " struct pages read in %.1f ms\n", pass->frames, pass->read,
				     (double)pass->wall / 1e6) });
	report_end(&report);
}

/* How many files to request. */
static uint32_t files_asked(const struct options *options)
{
	const struct physical_options *own = options->own;

	if (own->directories)
		return FILES_MAX;
	if (!options->has_top)
		return FILES_SHOWN;
	return options->top && options->top < FILES_MAX ? (uint32_t)options->top : FILES_MAX;
}

static int physical_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct physical_options *own = options->own;
	struct failure refused;
	struct snapshot *snap;
	bool unsearched = false;
	struct view view;
	int ret;

	session->request.command = MEMCENSUS_CMD_PHYSICAL;
	session->request.group_by = own->cgroups || own->contiguous ? MEMCENSUS_BY_CGROUP : 0;
	session->request.order = own->contiguous ? own->order : 0;
	session->request.files = own->files ? files_asked(options) : 0;
	if (session_next(session, &snap, why) != TAKE_DONE) {
		/* In another PID namespace, cgroups are refused, and blocks are not. */
		session->request.group_by = 0;
		refused = *why;
		if (!own->contiguous || session_next(session, &snap, why) != TAKE_DONE)
			return -1;
		fprintf(stderr, "memcensus: who pins is not known: %s\n", refused.text);
	}
	if (own->called)
		called_frames(snap, own->called);
	view = (struct view){ .snap = snap, .numeric = options->numeric };
	ret = check_sums(snap, why);
	if (!ret && own->cgroups && !own->called && !snap->n_frame_cgroups)
		ret = fail(why, FAIL_VERSION,
			   "the module sent no cgroups: load the memcensus.ko of the same release as this reader");
	if (!ret && own->files)
		ret = files_begin(snap, of_classes(snap, ALL_OF_CACHE).bytes, why);
	if (!ret && own->holders) {
		ret = holders_find(session->source, snap, why);
		unsearched = ret > 0;
		ret = ret < 0 ? ret : 0;
	}
	if (!ret && own->contiguous)
		ret = blocks_check(snap, own->order, why);
	if (!ret)
		show_physical(&view, options, session->out);
	if (!ret && own->cgroups) {
		fflush(session->out);
		warnings_of_cgroups(stderr, snap);
	}
	if (!ret && unsearched) {
		fflush(session->out);
		fputs("memcensus: not all processes could be read: holders may be missing\n",
		      stderr);
		session->partial = true;
	}
	snapshot_free(snap);
	return ret;
}

static const struct option_entry option_zones = {
	0, "zones", NULL, "the classes of each zone", OWN(FLAG, physical_options, zones) };

#define CHARGED_COLUMNS	"charged,kernel,anon,file,shmem,unmapped,page_tables,others,shared"

static const struct rows cgroup_rows[] = {
	[CALLED_BY_NONE] = { &frame_cgroup_rows, "cgroup_name," CHARGED_COLUMNS, "charged" },
	[CALLED_BY_CONTAINER] = { &frame_cgroup_rows, "cgroup_name," CHARGED_COLUMNS, "charged" },
	[CALLED_BY_POD] = { &frame_cgroup_rows, "cgroup_name," CHARGED_COLUMNS, "charged" },
	[CALLED_BY_NAMESPACE] = { &frame_cgroup_rows, "namespace," CHARGED_COLUMNS, "charged" },
	[CALLED_BY_IMAGE] = { &frame_cgroup_rows, "image," CHARGED_COLUMNS, "charged" },
};

static int set_physical_by(struct options *options, const char *value, struct failure *why)
{
	struct physical_options *own = options->own;

	own->directories = !strcmp(value, "directory");
	if (!own->directories && (option_groups_by.set(options, value, why) ||
				  options->group_by != MEMCENSUS_BY_CGROUP))
		return fail(why, FAIL_USAGE,
			    "no frames by '%.60s'; there are: cgroup container pod namespace image directory",
			    value);
	own->cgroups = !own->directories;
	own->called = options->called_by;
	options->rows = own->cgroups ? &cgroup_rows[own->called] : &directory_rows;
	/* Its rows are no groups of tasks. */
	options->group_by = 0;
	options->called_by = CALLED_BY_NONE;
	return 0;
}

static int set_files(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	(void)why;
	if (!options->rows)
		options->rows = &file_rows;
	return 0;
}

static int set_order(struct options *options, const char *value, struct failure *why)
{
	struct physical_options *own = options->own;
	uint64_t order;

	if (!text_number(value, strlen(value), &order) || !order || order > ORDER_MAX)
		return fail(why, FAIL_USAGE,
			    "'--order' is 1 to %d, for blocks of 2^N pages, not '%.60s'",
			    ORDER_MAX, value);
	own->order = (unsigned int)order;
	return 0;
}

/* By default, blocks are as large as what a table of page tables maps: huge pages. */
static int physical_words(struct options *options, char **words, int n, struct failure *why)
{
	struct physical_options *own = options->own;
	const long entries = sysconf(_SC_PAGESIZE) / 8;

	if (!own->order)
		while (1L << own->order < entries)
			own->order++;
	if (own->files && own->cgroups)
		return fail(why, FAIL_USAGE,
			    "'--files' and '--by' cannot be combined, except '--by directory'");
	if (own->directories && own->holders)
		return fail(why, FAIL_USAGE, "'--holders' and '--by' cannot be combined");
	if (own->directories)
		own->files = true;
	if (own->holders)
		options->rows = &held_file_rows;
	return options_none(options, words, n, why);
}

static const struct option_entry option_contiguous = {
	0, "contiguous", NULL, "what prevents huge pages, or blocks of --order",
	OWN(FLAG, physical_options, contiguous) };

static const struct option_entry option_by = {
	0, "by", "cgroup|container|pod|namespace|image|directory",
	"who is charged, or directories",
	.set = set_physical_by };

static const struct option_entry option_files = {
	0, "files", NULL, "the page cache by file system and by file",
	OWN(FLAG, physical_options, files), .set = set_files };

static const struct option_entry option_holders = {
	0, "holders", NULL, "with --files: which processes have deleted files open or map them",
	OWN(FLAG, physical_options, holders) };

static const struct option_entry option_order = {
	0, "order", "N", "with --contiguous: blocks of 2^N pages; those of huge pages",
	.set = set_order };

static const struct option_use physical_uses[] = {
	USE_AS(all, "classes without frames, and states"),
	USE(zones), USE(by), USE(files), USE(holders),
	USE_AS(top, "with --files: the N largest files, 16; 0: all"),
	USE(contiguous), USE(order),
	USE(columns), USE(sort), USE(reverse), USE(totals), USE(numeric), USE(output),
	OPTIONS_OF_TABLES
};

static const struct option_rule physical_rules[] = {
	{ .one = &option_contiguous, .others = { &option_zones, &option_all } },
	{ .one = &option_by, .others = { &option_zones, &option_contiguous } },
	{ .one = &option_files,
	  .others = { &option_zones, &option_contiguous, &option_all } },
	{ .one = &option_top, .others = { &option_by, &option_contiguous } },
	{ .one = &option_top, .others = { &option_files }, .needs = "'--files'" },
	{ .one = &option_columns, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_sort, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_reverse, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_totals, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_numeric, .others = { &option_by }, .needs = "'--by'" },
	{ .one = &option_order, .others = { &option_contiguous }, .needs = "'--contiguous'" },
	{ .one = &option_holders, .others = { &option_files }, .needs = "'--files'" },
	{ }
};

const struct command physical_command = {
	.name = "physical",
	.words = physical_words,
	.about =
	"Reads the struct page of each frame of physical memory, and prints a row for each\n"
	"class: free, anonymous, page cache, page tables, slab and so on. Each frame has\n"
	"exactly one class, by the kernel's own flags and types, and all classes and holes\n"
	"together are what the zones span, to the page.\n"
	"\n"
	"Prints what /proc/meminfo says of the same memory, and the difference. MemTotal is\n"
	"everything but what is reserved or offline.\n"
	"\n"
	"With --contiguous, prints how many aligned blocks of the size of a huge page are free,\n"
	"how many can be freed by moving what is in them, and what is unmovable in the\n"
	"others: of each class, the blocks that it is in, those in which it is alone and how\n"
	"much would have to move to gain them. Then a map, a letter a block or several.\n"
	"\n"
	"With --files, prints the page cache by file system, and then the largest files: how\n"
	"much of each is in memory, mapped or not, to be written or being written. No file\n"
	"has to be named, opened or found in a directory. A path is that of a mount here, if\n"
	"there is one; deleted files are marked. Overlay file systems have no page cache of\n"
	"their own: the file is that of the layer. With --holders, also who has a file open or\n"
	"maps it that has no name any more: memfds, deleted files of tmpfs and of disks, and\n"
	"shared anonymous memory (/dev/zero). It goes when the last of them ends.\n"
	"\n"
	"With --by directory, prints the page cache by directory, for many small files: a row\n"
	"has at least 1% of the page cache, what is smaller is in the directory above it.\n"
	"\n"
	"With --by cgroup, prints what each cgroup is charged for, by class, also what no\n"
	"process maps: page cache, pipes, page tables. Slab is charged by object, so its pages\n"
	"are in the row without cgroup. --by container, pod, namespace and image are sums of\n"
	"these rows: a frame is charged to one cgroup.\n"
	"\n"
	"Examples:\n"
	"  memcensus physical -k                                where all of memory is\n"
	"  memcensus physical --by cgroup -k                    who is charged, and for what\n"
	"  memcensus physical --files -k                        the files in the page cache\n"
	"  memcensus physical --by directory -k                 the directories of these\n"
	"  memcensus physical --contiguous -k                   why there are no huge pages\n"
	"  memcensus physical --contiguous --order 18           blocks of 1 GiB\n",
	.options = physical_uses,
	.rules = physical_rules,
	.own_size = sizeof(struct physical_options),
	.further = (const struct further_rows[]){
		{ "--by cgroup", &frame_cgroup_rows },
		{ "the file systems", &frame_system_rows },
		{ "--files", &frame_file_rows }, { "--by directory", &directory_type_rows }, { }
	},
	.run = physical_run,
};

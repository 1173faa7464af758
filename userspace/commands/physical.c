// SPDX-License-Identifier: GPL-2.0
/* memcensus physical: what each frame of physical memory is used for. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/physical-blocks.h"
#include "commands/physical-files.h"
#include "commands/physical-owners.h"
#include "commands/physical-picture.h"
#include "commands/physical-sites.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "model/amount.h"
#include "model/document.h"
#include "model/pages.h"
#include "model/snapshot-json.h"

/* Kinds of kernel frames, and frames of each, that are shown without --all. */
#define KINDS_SHOWN	8
#define FRAMES_SHOWN	3

/* The options of 'physical' alone, and what is read beside the pass. */
struct physical_options {
	bool zones;
	bool contiguous;
	bool cgroups;
	bool files;
	bool picture;
	unsigned int order;
	bool by_owners;
	struct fitting_sites sites;
	struct class_owners owners[OWNED_CLASSES];
};

/* The largest order of blocks, as the policy of the module has it. */
#define ORDER_MAX	18

#define BIT_OF(name)	(1ULL << MEMCENSUS_FC_##name)
#define MAPPED_CACHE	(BIT_OF(SHMEM) | BIT_OF(FILE))
#define ALL_OF_CACHE	(BIT_OF(SHMEM_UNMAPPED) | BIT_OF(FILE_UNMAPPED) | MAPPED_CACHE)
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
	{ "Mapped", { "Mapped" }, .classes = MAPPED_CACHE },
	{ "Shmem", { "Shmem" }, .classes = BIT_OF(SHMEM) | BIT_OF(SHMEM_UNMAPPED) },
	{ "Slab", { "Slab" }, .classes = BIT_OF(SLAB) | BIT_OF(LARGE_KMALLOC) },
	{ "PageTables", { "PageTables" }, .classes = BIT_OF(PAGE_TABLES) },
	{ "VmallocUsed+Percpu", { "VmallocUsed", "Percpu" }, .classes = BIT_OF(KERNEL) },
	{ "Hugetlb", { "Hugetlb" }, .classes = BIT_OF(HUGETLB) | BIT_OF(HUGETLB_FREE) },
	{ "HardwareCorrupted", { "HardwareCorrupted" }, .classes = BIT_OF(POISONED) },
	{ "SwapCached", { "SwapCached" }, .state = MEMCENSUS_FS_SWAP_CACHED },
	{ "Unevictable", { "Unevictable" }, .state = MEMCENSUS_FS_UNEVICTABLE },
	{ "Mlocked", { "Mlocked" }, .state = MEMCENSUS_FS_MLOCKED },
	{ "Dirty", { "Dirty" }, .state = MEMCENSUS_FS_DIRTY },
	{ "Writeback", { "Writeback" }, .state = MEMCENSUS_FS_WRITEBACK },
	{ "Active(anon)", { "Active(anon)" }, .state = MEMCENSUS_FS_ACTIVE_ANON },
	{ "Inactive(anon)", { "Inactive(anon)" }, .state = MEMCENSUS_FS_INACTIVE_ANON },
	{ "Active(file)", { "Active(file)" }, .state = MEMCENSUS_FS_ACTIVE_FILE },
	{ "Inactive(file)", { "Inactive(file)" }, .state = MEMCENSUS_FS_INACTIVE_FILE },
};

/* Bits of linux/kernel-page-flags.h. */
static const char *const flag_words[] = {
	"locked", "error", "referenced", "uptodate", "dirty", "lru", "active", "slab",
	"writeback", "reclaim", "buddy", "mmap", "anonymous", "swapcache", "swapbacked",
	"compound_head", "compound_tail", "huge", "unevictable", "hwpoison", "nopage", "ksm",
	"thp", "offline", "zero_page", "idle", "pgtable",
	[32] = "reserved", "mlocked", "owner_2", "private", "private_2", "owner_private", "arch",
	"uncached", "softdirty", "arch_2", "arch_3",
};

/* Bits MEMCENSUS_FRAME_MARK_*. */
static const char *const mark_words[] = {
	"charged", "unreferenced", "tail", "mapped", "mapping", "changed",
};
_Static_assert((1U << ARRAY_SIZE(mark_words)) - 1 == MEMCENSUS_FRAME_MARK_ALL,
	       "a mark has no word");

/* The sum over all zones of class or state @number of @type; unknown if a zone has none. */
static struct amount of_zones(const struct snapshot *snap, const struct record_type *type,
			      unsigned int number)
{
	struct amount sum = { snap->n_physical_zones > 0, 0 };
	size_t i;

	for (i = 0; i < snap->n_physical_zones; i++) {
		const struct physical_zone *zone = &snap->physical_zones[i];

		sum = amount_plus(sum, amount_figure(type == &physical_zone_record ?
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
		one = of_zones(snap, &physical_zone_record, i);
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
	return row->state ? of_zones(snap, &physical_state_record, row->state) :
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

/* Adds the cells of class @column: its amount, its part, its meaning. */
static void class_cells(struct table *table, const struct options *options,
			const struct column *column, struct amount amount, int64_t whole,
			const struct units *units)
{
	const struct units percent = { .percent = true, .whole = (uint64_t)whole };

	table_cell(table, column->name);
	cell_amount(table, amount, units);
	cell_amount(table, amount, &percent);
	if (!options->raw)
		table_cell(table, column->help);
}

static void show_classes(const struct view *view, const struct options *options, FILE *out)
{
	const struct column_set *set = &physical_zone_record.figures;
	const struct units units = command_units(view, options);
	const struct amount all = of_classes(view->snap, ~0ULL);
	struct table *table = table_new(command_look(options), out);
	struct amount amount;
	unsigned int i;

	table_columns(table, "Class >Amount >Part");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (i = 0; i < set->n; i++) {
		amount = of_zones(view->snap, &physical_zone_record, i);
		if (!set->columns[i].name || (!options->all && !amount.bytes))
			continue;
		table_row(table);
		class_cells(table, options, &set->columns[i], amount, all.bytes, &units);
	}
	if (!options->raw) {
		const struct column sum = {
			.name = "sum", .help = "all frames with a struct page",
		};

		table_total_row(table);
		class_cells(table, options, &sum, all, all.bytes, &units);
	}
	table_finish(table);
}

static void show_zones(const struct view *view, const struct options *options, FILE *out)
{
	const struct column_set *set = &physical_zone_record.figures;
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	struct table *table = table_new(command_look(options), out);
	struct amount amount;
	unsigned int i;
	size_t z;

	table_columns(table, ">Node Zone Class >Amount >Part");
	if (!options->raw)
		table_column_text(table, "Meaning");
	for (z = 0; z < snap->n_physical_zones; z++) {
		const struct physical_zone *zone = &snap->physical_zones[z];
		int64_t whole = (int64_t)(zone->spanned - zone->holes - zone->other_zones);

		for (i = 0; i < set->n; i++) {
			amount = amount_figure(&zone->classes, i);
			if (!set->columns[i].name || (!options->all && !amount.bytes))
				continue;
			table_row(table);
			table_cellf(table, "%" PRIu64, zone->node);
			table_cell(table, zone->name);
			class_cells(table, options, &set->columns[i], amount, whole, &units);
		}
	}
	table_finish(table);
}

static void show_compared(const struct view *view, const struct options *options, FILE *out)
{
	const struct units units = command_units(view, options);
	struct table *table = table_new(command_look(options), out);
	struct amount line, pass;
	size_t i;

	table_columns(table, "Meminfo >Says >Counted >Difference");
	for (i = 0; i < ARRAY_SIZE(compared); i++) {
		line = of_lines(view->snap, &compared[i]);
		pass = of_pass(view->snap, &compared[i]);
		if (!options->all && (compared[i].state || (!line.bytes && !pass.bytes)))
			continue;
		table_row(table);
		table_cell(table, compared[i].name);
		cell_amount(table, line, &units);
		cell_amount(table, pass, &units);
		cell_amount(table, amount_minus(pass, line), &units);
	}
	table_finish(table);
}

/* Fills the next cell with the words of @bits, or - if none is set. */
static void cell_words(struct table *table, const char *const *words, size_t n, uint64_t bits)
{
	char *text;
	size_t size, i;
	FILE *out = xopen_memstream(&text, &size);
	const char *between = "";

	for (i = 0; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		if (i < n && words[i])
			fprintf(out, "%s%s", between, words[i]);
		else
			fprintf(out, "%sbit%zu", between, i);
		between = ",";
	}
	xfclose(out);
	table_cell(table, size ? text : NULL);
	free(text);
}

static void cell_frames(struct table *table, const struct numbers *frames, size_t most)
{
	char *text;
	size_t size, i;
	FILE *out = xopen_memstream(&text, &size);

	for (i = 0; i < frames->n && i < most; i++)
		fprintf(out, "%s0x%" PRIx64, i ? "," : "", frames->v[i]);
	xfclose(out);
	table_cell(table, size ? text : NULL);
	free(text);
}

static void show_kinds(const struct view *view, const struct options *options, FILE *out)
{
	const struct column *columns = kernel_frames_record.fields.columns;
	const struct units units = command_units(view, options);
	const struct snapshot *snap = view->snap;
	struct table *table = table_new(command_look(options), out);
	size_t i, n = snap->n_kernel_frames;

	table_columns(table, ">Node Zone Class >Amount >Order Flags Marks First");
	for (i = 0; i < n && (options->all || i < KINDS_SHOWN); i++) {
		const struct kernel_frames *kind = &snap->kernel_frames[i];

		table_row(table);
		cell_column(table, &columns[MEMCENSUS_KF_NODE], view, kind, &units);
		cell_column(table, &columns[MEMCENSUS_KF_ZONE], view, kind, &units);
		cell_column(table, &columns[MEMCENSUS_KF_CLASS], view, kind, &units);
		cell_column(table, &columns[MEMCENSUS_KF_BYTES], view, kind, &units);
		cell_column(table, &columns[MEMCENSUS_KF_ORDER], view, kind, &units);
		cell_words(table, flag_words, ARRAY_SIZE(flag_words), kind->flags);
		cell_words(table, mark_words, ARRAY_SIZE(mark_words), kind->marks);
		cell_frames(table, &kind->first_frames, options->all ? SIZE_MAX : FRAMES_SHOWN);
	}
	table_finish(table);
	if (!options->raw && i < n)
		fprintf(out, "%zu more kinds: --all\n", n - i);
	if (!options->raw && snap->physical.left_out)
		fprintf(out, "%" PRIu64 " KiB in further kinds, which the module left out\n",
			snap->physical.left_out >> 10);
}

static void show_cost(const struct physical *pass, const struct options *options, FILE *out)
{
	if (!options->raw)
		fprintf(out, "\n%" PRIu64 " frames, %" PRIu64 " struct pages read in %.1f ms\n",
			pass->frames, pass->read, (double)pass->wall / 1e6);
}

/* Call sites are beside all classes of the machine. */
static bool shows_sites(const struct physical_options *own)
{
	return !own->cgroups && !own->files && !own->contiguous && !own->by_owners;
}

/* The classes that the kernel tells apart, a bit for each. */
static uint64_t known_classes(const struct snapshot *snap)
{
	uint64_t known = 0;
	unsigned int i;

	for (i = MEMCENSUS_FC_PAD + 1; i <= MEMCENSUS_FC_MAX; i++)
		if (of_zones(snap, &physical_zone_record, i).known)
			known |= 1ULL << i;
	return known;
}

static void physical_show(const struct view *view, const struct options *options, FILE *out)
{
	const struct physical_options *own = options->own;
	const struct physical *pass = &view->snap->physical;

	if (own->cgroups) {
		command_records(view, options, records_in(view->snap, &frame_cgroup_record),
				options->totals, out);
		show_cost(pass, options, out);
		return;
	}
	if (own->by_owners) {
		owners_show(own->owners, view, options, out);
		show_cost(pass, options, out);
		return;
	}
	if (own->files) {
		files_show(view, options, out);
		show_cost(pass, options, out);
		return;
	}
	if (own->contiguous) {
		blocks_show(view, options, out);
		show_cost(pass, options, out);
		return;
	}
	if (own->zones)
		show_zones(view, options, out);
	else
		show_classes(view, options, out);
	command_title(options, out, "Beside /proc/meminfo, read right after it");
	show_compared(view, options, out);
	command_title(options, out, "Frames of the kernel without a type, by kind");
	show_kinds(view, options, out);
	sites_show(&own->sites, view, options, of_classes(view->snap, BIT_OF(KERNEL)), out);
	show_cost(pass, options, out);
}

/* JSON */

static void put_set(struct json *json, const char *key, const struct column_set *set,
		    const struct view *view, const void *record)
{
	unsigned int i;

	if (key)
		json_open(json, key, '{');
	for (i = 0; i < set->n; i++)
		if (set->columns[i].name && set->columns[i].kind != KIND_NEST)
			json_column(json, &set->columns[i], view, record);
	if (key)
		json_close(json, '}');
}

static void put_zone(struct json *json, const struct view *view,
		     const struct physical_zone *zone)
{
	json_open(json, NULL, '{');
	put_set(json, NULL, &physical_zone_record.fields, view, zone);
	put_set(json, "classes", &physical_zone_record.figures, view, zone);
	put_set(json, "states", &physical_state_record.figures, view, zone);
	json_close(json, '}');
}

static void put_words(struct json *json, const char *key, const char *const *words, size_t n,
		      uint64_t bits)
{
	size_t i;

	json_open(json, key, '[');
	for (i = 0; i < n; i++)
		if (bits >> i & 1 && words[i])
			json_put_string(json, NULL, words[i]);
	json_close(json, ']');
}

static void put_kind(struct json *json, const struct view *view,
		     const struct kernel_frames *kind)
{
	const struct column *columns = kernel_frames_record.fields.columns;
	size_t i;

	json_open(json, NULL, '{');
	json_column(json, &columns[MEMCENSUS_KF_NODE], view, kind);
	json_column(json, &columns[MEMCENSUS_KF_ZONE], view, kind);
	json_column(json, &columns[MEMCENSUS_KF_CLASS], view, kind);
	json_column(json, &columns[MEMCENSUS_KF_BYTES], view, kind);
	json_column(json, &columns[MEMCENSUS_KF_TYPE], view, kind);
	json_column(json, &columns[MEMCENSUS_KF_ORDER], view, kind);
	put_words(json, "flags", flag_words, ARRAY_SIZE(flag_words), kind->flags);
	put_words(json, "marks", mark_words, ARRAY_SIZE(mark_words), kind->marks);
	json_open(json, "first_frames", '[');
	for (i = 0; i < kind->first_frames.n; i++)
		json_put_unsigned(json, NULL, kind->first_frames.v[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static void put_compared(struct json *json, const struct snapshot *snap,
			 const struct compared *row)
{
	struct amount line = of_lines(snap, row), pass = of_pass(snap, row);

	json_open(json, row->name, '{');
	json_put_known(json, "meminfo", line.known, line.bytes);
	json_put_known(json, "frames", pass.known, pass.bytes);
	json_close(json, '}');
}

static void physical_json(const struct view *view, const struct options *options, FILE *out)
{
	const struct physical_options *own = options->own;
	const struct snapshot *snap = view->snap;
	struct json json = { .out = out };
	struct amount amount;
	size_t i;

	document_open(&json, "physical");
	json_open(&json, "pass", '{');
	json_put_unsigned(&json, "seq", snap->seq);
	put_set(&json, NULL, &physical_record.fields, view, &snap->physical);
	json_close(&json, '}');
	json_open(&json, "module", '{');
	put_set(&json, NULL, &info_record.fields, view, &snap->info);
	json_close(&json, '}');
	json_open(&json, "classes", '{');
	for (i = 0; i < physical_zone_record.figures.n; i++) {
		amount = of_zones(snap, &physical_zone_record, i);
		if (physical_zone_record.figures.columns[i].name)
			json_put_known(&json, physical_zone_record.figures.columns[i].name,
				       amount.known, amount.bytes);
	}
	json_close(&json, '}');
	json_open(&json, "compared", '{');
	for (i = 0; i < ARRAY_SIZE(compared); i++)
		put_compared(&json, snap, &compared[i]);
	json_close(&json, '}');
	json_open(&json, "zones", '[');
	for (i = 0; i < snap->n_physical_zones; i++)
		put_zone(&json, view, &snap->physical_zones[i]);
	json_close(&json, ']');
	json_open(&json, "kernel_frames", '[');
	for (i = 0; i < snap->n_kernel_frames; i++)
		put_kind(&json, view, &snap->kernel_frames[i]);
	json_close(&json, ']');
	if (shows_sites(own))
		sites_json(&json, &own->sites, options);
	if (own->by_owners)
		owners_json(&json, own->owners);
	if (own->cgroups)
		command_json_records(&json, "cgroups", view, options,
				     records_in(snap, &frame_cgroup_record));
	if (own->files)
		files_json(&json, view, options);
	if (snap->n_frame_blocks)
		blocks_json(&json, view);
	json_close(&json, '}');
}

/* What the pass says of the classes that have owners, and what a census after it says of these. */
static int read_owners(struct session *session, const struct snapshot *snap,
		       struct class_owners *owners, struct failure *why)
{
	owners[OWNED_ANON].mapped = of_classes(snap, BIT_OF(ANON));
	owners[OWNED_ANON].unmapped = of_classes(snap, BIT_OF(ANON_UNMAPPED) |
						 BIT_OF(ANON_TAILS) | BIT_OF(SWAP_CACHE));
	owners[OWNED_FILE].mapped = of_classes(snap, BIT_OF(FILE));
	owners[OWNED_FILE].unmapped = of_classes(snap, BIT_OF(FILE_UNMAPPED));
	owners[OWNED_SHMEM].mapped = of_classes(snap, BIT_OF(SHMEM));
	owners[OWNED_SHMEM].unmapped = of_classes(snap, BIT_OF(SHMEM_UNMAPPED));
	return owners_take(session, owners, why);
}

/* How many files to request. */
static uint32_t files_asked(const struct options *options)
{
	if (!options->has_top)
		return FILES_SHOWN;
	return options->top && options->top < FILES_MAX ? (uint32_t)options->top : FILES_MAX;
}

static int physical_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	struct physical_options *own = options->own;
	struct snapshot *snap;
	struct view view;
	int ret;

	session->request.physical = true;
	session->request.group_by = own->cgroups ? MEMCENSUS_BY_CGROUP : 0;
	session->request.order = own->contiguous ? own->order : 0;
	session->request.files = own->files ? files_asked(options) : 0;
	if (session_next(session, &snap, why) != TAKE_DONE)
		return -1;
	view = (struct view){ .snap = snap, .numeric = options->numeric };
	if (shows_sites(own))
		sites_begin(&own->sites, known_classes(snap),
			    pages_size(snap) ?: (uint64_t)sysconf(_SC_PAGESIZE));
	ret = check_sums(snap, why);
	if (!ret && own->cgroups && !snap->n_frame_cgroups)
		ret = fail(why, FAIL_VERSION,
			   "the module sent no cgroups: load the memcensus.ko of the same release as this reader");
	if (!ret && own->by_owners)
		ret = read_owners(session, snap, own->owners, why);
	if (!ret && own->files)
		ret = files_begin(snap, of_classes(snap, ALL_OF_CACHE).bytes, why);
	if (!ret && own->contiguous)
		ret = blocks_check(snap, own->order, why);
	if (!ret && own->picture)
		physical_picture(&view, session->out);
	else if (!ret && options->json)
		physical_json(&view, options, session->out);
	else if (!ret)
		physical_show(&view, options, session->out);
	if (own->files)
		files_end(snap);
	sites_end(&own->sites);
	snapshot_free(snap);
	return ret;
}

static const struct option_entry option_zones = {
	0, "zones", NULL, "the classes of each zone", OWN(FLAG, physical_options, zones) };

static const struct rows cgroup_rows = {
	&frame_cgroup_record,
	"cgroup_path,charged,anon,file,shmem,unmapped,page_tables,kernel,shared", "charged"
};

static int set_by(struct options *options, const char *value, struct failure *why)
{
	struct physical_options *own = options->own;

	own->cgroups = !strcmp(value, "cgroup");
	own->by_owners = !strcmp(value, "owners");
	if (!own->cgroups && !own->by_owners)
		return fail(why, FAIL_USAGE, "no frames by '%.60s'; there are: cgroup owners",
			    value);
	options->rows = own->cgroups ? &cgroup_rows : NULL;
	return 0;
}

static int set_files(struct options *options, const char *value, struct failure *why)
{
	(void)value;
	(void)why;
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
	if (own->by_owners && (options->columns || options->sort || options->reverse ||
			       options->totals || options->numeric || options->all))
		return fail(why, FAIL_USAGE,
			    "'--by owners' takes no columns, order, totals, --numeric and --all");
	return options_none(options, words, n, why);
}

static const struct option_entry option_contiguous = {
	0, "contiguous", NULL, "what is in the way of huge pages, or of blocks of --order",
	OWN(FLAG, physical_options, contiguous) };

static const struct option_entry option_by = {
	0, "by", "cgroup|owners", "the cgroups that frames are charged to, or how many map them",
	.set = set_by };

static const struct option_entry option_files = {
	0, "files", NULL, "the page cache by file system and by file",
	OWN(FLAG, physical_options, files), .set = set_files };

static const struct option_entry option_order = {
	0, "order", "N", "with --contiguous: blocks of 2^N pages; those of huge pages",
	.set = set_order };

static const struct option_entry option_picture = {
	0, "picture", NULL, "with --contiguous: an SVG, a point a block; -o FILE keeps it",
	OWN(FLAG, physical_options, picture) };

static const struct option_use physical_uses[] = {
	USE_AS(all, "classes without frames, states, all kinds and their first frames"),
	USE(zones), USE(by), USE(files),
	USE_AS(top, "the N largest call sites, 10; with --files: files, 20; 0: all that can be"),
	USE(contiguous), USE(order), USE(picture),
	USE(columns), USE(sort), USE(reverse), USE(totals), USE(numeric), USE(output),
	OPTIONS_OF_TABLES
};

static const struct option_rule physical_rules[] = {
	{ .one = &option_contiguous, .others = { &option_zones, &option_all } },
	{ .one = &option_by, .others = { &option_zones, &option_contiguous } },
	{ .one = &option_files,
	  .others = { &option_zones, &option_contiguous, &option_by, &option_all } },
	{ .one = &option_top, .others = { &option_by, &option_contiguous } },
	{ .one = &option_columns, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_sort, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_reverse, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_totals, .others = { &option_by, &option_files },
	  .needs = "'--by' or '--files'" },
	{ .one = &option_numeric, .others = { &option_by }, .needs = "'--by'" },
	{ .one = &option_picture, .others = { &option_json, &option_raw } },
	{ .one = &option_order, .others = { &option_contiguous }, .needs = "'--contiguous'" },
	{ .one = &option_picture, .others = { &option_contiguous }, .needs = "'--contiguous'" },
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
	"Prints the frames that the kernel has allocated without saying what for, and those\n"
	"that fit no class ('remainder'), by kind, largest first: the order of the compound\n"
	"pages, page flags, and the numbers of the first frames. 'charged': to a cgroup.\n"
	"\n"
	"Where the kernel counts allocations (/proc/allocinfo), prints the call sites that hold\n"
	"whole pages, largest first, without those whose pages have another class. Some may\n"
	"hold kmalloc() memory of whole pages: that is slab or large_kmalloc.\n"
	"\n"
	"With --contiguous, prints how many aligned blocks of the size of a huge page are free,\n"
	"how many can be freed by moving what is in them, and what is in the way in the\n"
	"others: of each class, the blocks that it is in, those in which it is alone and how\n"
	"much would have to move to gain them. Then a map, a letter a block or several;\n"
	"--picture draws the same as SVG, a point a block.\n"
	"\n"
	"With --files, prints the page cache by file system, and then the largest files: how\n"
	"much of each is in memory, mapped or not, to be written or being written. No file\n"
	"has to be named, opened or found in a directory. A path is that of a mount here, if\n"
	"there is one; deleted files are marked. Overlay file systems have no page cache of\n"
	"their own: the file is that of the layer.\n"
	"\n"
	"With --by cgroup, prints what each cgroup is charged for, by class, also what no\n"
	"process maps: page cache, pipes, page tables. Slab is charged by object, so its pages\n"
	"are in the row without cgroup.\n"
	"\n"
	"With --by owners, takes a census of all processes too, and prints how much of anonymous\n"
	"memory, page cache of files and shmem has one owner, two, three to nine, or more.\n"
	"\n"
	"Examples:\n"
	"  memcensus physical -k                                where all of memory is\n"
	"  memcensus physical --by cgroup -k                    who is charged, and for what\n"
	"  memcensus physical --files -k                        the files in the page cache\n"
	"  memcensus physical --contiguous -k                   why there are no huge pages\n"
	"  memcensus physical --contiguous --picture -o map.svg the same as a picture\n"
	"  memcensus physical --contiguous --order 18           blocks of 1 GiB\n",
	.options = physical_uses,
	.rules = physical_rules,
	.own_size = sizeof(struct physical_options),
	.run = physical_run,
};

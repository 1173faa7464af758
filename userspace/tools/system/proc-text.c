// SPDX-License-Identifier: GPL-2.0
/*
 * The texts of /proc that 'system --vm' and 'system --slab' show without a census: the
 * settings of memory management, /proc/sys/vm, and the slab caches of the kernel,
 * /proc/slabinfo.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/memory.h"
#include "model/pages.h"
#include "os/proc-texts.h"
#include "os/procfs.h"
#include "report/report.h"
#include "tools/system/proc-text.h"

#define NAME_SIZE	64

static const struct vm_setting {
	const char *name;
	const char *help;
} vm_settings[] = {
	{ "overcommit_memory",
	  "0: refuse obvious overcommits; 1: promise all; 2: keep to CommitLimit" },
	{ "overcommit_ratio", "with 2: percent of memory in CommitLimit, in addition to all swap" },
	{ "overcommit_kbytes", "the same in KiB; 0: the ratio counts" },
	{ "swappiness",
	  "0 to 200: the higher, the sooner anonymous memory goes before page cache" },
	{ "page-cluster", "swap in 2^N pages at once" },
	{ "vfs_cache_pressure",
	  "100: inodes and dentries are given up as page cache is; more: sooner" },
	{ "min_free_kbytes", "KiB kept free: the min watermarks of all zones" },
	{ "watermark_scale_factor",
	  "from min to low, and to high, in 1/10000 of a zone, at the least" },
	{ "watermark_boost_factor",
	  "how far fragmentation raises the watermarks, in 1/10000 of high" },
	{ "lowmem_reserve_ratio", "1/N of the zones above is kept free in each zone below" },
	{ "percpu_pagelist_high_fraction",
	  "1/N of a zone may lie in lists of CPUs; 0: by the low watermark" },
	{ "zone_reclaim_mode", "0: take from another node before reclaiming on this one" },
	{ "min_unmapped_ratio", "percent of unmapped page cache that node reclaim leaves" },
	{ "min_slab_ratio", "percent of slab that node reclaim leaves" },
	{ "dirty_background_ratio",
	  "percent of available memory dirty: write back in the background" },
	{ "dirty_background_bytes", "the same in bytes; 0: the ratio counts" },
	{ "dirty_ratio", "percent of available memory dirty: writers wait" },
	{ "dirty_bytes", "the same in bytes; 0: the ratio counts" },
	{ "dirty_expire_centisecs", "1/100 s after which dirty pages are written back" },
	{ "dirty_writeback_centisecs", "1/100 s between two searches for such pages; 0: never" },
	{ "compaction_proactiveness", "0 to 100: how hard to compact in advance" },
	{ "compact_unevictable_allowed", "1: locked pages may be moved too" },
	{ "extfrag_threshold",
	  "in 1/1000: below it reclaim, above it compact for a large block" },
	{ "nr_hugepages", "hugetlb pages of the default size in the pool" },
	{ "nr_overcommit_hugepages", "how many more may be taken when they run out" },
	{ "max_map_count", "most mappings of one process" },
	{ "mmap_min_addr", "lowest address that may be mapped" },
	{ "admin_reserve_kbytes", "KiB kept from promises for root" },
	{ "user_reserve_kbytes", "with overcommit 2: KiB kept for each user" },
	{ "oom_kill_allocating_task", "1: kill the allocating task, not the largest" },
	{ "oom_dump_tasks", "1: the log lists all processes when memory runs out" },
	{ "panic_on_oom",
	  "0: end a process; 1: panic, but not for a cgroup or cpuset; 2: panic" },
	{ "stat_interval", "seconds between two updates of counters, by which meminfo may lag" },
	{ "unprivileged_userfaultfd",
	  "1: unprivileged tasks may handle page faults of the kernel" },
};

/**
 * struct setting - a row
 * @value: its text
 * @number: what that is, if @is_number
 */
struct setting {
	const char *name;
	const char *help;
	const char *value;
	bool is_number;
	int64_t number;
};

DERIVED(setting_number, setting, sign, row->number, row->is_number)

static const struct column setting_columns[] = {
	MEMBER(setting, "name", "Setting", name, TEXT, "its name"),
	MEMBER(setting, "value", "Value", value, TEXT, "its value"),
	MEMBER(setting, "help", "Meaning", help, TEXT, "what it means"),
	{ "number", .kind = KIND_COUNT, .sign = true, .derive = setting_number },
};

static const struct row_type setting_rows = ROWS_OF("setting", setting_columns);

/* Finds the value in the line "@name VALUE" of @text; or NULL. */
static const char *find_setting(struct report *report, const char *text, const char *name)
{
	const size_t len = strlen(name);
	char *value, *c;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncmp(text, name, len) || text[len] != ' ')
			continue;
		value = (char *)report_text(report, "%.*s", (int)strcspn(text + len + 1, "\n"),
					    text + len + 1);
		for (c = value; *c; c++)
			if (*c == '\t')
				*c = ' ';
		return value;
	}
	return NULL;
}

static void show_settings(struct report *report, const char *text)
{
	struct setting rows[ARRAY_SIZE(vm_settings)], *row;
	size_t i, n = 0;
	char *end;

	for (i = 0; i < ARRAY_SIZE(vm_settings); i++) {
		row = &rows[n];
		row->name = vm_settings[i].name;
		row->help = vm_settings[i].help;
		row->value = find_setting(report, text, row->name);
		/* Some kernels lack some settings. */
		if (!row->value)
			continue;
		errno = 0;
		row->number = strtoll(row->value, &end, 10);
		row->is_number = *row->value && !*end && !errno;
		n++;
	}
	REPORT(report,
	       { "vm", SECTION_KEYED, .type = &setting_rows, .rows = ROWS(rows, n),
		 .columns = "name:1 >value:1 ~help", .members = "name number|value" });
}

/**
 * struct slab - a slab cache
 * @active, @objects: objects in use, and all that its slabs hold
 * @object_size: bytes of each
 * @bytes: of all its slabs
 */
struct slab {
	char name[NAME_SIZE];
	uint64_t active;
	uint64_t objects;
	uint64_t object_size;
	uint64_t per_slab;
	uint64_t slabs;
	uint64_t bytes;
};

/* Parses a line of slabinfo; false for the two header lines and malformed ones. */
static bool slab_parse(struct slab *slab, const char *line, uint64_t page_size)
{
	uint64_t pages;
	const char *data = strstr(line, ": slabdata");

	if (*line == '#' || !data ||
	    sscanf(line, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   slab->name, &slab->active, &slab->objects, &slab->object_size,
		   &slab->per_slab, &pages) != 6 ||
	    sscanf(data, ": slabdata %*u %" SCNu64, &slab->slabs) != 1)
		return false;
	slab->bytes = slab->slabs * pages * page_size;
	return true;
}

static int larger_first(const void *a, const void *b)
{
	const struct slab *x = a, *y = b;

	return COMPARE(y->bytes, x->bytes) ?: strcmp(x->name, y->name);
}

/* The caches in @text, @n of them, largest first; the caller frees them. */
static struct slab *read_slabs(const char *text, uint64_t page_size, size_t *n)
{
	char *copy = xstrdup(text), *rest = copy, *line;
	struct slab *slabs = NULL;

	*n = 0;
	while ((line = strsep(&rest, "\n"))) {
		slabs = array_grow(slabs, *n, sizeof(*slabs));
		*n += slab_parse(&slabs[*n], line, page_size);
	}
	free(copy);
	qsort(slabs, *n, sizeof(*slabs), larger_first);
	return slabs;
}

DERIVED(slab_name, slab, text, row->name, true)
DERIVED(slab_use, slab, ratio, 100 * row->active / (row->objects ?: 1), row->objects)

static const struct column slab_columns[] = {
	{ "name", "Name", "its name", .kind = KIND_TEXT, .derive = slab_name },
	MEMBER(slab, "objects", "Objects", objects, COUNT, "all that its slabs hold"),
	MEMBER(slab, "active", "Active", active, COUNT, "objects in use"),
	MEMBER(slab, "object_size", "Size", object_size, COUNT, "bytes of each"),
	MEMBER(slab, "slabs", "Slabs", slabs, COUNT, "its slabs"),
	MEMBER(slab, "per_slab", "Obj/Slab", per_slab, COUNT, "objects in each"),
	MEMBER(slab, "bytes", "Cache", bytes, BYTES, "of all its slabs"),
	{ "use", "Use", "part of the objects in use", .kind = KIND_PERCENT, .format = "%.0f%%",
	  .derive = slab_use },
};

static const struct row_type slab_rows = ROWS_OF("slab cache", slab_columns);

static void show_slabs(struct report *report, const char *text, uint64_t page_size)
{
	struct slab *slabs;
	size_t n;

	slabs = read_slabs(text, page_size, &n);
	REPORT(report,
	       { "slabs", .type = &slab_rows, .rows = ROWS(slabs, n),
		 .columns = "objects active use object_size slabs per_slab bytes name:1",
		 .members = "name objects active object_size slabs per_slab bytes" });
	free(slabs);
}

/*
 * Returns the last census of a record; without a source, a snapshot with only the
 * current /proc text.
 */
static struct snapshot *read_proc_text(struct session *session, unsigned int bit,
				       struct failure *why)
{
	struct snapshot *snap = NULL, *next;
	enum taken taken;

	if (!session->source) {
		snap = snapshot_new();
		proc_texts_read(snap, bit);
		return snap;
	}
	session->request.parts = MEMCENSUS_PART_SYSTEM;
	while ((taken = session_next(session, &next, why)) == TAKE_DONE) {
		snapshot_free(snap);
		snap = next;
	}
	if (taken == TAKE_END)
		return snap;
	snapshot_free(snap);
	return NULL;
}

/* Returns -1; @why gives the reason why there is no text. */
static int no_text(const struct session *session, const char *path,
		   const char *option, struct failure *why)
{
	FILE *file;

	if (session->source)
		return fail(why, FAIL_REFUSED,
			    "the record has no /proc/%s: record it with 'memcensus record FILE%s', as root",
			    path, option);
	file = procfs_open(path, why);
	if (!file)
		return -1;
	fclose(file);
	return fail(why, FAIL_SYSTEM, "cannot read /proc/%s", path);
}

static void show_text(struct session *session, const struct snapshot *snap, const char *text)
{
	const struct options *options = session->options;
	const struct system_options *own = options->own;
	struct report report;

	report_begin(&report, options, snap, session->out);
	/* The text is of this time, or of a census. */
	REPORT(&report,
	       { "scan", snap->seq ? SECTION_OBJECT : SECTION_NULL, .type = &scan_rows,
		 .rows = ONE_ROW(&snap->scan), .members = "realtime_ns boottime_ns",
		 .number = { true, (int64_t)snap->seq } });
	if (own->vm)
		show_settings(&report, text);
	else
		show_slabs(&report, text, page_size_of(snap) ?: (uint64_t)sysconf(_SC_PAGESIZE));
	report_end(&report);
}

int proc_text_run(struct session *session, struct failure *why)
{
	const struct system_options *own = session->options->own;
	struct snapshot *snap;
	const char *text;
	int ret = 0;

	snap = read_proc_text(session, own->vm ? PROC_TEXTS_BIT_VM :
						     PROC_TEXTS_BIT_SLABINFO, why);
	if (!snap)
		return -1;
	text = proc_texts_find(snap, own->vm ? PROC_TEXTS_VM : PROC_TEXTS_SLABINFO);
	if (!text)
		ret = no_text(session, own->vm ? "sys/vm" : "slabinfo",
			      own->vm ? "" : " --slab", why);
	else if (own->vm || *text)
		show_text(session, snap, text);
	else
		ret = fail(why, FAIL_SYSTEM, "/proc/slabinfo is empty");
	snapshot_free(snap);
	return ret;
}

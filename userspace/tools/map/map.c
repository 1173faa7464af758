// SPDX-License-Identifier: GPL-2.0
/* memcensus map: the mappings of a process. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/subtree.h"
#include "lib/text.h"
#include "os/pagemap.h"
#include "report/show.h"
#include "tools/map/pages.h"

static const char *name_of_map(struct report *report, uint64_t pid)
{
	const struct task *task = task_of(report->view.snap, pid);
	const char *name = task && KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : NULL;

	return report_text(report, "%" PRIu64 ":   %s\n", pid, report_name(report, name));
}

/* The mappings of each process, which are adjacent. */
static void show_mappings(struct report *report)
{
	const struct snapshot *snap = report->view.snap;
	const struct vma *vmas = snap->vmas;
	size_t i, n;

	for (i = 0; i < snap->n_vmas; i += n) {
		for (n = 1; i + n < snap->n_vmas && vmas[i + n].pid == vmas[i].pid; n++)
			;
		REPORT(report,
		       { .title = i ? "" : NULL, .note = name_of_map(report, vmas[i].pid) },
		       { .chosen = true, .rows = ROWS(vmas + i, n),
			 .totals = !report->options->raw });
	}
}

/* Fields in the order of smaps; the columns have their names. */
static const unsigned int smaps_figures[] = {
	MEMCENSUS_F_RSS, MEMCENSUS_F_PSS, MEMCENSUS_F_PSS_DIRTY,
	MEMCENSUS_F_SHARED_CLEAN, MEMCENSUS_F_SHARED_DIRTY,
	MEMCENSUS_F_PRIVATE_CLEAN, MEMCENSUS_F_PRIVATE_DIRTY,
	MEMCENSUS_F_REFERENCED, MEMCENSUS_F_ANON, MEMCENSUS_F_KSM,
	MEMCENSUS_F_LAZYFREE, MEMCENSUS_F_ANON_THP, MEMCENSUS_F_SHMEM_THP,
	MEMCENSUS_F_FILE_THP, MEMCENSUS_F_SHARED_HUGETLB,
	MEMCENSUS_F_PRIVATE_HUGETLB, MEMCENSUS_F_SWAP, MEMCENSUS_F_SWAP_PSS,
	MEMCENSUS_F_LOCKED,
};

static void put_smaps_line(FILE *out, const char *name, bool known,
			   uint64_t bytes)
{
	char label[32];

	snprintf(label, sizeof(label), "%s:", name);
	if (known)
		fprintf(out, "%-16s%8" PRIu64 " kB\n", label, bytes >> 10);
	else
		fprintf(out, "%-16s%8s\n", label, "-");
}

/* Prints the line of /proc/PID/maps. */
static void put_maps_line(FILE *out, const struct vma *vma)
{
	char *name, *mode = text_printable(KNOWN(vma, MEMCENSUS_VMA_MODE) ? vma->mode : "----");
	int n;

	n = fprintf(out, "%08" PRIx64 "-%08" PRIx64 " %s %08" PRIx64, vma->start, vma->end, mode,
		    vma->offset);
	free(mode);
	n += fprintf(out, " %02" PRIx64 ":%02" PRIx64 " %" PRIu64 " ",
		     vma->dev_major, vma->dev_minor, vma->inode);
	if (KNOWN(vma, MEMCENSUS_VMA_NAME)) {
		name = text_printable(vma->name);
		fprintf(out, "%*s%s", n < 73 ? 73 - n : 0, "", name);
		free(name);
	}
	putc('\n', out);
}

static void put_smaps(FILE *out, const struct vma *vma)
{
	char *flags = text_printable(KNOWN(vma, MEMCENSUS_VMA_FLAGS) ? vma->flags : "-");
	bool sized = KNOWN(vma, MEMCENSUS_VMA_PAGE_SIZE);
	size_t i;

	put_maps_line(out, vma);
	put_smaps_line(out, "Size", true, vma->end - vma->start);
	put_smaps_line(out, "KernelPageSize", sized, vma->page_size);
	put_smaps_line(out, "MMUPageSize", sized, vma->page_size);
	for (i = 0; i < ARRAY_SIZE(smaps_figures); i++) {
		unsigned int figure = smaps_figures[i];

		put_smaps_line(out, vma_rows.figures.columns[figure].kernel,
			       KNOWN(&vma->figures, figure),
			       vma->figures.v[figure]);
	}
	if (KNOWN(vma, MEMCENSUS_VMA_PKEY))
		fprintf(out, "ProtectionKey:  %8" PRIu64 "\n", vma->pkey);
	fprintf(out, "VmFlags: %s ", flags);
	putc('\n', out);
	free(flags);
}

static void map_sections(struct report *report)
{
	const struct map_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;
	size_t i;

	REPORT(report,
	       { "tasks", .type = &task_rows },
	       { "vmas", .chosen = report->options->json });
	if (own->pages) {
		if (snap->n_tasks)
			REPORT(report, { .note = name_of_map(report, snap->tasks[0].pid) });
		pages_report(report);
	} else if (own->smaps && !report->options->json) {
		for (i = 0; i < snap->n_vmas; i++)
			put_smaps(report->out, &snap->vmas[i]);
	} else {
		show_mappings(report);
	}
}

static const struct option_entry option_smaps = {
	0, "smaps", NULL, "every figure in the form of /proc/PID/smaps",
	OWN(FLAG, map_options, smaps) };
static const struct option_entry option_pages = {
	0, "pages", NULL, "where the pages of one process are: exclusive, shared, in swap",
	OWN(FLAG, map_options, pages) };
static const struct option_entry option_range = {
	0, "range", "START-END", "pages: only these addresses, as in /proc/PID/maps",
	.set = pages_range };

/* One address space has one set of pages. */
static int map_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct map_options *own = options->own;

	if ((n || !subtree_given(options)) && options_pids(options, words, n, why))
		return -1;
	if (subtree_words(options, why))
		return -1;
	if (own->pages && options->n_pids > 1)
		return fail(why, FAIL_USAGE, "'--pages' shows one process, not %zu",
			    options->n_pids);
	return 0;
}

static const struct option_use map_uses[] = {
	USE_AS(cgroup, "the processes of this cgroup and of those below it"),
	USE_AS(tree, "these processes and their descendants"),
	USE(columns), USE(all), USE(sort), USE(reverse), USE(basis), USE(smaps),
	USE(pages), USE(range),
	OPTIONS_COMMON,
};

static const struct option_rule map_rules[] = {
	{ .one = &option_pages, .others = { &option_columns, &option_all, &option_sort,
					    &option_reverse, &option_smaps },
	  .because = "it has its own rows" },
	{ .one = &option_pages, .others = { &option_cgroup, &option_tree },
	  .because = "it shows one process" },
	{ .one = &option_pages, .others = { &option_basis },
	  .because = "it reads how often a page is mapped" },
	{ .one = &option_pages, .others = { &option_file },
	  .because = "a record does not have the pages" },
	{ .one = &option_range, .others = { &option_pages }, .needs = "'--pages'" },
	{ }
};

static int add_pages(struct session *session, struct snapshot *snap, struct failure *why)
{
	const struct map_options *own = session->options->own;

	return pagemap_read(snap, own->start, own->end ?: UINT64_MAX, why);
}

static int map_run(struct session *session, struct failure *why)
{
	const struct map_options *own = session->options->own;

	session->by_subtree = subtree_given(session->options) && session->source->ops->live;
	return show_census(session, own->pages ? add_pages : NULL, why);
}

const struct command map_command = {
	.name = "map",
	.words = map_words,
	.about =
	"Prints a row for each mapping, sorted by address, in KiB, and a total (not with\n"
	"--raw). Owners are counted by map count, as in smaps, unless --basis or a column\n"
	"needs frames: counting frames walks every process.\n"
	"\n"
	"--cgroup PATH instead of PIDs prints the mappings of the processes of a cgroup and\n"
	"of those below it, --tree PID those of a process and its descendants.\n"
	"\n"
	"--pages prints where the pages of one process are: of each mapping how much is\n"
	"mapped, exclusive, huge and in swap, and a picture of up to 32 letters. A letter\n"
	"stands for pages of Each KiB, and says what most of them are: E exclusive, S shared,\n"
	"W in swap; small if less than half of them are there; '.' none. It reads pagemap of\n"
	"this process (proc(5)), which needs CAP_SYS_ADMIN. Exclusive is a page that is mapped\n"
	"once, by its map count: a page that the process maps twice is not, so the sum may be\n"
	"less than the USS. Pages of shared memory in swap are in no page table: '.'.\n",
	.options = map_uses,
	.rules = map_rules,
	.own_size = sizeof(struct map_options),
	.basis = MEMCENSUS_BASIS_MAPCOUNT,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
	.rows = ROWS_MAP,
	.sections = map_sections,
	.run = map_run,
	.last = true,
};

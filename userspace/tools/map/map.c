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

static void map_sections(struct report *report)
{
	const struct map_options *own = report->options->own;
	const struct snapshot *snap = report->view.snap;

	REPORT(report,
	       { "tasks", .type = &task_rows },
	       { "vmas", .chosen = report->options->json });
	if (own->pages) {
		if (snap->n_tasks)
			REPORT(report, { .note = name_of_map(report, snap->tasks[0].pid) });
		pages_report(report);
	} else {
		show_mappings(report);
	}
}

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

	if (options_processes(options, words, n, why))
		return -1;
	if (own->pages && options->n_pids > 1)
		return fail(why, FAIL_USAGE, "'--pages' shows one process, not %zu",
			    options->n_pids);
	return 0;
}

static const struct option_use map_uses[] = {
	USE(pid), USE_CGROUPS, USE(tree), USE(columns), USE(all), USE(sort), USE(reverse),
	USE(pages), USE(range),
	OPTIONS_COMMON,
};

static const struct option_rule map_rules[] = {
	{ .one = &option_pages, .others = { &option_columns, &option_all, &option_sort,
					    &option_reverse },
	  .because = "it has its own rows" },
	{ .one = &option_pages, .others = { &option_cgroup, &option_tree },
	  .because = "it shows one process" },
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
	"--raw). A page that several mappings of a process have is in the USS and PSS of the\n"
	"first of them only, so that they add up. Owners are counted over all processes, unless\n"
	"no column needs them.\n"
	"\n"
	"--cgroup PATH instead of PIDs prints the mappings of the processes of a cgroup and\n"
	"of those below it, --tree PID those of a process and its descendants.\n"
	"\n"
	"--pages prints where the pages of one process are, a row for neighbours of one kind:\n"
	"exclusive, shared, or in swap. It reads pagemap of this process (proc(5)), which needs\n"
	"CAP_SYS_ADMIN. Exclusive is a page that is mapped once, by its map count: a page that\n"
	"the process maps twice is not, so the sum may be less than the USS. Pages of shared\n"
	"memory in swap are in no page table, and not here.\n",
	.options = map_uses,
	.rules = map_rules,
	.own_size = sizeof(struct map_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
	.rows = ROWS_MAP,
	.sections = map_sections,
	.run = map_run,
	.last = true,
};

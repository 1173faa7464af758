// SPDX-License-Identifier: GPL-2.0
/* memcensus map: the mappings of a process. */
#include <inttypes.h>
#include <stdlib.h>

#include "commands/commands.h"
#include "commands/pages.h"
#include "commands/smaps.h"
#include "lib/text.h"

static void put_title(const struct snapshot *snap, uint64_t pid, FILE *out)
{
	const struct task *task = task_of(snap, pid);
	char *name = text_printable(task && KNOWN(task, MEMCENSUS_TASK_COMM) ? task->comm : "-");

	fprintf(out, "%" PRIu64 ":   %s\n", pid, name);
	free(name);
}

/* Prints the mappings of each process, which are adjacent. */
static void show_mappings(const struct view *view, const struct options *options, FILE *out)
{
	const struct snapshot *snap = view->snap;
	const struct vma *vmas = snap->vmas;
	size_t i, n;

	for (i = 0; i < snap->n_vmas; i += n) {
		for (n = 1; i + n < snap->n_vmas && vmas[i + n].pid == vmas[i].pid; n++)
			;
		if (i)
			putc('\n', out);
		if (!options->raw)
			put_title(snap, vmas[i].pid, out);
		command_records(view, options, records_of(vmas + i, n, sizeof(*vmas)),
				!options->raw, out);
	}
}

static void map_show(const struct view *view, const struct options *options, FILE *out)
{
	const struct map_options *own = options->own;
	const struct snapshot *snap = view->snap;

	if (own->smaps) {
		smaps_show(snap, out);
	} else if (own->pages) {
		if (!options->raw && snap->n_tasks)
			put_title(snap, snap->tasks[0].pid, out);
		pages_show(view, options, out);
	} else {
		show_mappings(view, options, out);
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

	if (options_pids(options, words, n, why))
		return -1;
	if (own->pages && options->n_pids > 1)
		return fail(why, FAIL_USAGE, "'--pages' shows one process, not %zu",
			    options->n_pids);
	return 0;
}

static const struct option_use map_uses[] = {
	USE(columns), USE(all), USE(sort), USE(reverse), USE(basis), USE(smaps),
	USE(pages), USE(range),
	OPTIONS_COMMON,
};

static const struct option_rule map_rules[] = {
	{ .one = &option_pages, .others = { &option_columns, &option_all, &option_sort,
					    &option_reverse, &option_smaps },
	  .because = "it has its own rows" },
	{ .one = &option_pages, .others = { &option_basis },
	  .because = "who else maps a page is counted by frames" },
	{ .one = &option_pages, .others = { &option_file },
	  .because = "a record does not have the pages" },
	{ .one = &option_range, .others = { &option_pages }, .needs = "'--pages'" },
	{ }
};

static int map_prepare(struct session *session, struct failure *why)
{
	const struct map_options *own = session->options->own;

	(void)why;
	session->request.pages = own->pages;
	session->request.pages_start = own->start;
	session->request.pages_end = own->end;
	return 0;
}

const struct command map_command = {
	.name = "map",
	.words = map_words,
	.about =
	"Prints a row for each mapping, sorted by address, in KiB, and a total (not with\n"
	"--raw). Owners are counted by map count, as in smaps, unless --basis or a column\n"
	"needs frames: counting frames walks every process.\n",
	.options = map_uses,
	.rules = map_rules,
	.own_size = sizeof(struct map_options),
	.prepare = map_prepare,
	.basis = MEMCENSUS_BASIS_MAPCOUNT,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_VMAS,
	.rows = ROWS_MAP,
	.show = map_show,
};

// SPDX-License-Identifier: GPL-2.0
/* memcensus diff: changes between two records. */
#include <stdlib.h>
#include <string.h>

#include "cli/subtree.h"
#include "record/source-file.h"
#include "report/changes.h"
#include "report/warnings.h"

/**
 * struct diff - two censuses
 * @before, @after: owned
 * @changes: between them
 */
struct diff {
	struct snapshot *before;
	struct snapshot *after;
	struct changes changes;
};

/**
 * struct diff_options - the options of 'diff' alone
 * @other: the second record, or NULL; the first is options.file
 * @window: the two censuses that it compares; SELECTION_ALL: not given
 */
struct diff_options {
	const char *other;
	struct window window;
};

static int diff_words(struct options *options, char **words, int n,
		      struct failure *why)
{
	struct diff_options *own = options->own;

	const bool by_option = options->file;

	if (n + by_option < 1 || n + by_option > 2)
		return fail(why, FAIL_USAGE, "'diff' needs one record, or two");
	own->other = n + by_option > 1 ? words[n - 1] : NULL;
	if (!by_option)
		options->file = words[0];
	if (!strcmp(options->file, "-") && (!own->other || !strcmp(own->other, "-")))
		return fail(why, FAIL_USAGE, "stdin can be read only once");
	/* diff_run() opens the records itself. */
	options->no_source = true;
	return 0;
}

/* Takes one census of the record @path. */
static int take_snapshot_at(struct session *session, struct snapshot **snap, const char *path,
			    struct selection selection, struct failure *why)
{
	const struct request request = {
		.parts = MEMCENSUS_PART_TASKS,
		.totals = true,
		.any_groups = true,
	};
	struct source *source;
	enum taken taken;

	source = source_open_file(path, selection, why);
	if (!source)
		return -1;
	*snap = snapshot_new();
	taken = source->ops->take(source, &request, *snap, why);
	session->partial |= source->damaged;
	source->ops->close(source);
	if (taken == TAKE_DONE)
		subtree_narrow(session, *snap);
	return taken == TAKE_DONE ? 0 : -1;
}

static void show_diff(const struct diff *diff, const struct options *options, FILE *out)
{
	const struct changes *changes = &diff->changes;
	const bool last = !options->json && !options->raw;
	struct report report;

	report_begin(&report, options, diff->after, out);
	report_window(&report, diff->before, diff->after);
	/* On a terminal the last table is what one sees. */
	if (last)
		changes_report(changes, 0, &report);
	REPORT(&report,
	       { "tasks", .chosen = true, .rows = ROWS(changes->rows, changes->n_rows),
		 .title = last ? "Processes" : NULL,
		 .filter = options->json ? NULL : change_tells });
	if (!last)
		changes_report(changes, 0, &report);
	report_end(&report);
}

/* Fails if both censuses are the same. */
static int check_pair(const struct diff *diff, struct failure *why)
{
	const struct scan *a = &diff->before->scan, *b = &diff->after->scan;

	if (diff->before->seq == diff->after->seq && a->realtime == b->realtime)
		return fail(why, FAIL_USAGE,
			    "both names mean the same census: nothing to compare");
	return 0;
}

/* Warns if the censuses are hard to compare. */
static void warn_of_pair(const struct diff *diff)
{
	if (diff->changes.two_boots)
		fputs("memcensus: the records are of two boots: no process is in both\n",
		      stderr);
}

static int diff_run(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct diff_options *own = options->own;
	const char *other = own->other ? own->other : options->file;
	struct selection from = { .kind = own->other ? SELECTION_LAST : SELECTION_FIRST };
	struct selection to = { .kind = SELECTION_LAST };
	struct diff diff = { 0 };
	int ret;

	if (own->window.from.kind != SELECTION_ALL)
		from = own->window.from;
	if (own->window.to.kind != SELECTION_ALL)
		to = own->window.to;
	ret = take_snapshot_at(session, &diff.before, options->file, from, why) ||
	      take_snapshot_at(session, &diff.after, other, to, why) ||
	      check_pair(&diff, why) ||
	      (!diff.before->n_tasks && subtree_found(options, diff.after, why)) ? -1 : 0;
	if (!ret) {
		diff.changes.any_order = true;
		diff.changes.before = diff.before;
		diff.changes.after = diff.after;
		changes_find(&diff.changes);
		warn_of_pair(&diff);
		show_diff(&diff, options, session->out);
		fflush(session->out);
		session->partial |= warnings_of_tasks(stderr, diff.before);
		session->partial |= warnings_of_tasks(stderr, diff.after);
	}
	snapshot_free(diff.before);
	snapshot_free(diff.after);
	changes_free(&diff.changes);
	return ret;
}

static const struct option_entry option_before = {
	0, "from", "CENSUS", "the first census: number, time, -10m, first, last",
	OWN(SELECTION, diff_options, window.from) };
static const struct option_entry option_after = {
	0, "to", "CENSUS", "the second census, of the second record if there are two",
	OWN(SELECTION, diff_options, window.to) };

static const struct option_use diff_uses[] = {
	USE(columns), USE(all), USE(sort), USE(reverse),
	USE(totals), USE(numeric), USE_CGROUPS, USE(tree),
	USE_AS(file, "the first record, or the only one, as without -f"),
	USE(before), USE(after), USE(output),
	OPTIONS_OF_TABLES,
};

const struct command diff_command = {
	.name = "diff",
	.words = diff_words,
	.about =
	"Compares the last censuses of two records, or the first and the last census of\n"
	"one record. --from and --to select other censuses, by number or time.\n"
	"\n"
	"Prints a row for each process whose USS, PSS, RSS or swap changed by 1 KiB or more, and\n"
	"for each new or ended process; the amounts are the changes in KiB. The largest change of\n"
	"PSS and swap is the last row. Processes with the same PID and start time are the same\n"
	"process, unless the machine has booted between the two. For a new process all its memory\n"
	"counts as growth, for an ended one as shrinkage. '-' means that a figure is unknown in one\n"
	"of the two, because the process was busy. Then it prints the cgroups, PSS and swap of their\n"
	"processes and, of records by cgroup (-g), what is charged to each and to those below it,\n"
	"also to those without a process, and the totals of the system that changed. Of two boots,\n"
	"those with the same path are the same cgroup. What was charged to one that was removed may\n"
	"be charged to the one above it now: '-'.\n"
	"\n"
	"--cgroup PATH selects the processes of a cgroup and of those below it. A process\n"
	"that is in another one in one of the two is 'moved', and counts as new or ended.\n"
	"\n"
	"With -J, \"from\" and \"to\" of \"window\" are the two censuses.\n",
	.options = diff_uses,
	.own_size = sizeof(struct diff_options),
	.rows = { &change_rows, "pid,user,comm,change,swap,uss,pss,rss", "size" },
	.run = diff_run,
};

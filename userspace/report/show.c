// SPDX-License-Identifier: GPL-2.0
/* Takes and shows a census, or several at an interval. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/subtree.h"
#include "model/format.h"
#include "report/changes.h"
#include "report/show.h"
#include "report/report.h"
#include "report/warnings.h"

static bool show_warnings(const struct options *options, const struct snapshot *snap)
{
	/* A record may have more than what is shown of it. */
	if (options->parts && !(options->parts & MEMCENSUS_PART_TASKS))
		return warnings_of_system(stderr, snap);
	return options->command->rows.type ? warnings_print(stderr, snap) :
					     warnings_of_sums(stderr, snap);
}

/**
 * struct series - what is shown of a series of censuses
 * @before: the census before; NULL: there is none
 * @rows: tables have shown
 * @last: rows of the last one
 */
struct series {
	struct table_kept kept;
	struct snapshot *before;
	uint64_t rows;
	uint64_t last;
};

/* Whether a header precedes the next table. */
static bool header_is_due(const struct series *series, const struct options *options)
{
	struct winsize size;

	if (!series->rows)
		return true;
	if (options->raw || !isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 4)
		return false;
	return series->rows % (size.ws_row - 2) < series->last;
}

/* One table has the time of a census in its rows, several have it above them. */
static void begin_in_series(struct report *report, struct series *series, char *stamp)
{
	const struct snapshot *snap = report->view.snap, *before = series->before;

	report_window(report, before && changes_one_boot(before, snap) ? before : NULL, snap);
	time_text(stamp, time_of(&snap->scan), report->options->raw);
	if (report->options->command->rows.type || report->options->raw) {
		report->stamp = stamp;
		report->kept = &series->kept;
		report->no_header = !header_is_due(series, report->options);
	} else if (!report->options->json) {
		fprintf(report->out, "%s%s\n\n", series->rows ? "\n" : "", stamp);
	}
}

/* Shows one census, and prints its warnings.  @series: NULL: it is alone. */
static void show_one(struct session *session, const struct snapshot *snap, struct series *series)
{
	const struct options *options = session->options;
	char stamp[TIME_SIZE];
	struct report report;

	report_begin_line(&report, options, snap, session->out, series);
	REPORT(&report, { .name = "scan", .shape = SECTION_SCAN });
	if (series)
		begin_in_series(&report, series, stamp);
	options->command->sections(&report);
	report_end(&report);
	if (series) {
		series->last = report.rows;
		series->rows += report.rows;
	}
	/* Print the table before the warnings: both may go to one terminal. */
	fflush(session->out);
	session->partial |= show_warnings(options, snap);
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command line%s did not come in time: shown as -\n",
			session->missed, session->missed == 1 ? "" : "s");
	if (session->missed_nodes)
		fprintf(stderr,
			"memcensus: numa_maps of %zu process%s could not be read: shown as -\n",
			session->missed_nodes, session->missed_nodes == 1 ? "" : "es");
	session->partial |= session->missed || session->missed_nodes;
	session->missed_nodes = 0;
	session->missed = 0;
}

static int show_in(struct series *series, struct session *session, struct snapshot *snap,
		   refine_fn *refine, struct failure *why)
{
	int ret;

	/* Of the processes that the program chose, some have ended. */
	if (session->pids)
		snapshot_drop_gone(snap);
	ret = subtree_found(session->options, snap, why);
	if (!ret && refine)
		ret = refine(session, snap, why);
	if (!ret)
		show_one(session, snap, series);
	if (ret || !series) {
		snapshot_free(snap);
		return ret;
	}
	snapshot_free(series->before);
	series->before = snap;
	return 0;
}

static int show_series(struct session *session, refine_fn *refine, struct failure *why)
{
	const bool live = session->source->ops->live;
	struct series series = { };
	enum taken taken = TAKE_DONE;
	struct snapshot *snap;
	bool shown;

	while (taken == TAKE_DONE) {
		taken = session_next(session, &snap, why);
		if (taken == TAKE_DONE && show_in(&series, session, snap, refine, why))
			taken = TAKE_FAILED;
		/* A later census of a record may have some. */
		if (taken == TAKE_FAILED && why->kind == FAIL_NO_PROCESS && !live)
			taken = TAKE_DONE;
	}
	shown = series.before;
	free(series.kept.widths);
	snapshot_free(series.before);
	if (taken == TAKE_END)
		return shown || why->kind == FAIL_NONE ? 0 : -1;
	if (!shown || why->kind != FAIL_NO_PROCESS)
		return -1;
	fprintf(stderr, "memcensus: nothing is left: %s\n", why->text);
	return 0;
}

int show_census(struct session *session, refine_fn *refine, struct failure *why)
{
	struct snapshot *snap;
	enum taken taken;

	if (command_series(session->options))
		return show_series(session, refine, why);
	taken = session_next(session, &snap, why);
	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	return show_in(NULL, session, snap, refine, why);
}

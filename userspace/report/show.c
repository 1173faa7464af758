// SPDX-License-Identifier: GPL-2.0
/* Takes and shows a census. */
#include "cli/subtree.h"
#include "report/show.h"
#include "report/report.h"
#include "report/warnings.h"

bool show_warnings(const struct options *options, const struct snapshot *snap)
{
	/* A record may have more than what is shown of it. */
	if (options->parts && !(options->parts & MEMCENSUS_PART_TASKS))
		return warnings_of_system(stderr, snap);
	return options->command->rows.type ? warnings_print(stderr, snap) :
					     warnings_of_sums(stderr, snap);
}

void show_sections(const struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	struct report report;

	report_begin_line(&report, options, snap, session->out, command_series(options));
	REPORT(&report, { .name = "scan", .shape = SECTION_SCAN });
	options->command->sections(&report);
	report_end(&report);
}

/* Shows one census, and prints its warnings. */
static void show_one(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;

	show_sections(session, snap);
	/* Print the table before the warnings: both may go to one terminal. */
	fflush(session->out);
	if (session->taken == 1 && options->bound)
		fprintf(stderr, "memcensus: %s is known on the %s basis only: using it\n",
			options->bound->name, basis_words[options->bound->basis]);
	session->partial |= show_warnings(options, snap);
	if (options->parts & MEMCENSUS_PART_TASK_NODES)
		session->partial |= warnings_nodes(stderr, snap);
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command line%s did not come in time: %s\n",
			session->missed, session->missed == 1 ? "" : "s", session->missed_means ?
			session->missed_means : "shown as -");
	session->partial |= session->missed;
	session->missed = 0;
}

int show_taken(struct session *session, struct snapshot *snap, refine_fn *refine,
	       struct failure *why)
{
	int ret;

	/* Of the processes that the program chose, some have ended. */
	if (session->pids)
		snapshot_drop_gone(snap);
	ret = subtree_found(session->options, snap, why);
	if (!ret && refine)
		ret = refine(session, snap, why);
	if (!ret)
		show_one(session, snap);
	snapshot_free(snap);
	return ret;
}

int show_census(struct session *session, refine_fn *refine, struct failure *why)
{
	struct snapshot *snap;
	const enum taken taken = session_next(session, &snap, why);

	if (taken != TAKE_DONE)
		return taken == TAKE_FAILED ? -1 : 0;
	return show_taken(session, snap, refine, why);
}

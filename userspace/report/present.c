// SPDX-License-Identifier: GPL-2.0
/* Takes and shows the censuses of a command that has no run() of its own. */
#include "cli/subtree.h"
#include "report/present.h"
#include "report/report.h"
#include "report/show.h"
#include "report/snapshot-json.h"
#include "report/warnings.h"

bool present_warnings(const struct options *options, const struct snapshot *snap)
{
	/* A record may have more than what is shown of it. */
	if (options->parts && !(options->parts & MEMCENSUS_PART_TASKS))
		return warnings_of_system(stderr, snap);
	return options->command->rows.type ? warnings_print(stderr, snap) :
					     warnings_of_sums(stderr, snap);
}

void present_sections(const struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	struct report report;

	report_begin_line(&report, options, snap, session->out, command_series(options));
	REPORT(&report, { .name = "scan", .shape = SECTION_SCAN });
	options->command->sections(&report);
	report_end(&report);
}

/* Shows one census, and prints its warnings. */
static void present(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;

	present_sections(session, snap);
	/* Print the table before the warnings: both may go to one terminal. */
	fflush(session->out);
	if (session->taken == 1 && options->bound)
		fprintf(stderr, "memcensus: %s is known on the %s basis only: using it\n",
			options->bound->name, basis_words[options->bound->basis]);
	session->partial |= present_warnings(options, snap);
	if (options->parts & MEMCENSUS_PART_TASK_NODES)
		session->partial |= warnings_nodes(stderr, snap);
	if (session->missed)
		fprintf(stderr, "memcensus: %zu command line%s did not come in time: %s\n",
			session->missed, session->missed == 1 ? "" : "s", session->missed_means ?
			session->missed_means : "shown as -");
	session->partial |= session->missed;
	session->missed = 0;
}

/* Takes the next census; drops processes that the program chose and that have ended. */
static enum taken take_first_snapshot(struct session *session, struct snapshot **snap,
				      struct failure *why)
{
	const struct command *command = session->options->command;
	enum taken taken;

	if (command->prepare && command->prepare(session, why))
		return TAKE_FAILED;
	taken = session_next(session, snap, why);
	if (taken == TAKE_DONE && session->pids)
		snapshot_drop_gone(*snap);
	return taken;
}

int present_censuses(struct session *session, struct failure *why)
{
	const struct command *command = session->options->command;
	struct snapshot *snap;
	enum taken taken;
	int ret = 0;

	while (!ret && (taken = take_first_snapshot(session, &snap, why)) == TAKE_DONE) {
		if (session->taken > 1 && !session->options->json)
			command_title(session->options, session->out, NULL);
		ret = subtree_found(session->options, snap, why);
		if (!ret && command->refine)
			ret = command->refine(session, snap, why);
		if (!ret)
			present(session, snap);
		snapshot_free(snap);
	}
	return ret || taken == TAKE_FAILED ? -1 : 0;
}

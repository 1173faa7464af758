// SPDX-License-Identifier: GPL-2.0
/* Shows censuses as the tables of a command or as JSON. */
#include "cli/subtree.h"
#include "report/present.h"
#include "report/report.h"
#include "report/show.h"
#include "report/snapshot-json.h"
#include "report/warnings.h"

uint32_t present_parts(const struct options *options)
{
	return options->command->parts_of ? options->command->parts_of(options) :
					    options->command->parts;
}

uint32_t present_requested(const struct options *options)
{
	const uint32_t parts = present_parts(options), more = command_parts(options);

	return more ? (parts ? parts : REQUEST_DEFAULT_PARTS) | more : parts;
}

/* The parts in JSON: without those requested only to make groups and sums. */
static uint32_t shown_parts(const struct options *options)
{
	uint32_t parts = present_parts(options);

	if (!parts)
		return REQUEST_DEFAULT_PARTS;
	if (options->command->shown)
		parts = options->command->shown;
	if (options->group_by || options->rows)
		parts &= ~MEMCENSUS_PART_TASKS;
	if (options->rows)
		parts &= ~(MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES);
	return parts;
}

static void present_json(const struct session *session, const struct view *view)
{
	const struct options *options = session->options;
	const struct record_type *type = command_rows(options)->type;
	struct listing listing;
	const struct json_parts what = {
		.options = options,
		.parts = shown_parts(options),
		.type = type ? type : &task_record,
		.listing = &listing,
		.totals = options->totals,
		.line = command_series(options),
	};

	if (type)
		command_arrange(&listing, view, options, records_in(view->snap, type));
	else
		listing_fill(&listing, view, records_in(view->snap, what.type));
	snapshot_json(session->out, view->snap, &what);
	listing_free(&listing);
}

bool present_warnings(const struct options *options, const struct snapshot *snap)
{
	const uint32_t shown = options->command->shown, parts = present_parts(options);

	/* A record may have more than what is shown of it. */
	if (parts && !(parts & MEMCENSUS_PART_TASKS))
		return warnings_of_system(stderr, snap);
	return shown && !(shown & MEMCENSUS_PART_TASKS) ? warnings_of_sums(stderr, snap) :
							  warnings_print(stderr, snap);
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

/* Prints one census as a table or JSON, and its warnings. */
static void present(struct session *session, const struct snapshot *snap)
{
	const struct options *options = session->options;
	const struct view view = { .snap = snap, .numeric = options->numeric };
	FILE *out = session->out;

	if (options->command->sections)
		present_sections(session, snap);
	else if (options->json)
		present_json(session, &view);
	else
		options->command->show(&view, options, out);
	/* Print the table before the warnings: both may go to one terminal. */
	fflush(out);
	if (session->taken == 1 && options->bound)
		fprintf(stderr, "memcensus: %s is known on the %s basis only: using it\n",
			options->bound->name, basis_words[options->bound->basis]);
	session->partial |= present_warnings(options, snap);
	if (present_requested(options) & MEMCENSUS_PART_TASK_NODES)
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

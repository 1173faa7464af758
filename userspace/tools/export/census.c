// SPDX-License-Identifier: GPL-2.0
/* Takes censuses and writes them as metrics. */
#include "cli/command.h"
#include "os/names.h"
#include "report/metrics.h"
#include "report/warnings.h"
#include "tools/export/brief.h"
#include "tools/export/census.h"

/* A census has only one kind of groups, so each kind needs its own census. */
static const uint8_t kinds[EXPORT_KINDS] = {
	MEMCENSUS_BY_CGROUP, MEMCENSUS_BY_UID, MEMCENSUS_BY_COMM,
};

void export_drop(struct export *export)
{
	while (export->n)
		snapshot_free(export->snaps[--export->n]);
	brief_free(&export->brief);
	names_forget();
}

/*
 * A process that the first census counts may be missing from another one.  Else what is said of the
 * first holds for all.
 */
static void warn(struct export *export, const struct snapshot *snap)
{
	struct session *session = export->session;

	if (export->n == 1)
		session->partial |= warnings_print(stderr, snap);
	else
		session->partial |= warnings_of_groups(stderr, snap, export->snaps[0]);
}

/* Takes one census; of a record the last one. */
static int take_census(struct export *export, uint8_t kind, struct failure *why)
{
	struct session *session = export->session;
	const bool live = session->source->ops->live;
	struct snapshot *snap = NULL, *next;
	enum taken taken;

	if (live)
		session->request.group_by = kind;
	if (export->n) {
		session->request.parts = MEMCENSUS_PART_NODES;
		session->request.totals = false;
	}
	do {
		taken = session_take(session, &next, why);
		if (taken == TAKE_DONE) {
			snapshot_free(snap);
			snap = next;
		}
	} while (taken == TAKE_DONE && !live);
	if (taken == TAKE_FAILED) {
		snapshot_free(snap);
		return -1;
	}
	if (!snap)
		return fail(why, FAIL_SYSTEM, "no census: interrupted, or the record is empty");
	export->snaps[export->n++] = snap;
	/* There are metrics for these. */
	if (!export->quiet)
		warn(export, snap);
	return 0;
}

/* Says which groups the record does not have: their metrics are left out. */
static void say_missing(const struct snapshot *snap)
{
	static const struct {
		const char *what;
		const char *how;
	} groups[EXPORT_KINDS] = {
		{ "cgroups", "-g" }, { "users", "-u" }, { "commands", "--command" },
	};
	const bool any = snap->n_groups;
	const char *without[EXPORT_KINDS] = { }, *how[EXPORT_KINDS] = { };
	size_t n = 0, i;

	for (i = 0; i < EXPORT_KINDS; i++) {
		if (any && snap->asked.group_by == kinds[i])
			continue;
		without[n] = groups[i].what;
		how[n++] = groups[i].how;
	}
	fprintf(stderr, "memcensus: the record has no figures of %s%s%s%s%s: ", without[0],
		n > 2 ? ", " : " and ", without[1], n > 2 ? " and " : "", n > 2 ? without[2] : "");
	fputs("their metrics are left out; 'memcensus record FILE' adds one kind by ", stderr);
	fprintf(stderr, "%s%s%s%s%s\n", how[0], n > 2 ? ", " : " or ", how[1],
		n > 2 ? " or " : "", n > 2 ? how[2] : "");
}

static int take_groups(struct export *export, struct failure *why)
{
	const struct options *options = export->session->options;
	size_t i;

	if (options->group_by)
		return take_census(export, options->group_by, why);
	for (i = 0; i < EXPORT_KINDS; i++)
		if (take_census(export, kinds[i], why))
			return -1;
	return 0;
}

static int take_all(struct export *export, struct failure *why)
{
	const struct session *session = export->session;
	const struct options *options = session->options;

	export->session->request.parts = options->command->parts;
	export->session->request.totals = true;
	if (!session->source->ops->live && !options->group_by) {
		export->session->request.any_groups = true;
		if (take_census(export, 0, why))
			return -1;
		say_missing(export->snaps[0]);
		return 0;
	}
	return take_groups(export, why);
}

int export_take(struct export *export, struct failure *why)
{
	struct brief_ask ask = { .live = export->session->source->ops->live, .quick = true };

	if (take_all(export, why))
		return -1;
	brief_gather(&export->brief, export->snaps[0], &ask);
	brief_judge(&export->brief);
	return 0;
}

void export_write(const struct export *export, FILE *out)
{
	const struct options *options = export->session->options;
	struct exposition om = { .out = out };
	struct view view = { .snap = export->snaps[0], .numeric = options->numeric };
	size_t i, left_out = 0;

	metrics_system(&om, &view, export->snaps, export->n);
	for (i = 0; i < export->n; i++) {
		view.snap = export->snaps[i];
		left_out += metrics_groups(&om, &view, export->most, options->called_by);
	}
	metrics_left_out(&om, left_out);
	export_brief(&om, &export->brief);
	view.snap = export->snaps[0];
	if (options->has_top)
		metrics_tasks(&om, &view, options->top ? options->top : view.snap->n_tasks);
}

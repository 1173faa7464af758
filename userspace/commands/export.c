// SPDX-License-Identifier: GPL-2.0
/* memcensus export: a census as metrics. */
#include "cli/command.h"
#include "host/names.h"
#include "lib/openmetrics.h"
#include "model/metrics.h"
#include "model/warnings.h"

/* A census has groups of one kind, so each further kind takes another one. */
static const uint8_t kinds[] = {
	MEMCENSUS_BY_CGROUP, MEMCENSUS_BY_UID, MEMCENSUS_BY_COMM,
};

#define N_KINDS		(sizeof(kinds) / sizeof(kinds[0]))

/**
 * struct export - the censuses of one export
 * @snaps: the first has everything, others only groups; owned
 * @n: how many
 * @cost: of all
 */
struct export {
	struct snapshot *snaps[N_KINDS];
	size_t n;
	struct census_cost cost;
};

/* Of a record, the last census that there is after @snap, which it replaces. */
static int take_last(struct session *session, struct snapshot **snap,
		     struct failure *why)
{
	struct snapshot *next;
	enum taken taken;

	while ((taken = session_take(session, &next, why)) == TAKE_DONE) {
		snapshot_free(*snap);
		*snap = next;
	}
	if (taken != TAKE_FAILED)
		return 0;
	snapshot_free(*snap);
	return -1;
}

static int take(struct session *session, struct export *export, uint8_t kind,
		bool *partial, struct failure *why)
{
	struct snapshot *snap;
	enum taken taken;

	if (session->source->ops->live)
		session->request.group_by = kind;
	if (export->n)
		session->request.parts = MEMCENSUS_PART_NODES;
	taken = session_take(session, &snap, why);
	if (taken == TAKE_END)
		return fail(why, FAIL_SYSTEM, "no census: interrupted, or the record is empty");
	if (taken == TAKE_FAILED || (!session->source->ops->live &&
				     take_last(session, &snap, why)))
		return -1;
	export->snaps[export->n++] = snap;
	census_cost_add(&export->cost, snap);
	/* What the first one says of all processes holds for the others. */
	if (export->n == 1)
		*partial |= notes_print(stderr, snap);
	return 0;
}

static int take_all(struct session *session, struct export *export, bool *partial,
		    struct failure *why)
{
	const struct options *options = session->options;
	size_t i;

	if (options->group_by || !session->source->ops->live)
		return take(session, export, options->group_by, partial, why);
	for (i = 0; i < N_KINDS; i++)
		if (take(session, export, kinds[i], partial, why))
			return -1;
	return 0;
}

static int write_metrics(struct session *session, const struct export *export,
			 struct failure *why)
{
	const struct options *options = session->options;
	struct openmetrics om = { .out = session->out, .older = options->prometheus };
	struct view view = { .snap = export->snaps[0], .numeric = options->numeric };
	size_t i;

	metrics_system(&om, &view, &export->cost);
	for (i = 0; i < export->n; i++) {
		view.snap = export->snaps[i];
		metrics_groups(&om, &view);
	}
	view.snap = export->snaps[0];
	if (options->has_top && metrics_tasks(&om, &view, options->top ? options->top :
					      view.snap->n_tasks, why))
		return -1;
	openmetrics_end(&om);
	return 0;
}

static int export_run(struct session *session, bool *partial, struct failure *why)
{
	struct export export = { .n = 0 };
	int ret;

	ret = take_all(session, &export, partial, why);
	if (!ret)
		ret = write_metrics(session, &export, why);
	while (export.n)
		snapshot_free(export.snaps[--export.n]);
	return ret;
}

static const struct option_entry option_prometheus = {
	0, "prometheus", NULL, "the text format of Prometheus, as promtool reads it",
	.flag = offsetof(struct options, prometheus) };

static const struct option_use export_options[] = {
	USE_AS(user, "groups by user alone"),
	USE_AS(cgroup, "groups by cgroup alone"),
	USE_AS(command, "groups by command name alone"),
	USE(numeric),
	USE_AS(top, "also the N processes with the largest PSS, with PIDs; 0: all"),
	USE(prometheus), USE(file), USE(at), USE(output), OPTIONS_ALWAYS,
};

const struct command export_command = {
	.name = "export",
	.args = "",
	.summary = "metrics for Prometheus: OpenMetrics text",
	.about =
	"One census as OpenMetrics: the breakdown of MemTotal, zones with free blocks and\n"
	"fragmentation, nodes with kswapd, /proc/vmstat, the cost of the census itself, and\n"
	"for each cgroup, user and command: USS (each frame once: what ending all of it\n"
	"releases), PSS, distinct frames, RSS, swap. Base units. Unknown values are absent.\n"
	"\n"
	"Each of cgroups, users and commands takes a census of its own, milliseconds apart;\n"
	"-g, -u or --command exports one kind from one census, and names the kind that a\n"
	"record (-f) has. No metric has a PID, unless --top asks for the largest processes:\n"
	"each of these makes new series. Of a record, the last census or the one of --at.\n"
	"\n"
	"-o FILE replaces FILE atomically, so a collector never reads half of it.\n"
	"\n"
	"Examples:\n"
	"  memcensus export --prometheus -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"                                               for node_exporter's textfile collector\n"
	"  memcensus export -g | grep 'uss_bytes.*nginx'\n",
	.options = export_options,
	.basis = MEMCENSUS_BASIS_FRAMES,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES |
		 MEMCENSUS_PART_SYSTEM,
	.run = export_run,
};

// SPDX-License-Identifier: GPL-2.0
/* memcensus export: a census as metrics. */
#include "export/export.h"
#include "export/limits.h"
#include "export/listen.h"
#include "host/names.h"
#include "model/metrics.h"
#include "model/warnings.h"

/* A census has only one kind of groups, so each kind needs its own census. */
static const uint8_t kinds[] = {
	MEMCENSUS_BY_CGROUP, MEMCENSUS_BY_UID, MEMCENSUS_BY_COMM,
};

#define N_KINDS		(sizeof(kinds) / sizeof(kinds[0]))

/* The options of 'export' alone. */
struct export_options {
	const char *listen;
	bool prometheus;
};

static const struct export_options *options_of(const struct session *session)
{
	return session->options->own;
}

/**
 * struct export - the censuses of one export
 * @snaps, @n: the first one has all parts, the others only groups; owned
 */
struct export {
	struct session *session;
	struct snapshot *snaps[N_KINDS];
	size_t n;
};

static void drop_all(struct export *export)
{
	while (export->n)
		snapshot_free(export->snaps[--export->n]);
	names_forget();
}

/* Takes one census; of a record the last one. */
static int take(struct export *export, uint8_t kind, struct failure *why)
{
	struct session *session = export->session;
	const bool live = session->source->ops->live;
	struct snapshot *snap = NULL, *next;
	enum taken taken;

	if (live)
		session->request.group_by = kind;
	if (export->n)
		session->request.parts = MEMCENSUS_PART_NODES;
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
	/* These warnings cover the other censuses too; a server has metrics for them. */
	if (export->n == 1 && !options_of(session)->listen)
		session->partial |= warnings_print(stderr, snap);
	return 0;
}

int export_take(struct export *export, struct failure *why)
{
	const struct session *session = export->session;
	const struct options *options = session->options;
	size_t i;

	if (export->n && !session->source->ops->live)
		return 0;
	drop_all(export);
	export->session->request.parts = options->command->parts;
	if (options->group_by || !session->source->ops->live)
		return take(export, options->group_by, why);
	for (i = 0; i < N_KINDS; i++)
		if (take(export, kinds[i], why))
			return -1;
	return 0;
}

void export_write(const struct export *export, bool older, FILE *out)
{
	const struct options *options = export->session->options;
	struct openmetrics om = { .out = out, .older = older };
	struct view view = { .snap = export->snaps[0], .numeric = options->numeric };
	size_t i;

	metrics_system(&om, &view, export->snaps, export->n);
	for (i = 0; i < export->n; i++) {
		view.snap = export->snaps[i];
		metrics_groups(&om, &view);
	}
	if (export->session->source->ops->live)
		export_limits(&om, export->snaps[0]);
	view.snap = export->snaps[0];
	if (options->has_top)
		metrics_tasks(&om, &view, options->top ? options->top : view.snap->n_tasks);
	openmetrics_end(&om);
}

static int export_run(struct session *session, struct failure *why)
{
	const struct export_options *own = options_of(session);
	struct export export = { .session = session };
	int ret;

	if (own->listen) {
		ret = export_listen(own->listen, &export, why);
	} else {
		ret = export_take(&export, why);
		if (!ret)
			export_write(&export, own->prometheus, session->out);
	}
	drop_all(&export);
	return ret;
}

static const struct option_entry option_listen = {
	0, "listen", "[ADDRESS:]PORT", "serve /metrics by HTTP; default: loopback",
	OWN(TEXT, export_options, listen), .set = export_set_listen };

static const struct option_entry option_prometheus = {
	0, "prometheus", NULL, "the text format of Prometheus",
	OWN(FLAG, export_options, prometheus) };

static const struct option_use export_uses[] = {
	USE_AS(user, "export only groups by user"),
	USE_AS(cgroup, "export only groups by cgroup"),
	USE_AS(command, "export only groups by command name"),
	USE(numeric),
	USE_AS(top, "add the N processes with the largest PSS, by PID; 0: all"),
	USE(prometheus), USE(listen), USE(file), USE(at), USE(output), OPTIONS_ALWAYS,
};

static const struct option_rule export_rules[] = {
	{ .one = &option_listen, .others = { &option_output, &option_prometheus } },
	{ }
};

const struct command export_command = {
	.name = "export",
	.about =
	"Writes one census as OpenMetrics: the breakdown of MemTotal, zones with free\n"
	"blocks and fragmentation, nodes with kswapd, /proc/vmstat, and the cost of the\n"
	"census itself; for each cgroup, user and command, USS (each frame once: what the\n"
	"system gets back if all of its processes end), PSS, distinct frames, RSS and\n"
	"swap; and for each cgroup with a limit, the limit and the memory charged to it.\n"
	"Values are in base units. Unknown values are absent.\n"
	"\n"
	"Cgroups, users and commands each take a census of their own, milliseconds apart.\n"
	"-g, -u or --command exports one kind from one census; with a record (-f) it must\n"
	"be the kind that the record has. No metric has a PID unless --top asks for the\n"
	"largest processes: each of these makes new series. Of a record, it exports the\n"
	"last census or the one of --at.\n"
	"\n"
	"-o FILE replaces FILE atomically, so a collector never reads half of it. --listen\n"
	"serves http://ADDRESS:PORT/metrics until Ctrl-C: each request gets a census that\n"
	"starts after the request arrived, and waiting requests share one. The module\n"
	"itself takes one census at a time.\n"
	"\n"
	"Examples:\n"
	"  memcensus export --prometheus -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"                                               for node_exporter's textfile collector\n"
	"  memcensus export --listen 9752               for Prometheus on this machine\n"
	"  memcensus export -g | grep 'uss_bytes.*nginx'\n",
	.words = options_none,
	.options = export_uses,
	.rules = export_rules,
	.own_size = sizeof(struct export_options),
	.basis = MEMCENSUS_BASIS_FRAMES,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES |
		 MEMCENSUS_PART_SYSTEM,
	.run = export_run,
};

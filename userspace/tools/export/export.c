// SPDX-License-Identifier: GPL-2.0
/* memcensus export: a census as metrics. */
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "tools/export/census.h"
#include "tools/export/every.h"

/**
 * struct export_options - the options of 'export' alone
 * @every: ns between two files, which end with the program; 0: one file
 * @most: groups of each kind with series of their own; 0: any
 */
struct export_options {
	uint64_t every;
	size_t most;
};

/*
 * Metrics of a machine without most of its processes look right and are wrong.  In a PID namespace
 * of its own the program of a container is PID 1.
 */
static int check_machine(const struct session *session, struct failure *why)
{
	if (!session->options->host_root || !session->source->ops->live ||
	    (getpid() != 1 && !cgroups_have_others()))
		return 0;
	return fail(why, FAIL_SYSTEM,
		    "--host-root: processes of the machine are in another PID namespace: start the container in that (hostPID: true, --pid=host)");
}

static int export_run(struct session *session, struct failure *why)
{
	const struct export_options *own = session->options->own;
	struct export export = {
		.session = session, .quiet = own->every, .most = own->most,
	};
	int ret;

	if (check_machine(session, why))
		return -1;
	if (own->every) {
		ret = export_every(&export, own->every, why);
	} else {
		ret = export_take(&export, why);
		if (!ret)
			export_write(&export, session->out);
	}
	export_drop(&export);
	return ret;
}

static int export_words(struct options *options, char **words, int n, struct failure *why)
{
	const unsigned int kinds = 1U << MEMCENSUS_BY_UID | 1U << MEMCENSUS_BY_CGROUP |
				   1U << MEMCENSUS_BY_COMM;
	struct export_options *own = options->own;

	if (options_group(options, kinds, why))
		return -1;
	own->every = options->interval;
	options->own_output = own->every;
	options->interval = 0;
	return options_none(options, words, n, why);
}

static int set_most(struct options *options, const char *value, struct failure *why)
{
	struct export_options *own = options->own;
	uint64_t most;

	if (!text_number(value, strlen(value), &most) || !most || most > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of groups", value);
	own->most = most;
	return 0;
}

static const struct option_entry option_most = {
	0, "most", "N", "only the N largest groups of each kind; all others are one",
	.set = set_most };

static const struct option_use export_uses[] = {
	USE_AS(groups_by, "only by user, cgroup, container, pod, namespace, image, command"),
	USE(user), USE(cgroups), USE(most),
	USE(numeric),
	USE_AS(top, "add the N processes with the largest PSS, by PID; 0: all"),
	USE(file), USE(at),
	USE_AS(interval, "replace the FILE of -o at this interval, until Ctrl-C"),
	USE(from), USE(to),
	USE(output), OPTIONS_ALWAYS,
};

static const struct option_rule export_rules[] = {
	{ .one = &option_interval, .others = { &option_output }, .needs = "'-o FILE'" },
	{ .one = &option_interval, .others = { &option_file },
	  .because = "a record does not change" },
	{ }
};

const struct command export_command = {
	.name = "export",
	.about =
	"Writes one census as metrics, in the text format of Prometheus: the breakdown of\n"
	"MemTotal, zones with free blocks and fragmentation, nodes with kswapd, /proc/vmstat,\n"
	"and the cost of the census itself; for each cgroup, user and command, USS (each frame\n"
	"once: what the system gets back if all of its processes end), PSS, distinct frames, RSS\n"
	"and swap; and for each cgroup, what is charged to it and of what, its limit and its\n"
	"OOM kills. Values are in base units. Unknown values are absent.\n"
	"\n"
	"Cgroups, users and commands each take a census of their own, milliseconds apart.\n"
	"-g, -u or --by KIND exports one kind from one census; with a record (-f) it must be\n"
	"the kind that the record has, cgroups for container, pod, namespace and image. No\n"
	"metric has a PID unless --top asks for the largest processes: each of these makes new\n"
	"series. --most N bounds the series of groups: the N that are largest by PSS or charge;\n"
	"the sum of what the others have and what adds up, as PSS, has the label others. Of a\n"
	"record, it exports the last census or the one of --at, with the kind of groups that the\n"
	"record has, and says which it leaves out.\n"
	"\n"
	"-o FILE replaces FILE in one step, so a collector never reads half of it. --interval TIME\n"
	"does so again and again, in one process, at times that are multiples of TIME after its\n"
	"start; what takes longer leaves one out, and counts it. A failure ends it. Metrics that\n"
	"begin with memcensus_export_ are of the process itself: its CPU time, with that of its\n"
	"censuses, and what was left out.\n"
	"\n"
	"In a container with --host-root it is refused if the machine has processes in another\n"
	"PID namespace, as their memory would be missing.\n"
	"\n"
	"Examples:\n"
	"  memcensus export -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"                                               for node_exporter's textfile collector\n"
	"  memcensus export --interval 15s -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"  memcensus export -g | grep 'uss_bytes.*nginx'\n",
	.words = export_words,
	.options = export_uses,
	.rules = export_rules,
	.own_size = sizeof(struct export_options),
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES,
	.totals = true,
	.run = export_run,
	.replaces = true,
};

// SPDX-License-Identifier: GPL-2.0
/* memcensus export: a census as metrics. */
#include "cli/command.h"
#include "tools/export/census.h"
#include "tools/export/every.h"

/**
 * struct export_options - the options of 'export' alone
 * @every: ns between two files; 0: one file
 */
struct export_options {
	uint64_t every;
};

static int export_run(struct session *session, struct failure *why)
{
	const struct export_options *own = session->options->own;
	struct export export = {
		.session = session, .quiet = own->every,
	};
	int ret;

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

static int set_every(struct options *options, const char *value, struct failure *why)
{
	struct export_options *own = options->own;

	options->own_output = true;
	return options_time(&own->every, value, why);
}

static const struct option_entry option_every = {
	0, "every", "TIME", "replace the FILE of -o at this interval, until Ctrl-C",
	.set = set_every };

static const struct option_use export_uses[] = {
	USE_AS(user, "export only groups by user"),
	USE_AS(cgroups, "export only groups by cgroup"),
	USE_AS(command, "export only groups by command name"),
	USE(numeric),
	USE_AS(top, "add the N processes with the largest PSS, by PID; 0: all"),
	USE(every), USE(file), USE(at),
	OPTIONS_OF_SERIES,
	USE(output), OPTIONS_ALWAYS,
};

static const struct option_rule export_rules[] = {
	{ .one = &option_every, .others = { &option_output }, .needs = "'-o FILE'" },
	{ .one = &option_every, .others = { &option_file },
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
	"-g, -u or --command exports one kind from one census; with a record (-f) it must\n"
	"be the kind that the record has. No metric has a PID unless --top asks for the\n"
	"largest processes: each of these makes new series. Of a record, it exports the\n"
	"last census or the one of --at, with the kind of groups that the record has, and\n"
	"says which it leaves out.\n"
	"\n"
	"-o FILE replaces FILE in one step, so a collector never reads half of it. --every TIME\n"
	"does so again and again, in one process, at times that are multiples of TIME after its\n"
	"start; what takes longer leaves one out, and counts it. A failure ends it. Metrics that\n"
	"begin with memcensus_export_ are of the process itself: its CPU time, with that of its\n"
	"censuses, and what was left out.\n"
	"\n"
	"Examples:\n"
	"  memcensus export -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"                                               for node_exporter's textfile collector\n"
	"  memcensus export --every 15s -o /var/lib/prometheus/node-exporter/memcensus.prom\n"
	"  memcensus export -g | grep 'uss_bytes.*nginx'\n",
	.words = options_none,
	.options = export_uses,
	.rules = export_rules,
	.own_size = sizeof(struct export_options),
	.basis = MEMCENSUS_BASIS_FRAMES,
	.parts = MEMCENSUS_PART_TASKS | MEMCENSUS_PART_ZONES | MEMCENSUS_PART_NODES |
		 MEMCENSUS_PART_SYSTEM,
	.run = export_run,
	.replaces = true,
};

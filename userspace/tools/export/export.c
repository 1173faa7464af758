// SPDX-License-Identifier: GPL-2.0
/* memcensus export: a census as metrics. */
#include <string.h>

#include "cli/command.h"
#include "lib/text.h"
#include "tools/export/census.h"
#include "tools/export/every.h"

/**
 * struct export_options - the options of 'export' alone
 * @every: ns between two files; 0: one file
 * @payers: cgroups of --payers that have samples of their own
 */
struct export_options {
	uint64_t every;
	bool charged;
	size_t payers;
	bool nodes;
};

static int export_run(struct session *session, struct failure *why)
{
	const struct export_options *own = session->options->own;
	struct export export = {
		.session = session, .quiet = own->every,
		.charged = own->charged, .payers = own->payers, .nodes = own->nodes,
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

static int set_payers(struct options *options, const char *value, struct failure *why)
{
	struct export_options *own = options->own;
	uint64_t n;

	if (!text_number(value, strlen(value), &n) || n > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of cgroups", value);
	own->payers = n ? n : INT32_MAX;
	return 0;
}

static const struct option_entry option_every = {
	0, "every", "TIME", "replace the FILE of -o at this interval, until Ctrl-C",
	.set = set_every };

static const struct option_entry option_payers = {
	0, "payers", "N", "add who is charged, of the N largest cgroups; 0: all",
	OWN(FLAG, export_options, charged), .set = set_payers };

static const struct option_entry option_nodes = {
	0, "nodes", NULL, "add the memory of groups and of --top by NUMA node",
	OWN(FLAG, export_options, nodes) };

static const struct option_use export_uses[] = {
	USE_AS(user, "export only groups by user"),
	USE_AS(cgroups, "export only groups by cgroup"),
	USE_AS(command, "export only groups by command name"),
	USE(numeric),
	USE_AS(top, "add the N processes with the largest PSS, by PID; 0: all"),
	USE(nodes), USE(payers), USE(every), USE(file), USE(at),
	OPTIONS_OF_SERIES,
	USE(output), OPTIONS_ALWAYS,
};

static const struct option_rule export_rules[] = {
	{ .one = &option_every, .others = { &option_output }, .needs = "'-o FILE'" },
	{ .one = &option_every, .others = { &option_file },
	  .because = "a record does not change" },
	{ .one = &option_payers, .others = { &option_file },
	  .because = "who is charged is not in a record" },
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
	"be the kind that the record has. --payers adds, of the N cgroups that are charged for\n"
	"most or map most, what each is charged for, of that what only others map, what it maps,\n"
	"and of that what no other maps and what others are charged for; the rest is cgroup\n"
	"\"(others)\". This is one more census, of several times the cost: it reads struct\n"
	"page of each mapped page. --nodes adds, for each node of a NUMA\n"
	"machine, the RSS and the hugetlb pages of each group and of each process of --top,\n"
	"and how much is on nodes where no thread of the process ran last; a record has them\n"
	"if it was made with 'record --nodes'. No metric has a PID unless --top asks for the\n"
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

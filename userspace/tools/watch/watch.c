// SPDX-License-Identifier: GPL-2.0
/* memcensus watch: the most that a command, a tree or a cgroup has together. */
#include <string.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "lib/budget.h"
#include "tools/watch/peak.h"

/**
 * struct watch_options - the options of 'watch' alone
 * @budget: share of a processor, 0 to 1; 0: not given
 * @budget_text: as it was given
 * @record: file for the censuses; NULL: not given
 * @wait: of a command: measure what it leaves behind, too
 */
struct watch_options {
	double budget;
	const char *budget_text;
	const char *record;
	bool wait;
};

static int watch_run(struct session *session, struct failure *why)
{
	const struct watch_options *own = session->options->own;

	return peak_run(session, own->budget, own->record, own->wait, why);
}

static int watch_words(struct options *options, char **words, int n, struct failure *why)
{
	const struct watch_options *own = options->own;

	if (options->program && (n || subtree_given(options) || !options->program[0]))
		return fail(why, FAIL_USAGE, "'watch --' takes a command to run, and nothing else");
	if (!options->program && !subtree_given(options) && n)
		return fail(why, FAIL_USAGE,
			    "'watch' finds the peak of '-- COMMAND', '--tree PID' or '--cgroup PATH'; 'memcensus --pid %.60s 1' shows rows",
			    words[0]);
	if (!options->program && !subtree_given(options))
		return fail(why, FAIL_USAGE,
			    "'watch' needs '-- COMMAND', '--tree PID' or '--cgroup PATH'");
	if (own->wait && !options->program)
		return fail(why, FAIL_USAGE, "'--wait' needs '-- COMMAND'");
	if (own->record && !strcmp(own->record, "-"))
		return fail(why, FAIL_USAGE, "'--record' needs a file: stdout is the command's");
	if (options->duration && options->program && !own->wait)
		return fail(why, FAIL_USAGE, "'--for' needs '--tree', '--cgroup' or '--wait'");
	if (options->n_roots > 1 || options->n_cgroups + options->n_called > 1)
		return fail(why, FAIL_USAGE, "'watch' measures one tree or cgroup: name one");
	if (n > 1)
		return fail(why, FAIL_USAGE, "'watch' takes no '%.60s'", words[1]);
	return options_interval(options, words, n, why);
}

static int set_watch_budget(struct options *options, const char *value, struct failure *why)
{
	if (budget_parse(&((struct watch_options *)options->own)->budget, value))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%.60s' is not a budget: a share of one processor, from 0.01%% to 100%%",
		    value);
}

static const struct option_entry option_budget = {
	0, "budget", "PERCENT", "most CPU time, of one processor; else any",
	OWN(TEXT, watch_options, budget_text), .set = set_watch_budget };

static const struct option_entry option_record = {
	0, "record", "FILE", "append the censuses to this record, for chart time",
	OWN(TEXT, watch_options, record) };

static const struct option_entry option_wait = {
	0, "wait", NULL, "of a COMMAND: go on until what it left behind has ended, too",
	OWN(FLAG, watch_options, wait) };

static const struct option_use watch_options[] = {
	USE_AS(cgroup, "the processes of this cgroup and of those below it"), USE(container),
	USE(pod),
	USE_AS(tree, "this process and its descendants"),
	USE_AS(interval, "time between two censuses; 0.1 s"), USE(budget),
	USE(record), USE(wait),
	USE_AS(for, "of what runs already, or of what --wait waits for: how long"),
	USE(output), OPTIONS_OF_TABLES,
};

const struct command watch_command = {
	.name = "watch",
	.words = watch_words,
	.about =
	"Runs a command and prints at its end the most that it and all that it started had\n"
	"together, each page once, as time -v does for one process: the peak of PSS, USS,\n"
	"swap, and of the sum of RSS to compare. --tree PID measures a process that runs and\n"
	"its descendants, --cgroup PATH a cgroup, until they end or until Ctrl-C. Rows over\n"
	"time are those of 'memcensus --pid PID 1', or --tree, or --cgroup.\n"
	"\n"
	"A census each --interval (0.1 s) finds a peak that lasts as long; the longest gap\n"
	"(gap_seconds) says what it may have missed. Orphans of COMMAND count, with --wait\n"
	"also those that it leaves behind, until they have ended or until Ctrl-C. Signals are\n"
	"passed on to it, and its exit status is that of memcensus. The result goes to\n"
	"stderr, or to -o FILE.\n",
	.options = watch_options,
	.own_size = sizeof(struct watch_options),
	.program = true,
	.parts = MEMCENSUS_PART_TASKS,
	.run = watch_run,
};

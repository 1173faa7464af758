// SPDX-License-Identifier: GPL-2.0
/* memcensus flame: which code touched the memory that is still there. */
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "commands/flame.h"

static int flame_run(struct session *session, struct failure *why)
{
	struct flame flame = { .session = session };
	int ret;

	ret = flame_follow(&flame, why);
	if (!ret)
		flame_draw(&flame);
	/* The picture names what has no stack; it is whole without. */
	flame_moment_free(&flame.mark);
	flame_moment_free(&flame.end);
	fault_record_free(&flame.record);
	return ret;
}

static int flame_words(struct options *options, char **words, int n, struct failure *why)
{
	if (options->program ? n || !options->program[0] : !n)
		return fail(why, FAIL_USAGE, "'flame' needs a PID, or '--' and a command");
	if (n && options_pids(options, words, n, why))
		return fail(why, FAIL_USAGE, "'%.60s' is not a PID; a command comes after '--'",
			    words[0]);
	if (options->n_pids > 1)
		return fail(why, FAIL_USAGE, "'flame' follows one process, and what it starts");
	if ((options->by == FLAME_GROWN || options->difference) && !options->mark)
		return fail(why, FAIL_USAGE, "'%s' needs '--mark'",
			    options->difference ? "--diff" : "--by grown");
	if (options->by == FLAME_FAULTED && (options->mark || options->by_mapping))
		return fail(why, FAIL_USAGE,
			    "'--by faulted' counts faults, which have neither mapping nor mark");
	if (options->mark && options->mark != FLAME_MARK_SIGNAL && options->duration &&
	    options->mark >= options->duration)
		return fail(why, FAIL_USAGE, "'--mark' must be before the end, '--for'");
	if (options->dwarf && !fault_events_have_regs())
		return fail(why, FAIL_USAGE,
			    "'--call-graph dwarf' is not available on this architecture; 'fp' is");
	return 0;
}

static int set_by(struct options *options, const char *value, struct failure *why)
{
	static const char *const names[] = { "resident", "exclusive", "faulted", "grown" };
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(value, names[i])) {
			options->by = i;
			return 0;
		}
	return fail(why, FAIL_USAGE,
		    "no width '%.60s'; there are: resident exclusive faulted grown", value);
}

static int set_call_graph(struct options *options, const char *value, struct failure *why)
{
	options->dwarf = !strcmp(value, "dwarf");
	if (options->dwarf || !strcmp(value, "fp"))
		return 0;
	return fail(why, FAIL_USAGE, "no call graph '%.60s'; there are: fp dwarf", value);
}

static int set_mark(struct options *options, const char *value, struct failure *why)
{
	const uint64_t before = options->interval;
	int ret;

	if (!strcmp(value, "signal")) {
		options->mark = FLAME_MARK_SIGNAL;
		return 0;
	}
	ret = option_interval.set(options, value, why);
	options->mark = options->interval;
	options->interval = before;
	return ret;
}

static const struct option_entry option_folded = {
	0, "folded", NULL, "lines of frames and bytes, for any renderer; without -o too",
	FLAG(folded) };

static const struct option_entry option_by = {
	0, "by", "resident|exclusive|faulted|grown", "what widths are; grown: since the mark",
	.set = set_by };

static const struct option_entry option_by_mapping = {
	0, "by-mapping", NULL, "mappings between the process and its stacks",
	FLAG(by_mapping) };

static const struct option_entry option_call_graph = {
	0, "call-graph", "fp|dwarf", "stacks by frame pointers, or for code without them",
	.set = set_call_graph };

static const struct option_entry option_mark = {
	0, "mark", "TIME|signal", "count after TIME, or at SIGUSR1, to compare with",
	.set = set_mark };

static const struct option_entry option_diff = {
	0, "diff", NULL, "red: grew since the mark, blue: shrank",
	FLAG(difference) };

static const struct option_use flame_options[] = {
	USE_AS(for, "until when; without it until Ctrl-C, or the end of COMMAND"),
	USE(by), USE(by_mapping), USE(call_graph), USE(mark), USE(diff), USE(folded),
	USE_AS(output, "the picture, as SVG; FILE is replaced when all is done"),
	OPTIONS_ALWAYS,
};

const struct command flame_command = {
	.name = "flame",
	.args = "PID|-- COMMAND...",
	.words = flame_words,
	.summary = "which code touched the memory that is still there",
	.about =
	"Follows the page faults of a process and of all that it starts, each with its\n"
	"stack, up to --for, Ctrl-C or the end of COMMAND. Then it counts the pages of these\n"
	"processes and draws a flame graph: each frame is as wide as the memory that is still\n"
	"resident, and that its code and what it called touched last.\n"
	"\n"
	"Pages that were touched before, by the kernel, or whose stack was lost, are the\n"
	"frame [no stack]: all widths together are what the processes have resident.\n"
	"\n"
	"Examples:\n"
	"  memcensus flame -o heap.svg -- python3 script.py\n"
	"  memcensus flame $(pgrep -o redis) --for 1m --by exclusive -o redis.svg\n"
	"  memcensus flame 4711 --for 10m --mark 1m --by grown -o leak.svg\n",
	.options = flame_options,
	.run = flame_run,
	.program = true,
	.no_source = true,
};

// SPDX-License-Identifier: GPL-2.0
/* memcensus flame: which code touched the memory that is still there. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/subtree.h"
#include "tools/flame/print.h"
#include "tools/flame/follow.h"

static int flame_run(struct session *session, struct failure *why)
{
	struct flame flame = { .session = session, .own = session->options->own };
	int ret;

	ret = flame_follow(&flame, why);
	if (!ret)
		flame_print(&flame);
	/* The summary says what has no stack; it is whole without. */
	flame_moment_free(&flame.mark);
	flame_moment_free(&flame.end);
	fault_record_free(&flame.record);
	ids_free(&flame.pids);
	return ret;
}

/*
 * Most memory of a process that was running before has no stack, so what grew is of
 * interest.  A mark without a use would be one for that too.
 */
static void choose_by(struct flame_options *own, bool running)
{
	if (own->by == FLAME_FOUND)
		own->by = running || own->mark ? FLAME_GROWN : FLAME_RESIDENT;
	if (own->by == FLAME_GROWN && !own->mark && running)
		own->mark = FLAME_MARK_BEGIN;
}

static int flame_words(struct options *options, char **words, int n, struct failure *why)
{
	struct flame_options *own = options->own;

	if (!options->program && options_processes(options, words, n, why))
		return -1;
	if (options->program && (n || !options->program[0] || options->n_pids ||
				 subtree_given(options)))
		return fail(why, FAIL_USAGE,
			    "'flame --' takes a command to run, and no other process");
	if (options->program && !options->output)
		return fail(why, FAIL_USAGE,
			    "'flame -- COMMAND' needs '-o FILE': stdout and stderr are the command's");
	choose_by(own, !options->program);
	options->no_source = own->by == FLAME_FAULTED;
	if (own->by == FLAME_GROWN && !own->mark)
		return fail(why, FAIL_USAGE, "'--by grown' needs '--mark'");
	if (own->by == FLAME_FAULTED && (own->mark || own->by_mapping))
		return fail(why, FAIL_USAGE,
			    "'--by faulted' counts faults, which have neither mapping nor mark");
	if (own->mark && own->mark != FLAME_MARK_SIGNAL && options->duration &&
	    own->mark >= options->duration)
		return fail(why, FAIL_USAGE, "'--mark' must be before the end, '--for'");
	return 0;
}

static int set_flame_by(struct options *options, const char *value, struct failure *why)
{
	struct flame_options *own = options->own;
	static const char *const names[] = {
		[FLAME_RESIDENT] = "resident", [FLAME_EXCLUSIVE] = "exclusive",
		[FLAME_FAULTED] = "faulted", [FLAME_GROWN] = "grown",
	};
	unsigned int i;

	for (i = FLAME_RESIDENT; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(value, names[i])) {
			own->by = i;
			return 0;
		}
	return fail(why, FAIL_USAGE,
		    "no '--by %.60s'; there are: resident exclusive faulted grown", value);
}

static int set_call_graph(struct options *options, const char *value, struct failure *why)
{
	struct flame_options *own = options->own;

	own->frame_pointers = !strcmp(value, "fp");
	if (!own->frame_pointers && strcmp(value, "dwarf"))
		return fail(why, FAIL_USAGE, "no call graph '%.60s'; there are: fp dwarf", value);
	if (own->frame_pointers || fault_events_have_regs())
		return 0;
	return fail(why, FAIL_USAGE,
		    "'--call-graph dwarf' is not available on this architecture; 'fp' is");
}

static int set_mark(struct options *options, const char *value, struct failure *why)
{
	struct flame_options *own = options->own;

	if (strcmp(value, "signal"))
		return options_time(&own->mark, value, why);
	own->mark = FLAME_MARK_SIGNAL;
	return 0;
}

/* For leak: a table of the stacks that grew, with the letters of its look, and its width. */
static int set_table(struct options *options, const char *value, struct failure *why)
{
	struct flame_options *own = options->own;

	(void)why;
	own->table = true;
	own->by = FLAME_GROWN;
	own->by_mapping = true;
	options->suffixes = strchr(value, 'k');
	options->bytes = strchr(value, 'b');
	options->no_header = strchr(value, 'H');
	options->raw = strchr(value, 'r');
	own->columns = strtoul(value + strspn(value, "kbHr"), NULL, 10);
	return 0;
}

static const struct option_entry option_by = {
	0, "by", "resident|exclusive|faulted|grown",
	"what is counted; of a PID grown, else resident",
	.set = set_flame_by };

static const struct option_entry option_by_mapping = {
	0, "by-mapping", NULL, "mappings between the process and its stacks",
	OWN(FLAG, flame_options, by_mapping) };

static const struct option_entry option_call_graph = {
	0, "call-graph", "fp|dwarf", "stacks by DWARF, the default, or by frame pointers",
	.set = set_call_graph };

static const struct option_entry option_mark = {
	0, "mark", "TIME|signal", "count after TIME, or at SIGUSR1, to compare with",
	.set = set_mark };

static const struct option_entry option_table = {
	0, "table", "LETTERS[COLUMNS]", NULL, .set = set_table };

static const struct option_use flame_uses[] = {
	USE(pid), USE_CGROUPS, USE(tree),
	USE_AS(for, "until when; without it until Ctrl-C, or the end of COMMAND"),
	USE(by), USE(by_mapping), USE(call_graph), USE(mark),
	USE_AS(output, "the lines; FILE is replaced when all is done"),
	USE(table), OPTIONS_ALWAYS,
};

const struct command flame_command = {
	.name = "flame",
	.words = flame_words,
	.about =
	"Follows the page faults of a process and of all that it starts, each with its\n"
	"stack, up to --for, Ctrl-C or the end of COMMAND. Then it counts the pages of these\n"
	"processes and prints a line for each stack: its frames, and the bytes that are still\n"
	"resident and that it touched last. These are folded stacks, of which flamegraph.pl,\n"
	"speedscope and others draw a flame graph.\n"
	"\n"
	"Of COMMAND that is all that is resident, of a PID what grew since the begin. With\n"
	"--by resident, pages that were touched before, by the kernel, or whose stack was\n"
	"lost, are the frame [no stack]: the sum is what the processes have resident.\n"
	"\n"
	"--by says what is counted: bytes of resident pages, of those that are mapped once\n"
	"(exclusive), of all page faults, or of what each path has more than at the mark. Stacks\n"
	"are by DWARF, of 8 KiB that are copied at each fault. --call-graph fp follows frame\n"
	"pointers: faster, and right for generated code, as of node or Java, but not for most\n"
	"libraries.\n"
	"\n"
	"--cgroup PATH instead of a PID follows the processes of a cgroup and of those below\n"
	"it, --tree PID a process and its descendants, and what all of these start.\n"
	"\n"
	"COMMAND's output stays its own, and its exit status is that of flame.\n"
	"\n"
	"Examples:\n"
	"  memcensus flame -o heap.folded -- python3 script.py\n"
	"  flamegraph.pl --countname bytes heap.folded >heap.svg\n"
	"  memcensus flame --cgroup /system.slice/nginx.service --for 1m -o nginx.folded\n"
	"  memcensus flame 4711 --for 10m --mark 1m --by-mapping -o leak.folded\n",
	.options = flame_uses,
	.own_size = sizeof(struct flame_options),
	.run = flame_run,
	.program = true,
};

// SPDX-License-Identifier: GPL-2.0
/* Runs a command line and returns its exit status. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command-names.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/subtree.h"
#include "cli/completion.h"
#include "lib/output.h"
#include "lib/signals.h"
#include "reader.h"
#include "record/source-file.h"
#include "report/show.h"

static int print_failure(const struct failure *why)
{
	fprintf(stderr, "memcensus: %s\n", why->text);
	return EXIT_FAILED;
}

static int print_usage_failure(const struct options *options, const struct failure *why)
{
	if (why->kind != FAIL_USAGE)
		return print_failure(why);
	fprintf(stderr, "memcensus: %s (try 'memcensus%s%s --help')\n", why->text,
		options->command_wrong ? "" : " ",
		options->command_wrong ? "" : options->command->name);
	return EXIT_USAGE;
}

/* What the columns that are shown, or decide the order, need: MEMCENSUS_PART_*. */
static uint32_t parts_of_columns(const struct options *options)
{
	const struct columns *columns = &options->chosen;
	uint32_t parts = 0;
	size_t i;

	/* JSON has all columns. */
	if (!columns->n)
		return MEMCENSUS_PART_OWNERS | MEMCENSUS_PART_FLAGS;
	for (i = 0; i < columns->n; i++)
		parts |= columns->v[i]->part;
	/* One process is in order. */
	if (options->order && (options->sort || options->n_pids != 1))
		parts |= options->order->part;
	return parts;
}

/* Whether figures of named processes, of their mappings, or of groups of them are shown. */
static bool shows_named(const struct options *options)
{
	const struct row_type *type = command_rows(options)->type;

	return ((type == &task_rows || type == &group_rows) && options->n_pids) ||
	       type == &vma_rows;
}

/* The parts to request: those of the command, and what columns need. */
static uint32_t parts_of(const struct options *options)
{
	return shows_named(options) && parts_of_columns(options) & MEMCENSUS_PART_FLAGS ?
	       (options->parts ?: REQUEST_DEFAULT_PARTS) | MEMCENSUS_PART_FLAGS : options->parts;
}

/* Whether other processes need not be walked, as they matter as owners alone. */
static bool named_only(const struct options *options)
{
	return shows_named(options) && !options->group_by &&
	       !(parts_of_columns(options) & MEMCENSUS_PART_OWNERS);
}

/* Fails if a column needs the names of the processes, which are not there. */
static int check_parts(const struct options *options, struct failure *why)
{
	const struct column *column = command_flags_column(options);

	if (!column || options->n_pids || options->file ||
	    options->command->parts & MEMCENSUS_PART_VMAS ||
	    (options->command->names_all && command_rows(options)->type == &task_rows))
		return 0;
	return fail(why, FAIL_USAGE,
		    "'%s' is read from each page of named processes: name them with --pid",
		    column->name);
}

static struct source *open_source(const struct options *options,
				  source_open_fn *open, struct failure *why)
{
	const struct window *window = &options->window;
	struct selection selection = options->selection;
	struct source *source;

	if (!options->file)
		return open(why);
	if (selection.kind == SELECTION_ALL && !command_series(options))
		selection.kind = SELECTION_LAST;
	source = source_open_file(options->file, selection, why);
	if (!source || (window->from.kind == SELECTION_ALL && window->to.kind == SELECTION_ALL) ||
	    !source_file_narrow(source, window, why))
		return source;
	source->ops->close(source);
	return NULL;
}

/*
 * Takes and shows all censuses; returns the exit status, which may be that of a program that
 * the command ran.  @complete: set if the output is.
 */
static int run_session(struct session *session, bool *complete, struct failure *why)
{
	const struct options *options = session->options;
	const struct command *command = options->command;
	int ret;

	/* A signal may kill the print of a single table; longer runs end in order. */
	if (!command->sections || options->interval || options->output)
		signals_catch();
	ret = command->run(session, why);
	*complete = !ret;
	if (session->source)
		session->partial |= session->source->damaged;
	if (!ret && session->child)
		return session->child;
	if (!ret && session->urgent)
		return EXIT_URGENT;
	if (!ret)
		return session->partial ? EXIT_PARTIAL : EXIT_DONE;
	print_failure(why);
	return session->child ? session->child : EXIT_FAILED;
}

/* Checked before anything else, so the message appears without the module too. */
static int check_screen(const struct command *command, struct failure *why)
{
	if (!command->screen || (isatty(STDOUT_FILENO) && isatty(STDIN_FILENO)))
		return 0;
	return fail(why, FAIL_SYSTEM,
		    "'%s' needs a terminal; 'memcensus tasks' prints the same once",
		    command->name);
}

/* Opens the source that the command needs, and runs it. */
static int run_on_source(struct options *options, FILE *out, source_open_fn *open,
			 bool *complete, struct failure *why)
{
	struct session session = {
		.options = options,
		.request = {
			.parts = parts_of(options),
			.totals = options->command->totals,
			.named_only = named_only(options),
			.pids = { options->n_pids, options->pids },
			.group_by = options->group_by,
			.cmdlines = command_reads_cmdlines(options),
			.nodes = command_reads_nodes(options),
			.merged = command_reads_merged(options),
		},
		.out = out,
	};
	int status;

	if (!options->file && subtree_find_called(options, why))
		return print_failure(why);
	if (!options->no_source) {
		session.source = open_source(options, open, why);
		if (!session.source && !options->command->sourceless)
			return print_failure(why);
		session.lacks = *why;
	}
	if (subtree_given(options) && session.source && session.source->ops->live &&
	    subtree_check(options, why)) {
		session.source->ops->close(session.source);
		return print_failure(why);
	}
	status = run_session(&session, complete, why);
	if (session.source)
		session.source->ops->close(session.source);
	session_free(&session);
	return status;
}

/* Whether @options ask for what needs no census. */
static bool asks(const struct options *options)
{
	return options->version || options->help || command_asks_columns(options);
}

/* enum help - of which --help is: */
enum help {
	HELP_ALL,	/* all commands */
	HELP_BRIEF,	/* one, as 'COMMAND --help' */
	HELP_COMMAND,	/* one, as 'help COMMAND' */
};

static int answer_command(const struct options *options, enum help help, FILE *out)
{
	if (options->version)
		fprintf(out, "memcensus %s (ABI %d)\n", VERSION, MEMCENSUS_ABI);
	else if (!options->help)
		help_print_columns(out, options);
	else if (help == HELP_COMMAND)
		help_print_command(out, options->command);
	else if (options->command_given || help == HELP_BRIEF)
		help_print_brief(out, options->command);
	else
		help_print(out);
	return EXIT_DONE;
}

static int write_output(struct options *options, enum help help, source_open_fn *open)
{
	struct failure why = { .kind = FAIL_NONE };
	bool complete = asks(options);
	struct output output;
	int status;

	if ((!asks(options) && check_screen(options->command, &why)) ||
	    output_open(&output, asks(options) || options->own_output ? NULL : options->output,
			options->command->replaces ? RESULT_REPLACE : RESULT_OVER, &why))
		return print_failure(&why);
	status = asks(options) ? answer_command(options, help, output.stream) :
				 run_on_source(options, output.stream, open, &complete, &why);
	/* At an interval, keep what was written before a failure: it is valid. */
	fflush(output.stream);
	if (output_close(&output, complete || (options->interval && output.wrote), &why))
		return print_failure(&why);
	return status;
}

/* Whether another program has the command. */
static bool is_elsewhere(const struct command_name *known)
{
	return known && known->is_tool && !command_find(known->name);
}

/*
 * The tool that the words of @argv before -- name; NULL: none, or this program has the command.
 * It does not know which options of a tool have a value: @word may be one.
 */
static const struct command_name *find_tool(const char *word, char **argv)
{
	const struct command_name *known;

	if (!word || command_find(word))
		return NULL;
	for (; *argv && strcmp(*argv, "--"); argv++) {
		known = command_name(*argv);
		if (known && known->is_tool)
			return is_elsewhere(known) ? known : NULL;
	}
	return NULL;
}

/* memcensus --complete WORD...: of a tool, its program knows. */
static int complete(char **argv, int n)
{
	const struct command_name *known = NULL;
	struct failure why;
	int i;

	for (i = 0; i < n - 1 && !known; i++)
		known = command_name(argv[2 + i]);
	if (is_elsewhere(known)) {
		tool_execute(known->name, argv, &why);
		return print_failure(&why);
	}
	completion_print(stdout, known ? command_find(known->name) : NULL, argv + 2, n);
	return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
}

/*
 * Makes '[COMMAND] --help' of 'help [COMMAND]'; of a tool, its program does.  Returns what it is
 * of.
 */
static enum help turn_help(int argc, char **argv)
{
	if (argc < 2 || argc > 3 || strcmp(argv[1], "help") || argv[argc - 1][0] == '-')
		return argc > 2 ? HELP_BRIEF : HELP_ALL;
	if (is_elsewhere(command_name(argv[argc - 1])))
		return HELP_COMMAND;
	argv[1] = argv[argc - 1];
	argv[argc - 1] = (char *)"--help";
	return argc > 2 ? HELP_COMMAND : HELP_ALL;
}

int reader_run(int argc, char **argv, source_open_fn *open)
{
	const struct command_name *tool;
	struct failure why = { .kind = FAIL_NONE };
	struct options options;
	const char *word;
	enum help help;
	int status;

	output_open_standard();
	if (argc > 2 && !strcmp(argv[1], "--complete"))
		return complete(argv, argc - 2);
	help = turn_help(argc, argv);
	word = parse_command(argc, argv);
	tool = find_tool(word, argv);
	if (tool) {
		tool_execute(tool->name, argv, &why);
		return print_failure(&why);
	}
	/* Set only which characters are printable: JSON needs the numbers of the C locale. */
	setlocale(LC_CTYPE, "");

	if (parse_arguments(&options, word, argc, argv, &why) ||
	    (!asks(&options) && (command_choose(&options, &why) || check_parts(&options, &why))))
		status = print_usage_failure(&options, &why);
	else
		status = write_output(&options, help, open);
	parse_free(&options);
	return status;
}

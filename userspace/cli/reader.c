// SPDX-License-Identifier: GPL-2.0
/* Runs a command line and returns its exit status. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/reader.h"
#include "cli/session.h"
#include "lib/output.h"
#include "lib/signals.h"
#include "record/selection.h"

static int complain(const struct failure *why)
{
	fprintf(stderr, "memcensus: %s\n", why->text);
	return EXIT_FAILED;
}

static int usage(const struct options *options, const struct failure *why)
{
	if (why->kind != FAIL_USAGE)
		return complain(why);
	fprintf(stderr, "memcensus: %s (try 'memcensus%s%s --help')\n", why->text,
		options->command_wrong ? "" : " ",
		options->command_wrong ? "" : options->command->name);
	return EXIT_USAGE;
}

static struct source *open_source(const struct options *options,
				  source_open_fn *open, struct failure *why)
{
	struct selection selection = options->selection;

	if (!options->file)
		return open(why);
	if (!options->at)
		selection.kind = options_series(options) ? SELECTION_ALL : SELECTION_LAST;
	return source_open_file(options->file, selection, why);
}

/* Takes and shows all censuses; returns the exit status. */
static int run_session(struct session *session, struct failure *why)
{
	const struct options *options = session->options;
	const struct command *command = options->command;
	int ret;

	/* A signal may kill the print of a single table; longer runs end in order. */
	if ((command->run && !command->show) || options->interval || options->output)
		signals_catch();
	ret = command->run ? command->run(session, why) :
			     present_censuses(session, why);
	if (session->source)
		session->partial |= session->source->damaged;
	if (!ret && session->child)
		return session->child;
	if (!ret)
		return session->partial ? EXIT_PARTIAL : EXIT_DONE;
	complain(why);
	return session->child ? session->child : EXIT_FAILED;
}

static bool needs_source(const struct options *options)
{
	const struct command *command = options->command;

	return command->needs_source ? command->needs_source(options) : !command->no_source;
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
static int run(const struct options *options, const struct basis *basis, FILE *out,
	       source_open_fn *open, struct failure *why)
{
	struct session session = {
		.options = options,
		.request = {
			.basis = basis->number,
			.any_basis = !options->basis && !basis->because,
			.parts = present_parts(options),
			.pids = options->pids,
			.n_pids = options->n_pids,
			.group_by = options->group_by,
			.pages = options->pages,
			.pages_start = options->start,
			.pages_end = options->end,
			.cmdlines = command_reads_cmdlines(options),
		},
		.basis = basis,
		.out = out,
	};
	int status;

	if (needs_source(options)) {
		session.source = open_source(options, open, why);
		if (!session.source)
			return complain(why);
	}
	status = run_session(&session, why);
	if (session.source)
		session.source->ops->close(session.source);
	session_free(&session);
	return status;
}

/* Whether @options ask for what needs no census. */
static bool asks(const struct options *options)
{
	return options->version || options->words || options->help;
}

static int answer(const struct options *options, FILE *out)
{
	if (options->version)
		fprintf(out, "memcensus %s (ABI %d)\n", VERSION, MEMCENSUS_ABI);
	else if (options->words)
		words_print(out, options);
	else if (options->command_given)
		help_print_command(out, options->command);
	else
		help_print(out);
	return EXIT_DONE;
}

static int write_output(const struct options *options, const struct basis *basis,
			source_open_fn *open)
{
	struct failure why = { .kind = FAIL_NONE };
	struct output output;
	int status;

	if ((!asks(options) && check_screen(options->command, &why)) ||
	    output_open(&output, asks(options) ? NULL : options->output, &why))
		return complain(&why);
	status = asks(options) ? answer(options, output.stream) :
				 run(options, basis, output.stream, open, &why);
	/* At an interval, keep what was written before a failure: it is valid. */
	fflush(output.stream);
	if (output_close(&output, status != EXIT_FAILED ||
			 (options->interval && output.wrote), &why))
		return complain(&why);
	return status;
}

int reader_run(int argc, char **argv, source_open_fn *open)
{
	struct failure why = { .kind = FAIL_NONE };
	struct options options;
	struct basis basis = { 0 };
	int status;

	/* Set only which characters are printable: JSON needs the numbers of the C locale. */
	setlocale(LC_CTYPE, "");

	if (options_parse(&options, argc, argv, &why) ||
	    (!asks(&options) && (command_choose(&options, &why) ||
				 basis_choose(&basis, &options, &why))))
		status = usage(&options, &why);
	else
		status = write_output(&options, &basis, open);
	options_free(&options);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/* Runs a command line and returns its exit status. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/reader.h"
#include "cli/session.h"
#include "host/cmdlines.h"
#include "lib/output.h"
#include "lib/signals.h"
#include "record/selection.h"

static void complain(const struct failure *why)
{
	fprintf(stderr, "memcensus: %s\n", why->text);
}

/*
 * Checks the column names before a census is taken.  Sets @cmdlines if the columns
 * include command lines.
 */
static int check_columns(const struct options *options, bool *cmdlines,
			 struct failure *why)
{
	const struct rows *rows = command_rows(options);
	const struct record_type *type = rows->type;
	const struct column *sort;
	struct columns columns;
	size_t i;

	*cmdlines = false;
	if (!type)
		return 0;
	sort = options->sort ? record_find(type, options->sort, strlen(options->sort)) : NULL;
	if (options->sort && !sort)
		return columns_unknown(type, options->sort, strlen(options->sort), why);
	if (columns_choose(&columns, type, options->columns,
			   options->all ? NULL : rows->columns, why))
		return -1;
	*cmdlines = sort == task_cmdline;
	for (i = 0; i < columns.n; i++)
		*cmdlines |= columns.v[i] == task_cmdline;
	columns_free(&columns);
	if (*cmdlines && !cmdlines_add)
		return fail_left_out(why, "command lines");
	return 0;
}

static int usage(const struct options *options, const struct failure *why)
{
	if (why->kind != FAIL_USAGE) {
		complain(why);
		return EXIT_FAILED;
	}
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

static int run(const struct options *options, const struct basis *basis,
	       bool cmdlines, source_open_fn *open)
{
	struct failure why = { .kind = FAIL_NONE };
	struct output output;
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
			.cmdlines = cmdlines,
		},
		.basis = basis,
	};
	int status = EXIT_FAILED;

	if (check_screen(options->command, &why) ||
	    output_open(&output, options->output, &why)) {
		complain(&why);
		return EXIT_FAILED;
	}
	session.out = output.stream;
	if (needs_source(options))
		session.source = open_source(options, open, &why);
	if (session.source || !needs_source(options))
		status = run_session(&session, &why);
	else
		complain(&why);
	if (session.source)
		session.source->ops->close(session.source);
	session_free(&session);

	/* At an interval, keep what was written before a failure: it is valid. */
	fflush(output.stream);
	if (!output_close(&output, status != EXIT_FAILED ||
			  (options->interval && output.wrote), &why))
		return status;
	complain(&why);
	return EXIT_FAILED;
}

/* Prints to stdout what needs no census. */
static int say(const struct options *options)
{
	struct failure why = { .kind = FAIL_NONE };
	struct output output;

	if (output_open(&output, NULL, &why)) {
		complain(&why);
		return EXIT_FAILED;
	}
	if (options->version)
		fprintf(output.stream, "memcensus %s (ABI %d)\n", VERSION, MEMCENSUS_ABI);
	else if (options->words)
		words_print(output.stream, options);
	else if (options->command_given)
		help_print_command(output.stream, options->command);
	else
		help_print(output.stream);
	if (!output_close(&output, true, &why))
		return EXIT_DONE;
	complain(&why);
	return EXIT_FAILED;
}

int reader_run(int argc, char **argv, source_open_fn *open)
{
	struct failure why = { .kind = FAIL_NONE };
	struct options options;
	struct basis basis;
	bool cmdlines;
	int status;

	/* Set only which characters are printable: JSON needs the numbers of the C locale. */
	setlocale(LC_CTYPE, "");

	if (options_parse(&options, argc, argv, &why))
		status = usage(&options, &why);
	else if (options.help || options.version || options.words)
		status = say(&options);
	else if (check_columns(&options, &cmdlines, &why) ||
		 basis_choose(&basis, &options, &why))
		status = usage(&options, &why);
	else
		status = run(&options, &basis, cmdlines, open);
	options_free(&options);
	return status;
}

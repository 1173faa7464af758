// SPDX-License-Identifier: GPL-2.0
/* Prints the words for shell completion. */
#include <string.h>

#include "cli/command-names.h"
#include "cli/completion.h"
#include "os/cgroups.h"

/* Maps the name of a value in --help to what completes it. */
static const struct {
	const char *arg;
	const char *by;
} values[] = {
	{ "LIST", "@columns" },
	{ "COLUMN", "@column" },
	{ "BASIS", "mapcount frames" },
	{ "CENSUS", "first last" },
	{ "FILE", "@files" },
	{ "PID", "@pids" },
	{ "PATH", "@cgroup" },
	{ "node", "node" },
};

static void put_completed(FILE *out, const char *arg)
{
	const char *word = arg + (*arg == '[');
	const size_t len = strcspn(word, ", [].|");
	size_t i;

	if (strstr(arg, "-- COMMAND")) {
		fputs("@program", out);
		return;
	}
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strlen(values[i].arg) == len && !strncmp(values[i].arg, word, len)) {
			fputs(values[i].by, out);
			return;
		}
	}
	if (!strchr(arg, '|')) {
		putc('-', out);
		return;
	}
	for (; *arg; arg++)
		putc(*arg == '|' ? ' ' : *arg, out);
}

static void put_commands(FILE *out, const struct command *unused)
{
	const struct command_name *known;

	(void)unused;
	for (known = command_names; known->name; known++) {
		fprintf(out, "%s\t", known->name);
		if (*known->args)
			put_completed(out, known->args);
		fprintf(out, "\t%s\n", known->summary);
	}
}

static void put_options(FILE *out, const struct command *command)
{
	const struct option_use *use;
	const struct option_entry *option;

	for (use = command->options; (option = use->option); use++) {
		if (!option->help)
			continue;
		fprintf(out, "--%s\t", option->name);
		if (option->letter)
			fprintf(out, "-%c", option->letter);
		putc('\t', out);
		if (option->arg)
			put_completed(out, option->arg);
		fprintf(out, "\t%s\n", use->help ? use->help : option->help);
	}
}

static void put_column_words(FILE *out, const struct command *command)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; command->rows.type && (column = column_at(command->rows.type, i)); i++)
		fprintf(out, "%s\t%s\n", column->name, column->help);
}

static void put_cgroup(const struct cgroup_place *place, void *out)
{
	fprintf(out, "%s\n", place->path);
}

static void put_cgroups(FILE *out, const struct command *unused)
{
	(void)unused;
	cgroups_each(put_cgroup, out);
}

static const struct {
	const char *name;
	void (*put)(FILE *out, const struct command *command);
} kinds[] = {
	{ "commands", put_commands },
	{ "options", put_options },
	{ "columns", put_column_words },
	{ "cgroups", put_cgroups },
};

bool completion_known(const char *what)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, what))
			return true;
	return false;
}

void completion_print(FILE *out, const struct options *options)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, options->completion))
			kinds[i].put(out, options->command);
}

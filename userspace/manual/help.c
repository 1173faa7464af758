// SPDX-License-Identifier: GPL-2.0
/* Writes commands, options and columns as sections of the manual page. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command-names.h"
#include "manual/help.h"
#include "report/changes.h"
#include "tools/held/held.h"

/* Whether an option begins at @at, behind @before. */
static bool is_option(const char *at, char before)
{
	return *at == '-' && !isalnum((unsigned char)before) && before != '-' &&
	       isalpha((unsigned char)at[at[1] == '-' ? 2 : 1]);
}

/* Writes a line of text: options bold, and no other markup. */
static void put_line(FILE *out, const char *line, size_t length)
{
	const char *at;

	for (at = line; at < line + length; at++) {
		if (is_option(at, at > line ? at[-1] : ' ')) {
			putc('*', out);
			while (*at == '-' || isalnum((unsigned char)*at))
				putc(*at++, out);
			putc('*', out);
			at--;
			continue;
		}
		if (strchr("*_\\", *at) || (at == line && strchr("-.#;|[]`", *at)))
			putc('\\', out);
		putc(*at, out);
	}
	putc('\n', out);
}

/* Writes the paragraphs of --help; lines that begin with a blank stay as they are. */
static void put_text(FILE *out, const char *text)
{
	bool literal = false;
	size_t length;

	for (; *text; text += length + 1) {
		length = strcspn(text, "\n");
		if (length && (*text == ' ') != literal) {
			fputs(literal ? "```\n" : "\n```\n", out);
			literal = !literal;
		}
		if (literal)
			fprintf(out, "%.*s\n", (int)length, text);
		else
			put_line(out, text, length);
	}
	if (literal)
		fputs("```\n", out);
}

static void put_option(FILE *out, const struct option_entry *option)
{
	putc('\n', out);
	if (option->letter)
		fprintf(out, "*-%c*, ", option->letter);
	fprintf(out, "*--%s*%s%s\n\t", option->name, option->arg ? " " : "",
		option->arg ? option->arg : "");
}

static bool is_shared(const struct option_use *use)
{
	const struct option_use *shared = options_shared;

	while (shared->option && shared->option != use->option)
		shared++;
	return shared->option && !use->help;
}

void manual_commands(FILE *out)
{
	const struct command_name *known;
	const struct option_use *use;
	const struct command *command;

	for (known = command_names; known->name; known++) {
		command = command_find(known->name);
		/* A script: its section is written by hand. */
		if (!command)
			continue;
		fprintf(out, "\n## memcensus %s%s%s\n\n", known->name, *known->args ? " " : "",
			known->args);
		put_text(out, command->about);
		for (use = command->options; use->option; use++) {
			if (is_shared(use) || !use->option->help)
				continue;
			put_option(out, use->option);
			put_line(out, use->help ? use->help : use->option->help,
				 strlen(use->help ? use->help : use->option->help));
		}
		/* Not all: this program does not link the file of the next one. */
		if (use[-1].option != &option_version)
			abort();
	}
}

static bool has_option(const struct command *command, const struct option_entry *option)
{
	const struct option_use *use = command->options;

	while (use->option && use->option != option)
		use++;
	return use->option;
}

void manual_options(FILE *out)
{
	const struct command *const *command;
	const struct option_use *use;

	for (use = options_shared; use->option; use++) {
		if (!use->option->help)
			continue;
		put_option(out, use->option);
		put_line(out, use->option->help, strlen(use->option->help));
		fputs("\tOf", out);
		for (command = commands; *command; command++)
			if (has_option(*command, use->option))
				fprintf(out, " %s", (*command)->name);
		fputs(".\n", out);
	}
}

const struct row_type *const manual_types[] = {
	&task_rows, &group_rows, &vma_rows, &change_rows, &pair_rows,
	&open_kind_rows, NULL
};

/* All types that have figures have these. */
static bool is_figure(const struct column *column)
{
	const struct column_set *set = &task_rows.figures;

	return column >= set->columns && column < set->columns + set->n;
}

static void put_manual_columns(FILE *out, const struct row_type *type, bool figures)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(type, i)); i++)
		if (is_figure(column) == figures)
			fprintf(out, "\n*%s*\n\t%s\n", column->name, column->help);
}

void manual_columns(FILE *out)
{
	const struct row_type *const *type;

	fputs("## Amounts of all of them\n", out);
	put_manual_columns(out, &task_rows, true);
	for (type = manual_types; *type; type++) {
		fprintf(out, "\n## Of a %s\n", (*type)->name);
		put_manual_columns(out, *type, false);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Builds --help from the arrays of commands, options and columns. */
#include <ctype.h>
#include <string.h>

#include "cli/command-names.h"
#include "cli/help.h"

static const struct option_use common[] = { OPTIONS_COMMON };

/* Whether --help of all commands says what it is. */
static bool is_common(const struct option_use *use)
{
	const struct option_use *one = common;

	while (one->option && one->option != use->option)
		one++;
	return one->option && !use->help;
}

/* Whether the help of another option names it. */
static bool is_second(const struct option_use *use)
{
	return use->option == &option_container || use->option == &option_pod;
}

/* @brief: without those of every command, and without those that another one names */
static void put_options(FILE *out, const struct option_use *use, bool brief)
{
	const struct option_entry *option;
	char name[64];

	for (; (option = use->option); use++) {
		if (!option->help || (brief && (is_common(use) || is_second(use))))
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", option->name,
			 option->arg ? " " : "", option->arg ? option->arg : "");
		fprintf(out, "  %c%c%c %-21s %s\n",
			option->letter ? '-' : ' ',
			option->letter ? option->letter : ' ',
			option->letter ? ',' : ' ', name, use->help ? use->help : option->help);
	}
}

static bool is_figure(const struct column *column, const struct row_type *type)
{
	const struct column *const first = type->figures.columns;

	return column >= first && column < first + type->figures.n;
}

/* Prints the columns of @type; @figures: including its figures. */
static void put_help_columns(FILE *out, const struct row_type *type, bool figures)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; (column = column_at(type, i)); i++) {
		if (!figures && is_figure(column, type))
			continue;
		fprintf(out, "  %-16s %-11s %s", column->name,
			column_header(column), column->help);
		if (column->kernel)
			fprintf(out, " (%s)", column->kernel);
		if (column->part & MEMCENSUS_PART_FLAGS)
			fputs(" [only if named]", out);
		putc('\n', out);
	}
}

/* Prints the columns of rows that @option selects; @above: their figures are above. */
static void put_further_columns(FILE *out, const char *option, const struct row_type *type,
				bool above)
{
	const struct column_set *figures = &type->figures;
	unsigned int i;

	for (i = 0; i < figures->n && !figures->columns[i].name; i++)
		;
	fprintf(out, "\nColumns of %s:", option);
	if (above && figures->n)
		fprintf(out, " every amount from %s to %s, and:", figures->columns[i].name,
			figures->columns[figures->n - 1].name);
	fputs("\n\n", out);
	put_help_columns(out, type, !above);
}

static void put_columns_head(FILE *out, const struct rows *rows)
{
	fprintf(out, "Columns: name, heading, meaning (the kernel's own name).\n"
		"Unless -c says others: %s\n\n", rows->columns);
}

static const char exit_status[] =
	"Exit status:\n"
	"  0  done\n"
	"  1  failed: one line on stderr says why and what to do\n"
	"  2  wrong usage: the line names the wrong word\n"
	"  3  partial result: some processes could not be counted; they are shown as -,\n"
	"     and stderr says how many\n"
	"  4  done by 'brief --check', and a row is urgent\n";

void help_print(FILE *out)
{
	const struct command_name *known;

	fputs("Usage: memcensus [COMMAND] [OPTION...]\n"
	      "\n"
	      "Takes a census of memory, by the kernel module memcensus, and shows it. All\n"
	      "figures of one run come from one pass. Without a command it shows 'tasks'.\n"
	      "\n"
	      "Commands:\n", out);
	for (known = command_names; known->name; known++)
		fprintf(out, "  %s%s%-*s %s\n", known->name, *known->args ? " " : "",
			(int)(30 - strlen(known->name) - !!*known->args), known->args,
			known->summary);
	fputs("\n"
	      "Options of every command:\n", out);
	put_options(out, common, false);
	fputs("\n"
	      "'memcensus COMMAND --help' says what else a command can do, and lists its\n"
	      "columns.\n"
	      "\n"
	      "Four sizes of a process:\n"
	      "  VSS  reserved address space, most of it never touched\n"
	      "  RSS  mapped memory: every page it maps, shared ones in full\n"
	      "  PSS  proportional share: a page that n processes map counts 1/n. Only PSS adds up\n"
	      "  USS  exclusive memory: what the system gets back if it ends\n"
	      "\n"
	      "Tables are in KiB unless -k or -p is given; '-' is an unavailable value, never a\n"
	      "zero. JSON is in bytes and nanoseconds.\n"
	      "\n"
	      "Examples:\n"
	      "  memcensus -k -t                    all processes, with a sum\n"
	      "  memcensus -c +rss_counter,delta -s delta\n"
	      "                                     where the kernel's RSS counter is off\n"
	      "  memcensus --pid $(pgrep -d, postgres) --by all\n"
	      "                                     what all processes of a server hold\n"
	      "  memcensus map $(pidof redis-server)\n"
	      "                                     what one process has mapped\n"
	      "  memcensus -J | jq '.tasks[] | select(.uss > 104857600) | .comm'\n"
	      "                                     processes with more than 100 MiB of their own\n"
	      "\n", out);
	fputs(exit_status, out);
}

static void put_usage(FILE *out, const struct command_name *known)
{
	fprintf(out, "Usage: memcensus %s%s%s [OPTION...]\n", known->name,
		*known->args ? " " : "", known->args);
}

void help_print_command(FILE *out, const struct command *command)
{
	const struct command_name *known = command_name(command->name);
	const struct further_rows *further;

	put_usage(out, known);
	fprintf(out, "\n%s\nOptions:\n", command->about);
	put_options(out, command->options, false);
	if (command->rows.type) {
		putc('\n', out);
		put_columns_head(out, &command->rows);
		put_help_columns(out, command->rows.type, true);
	}
	for (further = command->further; further && further->option; further++)
		put_further_columns(out, further->option, further->type, command->rows.type);
	putc('\n', out);
	fputs(exit_status, out);
}

void help_print_brief(FILE *out, const struct command *command)
{
	const struct command_name *known = command_name(command->name);
	const struct option_use *use;

	if (command->brief) {
		fputs(command->brief, out);
		return;
	}
	put_usage(out, known);
	fprintf(out, "%c%s\n\n", toupper((unsigned char)*known->summary), known->summary + 1);
	put_options(out, command->options, true);
	fputs("\nAs in every command:", out);
	for (use = command->options; use->option; use++)
		if (is_common(use) && use->option->letter)
			fprintf(out, " -%c", use->option->letter);
		else if (is_common(use))
			fprintf(out, " --%s", use->option->name);
	fprintf(out, "\n'memcensus help %s' says more of each%s.\n", command->name,
		command->rows.type ? ", and which columns there are" : "");
}

void help_print_columns(FILE *out, const struct options *options)
{
	const struct rows *rows = command_rows(options);

	put_columns_head(out, rows);
	put_help_columns(out, rows->type, true);
}

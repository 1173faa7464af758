// SPDX-License-Identifier: GPL-2.0
/* What fish completes. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"

/* The first word that is a command makes the rest of the line its own. */
static const char functions[] =
	"function __memcensus_command\n"
	"	for word in (commandline -opc)[2..-1]\n"
	"		if contains -- $word $__memcensus_commands\n"
	"			echo $word\n"
	"			return\n"
	"		end\n"
	"	end\n"
	"	return 1\n"
	"end\n"
	"\n"
	"# COMMAND...: whether it is one of these\n"
	"function __memcensus_is\n"
	"	set -l command (__memcensus_command)\n"
	"	or set command $__memcensus_commands[1]\n"
	"	contains -- $command $argv\n"
	"end\n"
	"\n"
	"# WORD...: these, behind what is there of a list\n"
	"function __memcensus_list\n"
	"	set -l token (commandline -ct)\n"
	"	set -l list (string replace -r -- '^(--[^=]*=|-[a-zA-Z](?=[^-]))' '' \"$token\")\n"
	"	printf '%s\\n' (string replace -r -- '[^,+]*$' '' \"$list\")$argv\n"
	"end\n"
	"\n"
	"function __memcensus_pids\n"
	"	__memcensus_list (string match -r -- '[0-9]+$' /proc/*)\n"
	"end\n"
	"\n";

/* The words that complete it, as an option of 'complete'. */
static void put_action(FILE *out, struct completed completed)
{
	switch (completed.by) {
	case COMPLETES_COLUMN:
		fputs(" -x -a '(__memcensus_columns)'", out);
		break;
	case COMPLETES_COLUMNS:
		fputs(" -x -a '(__memcensus_list (__memcensus_columns))'", out);
		break;
	case COMPLETES_PIDS:
		fputs(" -x -a '(__memcensus_pids)'", out);
		break;
	case COMPLETES_FILE:
		fputs(" -r -F", out);
		break;
	case COMPLETES_WORDS:
		fputs(" -x -a '", out);
		completion_put_words(out, completed);
		putc('\'', out);
		break;
	case COMPLETES_NOTHING:
		fputs(" -x", out);
		break;
	}
}

static void put_help(FILE *out, const char *text)
{
	fputs(" -d '", out);
	for (; *text; text++) {
		if (strchr("\\'", *text))
			putc('\\', out);
		putc(*text, out);
	}
	fputs("'\n", out);
}

/* Of those of @commands that have it. */
static void put_option(FILE *out, const struct option_entry *entry,
		       unsigned int wanted)
{
	const struct command *const *command;

	if (!(entry->commands & wanted))
		return;
	fputs("complete -c memcensus -n '__memcensus_is", out);
	for (command = commands; *command; command++)
		if (entry->commands & wanted & (*command)->bit)
			fprintf(out, " %s", (*command)->name);
	putc('\'', out);
	if (entry->letter)
		fprintf(out, " -s %c", entry->letter);
	fprintf(out, " -l %s", entry->name);
	if (entry->arg)
		put_action(out, completion_of(entry->arg));
	put_help(out, option_help(entry, wanted));
}

static void put_columns(FILE *out)
{
	const struct command *const *command;

	fputs("function __memcensus_columns\n"
	      "	switch (__memcensus_command; or echo $__memcensus_commands[1])\n", out);
	for (command = commands; *command; command++) {
		if (!(*command)->rows.type)
			continue;
		fprintf(out, "	case %s\n		printf '%%s\\n' ", (*command)->name);
		completion_put_columns(out, (*command)->rows.type);
		putc('\n', out);
	}
	fputs("	end\nend\n\n", out);
}

static void put_command(FILE *out, const struct command *command)
{
	const struct completed completed = completion_of(command->args);

	fprintf(out, "complete -c memcensus -n 'not __memcensus_command' -a %s",
		command->name);
	put_help(out, command->summary);
	if (completed.by == COMPLETES_NOTHING)
		return;
	fprintf(out, "complete -c memcensus -n '__memcensus_is %s; and __memcensus_command'",
		command->name);
	put_action(out, completed);
	putc('\n', out);
}

void completion_fish(FILE *out)
{
	const struct command *const *command;
	const struct option_entry *entry;

	fprintf(out, "# fish completion for memcensus %s, by 'memcensus --completion fish'\n\n"
		"set -g __memcensus_commands", VERSION);
	for (command = commands; *command; command++)
		fprintf(out, " %s", (*command)->name);
	fputs("\n\n", out);
	fputs(functions, out);
	put_columns(out);
	fputs("complete -c memcensus -f\n", out);
	for (command = commands; *command; command++)
		put_command(out, *command);
	for (entry = option_entries; entry->name; entry++) {
		if (!entry->help)
			continue;
		put_option(out, entry, COMMAND_ALL & ~entry->others);
		put_option(out, entry, entry->others);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* What zsh completes. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"

static const char functions[] =
	"_memcensus_commands()\n"
	"{\n"
	"	_describe -t commands command commands\n"
	"}\n"
	"\n"
	"_memcensus_column()\n"
	"{\n"
	"	compadd -- $columns\n"
	"}\n"
	"\n"
	"# Words with commas between, the first of them perhaps behind a '+'.\n"
	"_memcensus_columns()\n"
	"{\n"
	"	compset -P '+'\n"
	"	compset -P '*,'\n"
	"	compadd -S '' -- $columns\n"
	"}\n"
	"\n"
	"_memcensus_pids()\n"
	"{\n"
	"	compset -P '*,'\n"
	"	compadd -S '' -- /proc/<->(N:t)\n"
	"}\n"
	"\n";

/* The first word that is a command makes the rest of the line its own. */
static const char head[] =
	"	for word in ${words[2,CURRENT-1]}; do\n"
	"		if (( ${commands[(I)${(b)word}:*]} )); then\n"
	"			command=$word\n"
	"			break\n"
	"		fi\n"
	"	done\n"
	"	case $command in\n";

/* It is read where it is first needed, or by eval. */
static const char tail[] =
	"	esac\n"
	"	_arguments -s -S '1:command:_memcensus_commands' $options $rest\n"
	"}\n"
	"\n"
	"if [ \"$funcstack[1]\" = _memcensus ]; then\n"
	"	_memcensus \"$@\"\n"
	"else\n"
	"	compdef _memcensus memcensus\n"
	"fi\n";

/* The action of _arguments that completes it. */
static void put_action(FILE *out, struct completed completed)
{
	switch (completed.by) {
	case COMPLETES_COLUMN:
		fputs(" _memcensus_column", out);
		break;
	case COMPLETES_COLUMNS:
		fputs(" _memcensus_columns", out);
		break;
	case COMPLETES_PIDS:
		fputs(" _memcensus_pids", out);
		break;
	case COMPLETES_FILE:
		fputs("_files", out);
		break;
	case COMPLETES_WORDS:
		putc('(', out);
		completion_put_words(out, completed);
		putc(')', out);
		break;
	case COMPLETES_NOTHING:
		putc(' ', out);
		break;
	}
}

/*
 * @text between quotes, for _arguments, to which some characters mean something.  A
 * quote ends them, stands alone, and begins them again.
 */
static void put_help(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\[]:", *text))
			putc('\\', out);
		if (*text == '\'')
			fputs("'\\'", out);
		putc(*text, out);
	}
}

static void put_option(FILE *out, const struct option_entry *entry,
		       const struct command *command)
{
	const char *value = entry->arg ? "=" : "";

	fputs("			", out);
	if (entry->letter)
		fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'[", entry->letter, entry->name,
			entry->letter, entry->arg ? "+" : "", entry->name, value);
	else
		fprintf(out, "'--%s%s[", entry->name, value);
	put_help(out, option_help(entry, command->bit));
	putc(']', out);
	if (entry->arg) {
		fprintf(out, ":%s:", entry->arg);
		put_action(out, completion_of(entry->arg));
	}
	fputs("'\n", out);
}

static void put_command(FILE *out, const struct command *command)
{
	const struct completed completed = completion_of(command->args);
	const struct option_entry *entry;

	fprintf(out, "	%s%s)\n		columns=(", command->name,
		command == commands[0] ? " | ''" : "");
	completion_put_columns(out, command->rows.type);
	fputs(")\n		options=(\n", out);
	for (entry = option_entries; entry->name; entry++)
		if (entry->commands & command->bit && entry->help)
			put_option(out, entry, command);
	fputs("		)\n", out);
	if (completed.by != COMPLETES_NOTHING) {
		fprintf(out, "		rest='*:%s:", completed.by == COMPLETES_WORDS ?
			"which" : command->args);
		put_action(out, completed);
		fputs("'\n", out);
	}
	fputs("		;;\n", out);
}

void completion_zsh(FILE *out)
{
	const struct command *const *command;

	fprintf(out, "#compdef memcensus\n"
		"# zsh completion for memcensus %s, by 'memcensus --completion zsh'\n\n",
		VERSION);
	fputs(functions, out);
	fputs("_memcensus()\n{\n"
	      "	local -a commands columns options\n"
	      "	local command rest word\n\n"
	      "	commands=(\n", out);
	for (command = commands; *command; command++) {
		fprintf(out, "		'%s:", (*command)->name);
		put_help(out, (*command)->summary);
		fputs("'\n", out);
	}
	fputs("	)\n", out);
	fputs(head, out);
	for (command = commands; *command; command++)
		put_command(out, *command);
	fputs(tail, out);
}

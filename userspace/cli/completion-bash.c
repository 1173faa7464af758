// SPDX-License-Identifier: GPL-2.0
/* What bash completes. */
#include "cli/command.h"
#include "cli/completion.h"

static const char functions[] =
	"_memcensus_words()\n"
	"{\n"
	"	COMPREPLY=($(compgen -W \"$1\" -- \"$cur\"))\n"
	"}\n"
	"\n"
	"# Words with commas between, the first of them perhaps behind a '+'.\n"
	"_memcensus_list()\n"
	"{\n"
	"	local last=${cur##*[,+]}\n"
	"	COMPREPLY=($(compgen -P \"${cur%\"$last\"}\" -W \"$1\" -- \"$last\"))\n"
	"	compopt -o nospace 2>/dev/null\n"
	"}\n"
	"\n"
	"_memcensus_files()\n"
	"{\n"
	"	mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"	compopt -o filenames 2>/dev/null\n"
	"}\n"
	"\n";

/* The first word that is a command makes the rest of the line its own. */
static const char head[] =
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"	local command='' options columns word i\n"
	"\n"
	"	COMPREPLY=()\n"
	"	# --option=value comes as three words.\n"
	"	if [ \"$cur\" = = ]; then\n"
	"		cur=\n"
	"	elif [ \"$prev\" = = ]; then\n"
	"		prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	"	fi\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		case \" $commands \" in\n"
	"		*\" $word \"*)\n"
	"			command=$word\n"
	"			break\n"
	"			;;\n"
	"		esac\n"
	"	done\n"
	"	case ${command:-$default} in\n";

static const char tail[] =
	"	if [[ $cur == -* ]]; then\n"
	"		_memcensus_words \"$options\"\n"
	"	elif [ -z \"$command\" ]; then\n"
	"		_memcensus_words \"$commands\"\n"
	"	else\n"
	"		case $command in\n";

/* The command that completes it; nothing where nothing does. */
static void put_reply(FILE *out, struct completed completed)
{
	switch (completed.by) {
	case COMPLETES_COLUMN:
		fputs("_memcensus_words \"$columns\"", out);
		break;
	case COMPLETES_COLUMNS:
		fputs("_memcensus_list \"$columns\"", out);
		break;
	case COMPLETES_PIDS:
		fputs("_memcensus_list \"$(cd /proc && echo [0-9]*)\"", out);
		break;
	case COMPLETES_FILE:
		fputs("_memcensus_files", out);
		break;
	case COMPLETES_WORDS:
		fputs("_memcensus_words '", out);
		completion_put_words(out, completed);
		putc('\'', out);
		break;
	case COMPLETES_NOTHING:
		putc(':', out);
		break;
	}
}

/* What there is of @command, as variables of the shell. */
static void put_command(FILE *out, const struct command *command)
{
	const struct option_entry *entry;
	const char *blank = "";

	fprintf(out, "	%s)\n		options='", command->name);
	for (entry = option_entries; entry->name; entry++) {
		if (!(entry->commands & command->bit) || !entry->help)
			continue;
		if (entry->letter)
			fprintf(out, "%s-%c", blank, entry->letter);
		fprintf(out, "%s--%s", entry->letter ? " " : blank, entry->name);
		blank = " ";
	}
	fputs("'\n		columns='", out);
	completion_put_columns(out, command->rows.type);
	fputs("'\n		;;\n", out);
}

/* An option that takes a value: what completes it, or nothing does. */
static void put_value(FILE *out, const struct option_entry *entry)
{
	if (entry->letter)
		fprintf(out, "	-%c | ", entry->letter);
	else
		putc('\t', out);
	fprintf(out, "--%s)\n		", entry->name);
	put_reply(out, completion_of(entry->arg));
	fputs("\n		return\n		;;\n", out);
}

static void put_head(FILE *out)
{
	const struct command *const *command;

	fputs("_memcensus()\n{\n	local commands='", out);
	for (command = commands; *command; command++)
		fprintf(out, "%s%s", command == commands ? "" : " ", (*command)->name);
	fprintf(out, "' default=%s\n", commands[0]->name);
	fputs(head, out);
}

void completion_bash(FILE *out)
{
	const struct command *const *command;
	const struct option_entry *entry;

	fprintf(out, "# bash completion for memcensus %s, by 'memcensus --completion bash'\n\n",
		VERSION);
	fputs(functions, out);
	put_head(out);
	for (command = commands; *command; command++)
		put_command(out, *command);
	fputs("	esac\n\n	case $prev in\n", out);
	for (entry = option_entries; entry->name; entry++)
		if (entry->arg)
			put_value(out, entry);
	fputs("	esac\n\n", out);
	fputs(tail, out);
	for (command = commands; *command; command++) {
		fprintf(out, "		%s) ", (*command)->name);
		put_reply(out, completion_of((*command)->args));
		fputs(" ;;\n", out);
	}
	fputs("		esac\n	fi\n}\n\ncomplete -F _memcensus memcensus\n", out);
}

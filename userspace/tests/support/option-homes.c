// SPDX-License-Identifier: GPL-2.0
/* option-homes: prints cli/option-homes.c, from the options of all commands. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/family.h"

#define ROW_SIZE	512
#define COLUMNS_MAX	100

static bool has_option(const struct command *command, const char *name)
{
	const struct option_use *use;

	for (use = command->options; use->option; use++)
		if (!strcmp(use->option->name, name))
			return true;
	return false;
}

/* The next command after @member of those that know the options of one another, or the first. */
static const struct command *next_command(const struct family_member **member)
{
	for (*member = *member ? *member + 1 : family; (*member)->name; ++*member)
		if (family_is_base((*member)->name))
			return command_find((*member)->name);
	return NULL;
}

/* Whether no command before @upto has it. */
static bool is_first(const struct command *upto, const char *name)
{
	const struct family_member *member = NULL;
	const struct command *command;

	while ((command = next_command(&member)) != upto)
		if (has_option(command, name))
			return false;
	return true;
}

static void put_option(const struct option_entry *option)
{
	char entry[ROW_SIZE], names[ROW_SIZE] = "", letter[4] = "0";
	const struct family_member *member = NULL;
	const struct command *command;
	size_t len = 0;

	if (option->letter)
		snprintf(letter, sizeof(letter), "'%c'", option->letter);
	snprintf(entry, sizeof(entry), "HOME(%s, \"%s\", %s%s%s", letter, option->name,
		 option->arg ? "\"" : "", option->arg ? option->arg : "NULL",
		 option->arg ? "\"" : "");
	while ((command = next_command(&member)))
		if (has_option(command, option->name))
			len += snprintf(names + len, sizeof(names) - len, " %s", command->name);
	printf("\t%s,%s\"%s\"),\n", entry,
	       8 + strlen(entry) + len + 6 > COLUMNS_MAX ? "\n\t     " : " ", names);
}

int main(void)
{
	const struct family_member *member = NULL;
	const struct command *command;
	const struct option_use *use;

	puts("// SPDX-License-Identifier: GPL-2.0\n"
	     "/* Made by option-homes of the tests, which says when this is stale; not edited. */\n"
	     "#include \"cli/option-homes.h\"\n"
	     "\n"
	     "#define HOME(letter_, name_, arg_, commands_)\t\t\t\t\t\\\n"
	     "\t{ { .letter = letter_, .name = name_, .arg = arg_ }, commands_ }\n"
	     "\n"
	     "const struct option_home option_homes[] = {");
	while ((command = next_command(&member)))
		for (use = command->options; use->option; use++)
			if (is_first(command, use->option->name))
				put_option(use->option);
	puts("\t{ }\n};");
	return 0;
}

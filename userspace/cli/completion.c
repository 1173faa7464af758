// SPDX-License-Identifier: GPL-2.0
/* What the scripts for all shells have in common. */
#include <string.h>

#include "cli/completion.h"

const struct shell completion_shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
	{ NULL, NULL }
};

const struct shell *completion_find(const char *name)
{
	const struct shell *shell;

	for (shell = completion_shells; shell->name; shell++)
		if (!strcmp(shell->name, name))
			return shell;
	return NULL;
}

static const struct {
	const char *arg;
	struct completed completed;
} args[] = {
	{ "LIST", { .by = COMPLETES_COLUMNS } },
	{ "COLUMN", { .by = COMPLETES_COLUMN } },
	{ "BASIS", { COMPLETES_WORDS, "mapcount frames", ' ' } },
	{ "CENSUS", { COMPLETES_WORDS, "first last", ' ' } },
	{ "FILE", { .by = COMPLETES_FILE } },
	{ "PID", { .by = COMPLETES_PIDS } },
};

struct completed completion_of(const char *arg)
{
	const char *word = arg + (*arg == '[');
	const size_t len = strcspn(word, ", [].");
	size_t i;

	for (i = 0; i < sizeof(args) / sizeof(args[0]); i++)
		if (strlen(args[i].arg) == len && !strncmp(args[i].arg, word, len))
			return args[i].completed;
	if (strchr(arg, '|'))
		return (struct completed){ COMPLETES_WORDS, arg, '|' };
	return (struct completed){ COMPLETES_NOTHING, NULL, 0 };
}

void completion_put_words(FILE *out, struct completed completed)
{
	const char *c;

	for (c = completed.words; *c; c++)
		putc(*c == completed.between ? ' ' : *c, out);
}

void completion_put_columns(FILE *out, const struct record_type *type)
{
	const struct column *column;
	unsigned int i;

	for (i = 0; type && (column = record_column(type, i)); i++)
		fprintf(out, "%s%s", i ? " " : "", column->name);
}

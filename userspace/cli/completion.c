// SPDX-License-Identifier: GPL-2.0
/* Completes command lines for the shells. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command-names.h"
#include "cli/completion.h"
#include "lib/memory.h"
#include "lib/text.h"
#include "os/cgroups.h"
#include "os/process.h"

/**
 * struct completion - a word that is completed
 * @keep: bytes of @word before what is completed: an option, elements of a list
 */
struct completion {
	FILE *out;
	const struct command *command;
	const char *word;
	size_t keep;
};

static void put_word(const struct completion *c, const char *word, const char *help)
{
	fprintf(c->out, "%.*s%s\t%s\n", (int)c->keep, c->word, word, help);
}

static void put_columns(const struct completion *c)
{
	const struct row_type *type = c->command->rows.type;
	const struct column *column;
	unsigned int i;

	for (i = 0; type && (column = column_at(type, i)); i++)
		put_word(c, column->name, "");
}

static void put_pids(const struct completion *c)
{
	struct ids pids = { NULL, 0 };
	struct failure ignored;
	char number[24];
	size_t i;

	process_all(&pids, &ignored);
	for (i = 0; i < pids.n; i++) {
		snprintf(number, sizeof(number), "%" PRIu64, pids.v[i]);
		put_word(c, number, "");
	}
	ids_free(&pids);
}

/* Whether a shell, which reads lines, gets @word as it is, and its list shows all of it. */
static bool is_plain(const char *word)
{
	uint32_t c;
	size_t len;

	for (; *word; word += len) {
		len = utf8_get(word, &c);
		if (!len || !utf8_is_plain(c))
			return false;
	}
	return true;
}

static void put_cgroup(const struct cgroup_place *place, void *c)
{
	if (is_plain(place->path))
		put_word(c, place->path, "");
}

static void put_cgroups(const struct completion *c)
{
	cgroups_each(NULL, put_cgroup, (void *)c);
}

/**
 * struct completed - a value
 * @arg: its name in --help
 * @how: of the first line
 * @words: with '|' between them, or what @put puts
 * @separators: of elements of a list
 */
struct completed {
	const char *arg;
	const char *how;
	const char *words;
	void (*put)(const struct completion *c);
	const char *separators;
};

static const struct completed values[] = {
	{ .arg = "LIST", .how = "list", .put = put_columns, .separators = ",+" },
	{ .arg = "COLUMN", .how = "words", .put = put_columns },
	{ .arg = "PID", .how = "list", .put = put_pids, .separators = "," },
	{ .arg = "PATH", .how = "words", .put = put_cgroups },
	{ .arg = "KIND", .how = "words",
	  .words = "user|cgroup|container|pod|namespace|image|command|tree|session|all" },
	{ .arg = "FILE", .how = "files" },
	{ .arg = "CENSUS", .how = "words", .words = "first|last" },
};

/* Those not in values[] name their words, "A|B", or have none. */
static struct completed completed_of(const char *arg)
{
	const char *name = arg + (*arg == '[');
	const size_t len = strcspn(name, ", [].|");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		if (strlen(values[i].arg) == len && !strncmp(values[i].arg, name, len))
			return values[i];
	return (struct completed){ .how = "words", .words = strchr(arg, '|') ? arg : NULL };
}

/* Completes a value that --help calls @arg. */
static void complete_value(struct completion *c, const char *arg)
{
	const struct completed value = completed_of(arg);
	char *copy = value.words ? xstrdup(value.words) : NULL, *rest = copy, *word;
	const char *at;

	fprintf(c->out, "%s\n", value.how);
	for (at = c->word + c->keep; value.separators && *at; at++)
		if (strchr(value.separators, *at))
			c->keep = (size_t)(at + 1 - c->word);
	if (value.put)
		value.put(c);
	while ((word = strsep(&rest, "|")))
		if (islower((unsigned char)*word))
			put_word(c, word, "");
	free(copy);
}

static void put_options(const struct completion *c)
{
	const struct option_use *use;
	const struct option_entry *option;
	char word[64];

	for (use = c->command->options; (option = use->option); use++) {
		if (!option->help)
			continue;
		snprintf(word, sizeof(word), "-%c", option->letter);
		if (option->letter)
			put_word(c, word, use->help ?: option->help);
		snprintf(word, sizeof(word), "--%s", option->name);
		put_word(c, word, use->help ?: option->help);
	}
}

/* The option that the first @len bytes of @word name and that takes a value; NULL: none. */
static const struct option_entry *option_with_value(const struct completion *c, const char *word,
						    size_t len)
{
	const struct option_use *use;

	for (use = c->command->options; use->option; use++)
		if (use->option->arg && *word == '-' &&
		    ((len == 2 && word[1] == use->option->letter) ||
		     (len > 2 && word[1] == '-' && !strncmp(word + 2, use->option->name, len - 2) &&
		      !use->option->name[len - 2])))
			return use->option;
	return NULL;
}

/* The option whose value is completed, in the last word or before it; NULL: none. */
static const struct option_entry *option_before(struct completion *c, char **words, int n)
{
	const size_t len = strcspn(c->word, "=");
	const struct option_entry *option = NULL;

	if (!strncmp(c->word, "--", 2) && c->word[len]) {
		c->keep = len + 1;
		return option_with_value(c, c->word, len);
	}
	if (strlen(c->word) > 2)
		option = option_with_value(c, c->word, 2);
	if (option) {
		c->keep = 2;
		return option;
	}
	/* bash makes three words of --option=value. */
	if (!strcmp(c->word, "="))
		c->word = "";
	else if (n > 2 && !strcmp(words[n - 2], "="))
		n--;
	if (n > 1)
		option = option_with_value(c, words[n - 2], strlen(words[n - 2]));
	/* It may be without a value. */
	return option && *option->arg == '[' && *c->word == '-' ? NULL : option;
}

void completion_print(FILE *out, const struct command *command, char **words, int n)
{
	struct completion c = { out, command ?: commands[0], words[n - 1], 0 };
	const struct option_entry *option;
	const struct command_name *known;
	int i;

	for (i = 0; command && command->program && i < n - 1; i++) {
		if (!strcmp(words[i], "--")) {
			fprintf(out, "program %d\n", i + 1);
			return;
		}
	}
	option = option_before(&c, words, n);
	if (option) {
		complete_value(&c, option->arg);
	} else if (command && *c.word != '-') {
		complete_value(&c, command_name(command->name)->args);
	} else {
		fputs("words\n", out);
		if (*c.word == '-')
			put_options(&c);
		for (known = command_names; *c.word != '-' && known->name; known++)
			put_word(&c, known->name, known->summary);
	}
}

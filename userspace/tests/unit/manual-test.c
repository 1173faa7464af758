// SPDX-License-Identifier: GPL-2.0
/*
 * The manual page names each existing command and option, and no others; its columns are made
 * of those that -c of some command has.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command-names.h"
#include "manual/columns.h"
#include "tap.h"

#define PAGE		TESTS_DATA "/../../memcensus.8.scd"

/**
 * struct page - the manual page
 * @text: the whole text
 * @lines: start of each line; each ends with NUL
 * @n: number of lines
 */
struct page {
	char *text;
	char *lines[4096];
	size_t n;
};

static bool page_read(struct page *page)
{
	FILE *file = fopen(PAGE, "r");
	size_t size = 0;
	char *line, *rest;

	page->text = NULL;
	page->n = 0;
	if (!file || getdelim(&page->text, &size, '\0', file) <= 0)
		return false;
	fclose(file);
	for (rest = page->text; page->n < 4096 && (line = strsep(&rest, "\n")); )
		page->lines[page->n++] = line;
	return true;
}

/* The line after the heading @name; without such a heading, the end. */
static size_t section(const struct page *page, const char *name)
{
	size_t i;

	for (i = 0; i < page->n; i++)
		if (!strcmp(page->lines[i], name))
			return i + 1;
	return page->n;
}

/* Does line @i still belong to the section? */
static bool goes_on(const struct page *page, size_t i, const char *end)
{
	return i < page->n && strncmp(page->lines[i], end, strlen(end));
}

/* The next bold word from *@at on; advances *@at past it; NULL: no more. */
static char *bold(char **at)
{
	static char word[64];
	char *begin = strchr(*at, '*'), *end;

	if (!begin)
		return NULL;
	end = strchr(++begin, '*');
	if (!end || end - begin >= (long)sizeof(word))
		return NULL;
	memcpy(word, begin, end - begin);
	word[end - begin] = '\0';
	*at = end + 1;
	return word;
}

static void test_commands(const struct page *page)
{
	size_t from = section(page, "# COMMANDS"), i;
	const struct command_name *known;
	char term[64], *at, *word;
	bool found;

	for (known = command_names; known->name; known++) {
		snprintf(term, sizeof(term), "*%s*", known->name);
		for (found = false, i = from; goes_on(page, i, "# "); i++)
			found |= !strncmp(page->lines[i], term, strlen(term));
		ok(found, "command %s is described", known->name);
	}
	for (i = from; goes_on(page, i, "# "); i++) {
		at = page->lines[i];
		if (*at != '*' || (i > from && *page->lines[i - 1]))
			continue;
		word = bold(&at);
		ok(word && command_name(word), "command %s exists", word ? word : page->lines[i]);
	}
}

/* The options of all commands, with duplicates. */
static const struct option_entry *options[512];
static size_t n_options;

static void find_options(void)
{
	const struct command *const *command;
	const struct option_use *use;

	for (command = commands; *command; command++)
		for (use = (*command)->options; use->option; use++)
			if (use->option->help)
				options[n_options++] = use->option;
}

/* Is @word of the page @option? */
static bool is_option(const char *word, const struct option_entry *option)
{
	if (!strncmp(word, "--", 2))
		return !strcmp(word + 2, option->name);
	return word[1] == option->letter && !word[2];
}

/* An option's description begins a line, before an empty line or a tab. */
static void test_options(const struct page *page)
{
	size_t from = section(page, "# OPTIONS"), i;
	bool seen[2][512] = { 0 }, exists;
	char *at, *word;
	size_t k;

	for (i = from; goes_on(page, i, "# "); i++) {
		if (strncmp(page->lines[i], "*-", 2))
			continue;
		for (at = page->lines[i]; (word = bold(&at)); ) {
			if (*word != '-')
				continue;
			for (k = 0, exists = false; k < n_options; k++) {
				if (!is_option(word, options[k]))
					continue;
				exists = true;
				seen[word[1] == '-'][k] = true;
			}
			ok(exists, "option %s exists", word);
		}
	}
	for (k = 0; k < n_options; k++) {
		ok(seen[1][k], "option --%s is described", options[k]->name);
		if (options[k]->letter)
			ok(seen[0][k], "option -%c is described", options[k]->letter);
	}
}

static bool in_manual(const struct record_type *type)
{
	const struct record_type *const *of = manual_types;

	while (*of && *of != type)
		of++;
	return *of;
}

/* Whether -c of @command chooses columns of @type. */
static bool has_type(const struct command *command, const struct record_type *type)
{
	return command->rows.type == type || (command->nodes && command->nodes->type == type) ||
	       (command->groups && command->groups[MEMCENSUS_BY_UID].type == type);
}

static void test_types(void)
{
	const struct record_type *const *type;
	const struct command *const *each;
	bool found;

	for (each = commands; *each; each++) {
		const struct command *command = *each;
		const struct rows *groups = command->groups, *nodes = command->nodes;
		const struct record_type *const of[] = {
			command->rows.type, groups ? groups[MEMCENSUS_BY_UID].type : NULL,
			nodes ? nodes->type : NULL,
		};
		size_t i;

		for (i = 0; i < ARRAY_SIZE(of); i++)
			if (of[i])
				ok(in_manual(of[i]), "%s: the columns of a %s are described",
				   command->name, of[i]->name);
	}
	for (type = manual_types; *type; type++) {
		for (found = false, each = commands; *each; each++)
			found |= has_type(*each, *type);
		ok(found, "a command has rows of a %s", (*type)->name);
	}
}

/* A text that fills a line of the page as it is. */
static bool fits(const char *text)
{
	return text && *text && !strpbrk(text, "\n\t*\\");
}

static void test_columns(const struct page *page)
{
	const struct record_type *const *type;
	const struct column *column;
	unsigned int i;

	ok(goes_on(page, section(page, "@COLUMNS@"), "@") &&
	   section(page, "@COLUMNS@") > section(page, "# COLUMNS"),
	   "the page has a place for the columns");
	for (type = manual_types; *type; type++) {
		for (i = 0; (column = record_column(*type, i)); i++)
			if (!fits(column->help))
				break;
		ok(!column && i, "each column of a %s has a help: %s", (*type)->name,
		   column ? column->name : "all");
	}
}

int main(void)
{
	static struct page page;

	find_options();
	if (ok(page_read(&page), PAGE " is there")) {
		test_commands(&page);
		test_options(&page);
		test_columns(&page);
	}
	test_types();
	free(page.text);
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The manual page has each existing command and option, and no others; its columns are made of
 * those that -c of some command has.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/command-names.h"
#include "manual/help.h"
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

/* A text that fills a line of the page. */
static bool fits(const char *text)
{
	return text && *text && !strpbrk(text, "\n\t");
}

static bool is_option(const char *word, const struct option_entry *option)
{
	if (!strncmp(word, "--", 2))
		return !strcmp(word + 2, option->name);
	return word[1] == option->letter && !word[2];
}

static bool has_option(const struct command *command, const char *word)
{
	const struct option_use *use;

	for (use = command->options; use->option; use++)
		if (is_option(word, use->option))
			return true;
	return false;
}

/* What is made of them stands below these headings. */
static void test_places(const struct page *page)
{
	static const char *const places[][2] = {
		{ "# COMMANDS", "@COMMANDS@" }, { "# OPTIONS", "@OPTIONS@" },
		{ "# COLUMNS", "@COLUMNS@" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		ok(goes_on(page, section(page, places[i][1]), "@") &&
		   section(page, places[i][1]) > section(page, places[i][0]),
		   "the page has a place for %s", places[i][1]);
}

/* The section of a command that is a script is written by hand. */
static bool has_section(const struct page *page, const struct command_name *known)
{
	char heading[128];

	snprintf(heading, sizeof(heading), "## memcensus %s %s", known->name, known->args);
	return section(page, heading) < page->n;
}

static void test_commands(const struct page *page)
{
	const struct command *const *command = commands;
	const struct command_name *known;
	const struct option_use *use;

	for (known = command_names; known->name; known++)
		ok(command_find(known->name) ? !!command_find(known->name)->about :
					       known->is_tool && has_section(page, known),
		   "command %s is described", known->name);
	for (; *command; command++) {
		ok(command_name((*command)->name), "command %s has its name", (*command)->name);
		for (use = (*command)->options; use->option; use++)
			if (use->option->help || use->help)
				ok(fits(use->help ? use->help : use->option->help),
				   "%s: option --%s is described", (*command)->name,
				   use->option->name);
	}
}

/* Each command has a line of the synopsis, maybe with others. */
static void test_synopsis(const struct page *page)
{
	const struct command *const *command;
	char name[64];
	bool found;
	size_t i;

	for (command = commands; *command; command++) {
		snprintf(name, sizeof(name), "*%s*", (*command)->name);
		found = false;
		for (i = section(page, "# SYNOPSIS"); goes_on(page, i, "# "); i++)
			found = found || strstr(page->lines[i], name);
		ok(found, "the synopsis has %s", (*command)->name);
	}
}

/* What the page says more about an option begins a line. */
static void test_options(const struct page *page)
{
	size_t i = section(page, "# OPTIONS");
	const struct command *const *command;
	char *at, *word;
	bool exists;

	for (; goes_on(page, i, "# "); i++) {
		if (strncmp(page->lines[i], "*-", 2))
			continue;
		for (at = page->lines[i]; (word = bold(&at)); ) {
			if (*word != '-')
				continue;
			for (exists = false, command = commands; *command; command++)
				exists |= has_option(*command, word);
			ok(exists, "option %s exists", word);
		}
	}
}

/* The commands and options that the reader has are in what is made. */
static void test_made(void)
{
	const struct command *const *command;
	const struct option_use *use;
	char *text[2], *at, name[64];
	size_t size;
	FILE *out;

	out = open_memstream(&text[0], &size);
	manual_commands(out);
	fclose(out);
	out = open_memstream(&text[1], &size);
	manual_options(out);
	fclose(out);
	for (command = commands; *command; command++) {
		snprintf(name, sizeof(name), "\n## memcensus %s", (*command)->name);
		ok(strstr(text[0], name), "the page has %s", (*command)->name);
		for (use = (*command)->options; use->option; use++) {
			snprintf(name, sizeof(name), "*--%s*", use->option->name);
			if (use->option->help)
				ok(strstr(text[0], name) || strstr(text[1], name),
				   "%s: the page has --%s", (*command)->name, use->option->name);
		}
	}
	for (at = text[0]; *at && !(*at == '\n' && at[1] && strchr("-.;|[]", at[1])); at++)
		;
	ok(!*at, "no line of text begins with markup: %.40s", at);
	free(text[0]);
	free(text[1]);
}

static bool in_manual(const struct row_type *type)
{
	const struct row_type *const *of = manual_types;

	while (*of && *of != type)
		of++;
	return *of;
}

/* Whether -c of @command chooses columns of @type. */
static bool has_type(const struct command *command, const struct row_type *type)
{
	const struct further_rows *further;

	for (further = command->further; further && further->option; further++)
		if (further->type == type)
			return true;
	return command->rows.type == type;
}

static void test_types(void)
{
	const struct row_type *const *type;
	const struct command *const *each;
	bool found;

	for (each = commands; *each; each++) {
		const struct command *command = *each;
		const struct row_type *const of[] = {
			command->rows.type, has_type(command, &group_rows) ? &group_rows : NULL,
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

static void test_columns(void)
{
	const struct row_type *const *type;
	const struct column *column;
	unsigned int i;

	for (type = manual_types; *type; type++) {
		for (i = 0; (column = column_at(*type, i)); i++)
			if (!fits(column->help) || strpbrk(column->help, "*\\"))
				break;
		ok(!column && i, "each column of a %s has a help: %s", (*type)->name,
		   column ? column->name : "all");
	}
}

int main(void)
{
	static struct page page;

	if (ok(page_read(&page), PAGE " is there")) {
		test_places(&page);
		test_synopsis(&page);
		test_options(&page);
		test_commands(&page);
	}
	test_made();
	test_columns();
	test_types();
	free(page.text);
	return tap_done();
}

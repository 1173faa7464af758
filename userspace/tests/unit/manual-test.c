// SPDX-License-Identifier: GPL-2.0
/*
 * The manual page names each existing command, option and column, and no others.
 *
 *   manual-test              compares ../memcensus.8.scd with the arrays
 *   manual-test columns      prints the correct section of columns
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/family.h"
#include "tap.h"

#define PAGE		TESTS_DATA "/../../memcensus.8.scd"
#define TYPES_MAX	16

/* Record types with option -c, and the headings of their columns. */
static const struct record_type *types[TYPES_MAX];
static size_t n_types;

static void add_type(const struct record_type *type)
{
	size_t i;

	for (i = 0; i < n_types; i++)
		if (types[i] == type)
			return;
	if (type && n_types < TYPES_MAX)
		types[n_types++] = type;
}

static void find_types(void)
{
	const struct command *const *command;

	for (command = commands; *command; command++) {
		add_type((*command)->rows.type);
		if ((*command)->groups)
			add_type((*command)->groups[MEMCENSUS_BY_UID].type);
		if ((*command)->nodes)
			add_type((*command)->nodes->type);
	}
}

/* All types have the same amounts, which have a separate heading. */
static bool is_figure(const struct column *column)
{
	const struct column_set *set = &task_record.figures;

	return column >= set->columns && column < set->columns + set->n;
}

static void heading(char *buf, size_t size, const struct record_type *type)
{
	if (type)
		snprintf(buf, size, "## Of a %s", type->name);
	else
		snprintf(buf, size, "## Amounts of all of them");
}

/* Does @column belong to the heading of @type? NULL: that of the amounts. */
static bool belongs(const struct column *column, const struct record_type *type)
{
	return is_figure(column) == !type;
}

static void print_columns(const struct record_type *type)
{
	const struct record_type *of = type ? type : &task_record;
	const struct column *column;
	char text[80];
	unsigned int i;

	heading(text, sizeof(text), type);
	printf("%s\n\n", text);
	for (i = 0; (column = record_column(of, i)); i++)
		if (belongs(column, type))
			printf("*%s*\n\t%s\n\n", column->name, column->help);
}

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
	const struct command *const *command;
	char term[64], *at, *word;
	bool found;

	for (command = commands; *command; command++) {
		snprintf(term, sizeof(term), "*%s*", (*command)->name);
		for (found = false, i = from; goes_on(page, i, "# "); i++)
			found |= !strncmp(page->lines[i], term, strlen(term));
		ok(found, "command %s is described", (*command)->name);
	}
	for (i = from; goes_on(page, i, "# "); i++) {
		at = page->lines[i];
		if (*at != '*' || (i > from && *page->lines[i - 1]))
			continue;
		word = bold(&at);
		ok(word && family_find(word), "command %s exists", word ? word : page->lines[i]);
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

static void test_columns(const struct page *page, const struct record_type *type)
{
	const struct record_type *of = type ? type : &task_record;
	const struct column *column;
	char head[80], term[80];
	unsigned int c, n = 0, terms = 0;
	size_t from, i;
	bool found;

	heading(head, sizeof(head), type);
	from = section(page, head);
	for (c = 0; (column = record_column(of, c)); c++) {
		if (!belongs(column, type))
			continue;
		n++;
		snprintf(term, sizeof(term), "*%s*", column->name);
		for (found = false, i = from; !found && goes_on(page, i, "#"); i++)
			found = !strcmp(page->lines[i], term) && i + 1 < page->n &&
				!strcmp(page->lines[i + 1] + 1, column->help);
		if (!found)
			ok(false, "column %s is described as in --help: %s", column->name,
			   column->help);
	}
	for (i = from; goes_on(page, i, "#"); i++)
		terms += *page->lines[i] == '*';
	ok(n == terms, "%s: %u columns, %u described", head, n, terms);
}

int main(int argc, char **argv)
{
	static struct page page;
	size_t i;

	find_types();
	find_options();
	if (argc > 1 && !strcmp(argv[1], "columns")) {
		print_columns(NULL);
		for (i = 0; i < n_types; i++)
			print_columns(types[i]);
		return 0;
	}
	if (ok(page_read(&page), PAGE " is there")) {
		test_commands(&page);
		test_options(&page);
		test_columns(&page, NULL);
		for (i = 0; i < n_types; i++)
			test_columns(&page, types[i]);
	}
	free(page.text);
	return tap_done();
}

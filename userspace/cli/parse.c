// SPDX-License-Identifier: GPL-2.0
/* Parses the command line. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command-names.h"
#include "cli/parse.h"
#include "lib/memory.h"
#include "model/columns.h"

/* Codes of long options for getopt_long() start here. */
#define LONG_BASE	0x100
#define OPTIONS_MAX	96
/* Of a text with the names of all commands. */
#define NAMES_SIZE	256

/**
 * struct option_set - the options of all commands, each name once
 * @v: entries; if several commands share a name, any of theirs
 * @given: which are on the command line
 * @n: number of entries
 * @letters, @names: the same in the format of getopt_long()
 */
struct option_set {
	const struct option_entry *v[OPTIONS_MAX];
	bool given[OPTIONS_MAX];
	size_t n;
	char letters[2 * OPTIONS_MAX + 2];
	struct option names[OPTIONS_MAX];
};

static size_t set_find(const struct option_set *set, const char *name)
{
	size_t i;

	for (i = 0; i < set->n && strcmp(set->v[i]->name, name); i++)
		;
	return i;
}

static void set_add(struct option_set *set, const struct option_entry *entry)
{
	const size_t i = set_find(set, entry->name);
	char *letter = set->letters + strlen(set->letters);

	if (i < set->n)
		return;
	if (set->n == OPTIONS_MAX)
		abort();
	set->v[set->n++] = entry;
	set->names[i].name = entry->name;
	set->names[i].has_arg = entry->arg ? required_argument : no_argument;
	set->names[i].val = LONG_BASE + (int)i;
	if (!entry->letter)
		return;
	*letter++ = entry->letter;
	if (entry->arg)
		*letter = ':';
}

static void set_add_all(struct option_set *set, const struct option_use *use)
{
	for (; use->option; use++)
		set_add(set, use->option);
}

/* @first: the command whose options come first: others may have the same names; or NULL. */
static void set_fill(struct option_set *set, const struct command *first)
{
	const struct command *const *command;

	memset(set, 0, sizeof(*set));
	set->letters[0] = ':';
	if (first)
		set_add_all(set, first->options);
	for (command = commands; *command; command++)
		set_add_all(set, (*command)->options);
	set_add_all(set, options_shared);
}

/* The entry for the getopt_long() result @code. */
static const struct option_entry *set_entry(const struct option_set *set, int code)
{
	size_t i;

	if (code >= LONG_BASE)
		return set->v[code - LONG_BASE];
	for (i = 0; set->v[i]->letter != code; i++)
		;
	return set->v[i];
}

static bool is_given(const struct option_set *set, const struct option_entry *entry)
{
	const size_t i = set_find(set, entry->name);

	return i < set->n && set->v[i] == entry && set->given[i];
}

/* The first of @entries that is on the command line; NULL: none. */
static const struct option_entry *first_given(const struct option_set *set,
					      const struct option_entry *const *entries)
{
	while (*entries && !is_given(set, *entries))
		entries++;
	return *entries;
}

static int next_option(const struct option_set *set, int argc, char **argv)
{
	return getopt_long(argc, argv, set->letters, set->names, NULL);
}

/* Reports the error that getopt_long() found. */
static int wrong_word(const struct option_set *set, int code, char **argv, struct failure *why)
{
	const struct option_entry *entry;

	if (code == ':') {
		entry = set_entry(set, optopt);
		return fail(why, FAIL_USAGE, "option '--%s' needs a value: %s",
			    entry->name, entry->arg);
	}
	if (optopt && optopt < LONG_BASE)
		return fail(why, FAIL_USAGE, "no option '-%c'", optopt);
	if (optopt)
		return fail(why, FAIL_USAGE, "option '--%s' takes no value",
			    set_entry(set, optopt)->name);
	return fail(why, FAIL_USAGE, "unknown or ambiguous option '%.60s'", argv[optind - 1]);
}

static const struct option_entry *option_of(const struct command *command, const char *name)
{
	const struct option_use *use;

	for (use = command->options; use->option; use++)
		if (!strcmp(use->option->name, name))
			return use->option;
	return NULL;
}

/* Says that the command of @options does not have @option, and which ones do. */
static int not_an_option(const struct options *options, const char *option, struct failure *why)
{
	const struct command *const *command;
	char names[NAMES_SIZE] = "";
	size_t len = 0;

	if (!strcmp(option, option_file.name))
		return fail(why, FAIL_USAGE,
			    "'%s' reads no record, which does not have what it shows: run it on the machine; 'memcensus -g -f FILE' has what a record knows of cgroups",
			    options->name);
	for (command = commands; *command && len < NAMES_SIZE; command++)
		if (option_of(*command, option))
			len += snprintf(names + len, NAMES_SIZE - len, " %s", (*command)->name);
	return fail(why, FAIL_USAGE, "'%s' has no option '--%s'%s%s", options->name, option,
		    *names ? "; it is one of:" : "", names);
}

static void *option_member(const struct options *options, const struct option_entry *entry)
{
	return (char *)(entry->own ? options->own : (void *)options) + entry->at;
}

/* Applies the option @code to @options, or fails if the command does not have it. */
static int apply_option(struct options *options, struct option_set *set, int code,
			struct failure *why)
{
	const char *name = set_entry(set, code)->name;
	const struct option_entry *entry = option_of(options->command, name);
	int ret = 0;

	if (!entry)
		return not_an_option(options, name, why);
	set->given[set_find(set, name)] = true;
	switch (entry->kind) {
	case OPTION_FLAG:
		*(bool *)option_member(options, entry) = true;
		break;
	case OPTION_TEXT:
		*(const char **)option_member(options, entry) = optarg;
		break;
	case OPTION_SELECTION:
		ret = selection_parse(option_member(options, entry), optarg, why);
		break;
	case OPTION_NONE:
		break;
	}
	if (entry->group_by)
		options->group_by = entry->group_by;
	return ret || !entry->set ? ret : entry->set(options, optarg, why);
}

static int wrong_pair(const struct option_rule *rule, const struct option_entry *other,
		      struct failure *why)
{
	if (rule->needs)
		return fail(why, FAIL_USAGE, "'--%s' needs %s", rule->one->name, rule->needs);
	return fail(why, FAIL_USAGE, "'--%s' and '--%s' cannot be combined%s%s",
		    rule->one->name, other->name, rule->because ? ": " : "",
		    rule->because ? rule->because : "");
}

/* @rules may be NULL. */
static int check_rules(const struct option_rule *rule, const struct option_set *set,
		       struct failure *why)
{
	const struct option_entry *other;

	for (; rule && rule->one; rule++) {
		other = first_given(set, rule->others);
		if (is_given(set, rule->one) && !other == !!rule->needs)
			return wrong_pair(rule, other, why);
	}
	return 0;
}

/* Whether @word is what ps -o takes: names of columns. */
static bool names_columns(const struct options *options, const char *word)
{
	const struct row_type *type = command_rows(options)->type;
	struct columns columns;
	struct failure ignored;

	if (!type || *word == '+' || columns_choose(&columns, type, word, NULL, &ignored))
		return false;
	columns_free(&columns);
	return true;
}

/* What no rule can express: it depends on a value. */
static int check_values(const struct options *options, struct failure *why)
{
	if (options->output && names_columns(options, options->output))
		return fail(why, FAIL_USAGE,
			    "'-o' writes a file: columns are '-c %.60s', a file of that name is '-o ./%.60s'",
			    options->output, options->output);
	if (options->forest && options->group_by != MEMCENSUS_BY_CGROUP)
		return fail(why, FAIL_USAGE, "'--forest' needs '-g': it is the tree of cgroups");
	return 0;
}

static int check_processes(const struct options *options, struct failure *why)
{
	if (options->command->adds_processes ||
	    !!options->n_pids + !!options->n_roots + options_select_cgroups(options) < 2)
		return 0;
	return fail(why, FAIL_USAGE, "'%s' takes one of PIDs, '--cgroup' and '--tree'",
		    options->name);
}

static void set_command(struct options *options, const struct command *command)
{
	options->command = command;
	options->name = command->name;
	options->parts = command->parts;
	if (command->own_size)
		options->own = xcalloc(1, command->own_size);
}

static int no_command(const char *word, struct failure *why)
{
	const struct command_name *known;
	char names[NAMES_SIZE];
	size_t len = 0;

	for (known = command_names; known->name && len < NAMES_SIZE; known++)
		len += snprintf(names + len, NAMES_SIZE - len, " %s", known->name);
	return fail(why, FAIL_USAGE, "no command '%.60s'; there are:%s", word, names);
}

const char *parse_command(int argc, char **argv)
{
	/* getopt_long() permutes. */
	char **copy = xmemdup(argv, (argc + 1) * sizeof(*copy));
	const char *word = NULL;
	struct option_set set;

	opterr = 0;
	set_fill(&set, NULL);
	optind = 0;
	while (next_option(&set, argc, copy) != -1)
		;
	/* A number is an argument of the default command. */
	if (optind < argc && !isdigit((unsigned char)*copy[optind]))
		word = copy[optind];
	free(copy);
	return word;
}

/* Cuts the program after -- off the words.  Returns the number of words that are left. */
static int cut_program(struct options *options, int argc, char **argv)
{
	int i;

	for (i = 1; options->command->program && i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		options->program = argv + i + 1;
		return i;
	}
	return argc;
}

int parse_arguments(struct options *options, const char *word, int argc, char **argv,
		    struct failure *why)
{
	const struct command *command = word ? command_find(word) : NULL;
	struct option_set set;
	int code, ret = 0;

	memset(options, 0, sizeof(*options));
	set_command(options, command ? command : commands[0]);
	options->command_given = command;
	options->command_wrong = word && !command;
	if (options->command_wrong)
		return no_command(word, why);
	argc = cut_program(options, argc, argv);
	set_fill(&set, options->command);
	optind = 0;
	while ((code = next_option(&set, argc, argv)) != -1)
		if (!ret && (code == '?' || code == ':'))
			ret = wrong_word(&set, code, argv, why);
	optind = 0;
	while (!ret && (code = next_option(&set, argc, argv)) != -1)
		ret = apply_option(options, &set, code, why);
	if (ret || options->help || options->version)
		return ret;
	if (check_rules(options_rules, &set, why) ||
	    check_rules(options->command->rules, &set, why) ||
	    check_values(options, why))
		return -1;
	optind += options->command_given;
	ret = options->command->words(options, argv + optind, argc - optind, why) ?:
	      check_processes(options, why);
	/* A list of columns needs no process. */
	return command_asks_columns(options) ? 0 : ret;
}

void parse_free(struct options *options)
{
	columns_free(&options->chosen);
	free(options->pids);
	free(options->roots);
	free(options->own);
	while (options->n_cgroups)
		free(options->cgroups[--options->n_cgroups]);
	free(options->cgroups);
	free(options->called);
}

// SPDX-License-Identifier: GPL-2.0
/* The command line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/memcensus.h>

#include "cli/command.h"
#include "cli/reader.h"
#include "host/names.h"
#include "lib/memory.h"
#include "lib/text.h"

/* Codes of long options for getopt_long() start here. */
#define LONG_BASE	0x100
#define OPTIONS_MAX	96
/* Of a text with the names of all commands. */
#define NAMES_SIZE	256

static int set_pids(struct options *options, const char *value,
		    struct failure *why)
{
	uint64_t pid;
	size_t len;

	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (!text_number(value, len, &pid) || !pid || pid > INT32_MAX)
			return fail(why, FAIL_USAGE, "'%.*s' is not a PID",
				    len > 60 ? 60 : (int)len, value);
		if (options->n_pids == MEMCENSUS_PIDS_MAX)
			return fail(why, FAIL_USAGE, "more than %d PIDs at once",
				    MEMCENSUS_PIDS_MAX);
		options->pids = array_grow(options->pids, options->n_pids, sizeof(*options->pids));
		options->pids[options->n_pids++] = (uint32_t)pid;
		if (!value[len])
			return 0;
	}
}

static int set_words(struct options *options, const char *value, struct failure *why)
{
	if (words_known(options->words))
		return 0;
	return fail(why, FAIL_USAGE, "no words '%.60s'; there are: commands options columns",
		    value);
}

static int set_basis(struct options *options, const char *value, struct failure *why)
{
	for (options->basis = MEMCENSUS_BASIS_MAX; options->basis; options->basis--)
		if (!strcmp(value, basis_words[options->basis]))
			return 0;
	return fail(why, FAIL_USAGE, "no basis '%.60s'; there are: mapcount frames", value);
}

static int set_top(struct options *options, const char *value, struct failure *why)
{
	uint64_t top;

	if (!text_number(value, strlen(value), &top) || top > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of rows", value);
	options->top = top;
	return 0;
}

const struct option_entry option_columns = {
	'c', "columns", "LIST", "show these columns; +LIST adds them", TEXT(columns) };
const struct option_entry option_all = {
	'a', "all", NULL, "show all columns", FLAG(all) };
const struct option_entry option_sort = {
	's', "sort", "COLUMN", "sort by this column, smallest first", TEXT(sort) };
const struct option_entry option_reverse = {
	'r', "reverse", NULL, "reverse the order: largest first", FLAG(reverse) };
const struct option_entry option_totals = {
	't', "totals", NULL, "add a row of totals", FLAG(totals) };
const struct option_entry option_percent = {
	'p', "percent", NULL, "show amounts in percent of MemTotal", FLAG(percent) };
const struct option_entry option_numeric = {
	'n', "numeric", NULL, "show users and cgroups as numbers", FLAG(numeric) };
const struct option_entry option_user = {
	'u', "user", NULL, "a row for each user", .group_by = MEMCENSUS_BY_UID };
const struct option_entry option_cgroup = {
	'g', "cgroup", NULL, "a row for each cgroup", .group_by = MEMCENSUS_BY_CGROUP,
	PART(cgroup_path, "cgroups") };
const struct option_entry option_command = {
	0, "command", NULL, "a row for each command name", .group_by = MEMCENSUS_BY_COMM };
const struct option_entry option_pid = {
	0, "pid", "PID,...", "only these processes; thread IDs are accepted", .set = set_pids };
const struct option_entry option_together = {
	0, "together", NULL, "one row for the processes of --pid or a filter",
	.group_by = MEMCENSUS_BY_PIDS };
const struct option_entry option_basis = {
	0, "basis", "BASIS", "count owners by 'mapcount', as smaps does, or by 'frames'",
	.set = set_basis };
const struct option_entry option_types = {
	0, "types", NULL, "a row for each migrate type", FLAG(types) };
const struct option_entry option_slab = {
	0, "slab", NULL, "the slab caches of the kernel, as slabtop", FLAG(slab) };
const struct option_entry option_wide = {
	'w', "wide", NULL, "more columns", FLAG(wide) };
const struct option_entry option_file = {
	'f', "file", "FILE", "read a record instead of the kernel; -: stdin", TEXT(file),
	PART(selection_parse, "records") };
const struct option_entry option_at = {
	0, "at", "CENSUS", "a census of the record: number, time, first, last",
	SELECTION(selection), PART(selection_parse, "records") };
const struct option_entry option_output = {
	'o', "output", "FILE", "write to FILE; replace it only on success", TEXT(output) };
const struct option_entry option_top = {
	0, "top", "N", "draw the N largest separately; 0: all", FLAG(has_top), .set = set_top };
const struct option_entry option_abbreviate = {
	'k', "abbreviate", NULL, "amounts with a suitable unit: 512, 1.5K, 12.3M",
	FLAG(suffixes) };
const struct option_entry option_no_header = {
	'H', "no-header", NULL, "no column names", FLAG(no_header) };
const struct option_entry option_raw = {
	0, "raw", NULL, "values separated by one blank, for scripts", FLAG(raw) };
const struct option_entry option_json = {
	'J', "json", NULL, "JSON: bytes, nanoseconds, null if unknown", FLAG(json) };
const struct option_entry option_words = {
	0, "words", "WHAT", NULL, TEXT(words), .set = set_words,
	PART(words_known, "words for completion") };
const struct option_entry option_help = {
	'h', "help", NULL, "print this help", FLAG(help) };
const struct option_entry option_version = {
	'V', "version", NULL, "print the version", FLAG(version) };

/* The options that make groups. */
#define GROUPS	"user", "cgroup", "command", "together"

/**
 * struct exclusion - options that exclude each other
 * @one: a name
 * @others: names of the options that exclude @one
 * @because: the reason; NULL: it is obvious
 * @except: a command where these names are those of other options; NULL: none
 */
static const struct exclusion {
	const char *one;
	const char *others[8];
	const char *because;
	const struct command *except;
} exclusions[] = {
	{ "json", .others = { "raw" } },
	{ "percent", .others = { "abbreviate" } },
	{ "vm", .others = { "slab" } },
	{ "listen", .others = { "output", "prometheus" } },
	{ "user", .others = { "cgroup", "command", "together" } },
	{ "calls", .others = { "interval" }, .because = "rows are calls, as they return" },
	{ "cgroup", .others = { "command", "together" } },
	{ "command", .others = { "together" } },
	{ "mappings", .others = { GROUPS } },
	{ "pages", .others = { "columns", "all", "sort", "reverse", "smaps" },
	  .because = "it has its own rows" },
	{ "pages", .others = { "basis" }, .because = "who else maps a page is counted by frames" },
	{ "pages", .others = { "file" }, .because = "a record does not have the pages" },
	{ "mapfilter", .others = { GROUPS }, .because = "figures of groups cover all mappings" },
	{ "system", .others = { GROUPS, "pid", "sort" },
	  .because = "it draws neither processes, groups nor columns" },
	{ "all", .others = { "columns" }, .except = &trace_command },
};

/**
 * struct requirement - an option that needs another one
 * @one: a name
 * @others: names; any of them is enough
 * @words: how the message names them
 */
static const struct requirement {
	const char *one;
	const char *others[4];
	const char *words;
} requirements[] = {
	{ "at", { "file" }, "'--file'" },
	{ "vmas", { "pid" }, "'--pid'" },
	{ "range", { "pages" }, "'--pages'" },
	{ "together", { "pid", "processfilter", "userfilter" }, "'--pid' or a filter" },
};

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

/* @first: the command whose options come first: others may have the same names; or NULL. */
static void set_fill(struct option_set *set, const struct command *first)
{
	const struct command_slot *slot;
	const struct command *command;
	const struct option_use *use;

	memset(set, 0, sizeof(*set));
	set->letters[0] = ':';
	for (use = first ? first->options : NULL; use && use->option; use++)
		set_add(set, use->option);
	for_each_command(command, slot)
		for (use = command->options; use->option; use++)
			set_add(set, use->option);
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

static bool is_given(const struct option_set *set, const char *name)
{
	const size_t i = set_find(set, name);

	return i < set->n && set->given[i];
}

/* The first of @names that is on the command line; NULL: none. */
static const char *first_given(const struct option_set *set, const char *const *names)
{
	while (*names && !is_given(set, *names))
		names++;
	return *names;
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

/*
 * Writes the names of the commands that have the option @option, or of all if it is
 * NULL, to @names of NAMES_SIZE bytes.
 */
static const char *name_commands(char *names, const char *option)
{
	const struct command_slot *slot;
	const struct command *command;
	size_t len = 0;

	names[0] = '\0';
	for_each_command(command, slot)
		if (len < NAMES_SIZE && (!option || option_of(command, option)))
			len += snprintf(names + len, NAMES_SIZE - len, " %s", command->name);
	return names;
}

/* Applies the option @code to @options, or fails if the command does not have it. */
static int take_option(struct options *options, struct option_set *set, int code,
		       struct failure *why)
{
	const char *name = set_entry(set, code)->name;
	const struct option_entry *entry = option_of(options->command, name);
	char owners[NAMES_SIZE];

	if (!entry)
		return fail(why, FAIL_USAGE, "'%s' has no option '--%s'; it is one of:%s",
			    options->command->name, name, name_commands(owners, name));
	set->given[set_find(set, name)] = true;
	if (entry->part && !entry->linked)
		return fail_left_out(why, entry->part);
	if (entry->flag)
		*(bool *)((char *)options + entry->flag) = true;
	if (entry->text)
		*(const char **)((char *)options + entry->text) = optarg;
	if (entry->group_by)
		options->group_by = entry->group_by;
	if (entry->filter)
		return filter_compile((struct filter *)((char *)options + entry->filter), name,
				      optarg, why);
	if (entry->selection)
		return selection_parse((struct selection *)((char *)options + entry->selection),
				       optarg, why);
	return entry->set ? entry->set(options, optarg, why) : 0;
}

static int check_exclusions(const struct options *options, const struct option_set *set,
			    struct failure *why)
{
	const struct exclusion *row;
	const char *other;

	for (row = exclusions; row < exclusions + ARRAY_SIZE(exclusions); row++) {
		other = first_given(set, row->others);
		if (other && is_given(set, row->one) && options->command != row->except)
			return fail(why, FAIL_USAGE, "'--%s' and '--%s' cannot be combined%s%s",
				    row->one, other, row->because ? ": " : "",
				    row->because ? row->because : "");
	}
	return 0;
}

static int check_requirements(const struct option_set *set, struct failure *why)
{
	const struct requirement *row;

	for (row = requirements; row < requirements + ARRAY_SIZE(requirements); row++)
		if (is_given(set, row->one) && !first_given(set, row->others))
			return fail(why, FAIL_USAGE, "'--%s' needs %s", row->one, row->words);
	return 0;
}

/* Checks what the tables cannot express: it depends on values, or on three options. */
static int check_groups(const struct options *options, const struct option_set *set,
			struct failure *why)
{
	static const char *const names[] = { GROUPS, NULL };

	if (options->pids && (options->comm.given || options->user.given))
		return fail(why, FAIL_USAGE,
			    "'--pid' and a filter cannot be combined for groups");
	if (options->basis != MEMCENSUS_BASIS_MAPCOUNT)
		return 0;
	return fail(why, FAIL_USAGE,
		    "'--%s' and '--basis mapcount' cannot be combined: groups are counted by frames",
		    first_given(set, names));
}

int options_pids(struct options *options, char **words, int n,
		 struct failure *why)
{
	int i;

	if (!n)
		return fail(why, FAIL_USAGE, "'%s' needs a PID",
			    options->command->name);
	for (i = 0; i < n; i++)
		if (set_pids(options, words[i], why))
			return -1;
	return 0;
}

/* Sets the command named on the command line. */
static int take_command(struct options *options, const char *word, struct failure *why)
{
	const struct command_slot *slot = command_find(word);
	char names[NAMES_SIZE];

	options->command_given = slot && slot->command;
	options->command_wrong = !options->command_given;
	if (!slot)
		return fail(why, FAIL_USAGE, "no command '%.60s'; there are:%s", word,
			    name_commands(names, NULL));
	if (!slot->command)
		return fail_left_out(why, slot->name);
	options->command = slot->command;
	return 0;
}

/*
 * Finds the word that names the command: options may precede it, and which of them take
 * a value depends on the command only where several share a name.  NULL: there is none.
 * Works on a copy, because getopt_long() permutes.
 */
static const char *find_command(int argc, char **argv)
{
	char **copy = xmemdup(argv, (argc + 1) * sizeof(*copy));
	const char *word = NULL;
	struct option_set set;

	set_fill(&set, NULL);
	optind = 0;
	while (getopt_long(argc, copy, set.letters, set.names, NULL) != -1)
		;
	if (optind < argc)
		word = copy[optind];
	free(copy);
	return word;
}

/* Takes the program after -- from the words.  Returns the number of words that are left. */
static int take_program(struct options *options, int argc, char **argv)
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

int options_parse(struct options *options, int argc, char **argv,
		  struct failure *why)
{
	struct option_set set;
	const char *word;
	int code, ret = 0;

	memset(options, 0, sizeof(*options));
	options->command = command_slots[0].command;
	opterr = 0;
	word = find_command(argc, argv);
	if (word && take_command(options, word, why))
		return -1;
	argc = take_program(options, argc, argv);
	set_fill(&set, options->command);
	optind = 0;
	while ((code = getopt_long(argc, argv, set.letters, set.names, NULL)) != -1)
		if (!ret && (code == '?' || code == ':'))
			ret = wrong_word(&set, code, argv, why);
	optind = 0;
	while (!ret && (code = getopt_long(argc, argv, set.letters, set.names, NULL)) != -1)
		ret = take_option(options, &set, code, why);
	if (ret || options->help || options->version || options->words)
		return ret;
	if (check_exclusions(options, &set, why) || check_requirements(&set, why) ||
	    (options->group_by && check_groups(options, &set, why)))
		return -1;
	optind += options->command_given;
	if (options->command->words)
		return options->command->words(options, argv + optind, argc - optind, why);
	if (optind < argc)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'", options->command->name,
			    argv[optind]);
	return 0;
}

bool options_series(const struct options *options)
{
	return options->interval || (options->file && options->command->run &&
				     options->selection.kind == SELECTION_ALL);
}

void options_free(struct options *options)
{
	if (filter_free) {
		filter_free(&options->comm);
		filter_free(&options->user);
		filter_free(&options->mapping);
	}
	columns_free(&options->chosen);
	free(options->pids);
	options->pids = NULL;
}

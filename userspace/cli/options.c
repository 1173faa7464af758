// SPDX-License-Identifier: GPL-2.0
/* The command line. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/memcensus.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/options.h"

/* Long options without a letter are known by these numbers. */
#define LONG_BASE	0x100
#define OPTIONS_MAX	64

/* Seconds between two censuses. */
#define INTERVAL_MIN	0.01
#define INTERVAL_MAX	1e6

static int add_pid(struct options *options, const char *word, size_t len,
		   struct failure *why)
{
	unsigned long pid;
	uint32_t *pids;
	char *end;

	errno = 0;
	pid = isdigit((unsigned char)*word) ? strtoul(word, &end, 10) : 0;
	if (!pid || end != word + len || errno || pid > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.*s' is not a PID",
			    len > 60 ? 60 : (int)len, word);
	if (options->n_pids == MEMCENSUS_PIDS_MAX)
		return fail(why, FAIL_USAGE, "more than %d PIDs at once",
			    MEMCENSUS_PIDS_MAX);
	pids = reallocarray(options->pids, options->n_pids + 1, sizeof(*pids));
	if (!pids)
		return fail_memory(why);
	options->pids = pids;
	pids[options->n_pids++] = (uint32_t)pid;
	return 0;
}

static int set_pids(struct options *options, const char *value,
		    struct failure *why)
{
	size_t len;

	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (add_pid(options, value, len, why))
			return -1;
		if (!value[len])
			return 0;
	}
}

static int set_columns(struct options *options, const char *value,
		       struct failure *why)
{
	(void)why;
	options->columns = value;
	return 0;
}

static int set_sort(struct options *options, const char *value,
		    struct failure *why)
{
	(void)why;
	options->sort = value;
	return 0;
}

static int set_file(struct options *options, const char *value,
		    struct failure *why)
{
	(void)why;
	options->file = value;
	return 0;
}

static int set_at(struct options *options, const char *value,
		  struct failure *why)
{
	options->at = true;
	return pick_parse(&options->pick, value, why);
}

static int set_from(struct options *options, const char *value,
		    struct failure *why)
{
	options->from_given = true;
	return pick_parse(&options->from, value, why);
}

static int set_to(struct options *options, const char *value, struct failure *why)
{
	options->to_given = true;
	return pick_parse(&options->to, value, why);
}

static int set_output(struct options *options, const char *value,
		      struct failure *why)
{
	(void)why;
	options->output = value;
	return 0;
}

static int set_completion(struct options *options, const char *value,
			  struct failure *why)
{
	const struct shell *shell;
	char names[64] = "";

	options->completion = completion_find(value);
	if (options->completion)
		return 0;
	for (shell = completion_shells; shell->name; shell++) {
		strcat(names, " ");
		strcat(names, shell->name);
	}
	return fail(why, FAIL_USAGE, "no completion for '%.60s'; there are:%s", value, names);
}

static int set_basis(struct options *options, const char *value,
		     struct failure *why)
{
	if (!strcmp(value, "mapcount"))
		options->basis = MEMCENSUS_BASIS_MAPCOUNT;
	else if (!strcmp(value, "frames"))
		options->basis = MEMCENSUS_BASIS_FRAMES;
	else
		return fail(why, FAIL_USAGE,
			    "no basis '%.60s'; there are: mapcount frames", value);
	return 0;
}

/* Seconds, or with a unit behind it, as ns. */
static int parse_time(const char *word, uint64_t *ns, struct failure *why)
{
	static const char letters[] = "smhd";
	static const double sizes[] = { 1, 60, 3600, 86400 };
	const char *letter;
	double seconds;
	char *end;

	seconds = strtod(word, &end);
	letter = *end ? strchr(letters, *end) : NULL;
	if (letter) {
		seconds *= sizes[letter - letters];
		end++;
	}
	if (*end || end == word ||
	    !(seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX))
		return fail(why, FAIL_USAGE,
			    "'%.60s' is not a time: seconds, or 10m, 2h, 1d; from %g to %.0f s",
			    word, INTERVAL_MIN, INTERVAL_MAX);
	*ns = (uint64_t)(seconds * 1e9);
	return 0;
}

static int set_duration(struct options *options, const char *value,
			struct failure *why)
{
	return parse_time(value, &options->duration, why);
}

static int set_interval(struct options *options, const char *value,
			struct failure *why)
{
	return parse_time(value, &options->interval, why);
}

static int set_top(struct options *options, const char *value,
		   struct failure *why)
{
	unsigned long top;
	char *end;

	top = isdigit((unsigned char)*value) ? strtoul(value, &end, 10) : 0;
	if (!isdigit((unsigned char)*value) || *end || top > INT32_MAX)
		return fail(why, FAIL_USAGE, "'%.60s' is not a number of rows", value);
	options->has_top = true;
	options->top = top;
	return 0;
}

/* The options that make groups, by enum memcensus_group_by. */
static const char *const group_names[] = {
	[MEMCENSUS_BY_UID] = "user",
	[MEMCENSUS_BY_CGROUP] = "cgroup",
	[MEMCENSUS_BY_COMM] = "command",
	[MEMCENSUS_BY_PIDS] = "together",
};
_Static_assert(sizeof(group_names) / sizeof(group_names[0]) == MEMCENSUS_BY_MAX + 1,
	       "a kind of group has no option");

static int set_group(struct options *options, uint8_t by, struct failure *why)
{
	if (options->group_by && options->group_by != by)
		return fail(why, FAIL_USAGE, "'--%s' and '--%s' do not go together",
			    group_names[options->group_by], group_names[by]);
	options->group_by = by;
	return 0;
}

static int set_user(struct options *options, const char *value,
		    struct failure *why)
{
	(void)value;
	return set_group(options, MEMCENSUS_BY_UID, why);
}

static int set_cgroup(struct options *options, const char *value,
		      struct failure *why)
{
	(void)value;
	return set_group(options, MEMCENSUS_BY_CGROUP, why);
}

static int set_command(struct options *options, const char *value,
		       struct failure *why)
{
	(void)value;
	return set_group(options, MEMCENSUS_BY_COMM, why);
}

static int set_together(struct options *options, const char *value,
			struct failure *why)
{
	(void)value;
	return set_group(options, MEMCENSUS_BY_PIDS, why);
}

static int set_comm_filter(struct options *options, const char *value,
			   struct failure *why)
{
	return match_compile(&options->comm, "processfilter", value, why);
}

static int set_user_filter(struct options *options, const char *value,
			   struct failure *why)
{
	return match_compile(&options->user, "userfilter", value, why);
}

static int set_mapping_filter(struct options *options, const char *value,
			      struct failure *why)
{
	return match_compile(&options->mapping, "mapfilter", value, why);
}

#define LISTS		(COMMAND_TASKS | COMMAND_MAP | COMMAND_DIFF | COMMAND_TOP)
#define TRENDS		(COMMAND_SYSTEM | COMMAND_KSWAPD)
#define TASKS_RECORD	(COMMAND_TASKS | COMMAND_RECORD)
#define FROM_FILE	(COMMAND_ALL & ~(COMMAND_RECORD | COMMAND_DIFF))
#define SHOWN		(COMMAND_ALL & ~COMMAND_RECORD)
#define PRINTED		(SHOWN & ~COMMAND_TOP)
/* What has tables, and so other forms of them. */
#define TABLES		(PRINTED & ~COMMAND_CHART)
#define GROUPING	(COMMAND_TASKS | COMMAND_RECORD | COMMAND_CHART)
#define FLAG(member)	.flag = offsetof(struct options, member)

const struct option_entry option_entries[] = {
	{ 'c', "columns", "LIST", "show these columns; +LIST adds them",
	  LISTS, .set = set_columns },
	{ 'a', "all", NULL, "show all columns", LISTS | COMMAND_SYSTEM, FLAG(all),
	  .others = COMMAND_SYSTEM, .other_help = "show every figure" },
	{ 's', "sort", "COLUMN", "sort by this column, smallest first",
	  LISTS | COMMAND_CHART, .set = set_sort,
	  .others = COMMAND_CHART, .other_help = "draw this one, an amount" },
	{ 'r', "reverse", NULL, "the other way round: largest first", LISTS, FLAG(reverse),
	  .others = COMMAND_TOP, .other_help = "the other way round: amounts smallest first" },
	{ 't', "totals", NULL, "add a row of totals",
	  COMMAND_TASKS | COMMAND_SYSTEM | COMMAND_DIFF, FLAG(totals) },
	{ 'p', "percent", NULL, "amounts in percent of MemTotal",
	  COMMAND_TASKS | COMMAND_TOP, FLAG(percent) },
	{ 'n', "numeric", NULL, "users and cgroups by number",
	  COMMAND_TASKS | COMMAND_DIFF | COMMAND_TOP, FLAG(numeric) },
	{ 'u', "user", NULL, "a row for each user", GROUPING, .set = set_user,
	  .others = COMMAND_RECORD, .other_help = "with what each user holds, for -u" },
	{ 'g', "cgroup", NULL, "a row for each cgroup", GROUPING, .set = set_cgroup,
	  .others = COMMAND_RECORD, .other_help = "with what each cgroup holds, for -g" },
	{ 0, "command", NULL, "a row for each command name", GROUPING, .set = set_command,
	  .others = COMMAND_RECORD,
	  .other_help = "with what each command name holds, for --command" },
	{ 'm', "mappings", NULL, "a row for each mapping by name", COMMAND_TASKS, FLAG(mappings) },
	{ 'P', "processfilter", "REGEX", "only processes whose name or command line matches",
	  COMMAND_TASKS, .set = set_comm_filter },
	{ 'U', "userfilter", "REGEX", "only processes whose user matches",
	  COMMAND_TASKS, .set = set_user_filter },
	{ 'M', "mapfilter", "REGEX", "only memory in mappings whose name matches",
	  COMMAND_TASKS, .set = set_mapping_filter },
	{ 0, "pid", "PID,...", "only these processes; any thread's ID will do",
	  GROUPING, .set = set_pids },
	{ 0, "together", NULL, "one row for all that --pid names or a filter chooses",
	  TASKS_RECORD, .set = set_together,
	  .others = COMMAND_RECORD,
	  .other_help = "with what all that --pid names hold, for --together" },
	{ 0, "basis", "BASIS", "count owners by 'mapcount', as smaps does, or by 'frames'",
	  COMMAND_TASKS | COMMAND_MAP | COMMAND_TOP | COMMAND_WATCH | COMMAND_RECORD |
	  COMMAND_LEAK | COMMAND_CHART,
	  .set = set_basis },
	{ 0, "smaps", NULL, "every figure in the form of /proc/PID/smaps",
	  COMMAND_MAP, FLAG(smaps) },
	{ 0, "types", NULL, "a row for each migrate type",
	  COMMAND_BUDDY | COMMAND_RECORD, FLAG(types),
	  .others = COMMAND_RECORD,
	  .other_help = "with free blocks by migrate type, for buddy --types" },
	{ 0, "vmas", NULL, "mappings too, of the processes that --pid names",
	  COMMAND_RECORD, FLAG(vmas) },
	{ 0, "frag", NULL, "the fragmentation indices of each order",
	  COMMAND_BUDDY, FLAG(frag) },
	{ 'w', "wide", NULL, "more columns", TRENDS | COMMAND_TASKS, FLAG(wide),
	  .others = COMMAND_TASKS, .other_help = "the whole system by areas, as smem -w" },
	{ 0, "vm", NULL, "the settings in /proc/sys/vm and what they mean",
	  COMMAND_SYSTEM, FLAG(vm) },
	{ 0, "slab", NULL, "the kernel's caches of objects, as slabtop",
	  COMMAND_SYSTEM | COMMAND_RECORD, FLAG(slab),
	  .others = COMMAND_RECORD, .other_help = "with /proc/slabinfo, for system --slab" },
	{ 'f', "file", "FILE", "a record instead of the kernel; -: stdin",
	  FROM_FILE, .set = set_file },
	{ 0, "at", "CENSUS", "of a record: a number, a time, 'first' or 'last'",
	  FROM_FILE, .set = set_at },
	{ 0, "from", "CENSUS", "compare this one, as --at of the others has it",
	  COMMAND_DIFF, .set = set_from },
	{ 0, "to", "CENSUS", "with this one, of the second record where there are two",
	  COMMAND_DIFF, .set = set_to },
	{ 'o', "output", "FILE", "write to FILE, which is replaced when all is done",
	  PRINTED, .set = set_output },
	{ 0, "for", "TIME", "how long: seconds, or 10m, 2h, 1d",
	  COMMAND_LEAK | COMMAND_CHART, .set = set_duration },
	{ 0, "interval", "TIME", "from one census to the next",
	  COMMAND_LEAK | COMMAND_CHART, .set = set_interval },
	{ 0, "top", "N", "draw the N largest by themselves; 0: all",
	  COMMAND_CHART, .set = set_top },
	{ 0, "system", NULL, "draw what MemTotal is made of", COMMAND_CHART, FLAG(system) },
	{ 0, "keep", NULL, "leave script and data beside the picture",
	  COMMAND_CHART, FLAG(keep) },
	{ 'k', "abbreviate", NULL, "amounts with the unit that fits: 512, 1.5K, 12.3M",
	  SHOWN, FLAG(suffixes) },
	{ 'H', "no-header", NULL, "no names of columns", TABLES, FLAG(no_header) },
	{ 0, "raw", NULL, "words with one blank between, for scripts",
	  TABLES, FLAG(raw) },
	{ 'J', "json", NULL, "JSON: bytes, nanoseconds, null for what is unknown",
	  TABLES, FLAG(json) },
	{ 0, "completion", "SHELL", NULL, COMMAND_ALL, .set = set_completion },
	{ 'h', "help", NULL, "say this", COMMAND_ALL, FLAG(help) },
	{ 'V', "version", NULL, "say the version", COMMAND_ALL, FLAG(version) },
	{ 0 }
};
_Static_assert(sizeof(option_entries) / sizeof(option_entries[0]) <= OPTIONS_MAX,
	       "OPTIONS_MAX is too small");

const char *option_help(const struct option_entry *entry, unsigned int owners)
{
	return entry->others & owners && !(owners & ~entry->others) ?
	       entry->other_help : entry->help;
}

/* The same, as getopt_long() wants it. */
struct getopt_tables {
	char letters[2 * OPTIONS_MAX + 2];
	struct option names[OPTIONS_MAX];
};

static void fill_tables(struct getopt_tables *tables)
{
	const struct option_entry *entry;
	char *letter = tables->letters;
	size_t i = 0;

	memset(tables, 0, sizeof(*tables));
	*letter++ = ':';
	for (entry = option_entries; entry->name; entry++, i++) {
		tables->names[i].name = entry->name;
		tables->names[i].has_arg = entry->arg ? required_argument : no_argument;
		tables->names[i].val = LONG_BASE + (int)i;
		if (!entry->letter)
			continue;
		*letter++ = entry->letter;
		if (entry->arg)
			*letter++ = ':';
	}
}

static const struct option_entry *entry_of(int code)
{
	const struct option_entry *entry;

	if (code >= LONG_BASE)
		return &option_entries[code - LONG_BASE];
	for (entry = option_entries; entry->name; entry++)
		if (entry->letter == code)
			return entry;
	return NULL;
}

static int take_option(struct options *options, int code, char **argv,
		       uint64_t *seen, struct failure *why)
{
	const struct option_entry *entry;

	switch (code) {
	case '?':
		if (optopt && optopt < LONG_BASE)
			return fail(why, FAIL_USAGE, "no option '-%c'", optopt);
		if (optopt)
			return fail(why, FAIL_USAGE, "option '--%s' takes no value",
				    entry_of(optopt)->name);
		return fail(why, FAIL_USAGE, "no option '%.60s', or more than one",
			    argv[optind - 1]);
	case ':':
		entry = entry_of(optopt);
		return fail(why, FAIL_USAGE, "option '--%s' needs a value: %s",
			    entry->name, entry->arg);
	}

	entry = entry_of(code);
	*seen |= 1ULL << (entry - option_entries);
	if (entry->set)
		return entry->set(options, optarg, why);
	*(bool *)((char *)options + entry->flag) = true;
	return 0;
}

/* Options that the command does not have. */
static int check_options(const struct options *options, uint64_t seen,
			 struct failure *why)
{
	const struct command *const *command;
	const struct option_entry *entry;
	char owners[128] = "";
	size_t i;

	for (i = 0; option_entries[i].name; i++) {
		entry = &option_entries[i];
		if (!(seen >> i & 1) || entry->commands & options->command->bit)
			continue;
		for (command = commands; *command; command++) {
			if (!(entry->commands & (*command)->bit))
				continue;
			strcat(owners, " ");
			strcat(owners, (*command)->name);
		}
		return fail(why, FAIL_USAGE,
			    "'%s' has no option '--%s'; it is one of:%s",
			    options->command->name, entry->name, owners);
	}
	if (options->json && options->raw)
		return fail(why, FAIL_USAGE, "'--json' and '--raw' do not go together");
	if (options->mapping.given && options->group_by)
		return fail(why, FAIL_USAGE,
			    "'--mapfilter' and '--%s' do not go together: what a group holds is counted whole",
			    group_names[options->group_by]);
	if (options->mappings && options->group_by)
		return fail(why, FAIL_USAGE, "'--mappings' and '--%s' do not go together",
			    group_names[options->group_by]);
	if (options->pids && (options->comm.given || options->user.given) &&
	    options->group_by)
		return fail(why, FAIL_USAGE,
			    "'--pid' and a filter do not go together where groups are made");
	if (options->vm && options->slab)
		return fail(why, FAIL_USAGE, "'--vm' and '--slab' do not go together");
	if (options->all && options->columns)
		return fail(why, FAIL_USAGE, "'--all' and '--columns' do not go together");
	if (options->group_by && options->basis == MEMCENSUS_BASIS_MAPCOUNT)
		return fail(why, FAIL_USAGE,
			    "'--%s' and '--basis mapcount' do not go together: what a group holds is counted by frames",
			    group_names[options->group_by]);
	if (options->group_by == MEMCENSUS_BY_PIDS && !options->pids &&
	    !options->comm.given && !options->user.given)
		return fail(why, FAIL_USAGE, "'--together' needs '--pid' or a filter");
	if (options->at && !options->file)
		return fail(why, FAIL_USAGE, "'--at' needs '--file'");
	if (options->vmas && !options->pids)
		return fail(why, FAIL_USAGE, "'--vmas' needs '--pid'");
	if (options->percent && options->suffixes)
		return fail(why, FAIL_USAGE,
			    "'--percent' and '--abbreviate' do not go together");
	return 0;
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

int options_interval(struct options *options, char **words, int n,
		     struct failure *why)
{
	unsigned long long count;
	double seconds;
	char *end;

	if (n > 2)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'",
			    options->command->name, words[2]);
	if (n > 0) {
		seconds = strtod(words[0], &end);
		if (*end || end == words[0] ||
		    !(seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX))
			return fail(why, FAIL_USAGE,
				    "'%.60s' is not an interval: seconds, from %g to %.0f",
				    words[0], INTERVAL_MIN, INTERVAL_MAX);
		options->interval = (uint64_t)(seconds * 1e9);
	}
	if (n > 1) {
		errno = 0;
		count = isdigit((unsigned char)*words[1]) ?
			strtoull(words[1], &end, 10) : 0;
		if (!count || *end || errno)
			return fail(why, FAIL_USAGE,
				    "'%.60s' is not a count of censuses", words[1]);
		options->count = count;
	}
	return 0;
}

/* The words behind the command. */
static int take_words(struct options *options, char **words, int n,
		      struct failure *why)
{
	if (n && !options->command->words)
		return fail(why, FAIL_USAGE, "'%s' takes no '%.60s'",
			    options->command->name, words[0]);
	return options->command->words ? options->command->words(options, words, n, why) : 0;
}

static int unknown_command(const char *word, struct failure *why)
{
	const struct command *const *command;
	char names[128] = "";

	for (command = commands; *command; command++) {
		strcat(names, " ");
		strcat(names, (*command)->name);
	}
	return fail(why, FAIL_USAGE, "no command '%.60s'; there are:%s", word, names);
}

int options_parse(struct options *options, int argc, char **argv,
		  struct failure *why)
{
	struct failure first = { .kind = FAIL_NONE };
	struct getopt_tables tables;
	uint64_t seen = 0;
	int code;

	memset(options, 0, sizeof(*options));
	options->command = commands[0];
	fill_tables(&tables);
	opterr = 0;
	optind = 0;
	/* To the end, so that the command is known where an option is wrong. */
	while ((code = getopt_long(argc, argv, tables.letters, tables.names,
				   NULL)) != -1) {
		struct failure now;

		if (take_option(options, code, argv, &seen, &now) && !first.kind)
			first = now;
	}

	if (optind < argc) {
		options->command = command_find(argv[optind]);
		if (!options->command) {
			options->command = commands[0];
			options->command_wrong = true;
			return unknown_command(argv[optind], why);
		}
		options->command_given = true;
		optind++;
	}
	if (first.kind) {
		*why = first;
		return -1;
	}
	if (options->help || options->version || options->completion)
		return 0;
	if (check_options(options, seen, why))
		return -1;
	return take_words(options, argv + optind, argc - optind, why);
}

bool options_series(const struct options *options)
{
	const struct command *command = options->command;

	if (options->interval)
		return true;
	return options->file && !options->at &&
	       command->run;
}

void options_free(struct options *options)
{
	match_free(&options->comm);
	match_free(&options->user);
	match_free(&options->mapping);
	free(options->pids);
	options->pids = NULL;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the command line says: the options that commands share.  A command keeps those of
 * its own in a struct of its own.
 */
#ifndef READER_OPTIONS_H
#define READER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/memcensus.h>

#include "lib/failure.h"
#include "model/called-groups.h"
#include "model/columns.h"
#include "record/selection.h"

struct command;
struct rows;

/* struct called - a container, or @pod, by its name, which points into argv */
struct called {
	const char *name;
	bool pod;
};

/**
 * struct options - the parsed command line
 * @command: never NULL after parse_arguments()
 * @name: its name
 * @command_given: it is named; else it is the default one
 * @command_wrong: the named command does not exist
 * @own: the options of the command alone, as it defines them; owned
 * @json, @raw: output format; a table if neither
 * @suffixes, @percent, @bytes: amounts with a suitable unit, in percent of MemTotal, in bytes; else
 *	in KiB
 * @parts: MEMCENSUS_PART_* to request: those of the command, unless its words() sets others, and
 *	of columns; 0: the module's default
 * @rows: an option selects these rows; NULL: those of the command or of its groups
 * @columns, @sort: of -c and -s, or NULL; they point into argv
 * @chosen: columns of command_rows() to show; JSON: of -c or -a, or none, which means all
 * @order: column of command_rows() to sort by
 * @group_by: enum memcensus_group_by, or 0
 * @pids: requested processes, NULL for all; owned
 * @file: record to read instead of the kernel, or NULL
 * @selection: census of the record, by --at; SELECTION_ALL without --at
 * @roots: the @n_roots processes of --tree: these and their descendants; owned
 * @cgroups: the @n_cgroups paths of --cgroup, from the root of the hierarchy, which is "/": the
 *	processes of these and of those below them; owned
 * @called: the @n_called words of --container and --pod: cgroups_called() adds the paths of
 *	these to @cgroups when they are known; owned
 * @called_by: groups by cgroup are made those by this
 * @window: censuses of the record, by --from and --to; SELECTION_ALL without
 * @interval, @duration: ns between two censuses, from the first to the last; 0: not given
 * @count: number of censuses; 0: not given
 * @has_top, @top: number of rows that are shown one by one; 0: all
 * @no_source: it takes no census of the kernel or of @file, by its words()
 * @own_output: the command writes @output itself
 * @program: the command line to run, ended by NULL; points into argv; NULL: none
 *
 * The other members say that the option of their name is given.
 */
struct options {
	const struct command *command;
	const char *name;
	bool command_given;
	bool command_wrong;
	void *own;
	bool help;
	bool version;
	bool json;
	bool raw;
	bool no_header;
	bool numeric;
	bool suffixes;
	bool percent;
	bool bytes;
	bool totals;
	bool reverse;
	bool all;
	bool forest;
	bool host_root;
	uint64_t *roots;
	size_t n_roots;
	char **cgroups;
	size_t n_cgroups;
	struct called *called;
	size_t n_called;
	enum called_by called_by;
	uint32_t parts;
	const struct rows *rows;
	const char *columns;
	const char *sort;
	struct columns chosen;
	const struct column *order;
	uint8_t group_by;
	uint64_t *pids;
	size_t n_pids;
	const char *file;
	struct selection selection;
	struct window window;
	const char *output;
	uint64_t interval;
	uint64_t count;
	uint64_t duration;
	bool has_top;
	size_t top;
	bool no_source;
	bool own_output;
	char **program;
};

/* What an option sets: a bool, a const char *, a struct selection. */
enum option_kind {
	OPTION_NONE,
	OPTION_FLAG,
	OPTION_TEXT,
	OPTION_SELECTION,
};

/**
 * struct option_entry - an option, for getopt and for --help
 * @letter: short form, or 0
 * @name: long form; if commands share a name, letter and @arg must agree
 * @arg: name of its value for --help, NULL if it takes none
 * @help: one line; NULL: not listed in --help
 * @kind: what it sets
 * @own: @at is in options.own; else in struct options
 * @at: offset of what it sets
 * @group_by: enum memcensus_group_by that it selects, or 0
 * @set: parses its value after that, or NULL; returns 0, or -1 and @why
 */
struct option_entry {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
	enum option_kind kind;
	bool own;
	size_t at;
	uint8_t group_by;
	int (*set)(struct options *options, const char *value,
		   struct failure *why);
};

#define SHARED(kind_, member_)							\
	.kind = OPTION_##kind_, .at = offsetof(struct options, member_)
#define OWN(kind_, struct_, member_)						\
	.kind = OPTION_##kind_, .own = true, .at = offsetof(struct struct_, member_)

/**
 * struct option_use - an option of a command
 * @help: its meaning for this command; NULL: as in the option
 */
struct option_use {
	const struct option_entry *option;
	const char *help;
};

/**
 * struct option_rule - which options go together
 * @one, @others: @one excludes each of @others, or needs one of them
 * @needs: how the message names @others if one of them is needed; NULL: they are excluded
 * @because: why they are excluded; NULL: it is obvious
 */
struct option_rule {
	const struct option_entry *one;
	const struct option_entry *others[8];
	const char *needs;
	const char *because;
};

/* Options of several commands; the file of a command defines those of one command. */
extern const struct option_entry option_columns;
extern const struct option_entry option_all;
extern const struct option_entry option_sort;
extern const struct option_entry option_reverse;
extern const struct option_entry option_totals;
extern const struct option_entry option_percent;
extern const struct option_entry option_numeric;
extern const struct option_entry option_user;
extern const struct option_entry option_cgroups;
extern const struct option_entry option_forest;
extern const struct option_entry option_tree;
extern const struct option_entry option_groups_by;
extern const struct option_entry option_cgroup;
extern const struct option_entry option_container;
extern const struct option_entry option_pod;
extern const struct option_entry option_pid;
extern const struct option_entry option_file;
extern const struct option_entry option_at;
extern const struct option_entry option_from;
extern const struct option_entry option_to;
extern const struct option_entry option_output;
extern const struct option_entry option_top;
extern const struct option_entry option_for;
extern const struct option_entry option_interval;
extern const struct option_entry option_abbreviate;
extern const struct option_entry option_bytes;
extern const struct option_entry option_no_header;
extern const struct option_entry option_raw;
extern const struct option_entry option_json;
extern const struct option_entry option_host_root;
extern const struct option_entry option_help;
extern const struct option_entry option_version;

/* All of them, and the rules between them; ended by an entry without an option. */
extern const struct option_use options_shared[];
extern const struct option_rule options_rules[];

/* The options that make groups. */
#define OPTIONS_OF_GROUPS	&option_user, &option_cgroups, &option_groups_by

#define USE(name_)		{ .option = &option_##name_ }
#define USE_AS(name_, help_)	{ .option = &option_##name_, .help = help_ }

/* What selects the processes of cgroups. */
#define USE_CGROUPS		USE(cgroup), USE(container), USE(pod)

/* The last options of every command; of all that print tables; of all that also read records. */
#define OPTIONS_ALWAYS		USE(host_root), USE(help), USE(version), { }
#define OPTIONS_OF_TABLES	USE(abbreviate), USE(bytes), USE(no_header), USE(raw), \
				USE(json), OPTIONS_ALWAYS
#define OPTIONS_COMMON		USE(file), USE(at), USE(output), OPTIONS_OF_TABLES

/* Of commands that take or read many censuses. */
#define OPTIONS_OF_SERIES	USE(interval), USE(from), USE(to)

/*
 * Parsers of command arguments: none; PIDs, as of --pid; the same, where these or --cgroup or
 * --tree must name a process; [INTERVAL [COUNT]].
 */
int options_none(struct options *options, char **words, int n, struct failure *why);
int options_pids(struct options *options, char **words, int n,
		 struct failure *why);
int options_processes(struct options *options, char **words, int n, struct failure *why);
int options_interval(struct options *options, char **words, int n,
		     struct failure *why);
/*
 * Whether the groups of --by, if there are any, are of @kinds, a bit for each enum
 * memcensus_group_by: 0, or -1 and @why.
 */
int options_group(const struct options *options, unsigned int kinds, struct failure *why);

/* What --by calls them; NULL: it is not given. */
const char *options_by(const struct options *options);

/* Whether cgroups are selected, by their paths or by what they are called. */
static inline bool options_select_cgroups(const struct options *options)
{
	return options->n_cgroups || options->n_called;
}

/* Adds @path to the cgroups, if it is not there. */
void options_add_cgroup(struct options *options, const char *path);

/* Parses a time of @value into @ns.  Returns 0, or -1 and @why. */
int options_time(uint64_t *ns, const char *value, struct failure *why);

#endif /* READER_OPTIONS_H */

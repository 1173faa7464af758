/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line.
 */
#ifndef READER_OPTIONS_H
#define READER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/failure.h"
#include "lib/filter.h"
#include "record/selection.h"

struct command;

/**
 * struct options - what the command line said
 * @command: never NULL after options_parse()
 * @command_given: it was named; else it is the default one
 * @command_wrong: there is none of that name
 * @help, @version: that was asked for, nothing else counts
 * @words: as these, what of --words for the shells; NULL: nothing
 * @json, @raw: form of the output; a table if neither
 * @no_header: tables without names of columns
 * @numeric: users and cgroups by number
 * @suffixes: amounts with the unit that fits, not in KiB
 * @percent: amounts in percent of MemTotal
 * @totals: a row of totals
 * @reverse: largest first
 * @all: all columns
 * @smaps, @types, @frag: more to be shown by map and buddy
 * @wide: more columns
 * @vm, @slab: what system shows instead of a census
 * @columns: list of -c, or NULL; of the command line
 * @sort: column of -s, or NULL; of the command line
 * @basis: enum memcensus_basis, or 0
 * @group_by: enum memcensus_group_by, or 0
 * @pids: processes asked for, NULL for all; owned
 * @n_pids: how many
 * @file: record of -f to read instead of the kernel, or NULL
 * @other: a second one, of 'diff'
 * @selection: which of its censuses, by --at; SELECTION_ALL where none was named
 * @at: --at was given
 * @from, @to: of 'diff', which censuses; the usual ones where none were named
 * @from_given, @to_given: --from and --to were
 * @output: file of -o, or NULL
 * @record: file that 'record' writes
 * @vmas: mappings are to be recorded too
 * @comm, @user, @mapping: filters by name; owned
 * @mappings: a row for each mapping by name
 * @interval: ns between two censuses; 0: none was given
 * @count: of censuses; 0: none was given
 * @chart: enum chart_kind, or 0
 * @has_top, @top: rows that a chart draws by themselves, processes that are exported;
 *	0: all
 * @system: it is of the system
 * @keep: its script and data are kept
 * @prometheus: of export, the older text format
 * @listen: of export, where to serve it by HTTP, or NULL
 * @duration: ns from the first census to the last; 0: none was given
 */
struct options {
	const struct command *command;
	bool command_given;
	bool command_wrong;
	bool help;
	bool version;
	const char *words;
	bool json;
	bool raw;
	bool no_header;
	bool numeric;
	bool suffixes;
	bool percent;
	bool totals;
	bool reverse;
	bool all;
	bool smaps;
	bool types;
	bool frag;
	bool wide;
	bool vm;
	bool slab;
	const char *columns;
	const char *sort;
	uint8_t basis;
	uint8_t group_by;
	uint32_t *pids;
	size_t n_pids;
	const char *file;
	const char *other;
	struct selection selection;
	bool at;
	struct selection from;
	struct selection to;
	bool from_given;
	bool to_given;
	const char *output;
	const char *record;
	bool vmas;
	struct filter comm;
	struct filter user;
	struct filter mapping;
	bool mappings;
	uint64_t interval;
	uint64_t count;
	uint64_t duration;
	unsigned int chart;
	bool has_top;
	size_t top;
	bool system;
	bool keep;
	bool prometheus;
	const char *listen;
};

/**
 * struct option_entry - an option, for getopt and for --help
 * @letter: short form, or 0
 * @name: long form; of two commands' options with one name, letter and @arg agree
 * @arg: what its value is called, NULL if it takes none
 * @help: one line; NULL: in no list of options
 * @flag: offset of the bool in struct options that it sets, if @set is NULL
 * @set: takes its value, or NULL where it has none; 0, or -1 and @why
 */
struct option_entry {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
	size_t flag;
	int (*set)(struct options *options, const char *value,
		   struct failure *why);
};

/**
 * struct option_use - an option of a command
 * @option: which
 * @help: what it means there; NULL: what the option says
 */
struct option_use {
	const struct option_entry *option;
	const char *help;
};

/* Options of several commands; those of one are in its file. */
extern const struct option_entry option_columns;
extern const struct option_entry option_all;
extern const struct option_entry option_sort;
extern const struct option_entry option_reverse;
extern const struct option_entry option_totals;
extern const struct option_entry option_percent;
extern const struct option_entry option_numeric;
extern const struct option_entry option_user;
extern const struct option_entry option_cgroup;
extern const struct option_entry option_command;
extern const struct option_entry option_pid;
extern const struct option_entry option_together;
extern const struct option_entry option_basis;
extern const struct option_entry option_types;
extern const struct option_entry option_slab;
extern const struct option_entry option_wide;
extern const struct option_entry option_file;
extern const struct option_entry option_at;
extern const struct option_entry option_output;
extern const struct option_entry option_top, option_abbreviate;
extern const struct option_entry option_no_header;
extern const struct option_entry option_raw;
extern const struct option_entry option_json;
extern const struct option_entry option_words;
extern const struct option_entry option_help;
extern const struct option_entry option_version;

#define USE(name_)		{ .option = &option_##name_ }
#define USE_AS(name_, help_)	{ .option = &option_##name_, .help = help_ }

/* The last options of each command; of each that prints tables; and reads records. */
#define OPTIONS_ALWAYS		USE(help), USE(version), USE(words), { }
#define OPTIONS_OF_TABLES	USE(abbreviate), USE(no_header), USE(raw), USE(json), \
				OPTIONS_ALWAYS
#define OPTIONS_COMMON		USE(file), USE(at), USE(output), OPTIONS_OF_TABLES

/* Seconds between two censuses. */
#define INTERVAL_MIN	0.01
#define INTERVAL_MAX	1e6

/*
 * Fills @options, which options_free() empties.  0, or -1 and @why, which
 * names the wrong word; @options->command is set nevertheless.
 */
int options_parse(struct options *options, int argc, char **argv,
		  struct failure *why);
void options_free(struct options *options);

/*
 * Whether more than one census may come: at an interval, or all of a record,
 * by commands that have run().
 */
bool options_series(const struct options *options);

/* For the words of commands: PIDs, at least one; [INTERVAL [COUNT]]. */
int options_pids(struct options *options, char **words, int n,
		 struct failure *why);
int options_interval(struct options *options, char **words, int n,
		     struct failure *why);

#endif /* READER_OPTIONS_H */

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
#include "model/columns.h"
#include "record/selection.h"

struct command;

/**
 * struct options - the parsed command line
 * @command: never NULL after options_parse()
 * @command_given: it is named; else it is the default one
 * @command_wrong: the named command does not exist
 * @words: kind of words for shell completion, like @help; NULL: not given
 * @json, @raw: output format; a table if neither
 * @suffixes, @percent: amounts with a suitable unit, in percent of MemTotal; else in KiB
 * @pages: map shows where the pages are, from address @start to @end; 0: to the last
 * @vm, @slab: what 'system' shows instead of a census
 * @columns, @sort: of -c and -s, or NULL; they point into argv
 * @chosen: columns of command_rows() to show; JSON: of -c or -a, or none, which means all
 * @order: column of command_rows() to sort by
 * @bound: column that needs another basis than the default one; NULL: there is none
 * @basis: enum memcensus_basis, or 0
 * @group_by: enum memcensus_group_by, or 0
 * @pids: requested processes, NULL for all; owned
 * @file, @other: records to read instead of the kernel, or NULL; @other of 'diff'
 * @selection: census of the record, by --at; SELECTION_ALL without --at
 * @from, @to: the censuses that 'diff' compares; SELECTION_ALL: not given
 * @record: file that 'record' writes
 * @comm, @user, @mapping: filters by name; owned
 * @interval, @duration: ns between two censuses, from the first to the last; 0: not given
 * @count: number of censuses; 0: not given
 * @program: the command line that 'flame' or 'trace' runs, ended by NULL; points into
 *	argv; NULL: none
 * @everything: 'trace' traces all processes
 * @cgroup: directory of the cgroup that 'trace' traces, or NULL
 * @buffer: KiB of the trace buffer of each CPU; 0: not given
 * @chart: enum chart_kind, or 0
 * @has_top, @top: number of rows that a chart draws one by one, or of processes that
 *	'export' writes; 0: all
 * @listen: address where 'export' serves HTTP, or NULL
 * @by: enum flame_by of commands/flame.h
 * @by_mapping: 'flame' shows mappings between processes and stacks
 * @dwarf: 'flame' unwinds by DWARF
 * @mark: ns until the mark of 'flame', or FLAME_MARK_SIGNAL; 0: not given
 *
 * The other members say that the option of their name is given.
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
	bool pages;
	uint64_t start;
	uint64_t end;
	bool types;
	bool frag;
	bool wide;
	bool vm;
	bool slab;
	const char *columns;
	const char *sort;
	struct columns chosen;
	const struct column *order;
	const struct column *bound;
	uint8_t basis;
	uint8_t group_by;
	uint32_t *pids;
	size_t n_pids;
	const char *file;
	const char *other;
	struct selection selection;
	struct selection from;
	struct selection to;
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
	char **program;
	bool calls;
	bool everything;
	const char *cgroup;
	uint64_t buffer;
	unsigned int chart;
	bool has_top;
	size_t top;
	bool system;
	bool keep;
	bool prometheus;
	const char *listen;
	bool stacks;
	bool folded;
	unsigned int by;
	bool by_mapping;
	bool dwarf;
	bool difference;
	uint64_t mark;
};

/**
 * struct option_entry - an option, for getopt and for --help
 * @letter: short form, or 0
 * @name: long form; if commands share a name, letter and @arg must agree
 * @arg: name of its value for --help, NULL if it takes none
 * @help: one line; NULL: not listed in --help
 * @flag: offset of the bool in struct options that it sets, or 0
 * @text: offset of the text in struct options that becomes its value, or 0
 * @filter: offset of the filter in struct options that it compiles, or 0
 * @selection: offset of the selection of a census that it parses, or 0
 * @group_by: enum memcensus_group_by that it selects, or 0
 * @set: parses its value after that, or NULL; returns 0, or -1 and @why
 * @part: the part of the reader that it needs, for a message; NULL: none
 * @linked: a function of that part; NULL: it is left out of this build
 */
struct option_entry {
	char letter;
	const char *name;
	const char *arg;
	const char *help;
	size_t flag;
	size_t text;
	size_t filter;
	size_t selection;
	uint8_t group_by;
	int (*set)(struct options *options, const char *value,
		   struct failure *why);
	const char *part;
	void (*linked)(void);
};

#define FLAG(member_)		.flag = offsetof(struct options, member_)
#define TEXT(member_)		.text = offsetof(struct options, member_)
#define FILTER(member_)		.filter = offsetof(struct options, member_)
#define SELECTION(member_)	.selection = offsetof(struct options, member_)
#define PART(function_, what_)	.part = what_, .linked = (void (*)(void))(function_)

/**
 * struct option_use - an option of a command
 * @help: its meaning for this command; NULL: as in the option
 */
struct option_use {
	const struct option_entry *option;
	const char *help;
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
extern const struct option_entry option_top;
/* Of commands that take censuses over a period. */
extern const struct option_entry option_for;
extern const struct option_entry option_interval;
extern const struct option_entry option_abbreviate;
extern const struct option_entry option_no_header;
extern const struct option_entry option_raw;
extern const struct option_entry option_json;
extern const struct option_entry option_words;
extern const struct option_entry option_help;
extern const struct option_entry option_version;

#define USE(name_)		{ .option = &option_##name_ }
#define USE_AS(name_, help_)	{ .option = &option_##name_, .help = help_ }

/* The last options of every command; of all that print tables; of all that also read records. */
#define OPTIONS_ALWAYS		USE(help), USE(version), USE(words), { }
#define OPTIONS_OF_TABLES	USE(abbreviate), USE(no_header), USE(raw), USE(json), \
				OPTIONS_ALWAYS
#define OPTIONS_COMMON		USE(file), USE(at), USE(output), OPTIONS_OF_TABLES

/*
 * Fills @options, but not @chosen, @order and @bound; options_free() empties it.
 * Returns 0, or -1 and @why, which names the wrong word; @options->command is set in
 * both cases.
 */
int options_parse(struct options *options, int argc, char **argv,
		  struct failure *why);
void options_free(struct options *options);

/*
 * Whether there may be more than one census: at an interval, or from a whole record
 * for commands with run().
 */
bool options_series(const struct options *options);

/* Parsers of command arguments: PIDs, at least one; [INTERVAL [COUNT]]. */
int options_pids(struct options *options, char **words, int n,
		 struct failure *why);
int options_interval(struct options *options, char **words, int n,
		     struct failure *why) MAY_BE_LEFT_OUT;

#endif /* READER_OPTIONS_H */
